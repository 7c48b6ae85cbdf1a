import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator } from "../../../../lib/testing/emulator/emulator";
import { findProcess, listProcesses, until } from "../../../../lib/testing/emulator/process-tree";
import { removeTemporary, write } from "../../../testing/emulator/support";
import { removeDriver } from "./built-driver";
import { World, type WorldOptions } from "./world";

// Each test runs the command as a process of its own.
jest.setTimeout(60_000);
const worlds: World[] = [];
const world = (options?: WorldOptions): World => {
  const made = new World(options);
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const { state } of worlds.splice(0)) await Emulator.attach(state)?.stop(0);
  removeTemporary();
});
afterAll(removeDriver);
const gone = (pids: readonly number[]): boolean => pids.every((pid) => findProcess(pid) === undefined);

test("deploys, tells, destroys and leaves nothing", async () => {
  const it = world();
  const { code, output } = await it.run(["--zone", "us-east-1-wl1-nyc-wlz-1"]);
  expect(output).toContain("│ cp-0 │ us-east-1-wl1-bos-wlz-1 │ 10.0.0.16  │ 155.146.0.9 │ ready │    41.3 │");
  expect(output).toContain("endpoint   https://10.0.0.16:16443");
  // Of the stacks that were deployed; the smoke stack was not.
  expect(output).toContain("billable   on AWS: 1 x KMS key\n");
  expect(output).toContain(`logs       ${join(it.state, "logs")}`);
  expect(output).toMatch(/Real: cdktf deploy, Terraform 1\.11\.4, provider hashicorp\/aws 5\.100\.0.*Emulated: AWS \(moto 5\.2\.1\)/);
  expect(output).toContain("leftovers: no resource, parameter or process");
  expect(code).toBe(0);
  expect(Emulator.attach(it.state)).toBeUndefined();
  expect(existsSync(join(it.state, "lock"))).toBe(false);

  const calls = it.calls();
  expect(calls.map(({ command, rest }) => [command, rest[0]])).toEqual([
    ["synth", "--output"],
    ["deploy", "demo-infrastructure"],
    ["destroy", "demo-infrastructure"],
  ]);
  for (const { command, rest, env } of calls) {
    expect(env).toMatchObject({
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CI: "1",
      TERRAFORM_BINARY_NAME: it.env.TERRAFORM_BINARY_NAME,
      MEC_STATE_DIRECTORY: join(it.state, "terraform"),
      MEC_ZONE: "us-east-1-wl1-nyc-wlz-1",
      MEC_S3_USE_PATH_STYLE: "true",
      AWS_ACCESS_KEY_ID: "mec-emulated-access-key",
    });
    expect(env).not.toHaveProperty("AWS_PROFILE");
    if (command === "synth") continue;
    expect(env.AWS_ENDPOINT_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(rest).toEqual(expect.arrayContaining(["--auto-approve", "--skip-provider-lock", "--skip-synth"]));
  }
});

test("moves the provider pin before the deploy, and skips the smoke stack where its provider cannot be had", async () => {
  const it = world();
  const { output } = await it.run([]);
  expect(it.calls()[1]!.overrides).toEqual(["demo-infrastructure"]);
  expect(readFileSync(join(it.state, "terraformrc"), "utf8")).toContain(join(it.project, "mirror"));
  expect(output).toMatch(/6\.25\.0, which the binding pins, cannot be had here; 5\.100\.0/);
  expect(output).toMatch(/demo-smoke skipped, no provider hashicorp\/kubernetes 2\.38\.0/);
});

test("deploys the smoke stack after the infrastructure where it can, and destroys it first", async () => {
  const it = world({ kubernetes: true });
  expect((await it.run([])).code).toBe(0);
  expect(
    it
      .calls()
      .slice(1)
      .map(({ command, rest }) => [command, ...rest.filter((arg) => arg.startsWith("demo-"))]),
  ).toEqual([
    ["deploy", "demo-infrastructure"],
    ["deploy", "demo-smoke"],
    ["destroy", "demo-smoke", "demo-infrastructure"],
  ]);
});

test("add-ons are asked for by name, synthesized, and skipped by name and counted where their provider cannot be had", async () => {
  const it = world({ kubernetes: true });
  const { code, output } = await it.run(["--with", "prometheus"], { MEC_WITH: "platform" });
  // The app adds the one to the other.
  expect(it.calls()[0]!.env).toMatchObject({ MEC_WITH: "platform", MEC_ALSO_WITH: "prometheus" });
  expect(output).toMatch(
    /in the cluster: demo-smoke; demo-platform skipped, no provider hashicorp\/helm 3\.1\.1; demo-prometheus skipped, it needs demo-platform \(1 of 3 deployed, 2 skipped\)/,
  );
  // What they ask for is told all the same.
  expect(output).toMatch(/^cert-manager +30m/m);
  expect(code).toBe(0);
});

test("add-ons are deployed where their providers can be had, and destroyed before what they need", async () => {
  const it = world({ kubernetes: true, helm: true });
  const { code, output } = await it.run(["--with", "platform", "--with", "prometheus"]);
  expect(output).toContain("in the cluster: demo-smoke; demo-platform; demo-prometheus [");
  expect(
    it
      .calls()
      .slice(1)
      .map(({ command, rest }) => [command, ...rest.filter((arg) => arg.startsWith("demo-"))]),
  ).toEqual([
    ["deploy", "demo-infrastructure"],
    ["deploy", "demo-smoke"],
    ["deploy", "demo-platform"],
    ["deploy", "demo-prometheus"],
    ["destroy", "demo-prometheus", "demo-platform", "demo-smoke", "demo-infrastructure"],
  ]);
  expect(code).toBe(0);
});

test("add-ons are skipped by name and counted where their provider can be had and their charts cannot", async () => {
  const it = world({ kubernetes: true, helm: true });
  const { code, output } = await it.run(["--with", "prometheus", "--with", "platform", "--check-plan"], { FAKE_CDKTF: "no-charts" });
  expect(output).toMatch(
    /in the cluster: demo-smoke; demo-platform skipped, its charts cannot be had; demo-prometheus skipped, it needs demo-platform \(1 of 3 deployed, 2 skipped\)/,
  );
  expect(output).toContain("note       demo-platform is synthesized but not deployed; the registry of its charts cannot be reached");
  expect(output).toContain("billable   on AWS: 2 x KMS key\n");
  expect(it.calls().map(({ command, rest }) => [command, ...rest.filter((arg) => arg.startsWith("demo-"))])).toEqual([
    ["synth"],
    ["deploy", "demo-infrastructure"],
    ["deploy", "demo-smoke"],
    ["deploy", "demo-platform"],
    ["destroy", "demo-smoke", "demo-infrastructure"],
  ]);
  expect(code).toBe(0);
});

test("what destroy forgot is listed and fails the run", async () => {
  const { code, output } = await world().run([], { FAKE_CDKTF: "destroy-forgets" });
  expect(code).toBe(1);
  expect(output).toContain("left after destroy:\n  aws_vpc vpc-1\n  parameter /mec/demo/nodes/cp-0\n  parameter /mec/demo/credential");
});

test("a destroy that fails fails the run, and the emulator ends all the same", async () => {
  const it = world();
  const { code, output } = await it.run([], { FAKE_CDKTF: "destroy-fails" });
  expect(code).toBe(1);
  expect(output).toContain("destroy failed:");
  expect(Emulator.attach(it.state)).toBeUndefined();
});

test("a deploy that fails shows Terraform's error and the node's reason, and destroys", async () => {
  const it = world();
  const { code, output } = await it.run([], { FAKE_CDKTF: "deploy-fails" });
  expect(code).toBe(1);
  expect(output).toContain("Error: waiting for CloudFormation Stack: CREATE_FAILED\n\ninstall: cannot reach the snap store");
  expect(output).toContain("node cp-0: failed in install (cannot reach the snap store)");
  expect(output).toContain(join(it.state, "logs"));
  expect(it.calls().pop()!.command).toBe("destroy");
  expect(Emulator.attach(it.state)).toBeUndefined();
});

test("a synth that fails shows why, deploys nothing and leaves no process", async () => {
  const it = world();
  const { code, output } = await it.run([], { FAKE_CDKTF: "synth-fails" });
  expect(code).toBe(1);
  expect(output).toContain("[MEC1001] sandbox/Zone: not a zone");
  expect(it.calls().map(({ command }) => command)).toEqual(["synth"]);
  expect(Emulator.attach(it.state)).toBeUndefined();
});

test("what is missing is told before anything is started", async () => {
  const it = world();
  const { code, output } = await it.run([], { TERRAFORM_BINARY_NAME: "/nonexistent/terraform", MEC_PYTHON: "/nonexistent/python" });
  expect(code).toBe(1);
  expect(output).toMatch(/Missing for the sandbox:\n {2}terraform: .*get it with: .*\n {2}python: .*get it with: /);
  expect(it.calls()).toEqual([]);
});

test("an emulator that does not start ends the run with its log and leaves no synth behind", async () => {
  const it = world();
  const { code, output } = await it.run([], { FAKE_EMULATOR: "crash", FAKE_CDKTF: "synth-hangs" });
  expect(code).toBe(1);
  expect(output).toContain("no module named moto");
  await until(() => it.calls().length > 0, 1000);
  expect(gone(it.calls().map(({ pid }) => pid))).toBe(true);
});

test("a second plan that is not empty fails the run", async () => {
  const { code, output } = await world().run(["--check-plan"], { FAKE_PLAN: "2" });
  expect(code).toBe(1);
  expect(output).toContain("the second plan of demo-infrastructure is not empty:\nPlan: 1 to change");
  expect((await world().run(["--check-plan"])).output).toContain("second plan: empty");
});

test("a kept sandbox goes on, is not clobbered, and is found and destroyed", async () => {
  const it = world();
  const kept = await it.run(["--keep"]);
  expect(kept.code).toBe(0);
  const emulator = Emulator.attach(it.state)!;
  expect(await emulator.isHealthy()).toBe(true);
  expect(kept.output).toContain(`AWS_ENDPOINT_URL=${emulator.endpoint}`);
  expect(kept.output).toContain("npm run sandbox -- --destroy");
  expect(it.calls().map(({ command }) => command)).toEqual(["synth", "deploy"]);

  const second = await it.run([]);
  expect(second.code).toBe(1);
  expect(second.output).toContain("already running");
  expect(await emulator.isHealthy()).toBe(true);
  expect(it.calls()).toHaveLength(2);

  const destroyed = await it.run(["--destroy"]);
  expect(destroyed.output).toContain("leftovers: no resource, parameter or process");
  expect(destroyed.code).toBe(0);
  expect(emulator.isRunning()).toBe(false);
  expect((await it.run(["--destroy"])).output).toContain("nothing to destroy");
});

test("a failed sandbox that is to be kept goes on too", async () => {
  const it = world();
  const { code } = await it.run(["--keep"], { FAKE_CDKTF: "deploy-fails" });
  expect(code).toBe(1);
  expect(await Emulator.attach(it.state)?.isHealthy()).toBe(true);
  expect((await it.run(["--destroy"])).code).toBe(0);
});

test.each([
  ["SIGINT", 130, 1],
  ["SIGTERM", 143, 1],
  ["SIGINT", 130, 2],
] as const)("%s ends everything with code %i (%i times)", async (signal, expected, times) => {
  const it = world();
  const { pid, ended } = it.start(["--keep"], { FAKE_CDKTF: "deploy-hangs", FAKE_EMULATOR: times === 2 ? "stubborn" : "forgetful" });
  expect(await until(() => existsSync(join(it.state, "hanging.json")), 30_000)).toBe(true);
  await until(() => it.read("hanging.json") !== undefined, 1000);
  const emulator = Emulator.attach(it.state)!;
  const { machine } = (await emulator.machines()) as { machine: number };
  const pids = [...it.read<number[]>("hanging.json")!, machine, emulator.pid];
  expect(gone([machine])).toBe(false);
  process.kill(pid, signal);
  if (times === 2) setTimeout(() => process.kill(pid, signal), 800);
  const { code } = await ended;
  expect(code).toBe(expected);
  expect(pids.filter((left) => findProcess(left) !== undefined)).toEqual([]);
  expect(listProcesses().filter((entry) => entry.parent === pid)).toEqual([]);
  expect(Emulator.attach(it.state)).toBeUndefined();
  expect(it.calls().map(({ command }) => command)).not.toContain("destroy");
});

test("while one command works in the folder, another says so", async () => {
  const it = world();
  const first = it.start([], { FAKE_CDKTF: "deploy-hangs" });
  expect(await until(() => existsSync(join(it.state, "hanging.json")), 30_000)).toBe(true);
  const second = await it.run([]);
  expect(second.output).toContain(`process ${first.pid}`);
  expect(second.code).toBe(1);
  process.kill(first.pid, "SIGTERM");
  await first.ended;
});

test("the lock of a command that was killed does not count", async () => {
  const it = world();
  write(join(it.state, "lock"), "999999 1");
  expect((await it.run([])).code).toBe(0);
});
