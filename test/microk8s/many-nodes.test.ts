import { Duration } from "../../lib";
import { MAX_READY_SECONDS, readySecondsAt } from "../../lib/microk8s/ready-time";
import { synthBostonCluster } from "../support/cluster";
import { parameter, resources, type StackJson } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const instances = (json: StackJson): any[] => resources(json, "aws_instance");
const one = synthBostonCluster();
const three = synthBostonCluster({ controlPlane: { count: 3 }, deletionProtection: false });

describe("three control-plane nodes", () => {
  test("have fixed addresses, carrier IPs, statuses, and names in `desired`", () => {
    const names = ["cp-0", "cp-1", "cp-2"];
    expect(instances(three).map(({ private_ip }) => private_ip)).toEqual(["10.0.0.16", "10.0.0.17", "10.0.0.18"]);
    expect(resources(three, "aws_eip").map(({ tags }) => tags.Name)).toEqual(names.map((name) => `boston-${name}`));
    expect(names.map((name) => parameter(three, `nodes/${name}`).type)).toEqual(["String", "String", "String"]);
    const desired = JSON.parse(parameter(three, "desired").insecure_value);
    expect(desired.nodes).toEqual(names.map((name, index) => ({ name, role: "control-plane", privateIp: `10.0.0.${16 + index}` })));
    expect(JSON.parse(parameter(three, "capabilities").insecure_value).nodes).toMatchObject([
      { group: "cp", role: "control-plane", count: 3 },
    ]);
    expect(parameter(three, "join")).toMatchObject({ type: "SecureString", key_id: parameter(three, "credential").key_id });
  });

  test("end one by one, the last first: each depends on the one before it", () => {
    const [addresses, needs] = [Object.keys(three.resource.aws_instance), instances(three).map(({ depends_on }) => depends_on)];
    const before = needs.map((list: string[]) => list.filter((address) => address.startsWith("aws_instance.")));
    expect(before).toEqual([[], [`aws_instance.${addresses[0]}`], [`aws_instance.${addresses[1]}`]]);
    expect(instances(three).some(({ lifecycle }) => "create_before_destroy" in lifecycle)).toBe(false);
  });

  test("reach each other at the ports of microk8s, by rules that refer to their own group; one node has none", () => {
    const between = (json: StackJson) =>
      resources(json, "aws_vpc_security_group_ingress_rule").filter(({ referenced_security_group_id }) => referenced_security_group_id);
    expect(between(three).map(({ ip_protocol, from_port, to_port }) => [ip_protocol, from_port, to_port])).toEqual([
      ["tcp", 10250, 10250],
      ["tcp", 16443, 16443],
      ["tcp", 19001, 19001],
      ["tcp", 25000, 25000],
      ["udp", 4789, 4789],
    ]);
    for (const rule of between(three)) {
      expect(rule.referenced_security_group_id).toBe(rule.security_group_id);
    }
    expect(between(one)).toEqual([]);
  });

  test("are waited for, each longer than the one before it by one turn", () => {
    const json = synthBostonCluster({ controlPlane: { count: 3 }, readyTimeout: Duration.minutes(10) });
    const waits = resources(json, "aws_cloudformation_stack").map(({ template_body, timeouts }) => [
      JSON.parse(template_body).Resources.Ready.CreationPolicy.ResourceSignal.Timeout,
      timeouts.create,
    ]);
    expect(waits).toEqual([
      ["PT720S", "1320s"],
      ["PT1320S", "1920s"],
      ["PT1920S", "2520s"],
    ]);
    expect(JSON.parse(parameter(json, "desired").insecure_value)).toMatchObject({ readySeconds: 600, joinSeconds: 600 });
  });

  test("change nothing of what a single node is made of but what tells of all nodes", () => {
    const changed: string[] = [];
    for (const [type, blocks] of Object.entries<Record<string, any>>(one.resource)) {
      for (const [name, block] of Object.entries(blocks)) {
        const [before, after] = [block, three.resource[type][name]].map((each) => JSON.stringify({ ...each, depends_on: undefined }));
        if (before !== after) {
          changed.push(block.name);
        }
      }
    }
    expect(changed).toEqual(["/mec/boston/capabilities", "/mec/boston/desired"]);
    // The nodes' generation is the same, so nothing that runs is told to change.
    const generation = (json: StackJson) => JSON.parse(parameter(json, "desired").insecure_value).generation;
    expect(generation(three)).toBe(generation(one));
  });

  test("refuse fewer addresses than nodes", () => {
    const controlPlane = { count: 3, privateIps: ["10.0.0.16", "10.0.0.17"] };
    expect(() => synthBostonCluster({ controlPlane })).toThrow(/\[MEC1160\] stack\/Cluster: .*write 3 addresses/);
  });
});

test("the time of a position grows by a turn and never beyond what CloudFormation waits", () => {
  expect([0, 1, 29].map((position) => readySecondsAt(1200, position))).toEqual([1200, 1800, 18_600]);
  expect(readySecondsAt(1200, 1000)).toBe(MAX_READY_SECONDS);
});
