/** The emulator cannot start, does not answer, or refuses; the message is for people and ends with the log's last lines where there are any. */
export class EmulatorError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = "EmulatorError";
  }
}
