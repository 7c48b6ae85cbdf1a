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
 * @param retries how often a test that fails is run once more by itself, which is said: for those that race with real time on a busy machine
 */
export function pythonSuite(folder: string, python: string, timeoutSeconds: number, retries: 0 | 1 = 0): void {
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
    test.each(outcomes)(
      "$name",
      ({ name, passed }) => {
        if (passed) {
          return;
        }
        const id = /\(([\w.]+)\)$/.exec(name)?.[1];
        if (retries === 0 || id === undefined || !passesAlone(folder, python, id)) {
          throw new Error(run.stderr);
        }
        console.warn(`${name} failed among the others and passed by itself:\n${run.stderr.slice(-2_000)}`);
      },
      130_000,
    );
  });
}

/** Whether a test passes when nothing else of its folder runs. */
function passesAlone(folder: string, python: string, id: string): boolean {
  const { status } = spawnSync(python, ["-B", "-m", "unittest", id], { cwd: join(ROOT, folder), stdio: "ignore", timeout: 120_000 });
  return status === 0;
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
