import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availabilityDuring } from "./support/availability";
import { readParameter, terminateInstance, type Credential } from "./support/aws";
import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { previousAgent } from "./support/previous-agent";
import { expectSuccess } from "./support/sandbox-cli";

const REGION = "eu-west-3";
const ONE = { readySeconds: 300 };
const THREE = { ...ONE, count: 3 };
const GROUPS = { edge: { count: 1, labels: { tier: "edge" }, tainted: true }, plain: { count: 1 } };

/** A change of a plan, as `terraform show -json` tells it. */
interface Change {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[] };
}

describeEmulated("one cluster grows in place, shrinks, and loses a node", () => {
  const folder = mkdtempSync(join(tmpdir(), "mec-previous-agent-"));
  const before = previousAgent(folder);
  let deployment: Deployment;
  let authority: string;

  const settings = (cluster: object, more: Record<string, string> = {}) => ({
    MEC_TEST_CLUSTERS: JSON.stringify({ mec: cluster }),
    ...more,
  });
  const statuses = async (...nodes: string[]) => Promise.all(nodes.map((node) => deployment.status("mec", node)));
  const ca = async () =>
    ((await readParameter(deployment.emulator.endpoint, REGION, "/mec/mec/cluster")) as { caFingerprint: string }).caFingerprint;
  const instanceOf = async (node: string) => (await deployment.status("mec", node)).instanceId as string;

  /** Plans what is synthesized, and gives what would change. */
  const changes = async (): Promise<Change[]> => {
    const plan = join(deployment.state, "scale.plan");
    expectSuccess(await deployment.terraform(["plan", "-input=false", "-no-color", `-out=${plan}`], 120));
    const shown = await deployment.terraform(["show", "-json", plan], 60);
    expectSuccess(shown);
    const { resource_changes } = JSON.parse(shown.stdout) as { resource_changes: Change[] };
    return resource_changes.filter(({ change }) => !["no-op", "read"].includes(change.actions.join()));
  };
  /** Applies another form of the cluster; gives what changed beside what was made. */
  const become = async (cluster: object, seconds = 500): Promise<Change[]> => {
    await deployment.synthesize(settings(cluster));
    const planned = await changes();
    expectSuccess(await deployment.apply(seconds));
    return planned;
  };
  const untouched = (planned: readonly Change[]) =>
    planned.filter(
      ({ type, change }) => change.actions.join() !== "create" && !["aws_ssm_parameter", "aws_iam_role_policy"].includes(type),
    );
  /** Becomes another form while the first node's API is asked without a break: it answers each time. */
  const becomeAvailable = async (cluster: object, seconds: number): Promise<Change[]> => {
    const machines = (await deployment.emulator.machines()) as { instanceId: string; apiPort: number }[];
    const first = await instanceOf("cp-0");
    const { apiPort } = machines.find(({ instanceId }) => instanceId === first)!;
    const credential = (await readParameter(deployment.emulator.endpoint, REGION, "/mec/mec/credential")) as Credential;
    let planned: Change[] = [];
    const { asked, outages } = await availabilityDuring(apiPort, credential, async () => {
      planned = await become(cluster, seconds);
    });
    expect(outages).toEqual([]);
    expect(asked).toBeGreaterThan(20);
    return planned;
  };
  const expectReady = async (...nodes: string[]) => {
    for (const [index, status] of (await statuses(...nodes)).entries()) {
      expect([nodes[index], status]).toMatchObject([
        nodes[index],
        { state: "ready", phase: "ready", reason: "", member: authority, wants: "" },
      ]);
    }
  };

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/fleet/main.ts", ["fleet"], settings(ONE, { MEC_TEST_AGENT: before.sources }));
    expectSuccess(await deployment.apply(300));
    authority = await ca();
  }, 600_000);

  afterAll(async () => {
    await deployment?.end();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test(`born with an earlier agent (${before.from}), then with the one of now`, async () => {
    await become(ONE);
    await expectReady("cp-0");
  }, 600_000);

  test("from one to three with two groups of workers: nothing that is there is changed, and the API answers all the time", async () => {
    const planned = await becomeAvailable({ ...THREE, workers: GROUPS }, 600);
    expect(untouched(planned)).toEqual([]);
    expect(planned.filter(({ type }) => type === "aws_instance")).toHaveLength(4);
    await expectReady("cp-0", "cp-1", "cp-2", "edge-0", "plain-0");
    expect(await ca()).toBe(authority);
  }, 900_000);

  test("no token is left when nothing is pending", async () => {
    const join = await readParameter(deployment.emulator.endpoint, REGION, "/mec/mec/join");
    expect(join).not.toHaveProperty("turn");
    // Of the others none has ever made one.
    const tokens = "var/snap/microk8s/current/credentials/cluster-tokens.txt";
    expect(deployment.readMachineFile(await instanceOf("cp-0"), tokens)).toBe("");
  });

  test("from three to five, and one group goes", async () => {
    const planned = await becomeAvailable({ ...THREE, count: 5, workers: { plain: GROUPS.plain } }, 600);
    expect(untouched(planned).filter(({ address }) => !address.includes("edge"))).toEqual([]);
    await expectReady("cp-0", "cp-1", "cp-2", "cp-3", "cp-4", "plain-0");
    expect(await ca()).toBe(authority);
  }, 900_000);

  test("from five to three, in two applies", async () => {
    await become({ ...THREE, count: 5, leaving: 2, workers: { plain: GROUPS.plain } }, 600);
    for (const status of await statuses("cp-3", "cp-4")) {
      expect(status).toMatchObject({ state: "left", phase: "leave" });
    }
    const planned = await become({ ...THREE, workers: { plain: GROUPS.plain } }, 600);
    expect(untouched(planned).filter(({ address }) => !/cp-[34]/.test(address))).toEqual([]);
    await expectReady("cp-0", "cp-1", "cp-2", "plain-0");
  }, 900_000);

  test("the first node is lost for good, and the one in its place joins the others", async () => {
    const lost = await instanceOf("cp-0");
    await terminateInstance(deployment.emulator.endpoint, REGION, lost);
    await become({ ...THREE, workers: { plain: GROUPS.plain } }, 600);
    await expectReady("cp-0", "cp-1", "cp-2", "plain-0");
    expect(await instanceOf("cp-0")).not.toBe(lost);
    expect(await ca()).toBe(authority);
    expectSuccess(await deployment.plan(120));
  }, 900_000);

  test("another instance type fails the plan, and is taken on by one node at a time, which is waited for", async () => {
    const larger = { ...THREE, instanceType: "r5.2xlarge", workers: { plain: GROUPS.plain } };
    await deployment.synthesize(settings(larger));
    const refused = await deployment.plan(120);
    expect(refused.status).toBe(1);
    expect(refused.stderr.replace(/\s*│?\s+/g, " ")).toMatch(/\[MEC1164\].*cp-0 is a t3\.xlarge .*write controlPlane\.resize: \["cp-0"\]/);
    const before = await instanceOf("cp-1");
    const planned = await become({ ...larger, resize: ["cp-1"] });
    expect(
      planned.filter(({ type }) => type === "aws_instance").map(({ address, change }) => [address.match(/cp-\d/)?.[0], change.actions]),
    ).toEqual([["cp-1", ["update"]]]);
    await expectReady("cp-0", "cp-1", "cp-2", "plain-0");
    expect(await instanceOf("cp-1")).toBe(before);
  }, 900_000);

  test("fewer than three are refused where others are members, consent or not, unless they have left", async () => {
    for (const [more, way] of [
      [{}, "also controlPlane.acknowledgeLossOfHighAvailability: true"],
      [{ acknowledgeLossOfHighAvailability: true }, "write controlPlane.count: 3 with controlPlane.leaving: 2"],
    ] as const) {
      await deployment.synthesize(
        settings({ ...ONE, instanceType: "r5.2xlarge", resize: ["cp-0"], workers: { plain: GROUPS.plain }, ...more }),
      );
      const refused = await deployment.plan(120);
      expect(refused.status).toBe(1);
      expect(refused.stderr.replace(/\s*│?\s+/g, " ")).toContain(way);
    }
  }, 300_000);

  test("destroy leaves nothing", async () => {
    expectSuccess(await deployment.destroy(300));
    expect(await deployment.emulator.inventory()).toEqual({ resources: {}, parameters: [], processes: [] });
  }, 600_000);
});
