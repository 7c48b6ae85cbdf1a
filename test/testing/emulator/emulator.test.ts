import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator } from "../../../lib/testing/emulator/emulator";
import type { EmulatorOptions } from "../../../lib/testing/emulator/emulator";
import { findProcess } from "../../../lib/testing/emulator/process-tree";
import { removeTemporary, temporary } from "./support";

const started: Emulator[] = [];
afterEach(async () => {
  for (const emulator of started.splice(0)) await emulator.stop(0);
  removeTemporary();
});

const start = async (mode = "", options: Partial<EmulatorOptions> = {}): Promise<Emulator> => {
  const emulator = await Emulator.start({
    stateDirectory: temporary(),
    python: process.execPath,
    script: join(__dirname, "fixtures", "fake-emulator.cjs"),
    env: { ...process.env, FAKE_EMULATOR: mode },
    startSeconds: 10,
    ...options,
  });
  started.push(emulator);
  return emulator;
};
type Seen = { argv: string[]; env: NodeJS.ProcessEnv; faults: unknown; machine: number };

test("starts, is found by another process, and ends with its record", async () => {
  const emulator = await start();
  expect(await emulator.isHealthy()).toBe(true);
  expect(findProcess(emulator.pid)).toBeDefined();
  const again = Emulator.attach(emulator.stateDirectory)!;
  expect([again.pid, again.endpoint]).toEqual([emulator.pid, emulator.endpoint]);
  await again.stop();
  expect(findProcess(emulator.pid)).toBeUndefined();
  expect(existsSync(join(emulator.stateDirectory, "emulator.json"))).toBe(false);
  expect(Emulator.attach(emulator.stateDirectory)).toBeUndefined();
  await again.stop();
});

test("ends with this process unless it is detached", async () => {
  const bound = ((await (await start()).machines()) as Seen).argv;
  expect(bound.slice(bound.indexOf("--parent"))).toEqual(["--parent", String(process.pid)]);
  const detached = ((await (await start("", { detached: true, port: 4567 })).machines()) as Seen).argv;
  expect(detached).not.toContain("--parent");
  expect(detached.slice(detached.indexOf("--port"))).toEqual(["--port", "4567"]);
});

test("gets no credential of the user's, and its faults by file and by call", async () => {
  const faults = { clusters: { sandbox: { throttle: 3 } } };
  const emulator = await start("", { faults, env: { ...process.env, AWS_PROFILE: "production" } });
  const seen = (await emulator.machines()) as Seen;
  expect(seen.env).not.toHaveProperty("AWS_PROFILE");
  expect(seen.env).not.toHaveProperty("AWS_ENDPOINT_URL");
  expect(JSON.parse(readFileSync(seen.argv[seen.argv.indexOf("--faults") + 1]!, "utf8"))).toEqual(faults);
  await emulator.setFaults({ clusters: {} });
  expect(((await emulator.machines()) as Seen).faults).toEqual({ clusters: {} });
});

test("a second one in the same folder is refused, and the first goes on", async () => {
  const emulator = await start();
  await expect(start("", { stateDirectory: emulator.stateDirectory })).rejects.toThrow(/already runs/);
  expect(await emulator.isHealthy()).toBe(true);
});

test("the record of a process that has ended, or whose number is used again, does not count", async () => {
  const emulator = await start();
  const path = join(emulator.stateDirectory, "emulator.json");
  const record = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...record, started: "1" }));
  expect(Emulator.attach(emulator.stateDirectory)).toBeUndefined();
  writeFileSync(path, JSON.stringify({ ...record, pid: process.pid }));
  expect(Emulator.attach(emulator.stateDirectory)).toBeUndefined();
  writeFileSync(path, "{");
  expect(Emulator.attach(emulator.stateDirectory)).toBeUndefined();
});

test("a start that fails shows the log's last lines", async () => {
  await expect(start("crash")).rejects.toThrow(/exit code 3[\s\S]*no module named moto/);
});

test("a start that hangs ends in time and leaves no process", async () => {
  const begin = Date.now();
  const stateDirectory = temporary();
  await expect(start("silent", { stateDirectory, startSeconds: 1 })).rejects.toThrow(/did not answer in 1 seconds/);
  expect(Date.now() - begin).toBeLessThan(8000);
  const pids = JSON.parse(readFileSync(join(stateDirectory, "pids.json"), "utf8")) as number[];
  expect(pids).toHaveLength(2);
  expect(pids.filter((pid) => findProcess(pid) !== undefined)).toEqual([]);
});

test("one that does not want to end is killed with its machines", async () => {
  const emulator = await start("stubborn");
  const { machine } = (await emulator.machines()) as Seen;
  expect(findProcess(machine)).toBeDefined();
  await emulator.stop(1);
  expect(findProcess(emulator.pid)).toBeUndefined();
  expect(findProcess(machine)).toBeUndefined();
});

test("machines that outlive an emulator are ended too", async () => {
  const emulator = await start("forgetful");
  const { machine } = (await emulator.machines()) as Seen;
  await emulator.stop();
  expect(findProcess(machine)).toBeUndefined();
});

test("an emulator that has gone says so instead of hanging", async () => {
  const emulator = await start();
  await emulator.stop();
  await expect(emulator.inventory()).rejects.toThrow(/_mec\/inventory failed/);
  expect(await emulator.isHealthy()).toBe(false);
});
