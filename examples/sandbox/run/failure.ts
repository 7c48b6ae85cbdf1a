/** The run failed in a way that people can read about in the message; no stack trace is wanted. */
export class SandboxFailure extends Error {
  public constructor(message: string) {
    super(message);
    this.name = "SandboxFailure";
  }
}
