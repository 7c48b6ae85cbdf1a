import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alarmedInstances, terminateInstance } from "./support/aws";
import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { previousAgent } from "./support/previous-agent";
import { expectSuccess } from "./support/sandbox-cli";

const REGION = "eu-west-3";
const READY = { readySeconds: 150 };
const ALARMS = { alarms: { actions: ["arn:aws:sns:eu-west-3:123456789012:edge"], recover: true } };
const BORN = {
  "new-agent": READY,
  arguments: READY,
  channel: READY,
  "killed-in-update": READY,
  "bad-arguments": READY,
  "bad-channel": READY,
  lost: { ...READY, ...ALARMS },
};
const MORE_PODS = { kubelet: { "--max-pods": "200" } };
const CHANGED = {
  ...BORN,
  arguments: { ...READY, ...MORE_PODS, ingress: true, extraSans: ["mec.example.com"] },
  channel: { ...READY, channel: "1.36/stable" },
  "killed-in-update": { ...READY, ...MORE_PODS },
  "bad-arguments": { ...READY, kubelet: { "--no-such-flag": "1" } },
  "bad-channel": { ...READY, channel: "1.36/stable" },
};
const FAULTS = { clusters: { "bad-channel": { badRelease: "1.36" }, "killed-in-update": { killAgentIn: ["update"] } } };
const HEALTHY = ["new-agent", "arguments", "channel", "killed-in-update"];

describeEmulated("day two: every change of a living node is an apply that is waited for", () => {
  const folder = mkdtempSync(join(tmpdir(), "mec-previous-agent-"));
  const before = previousAgent(folder);
  let deployment: Deployment;
  let instances: Record<string, string>;
  let authorities: Record<string, string>;
  let change: Awaited<ReturnType<Deployment["apply"]>>;

  const settings = (clusters: object, more: Record<string, string> = {}) => ({ MEC_TEST_CLUSTERS: JSON.stringify(clusters), ...more });
  const living = async (): Promise<Record<string, string>> => {
    const machines = (await deployment.emulator.machines()) as { instanceId: string; cluster: string; state: string }[];
    return Object.fromEntries(machines.filter(({ state }) => state === "running").map((m) => [m.cluster, m.instanceId]));
  };
  const fingerprints = async (): Promise<Record<string, string>> => {
    const records = await Promise.all(
      Object.keys(BORN).map(async (name) => {
        const parameter = `/mec/${name}/cluster`;
        return [name, JSON.parse((await deployment.emulator.parameters(parameter))[parameter]!.value!).caFingerprint as string];
      }),
    );
    return Object.fromEntries(records);
  };

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/fleet/main.ts", ["fleet"], settings(BORN, { MEC_TEST_AGENT: before.sources }));
    expectSuccess(await deployment.apply(300));
    [instances, authorities] = [await living(), await fingerprints()];
    await deployment.emulator.setFaults(FAULTS);
    await terminateInstance(deployment.emulator.endpoint, REGION, instances.lost!);
    await deployment.synthesize(settings(CHANGED));
    change = await deployment.apply(400);
  }, 900_000);

  afterAll(async () => {
    await deployment?.end();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test(`a node with an earlier agent (${before.from}) runs the one of now`, async () => {
    const statuses = await Promise.all(HEALTHY.map((name) => deployment.status(name)));
    const { agent } = JSON.parse((await deployment.emulator.parameters("/mec/new-agent/desired"))["/mec/new-agent/desired"]!.value!);
    for (const status of statuses) {
      expect(status).toMatchObject({ state: "ready", phase: "ready", reason: "", agent: agent.sha256 });
    }
  });

  test("arguments, names and add-ons are there, and the channel is the next", async () => {
    expect(await deployment.status("channel")).toMatchObject({ state: "ready", channel: "1.36/stable" });
    const args = (name: string) => deployment.readMachineFile(instances[name]!, "var/snap/microk8s/current/args/kubelet");
    expect(args("arguments")).toContain("--max-pods=200\n");
    expect(args("killed-in-update")).toContain("--max-pods=200\n");
  });

  test("what the node cannot be fails the apply with the reason, and is taken back", async () => {
    expect(change.status).toBe(1);
    expect(change.timedOut).toBe(false);
    expect(change.stderr.match(/^│? ?Error: /gm)).toHaveLength(3);
    expect(change.stderr).toMatch(/mec-bad-arguments--cp-0[^]*?Received FAILURE signal with UniqueId update: [^#]+; went back/);
    expect(change.stderr).toMatch(/mec-bad-channel--cp-0[^]*?Received FAILURE signal with UniqueId update: [^#]+; went back/);
    expect(await deployment.status("bad-arguments")).toMatchObject({ state: "failed", phase: "update" });
    expect(await deployment.status("bad-channel")).toMatchObject({ state: "failed", phase: "update", channel: "1.35/stable" });
    expect(deployment.readMachineFile(instances["bad-arguments"]!, "var/snap/microk8s/current/args/kubelet")).not.toContain("no-such-flag");
  });

  test("a lost machine is replaced and waited for, and its cluster is not born again without a word", async () => {
    expect(change.stderr).toMatch(new RegExp(`mec-lost--cp-0[^]*?UniqueId birth: born on ${instances.lost}; see reinitialise`));
  });

  test("the alarms of a lost machine look at the one that took its place", async () => {
    const { lost } = await living();
    expect(lost).not.toBe(instances.lost);
    expect(await alarmedInstances(deployment.emulator.endpoint, REGION)).toEqual([lost, lost]);
  });

  test("no other machine was replaced, and every cluster is the one that was born", async () => {
    expect({ ...(await living()), lost: undefined }).toEqual({ ...instances, lost: undefined });
    expect(await fingerprints()).toEqual(authorities);
  });

  test("repaired, the next apply succeeds, the plan after it is empty, and destroy leaves nothing", async () => {
    await deployment.emulator.setFaults({ clusters: {} });
    const repaired = {
      ...CHANGED,
      "bad-arguments": { ...READY, ...MORE_PODS },
      lost: { ...READY, ...ALARMS, reinitialise: instances.lost },
    };
    await deployment.synthesize(settings(repaired));
    expectSuccess(await deployment.apply(300));
    for (const name of Object.keys(BORN)) {
      expect([name, await deployment.status(name)]).toMatchObject([name, { state: "ready", phase: "ready" }]);
    }
    expect(await deployment.status("bad-channel")).toMatchObject({ channel: "1.36/stable" });
    const { lost: reborn, ...others } = await fingerprints();
    expect(authorities).toMatchObject(others);
    expect(reborn).not.toBe(authorities.lost);
    expectSuccess(await deployment.plan(120));
    expectSuccess(await deployment.destroy(300));
    expect(await deployment.emulator.inventory()).toEqual({ resources: {}, parameters: [], processes: [] });
  }, 900_000);
});
