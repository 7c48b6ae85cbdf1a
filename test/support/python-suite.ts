import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** Outcome of one Python test. */
interface Outcome {
  readonly name: string;
  readonly passed: boolean;
}

/**
 * Runs a folder of Python unit tests and makes a jest test of each; what they print is shown when one fails.
 *
 * @param folder folder of `test_*.py` files, from the project
 * @param python interpreter
 * @param timeoutSeconds limit for the whole folder
 */
export function pythonSuite(folder: string, python: string, timeoutSeconds: number): void {
  const run = spawnSync(python, ["-B", "-m", "unittest", "discover", "-v", "-s", folder], {
    cwd: ROOT,
    encoding: "utf8",
    timeout: timeoutSeconds * 1000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const outcomes = parseOutcomes(run.stderr ?? "");

  describe(folder, () => {
    test("runs to its end, and finds tests", () => {
      expect(run.error).toBeUndefined();
      expect(outcomes.length).toBeGreaterThan(0);
      // unittest's own count: a test whose line was not understood must not get lost.
      expect(run.stderr).toContain(`Ran ${outcomes.length} tests in `);
    });
    test.each(outcomes)("$name", ({ passed }) => {
      if (!passed) {
        throw new Error(run.stderr);
      }
    });
  });
}

/** Reads unittest's verbose output: `test_x (module.Class.test_x)`, perhaps a docstring line, ` ... ok`. */
function parseOutcomes(text: string): Outcome[] {
  const outcomes: Outcome[] = [];
  let name: string | undefined;
  for (const line of text.split("\n")) {
    name = /^(\w+ \([\w.]+\))/.exec(line)?.[1] ?? name;
    const result = /(?:^|\.\.\. ?)(ok|FAIL|ERROR|skipped .*|expected failure)$/.exec(line)?.[1];
    if (name !== undefined && result !== undefined) {
      outcomes.push({ name, passed: result !== "FAIL" && result !== "ERROR" });
      name = undefined;
    }
  }
  return outcomes;
}
