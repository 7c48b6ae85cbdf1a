import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../lib/testing/emulator/command";
import { describeEmulated } from "./support/emulated";
import { expectSuccess, sandboxCli } from "./support/sandbox-cli";

const BINDING = join(__dirname, "provider-aws-20");

describeEmulated("the oldest supported AWS binding, 20.1.0", () => {
  const state = mkdtempSync(join(tmpdir(), "mec-binding-"));

  beforeAll(async () => {
    expectSuccess(
      await runCommand("npm", ["ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"], {
        cwd: BINDING,
        timeoutSeconds: 180,
      }),
    );
  }, 200_000);

  afterAll(() => rmSync(state, { recursive: true, force: true }));

  test("deploys the sandbox in a zone whose groups only the EC2 API knows, plans nothing more, and destroys it without a trace", async () => {
    const result = await sandboxCli(["--check-plan", "--zone", "us-east-1-foe-wlz-1a", "--state-directory", state], 280, {
      NODE_OPTIONS: `--require ${join(BINDING, "redirect.cjs")}`,
    });
    expectSuccess(result);
    // This binding pins the version that runs: no override moved the pin.
    expect(result.stdout).toMatch(/provider hashicorp\/aws 5\.100\.0/);
    expect(result.stdout).not.toContain("emulator_override");
  }, 300_000);
});
