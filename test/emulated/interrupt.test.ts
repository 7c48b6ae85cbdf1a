import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../lib/testing/emulator";
import { findProcess, processTree, until } from "../../lib/testing/emulator/process-tree";
import { describeEmulated } from "./support/emulated";
import { PROJECT } from "./support/sandbox-cli";

describeEmulated("Ctrl-C", () => {
  const state = mkdtempSync(join(tmpdir(), "mec-interrupt-"));

  afterAll(() => rmSync(state, { recursive: true, force: true }));

  test("in the middle of a deploy leaves nothing running", async () => {
    const cli = spawn(process.execPath, ["--import", "tsx", "examples/sandbox/run/cli.ts", "--state-directory", state], {
      cwd: PROJECT,
      stdio: "ignore",
      detached: true,
    });
    const ended = new Promise<number | null>((resolve) => cli.on("exit", resolve));
    const booted = await until(async () => {
      const machines = (await Emulator.attach(state)
        ?.machines()
        .catch(() => [])) as unknown[] | undefined;
      return (machines?.length ?? 0) > 0;
    }, 150_000);
    expect(booted).toBe(true);
    const tree = processTree(cli.pid!).map(({ pid }) => pid);
    expect(tree.length).toBeGreaterThan(3);
    cli.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(tree.filter((pid) => findProcess(pid) !== undefined)).toEqual([]);
    expect(Emulator.attach(state)).toBeUndefined();
  }, 200_000);
});
