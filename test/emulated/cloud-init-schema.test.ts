import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizedExamples } from "../support/examples";
import { resources } from "../support/synth";

/** The user data of every machine of the examples, with what Terraform resolves in it. */
const documents = synthesizedExamples.flatMap(([example, stacks]) =>
  Object.values(stacks).flatMap((stack) =>
    resources(stack, "aws_instance").map(({ user_data, tags }): [string, string] => [
      `${tags.Name} of ${example}`,
      (user_data as string).replace(/\$\{aws_s3_bucket\.\w+\.\w+\}/g, `mec-${"a".repeat(30)}-20261123000000000000000001`),
    ]),
  ),
);

function validate(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "mec-cloud-init-"));
  try {
    const file = join(folder, "user-data");
    writeFileSync(file, text);
    return spawnSync("cloud-init", ["schema", "--config-file", file], { encoding: "utf8", timeout: 60_000 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const found = spawnSync("cloud-init", ["--version"], { timeout: 60_000 }).status === 0;
const suite = found ? describe : describe.skip;

suite(
  `user data and cloud-init's own schema${found ? "" : " (skipped: no cloud-init here; get it with: apt-get install cloud-init)"}`,
  () => {
    test("there are machines", () => {
      expect(documents.length).toBeGreaterThan(0);
    });

    test.each(documents)("%s: valid, below 3 KB", (_, text) => {
      const { stdout, stderr, status } = validate(text);
      expect({ status, said: stdout + stderr }).toMatchObject({ status: 0, said: expect.stringContaining("Valid cloud-config") });
      expect(text).not.toMatch(/\$\{/);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3072);
    });

    test("a document that is none is refused, so the schema is looked at", () => {
      const { stdout, stderr, status } = validate('#cloud-config\n{"write_files":[{"pathh":"/etc/x"}],"runcmd":3}\n');
      expect(status).not.toBe(0);
      expect(stdout + stderr).toMatch(/runcmd: 3 is not of type/);
    });
  },
);
