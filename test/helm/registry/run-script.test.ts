import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = join(__dirname, "../../../lib/helm/registry/chart/scripts/run.sh");
const DAY = 86_400;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mec-registry-"));
  mkdirSync(join(folder, "full/docker/registry/v2/repositories"), { recursive: true });
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("date", 'echo "$NOW"');
  // Says its limit, and runs what it was to limit.
  program("timeout", 'printf "%s " "$1"; shift; exec "$@"');
  program("registry", 'echo "$@"; [ "$1" = serve ] || exit "$CLEAN_UP"');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the script has run, a line for each: the limit in seconds, and the arguments of the registry. */
function run(due: number, now: number, { images = "full", options = [] as string[], cleanUp = 0 } = {}) {
  const { stdout, stderr, status } = spawnSync("/bin/sh", [SCRIPT, String(due), join(folder, images), "config.yml", ...options], {
    encoding: "utf8",
    env: { PATH: `${folder}:${process.env.PATH}`, NOW: String(now), CLEAN_UP: String(cleanUp) },
    timeout: 10_000,
  });
  return { lines: stdout.trim().split("\n"), stderr, status };
}

describe("the script of the registry", () => {
  test("cleans up, with what it is told, and then serves until the time", () => {
    expect(run(12_600, 10 * DAY + 3600, { options: ["--quiet", "--delete-untagged"] })).toEqual({
      lines: ["600 garbage-collect --quiet --delete-untagged config.yml", "9000 serve config.yml"],
      stderr: "",
      status: 0,
    });
  });

  test("does not clean up what nothing was pushed to", () => {
    expect(run(12_600, 0, { images: "empty" }).lines).toEqual(["12600 serve config.yml"]);
  });

  test("serves where the clean-up fails or takes too long, and says so", () => {
    expect(run(12_600, 0, { cleanUp: 143 })).toEqual({
      lines: ["600 garbage-collect config.yml", "12600 serve config.yml"],
      stderr: "clean-up ended with 143\n",
      status: 0,
    });
  });

  test("ends at the time of the day, not within a quarter of an hour, and within a day and that", () => {
    const seconds = fc.integer({ min: 0, max: DAY - 1 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 2_500_000_000 }), (due, now) => {
        const left = Number(run(due, now, { images: "empty" }).lines[0]!.split(" ")[0]);
        expect((now + left) % DAY).toBe(due);
        expect(left).toBeGreaterThanOrEqual(900);
        expect(left).toBeLessThan(DAY + 900);
      }),
      {
        numRuns: 40,
        examples: [
          [0, 0],
          [0, DAY - 1],
          [899, 0],
          [900, 0],
          [DAY - 1, DAY - 1],
        ],
      },
    );
  });
});
