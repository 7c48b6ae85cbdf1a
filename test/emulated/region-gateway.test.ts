import { readFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetes, readParameter, type Credential } from "./support/aws";
import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { expectSuccess } from "./support/sandbox-cli";

/** A row of the emulator's list of machines. */
interface Machine {
  readonly instanceId: string;
  readonly node: string;
  readonly state: string;
  readonly apiPort: number | null;
  readonly proxyPort: number | null;
}

/** A change that Terraform plans. */
interface Change {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly actions: readonly string[] };
}

const OFFICE = { allowedCidrs: ["203.0.113.7/32"] };
const access = (way: string, props: object = {}) => ({ MEC_TEST_ACCESS: JSON.stringify([way, props]) });

describeEmulated("the region gateway", () => {
  let deployment: Deployment;
  let credential: Credential;
  let born: Machine;

  const machines = async () => (await deployment.emulator.machines()) as Machine[];
  const gateway = async () => (await machines()).find(({ node, state }) => node === "gateway" && state === "running")!;
  const file = ({ instanceId }: Machine, path: string) =>
    readFileSync(join(deployment.state, "machines", instanceId, "root", path), "utf8");
  const changes = async (): Promise<Change[]> => {
    expectSuccess(await deployment.terraform(["plan", "-input=false", "-no-color", "-out=change.tfplan"], 120));
    const shown = await deployment.terraform(["show", "-json", "change.tfplan"], 60);
    const plan = JSON.parse(shown.stdout) as { resource_changes: Change[] };
    return plan.resource_changes.filter(({ change }) => !["no-op", "read"].includes(change.actions.join()));
  };
  const expectEmptyPlan = async () => expect((await deployment.plan(120)).status).toBe(0);

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/region-gateway/main.ts", ["site"], access("regionGateway", OFFICE));
    expectSuccess(await deployment.apply(240));
    credential = (await readParameter(deployment.emulator.endpoint, "us-east-1", "/mec/site/credential")) as Credential;
    born = await gateway();
  }, 400_000);

  afterAll(() => deployment?.end(), 60_000);

  test("passes TLS on to the API, which asks for the credential", async () => {
    expect(await kubernetes(born.proxyPort!, credential, "GET", "/api/v1/nodes")).toBe(200);
    expect(await kubernetes(born.proxyPort!, undefined, "GET", "/api/v1/nodes")).toBe(401);
  });

  test("is ready by its own word, with the path's MTU and the addresses that are and that may come", async () => {
    const wanted = JSON.parse((await deployment.emulator.parameters("/mec/site/gateway"))["/mec/site/gateway"]!.value!) as {
      generation: string;
    };
    expect(await deployment.status("site", "gateway")).toMatchObject({
      state: "ready",
      phase: "ready",
      reason: "",
      instanceId: born.instanceId,
      generation: wanted.generation,
    });
    expect(file(born, "sys/class/net/ens5/mtu")).toBe("1300\n");
    const configuration = file(born, "etc/haproxy/haproxy.cfg");
    expect(configuration).toContain("    bind *:16443\n");
    expect(configuration.match(/^ {4}server 10\.0\.0\.\d+ 10\.0\.0\.\d+:16443$/gm)).toHaveLength(5);
  });

  test("a second plan is empty, though the Elastic IP took the place of the address from launch", expectEmptyPlan, 150_000);

  test("a living gateway follows a change, and the apply waits for it", async () => {
    await deployment.synthesize(access("regionGateway", { ...OFFICE, port: 8443, mtu: 1400 }));
    const planned = await changes();
    expect(planned.filter(({ type }) => type === "aws_instance")).toEqual([]);
    expectSuccess(await deployment.apply(200));
    const now = await gateway();
    expect(now.instanceId).toBe(born.instanceId);
    expect(file(now, "etc/haproxy/haproxy.cfg")).toContain("    bind *:8443\n");
    expect(file(now, "sys/class/net/ens5/mtu")).toBe("1400\n");
    expect(await kubernetes(now.proxyPort!, credential, "GET", "/api/v1/nodes")).toBe(200);
    await expectEmptyPlan();
  }, 500_000);

  test("another way to the API replaces no node, takes all of the gateway away, and back brings it again", async () => {
    const node = (await machines()).find(({ node: name }) => name === "cp-0")!;
    await deployment.synthesize(access("sessionManager"));
    const planned = await changes();
    expect(planned.filter(({ address }) => address.includes("Cluster_cp-0"))).toEqual([]);
    const others = planned.filter(({ address }) => !/RegionGateway|Readiness_gateway|ParentPublicSubnet|ParentRegion/.test(address));
    // The rule that let the gateway in goes; where the API is said to be, and what is waited for, changes in place.
    expect(others.map(({ type, change }) => [type, change.actions.join()]).sort()).toEqual([
      ["aws_ssm_parameter", "update"],
      ["aws_vpc_security_group_ingress_rule", "delete"],
    ]);
    expectSuccess(await deployment.apply(200));
    expect(await gateway()).toBeUndefined();
    expect(await kubernetes(node.apiPort!, credential, "GET", "/api/v1/nodes")).toBe(200);
    await deployment.synthesize(access("regionGateway", OFFICE));
    expectSuccess(await deployment.apply(240));
    const again = await gateway();
    expect(again.instanceId).not.toBe(born.instanceId);
    expect(await kubernetes(again.proxyPort!, credential, "GET", "/api/v1/nodes")).toBe(200);
    const nodes = (await machines()).filter(({ node: name }) => name === "cp-0");
    expect(nodes.map(({ instanceId }) => instanceId)).toEqual([node.instanceId]);
  }, 700_000);

  test("destroy leaves nothing", async () => {
    expectSuccess(await deployment.destroy(200));
    expect(await deployment.emulator.inventory()).toEqual({ resources: {}, parameters: [], processes: [] });
  }, 250_000);
});
