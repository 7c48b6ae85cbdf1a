import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { expectSuccess } from "./support/sandbox-cli";

/** Every phase a node goes through before it is ready. */
const PHASES = ["seed", "configure", "install", "start", "bind", "dns", "birth", "credential"];

/** One cluster a fault: all of them live through it in the same apply. */
const SURVIVABLE = {
  "store-flaky": { snapStore: { failures: 3 } },
  "slow-seed": { seedSeconds: 20 },
  "killed-everywhere": { killAgentIn: [...PHASES, "ready"] },
  throttled: { throttle: 12 },
  "rebooted-in-install": { rebootIn: "install" },
  "rebooted-in-start": { rebootIn: "start" },
  "hanging-kubectl": { hang: ["microk8s kubectl get --raw"] },
  "flaky-aws": { awsFail: { "s3:GetObject": 1, "ssm:PutParameter": 2, "cloudformation:SignalResource": 1 } },
};

/** Faults that are there for good, each with what the apply's own error says; the one met last has time to get there. */
const FATAL = {
  "store-down": { readySeconds: 25, fault: { snapStore: { down: true } }, phase: "install", said: /^install: \S+/ },
  "hanging-dns": { readySeconds: 25, fault: { hangAlways: ["microk8s enable dns"] }, phase: "dns", said: /^dns: not done in 25 s/ },
  denied: {
    readySeconds: 75,
    fault: { awsFail: { "ssm:PutParameter": "always" as const } },
    phase: "birth",
    said: /^birth: PutParameter: AccessDenied/,
  },
};

describeEmulated("faults", () => {
  const survivable = Object.fromEntries(Object.keys(SURVIVABLE).map((name) => [name, { readySeconds: 180 }]));
  const fatal = Object.fromEntries(Object.entries(FATAL).map(([name, { readySeconds }]) => [name, { readySeconds }]));
  const clusters = { ...survivable, ...fatal };
  let deployment: Deployment;
  let first: Awaited<ReturnType<Deployment["apply"]>>;

  beforeAll(async () => {
    deployment = await Deployment.of(
      "test/emulated/fleet/main.ts",
      ["fleet"],
      { MEC_TEST_CLUSTERS: JSON.stringify(clusters) },
      {
        clusters: { ...SURVIVABLE, ...Object.fromEntries(Object.entries(FATAL).map(([name, { fault }]) => [name, fault])) },
      },
    );
    first = await deployment.apply(400);
  }, 600_000);

  afterAll(() => deployment?.end(), 60_000);

  test.each(Object.keys(SURVIVABLE))("%s: ready all the same", async (cluster) => {
    expect(await deployment.status(cluster)).toMatchObject({ state: "ready", phase: "ready" });
  });

  test("the faults did happen", async () => {
    const machines = (await deployment.emulator.machines()) as { instanceId: string; cluster: string; agentStarts: number }[];
    const starts = Object.fromEntries(machines.map(({ cluster, agentStarts }) => [cluster, agentStarts]));
    expect(starts["killed-everywhere"]).toBe(PHASES.length + 2);
    expect(starts["rebooted-in-install"]).toBe(2);
    expect(starts["store-flaky"]).toBe(1);
    const throttled = machines.find(({ cluster }) => cluster === "throttled")!.instanceId;
    expect(deployment.log().match(new RegExp(` ${throttled} ssm \\w+ 400$`, "gm"))).toHaveLength(12);
  });

  test.each(Object.entries(FATAL))("%s: fails the apply with the node's own reason", async (cluster, { phase, said }) => {
    expect(first.timedOut).toBe(false);
    expect(first.status).toBe(1);
    expect(first.stderr.match(/^│? ?Error: /gm)).toHaveLength(Object.keys(FATAL).length);
    const [, reason] = new RegExp(`mec-${cluster}--cp-0[^]*?Received FAILURE signal with UniqueId (.*)`).exec(first.stderr) ?? [];
    expect(reason).toMatch(said);
    if (cluster !== "denied") {
      expect(await deployment.status(cluster)).toMatchObject({ state: "failed", phase });
    }
  });

  test("the next apply after the repair succeeds, a plan after it is empty, and destroy leaves nothing", async () => {
    await deployment.emulator.setFaults({ clusters: {} });
    expectSuccess(await deployment.apply(200));
    for (const cluster of Object.keys(FATAL)) {
      expect([cluster, await deployment.status(cluster)]).toMatchObject([cluster, { state: "ready" }]);
    }
    expectSuccess(await deployment.plan(120));
    expectSuccess(await deployment.destroy(300));
    expect(await deployment.emulator.inventory()).toEqual({ resources: {}, parameters: [], processes: [] });
  }, 700_000);
});
