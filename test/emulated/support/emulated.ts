import type { Toolchain } from "../../../lib/testing/emulator";

/** What the set-up found, once for all test files: looking at a Python with moto takes seconds. */
export function testTools(): Toolchain {
  return JSON.parse(process.env.MEC_TEST_TOOLS!) as Toolchain;
}

/** `describe` for what needs the emulator: skipped, with the reason in its name, where a tool is missing. */
export function describeEmulated(name: string, body: () => void): void {
  const missing = process.env.MEC_TEST_MISSING;
  if (missing) {
    // The body is not run: it may start something already when its tests are defined.
    describe.skip(`${name} (skipped: ${missing})`, () => test("needs what is missing", () => undefined));
  } else {
    describe(name, body);
  }
}
