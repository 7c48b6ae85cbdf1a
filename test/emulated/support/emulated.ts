/** `describe` for what needs the emulator: skipped, with the reason in its name, where a tool is missing. */
export function describeEmulated(name: string, body: () => void): void {
  const missing = process.env.MEC_TEST_MISSING;
  if (missing) {
    describe.skip(`${name} (skipped: ${missing})`, body);
  } else {
    describe(name, body);
  }
}
