import type { TerraformStack } from "cdktf";
import {
  NodeTaint,
  Peer,
  Port,
  Size,
  WavelengthInstanceType,
  WavelengthNetwork,
  WavelengthZone,
  WorkerEgress,
  type Microk8sCluster,
  type Microk8sClusterProps,
  type WorkerGroupProps,
} from "../../../lib";
import { bostonCluster } from "../../support/cluster";
import { parameter, resources, synthStack, warnings, type StackJson } from "../../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const zone = WavelengthZone.US_EAST_1_WL1_BOS;
const [T3, GPU] = [WavelengthInstanceType.T3_XLARGE, WavelengthInstanceType.G4DN_2XLARGE];

type Groups = Readonly<Record<string, WorkerGroupProps>>;
const BOTH: Groups = { web: { count: 2, instanceType: T3 }, gpu: { count: 2, instanceType: GPU, labels: { "example.com/tier": "gold" } } };

/** A cluster with these groups, added in the order they are written. */
function withGroups(groups: Groups, props: Partial<Microk8sClusterProps> = {}, then?: (cluster: Microk8sCluster) => void): StackJson {
  return synthStack((stack) => {
    const cluster = bostonCluster(stack, props);
    for (const [name, group] of Object.entries(groups)) {
      cluster.addWorkers(name, group);
    }
    then?.(cluster);
  });
}

/** The blocks whose Terraform name begins so, by address. */
function blocksOf(json: StackJson, prefix: string): Record<string, unknown> {
  return Object.fromEntries(
    ["resource", "data"].flatMap((kind) =>
      Object.entries<any>(json[kind]).flatMap(([type, blocks]) =>
        Object.entries(blocks)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, block]) => [`${kind}.${type}.${name}`, block]),
      ),
    ),
  );
}
const named = (json: StackJson, type: string, name: string): any =>
  resources(json, type).find(({ tags }) => tags?.Name === name) ?? fail(`no ${type} ${name}`);
const fail = (text: string): never => {
  throw new Error(text);
};
const [, address] = [0, (id: string) => id.slice(2, -1).replace(/\.\w+$/, "")];
const addressOf = (json: StackJson, type: string, wanted: any): string =>
  `${type}.${Object.entries(json.resource[type]).find(([, block]) => block === wanted)![0]}`;

describe("a worker", () => {
  const json = withGroups(BOTH, { tags: { team: "edge" } });
  const instance = named(json, "aws_instance", "boston-gpu-0");

  test("has an encrypted gp2 root, tokens for IMDS that reach no further than the host, and any address of the private subnet", () => {
    expect(instance).toMatchObject({
      instance_type: "g4dn.2xlarge",
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { volume_type: "gp2", encrypted: true, volume_size: 50, tags: { team: "edge", Name: "boston-gpu-0" } },
      subnet_id: expect.stringContaining("PrivateSubnet"),
    });
    expect(instance).not.toHaveProperty("private_ip");
    expect(instance).not.toHaveProperty("associate_public_ip_address");
  });

  test("goes out by the NAT gateway: no carrier IP is made for it", () => {
    const names = resources(json, "aws_eip").map(({ tags }) => tags.Name);
    expect(names.filter((name) => /gpu|web/.test(name))).toEqual([]);
    expect(resources(json, "aws_nat_gateway")).toHaveLength(1);
  });

  test("is told that it is a worker", () => {
    const written = JSON.parse(instance.user_data.replace(/^#cloud-config\n/, "")).write_files;
    const node = JSON.parse(written.find(({ path }: any) => path === "/etc/mec/node.json").content);
    expect(node).toMatchObject({ protocol: 2, cluster: "boston", node: "gpu-0", role: "worker" });
  });

  test("is replaced neither by a newer image nor by other user data", () => {
    expect(instance.lifecycle.ignore_changes).toEqual(
      expect.arrayContaining(["ami", "user_data", "user_data_base64", "associate_public_ip_address"]),
    );
  });

  test("takes neither another type nor another way out: the plan fails instead of stopping the group", () => {
    const { ignore_changes, postcondition } = instance.lifecycle;
    expect(ignore_changes).toEqual(expect.arrayContaining(["instance_type", "subnet_id"]));
    expect(postcondition.map(({ condition }: any) => condition)).toEqual([
      '${self.instance_type == "g4dn.2xlarge"}',
      `\${self.subnet_id == ${instance.subnet_id.slice(2, -1)}}`,
    ]);
    for (const { error_message } of postcondition) {
      expect(error_message).toMatch(/^\[MEC1190\] .*: got .* add a group with another name and let this one leave$/);
    }
  });

  test("comes after all that it needs, so that on destroy it goes before, and after no other node", () => {
    const needs: string[] = instance.depends_on;
    const counts = {
      aws_iam_role_policy: 1,
      aws_route: 1,
      aws_route_table_association: 1,
      aws_s3_object: 1,
      aws_ec2_subnet_cidr_reservation: 1,
      aws_cloudwatch_log_group: 1,
      aws_vpc_security_group_ingress_rule: 9,
      aws_vpc_security_group_egress_rule: 3,
      aws_instance: 0,
    };
    for (const [type, count] of Object.entries(counts)) {
      expect([type, needs.filter((need) => need.startsWith(`${type}.`)).length]).toEqual([type, count]);
    }
    const status = addressOf(json, "aws_ssm_parameter", parameter(json, "nodes/gpu-0"));
    expect(needs).toContain(status);
    expect(needs).not.toContain(addressOf(json, "aws_ssm_parameter", parameter(json, "nodes/gpu-1")));
    expect(needs).toContain(addressOf(json, "aws_ssm_parameter", parameter(json, "desired")));
    expect(needs).toContain(addressOf(json, "aws_ssm_parameter", parameter(json, "cluster")));
    expect(needs).toContain(addressOf(json, "aws_ssm_parameter", parameter(json, "join")));
  });

  test("has alarms, protection, root volume and tags as it was given", () => {
    const props = { alarms: { actions: ["arn:aws:sns:us-east-1:123456789012:edge"] }, deletionProtection: true };
    const group = { count: 1, instanceType: T3, rootVolume: { size: Size.gibibytes(80) }, tags: { team: "video" } };
    const protectedJson = withGroups({ web: { ...group, egress: WorkerEgress.CARRIER_IP } }, props);
    const web = named(protectedJson, "aws_instance", "boston-web-0");
    expect(web).toMatchObject({
      disable_api_termination: true,
      lifecycle: { prevent_destroy: true },
      root_block_device: { volume_size: 80 },
      tags: { team: "video" },
    });
    expect(named(protectedJson, "aws_eip", "boston-web-0").lifecycle).toEqual({ prevent_destroy: true });
    const alarms = resources(protectedJson, "aws_cloudwatch_metric_alarm").map(({ alarm_name }) => alarm_name);
    expect(alarms.filter((name) => name.startsWith("mec-boston--web-0-"))).toHaveLength(2);
  });
});

test("a worker with a text for its replacement is replaced when the text is new, and no other node is", () => {
  const json = withGroups({ web: { ...BOTH.web!, replacements: { "web-1": "2026-11-25" } } });
  const texts = Object.fromEntries(
    Object.entries<any>(json.resource.terraform_data)
      .filter(([id]) => id.startsWith("Cluster_Workers_web_"))
      .map(([id, { input, lifecycle }]) => [`terraform_data.${id}`, [input.text, lifecycle?.ignore_changes]]),
  );
  const triggers = (node: string): string[] => named(json, "aws_instance", node).lifecycle.replace_triggered_by;
  expect(triggers("boston-web-1").map((trigger) => texts[trigger])).toEqual([["2026-11-25", undefined]]);
  expect(triggers("boston-web-0").map((trigger) => texts[trigger])).toEqual([["", ["input"]]]);
});

test("a worker that is to leave is waited for once more under a name of its own, and unprotected", () => {
  const json = withGroups({ web: { ...BOTH.web!, leaving: 1 } }, { deletionProtection: true });
  const stacks = resources(json, "aws_cloudformation_stack").map(({ name }) => name);
  expect(stacks.filter((name) => name.endsWith("-leaving"))).toEqual([expect.stringContaining("--web-1-")]);
  expect(named(json, "aws_instance", "boston-web-1").disable_api_termination).toBe(false);
  expect(named(json, "aws_instance", "boston-web-0").disable_api_termination).toBe(true);
});

describe("the way out", () => {
  test("is a carrier IP in the carrier-routed subnet where that is asked for, and then no NAT gateway is made", () => {
    const json = withGroups({ web: { count: 2, instanceType: T3, egress: WorkerEgress.CARRIER_IP } });
    expect(named(json, "aws_instance", "boston-web-1").subnet_id).toMatch(/CarrierSubnet/);
    const eip = named(json, "aws_eip", "boston-web-1");
    expect(eip).toMatchObject({ network_border_group: zone.networkBorderGroup, domain: "vpc" });
    expect(eip.depends_on).toEqual(expect.arrayContaining([expect.stringContaining("aws_route.")]));
    const associations = resources(json, "aws_eip_association").map(({ allocation_id }) => address(allocation_id));
    expect(associations).toContain(addressOf(json, "aws_eip", eip));
    expect(resources(json, "aws_nat_gateway")).toHaveLength(0);
    expect(warnings(json).join()).not.toMatch(/MEC1914/);
  });

  const imported = (stack: TerraformStack) =>
    WavelengthNetwork.fromAttributes(stack, "Imported", {
      zone,
      vpcId: "vpc-0123456789abcdef0",
      vpcCidr: "10.0.0.0/16",
      carrierSubnet: { subnetId: "subnet-0123456789abcdef0", cidr: "10.0.0.0/24" },
    });
  const inImported = (group: Partial<WorkerGroupProps>) => () =>
    synthStack((stack) => {
      const controlPlane = { privateIps: ["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"] };
      bostonCluster(stack, { network: imported(stack), controlPlane }).addWorkers("web", { count: 1, instanceType: T3, ...group });
    });

  test("is refused where the network has none", () => {
    expect(inImported({})).toThrow(/MEC1188.*Cluster\/Workers\/web.*MEC1013.*privateSubnet.*WorkerEgress\.CARRIER_IP/);
  });

  test("by carrier IP carries a warning where nothing keeps the control plane's addresses free", () => {
    expect(warnings(inImported({ egress: WorkerEgress.CARRIER_IP })()).join()).toMatch(/MEC1914.*controlPlane\.privateIps/);
  });
});

describe("the security groups", () => {
  const json = withGroups(BOTH);
  const groups = Object.fromEntries(
    resources(json, "aws_security_group").map((group) => [`\${${addressOf(json, "aws_security_group", group)}.id}`, group.tags.Name]),
  );
  const rules = (type: string) =>
    resources(json, type).map((rule) =>
      [
        groups[rule.security_group_id],
        groups[rule.referenced_security_group_id] ?? rule.cidr_ipv4,
        rule.ip_protocol,
        ...(rule.from_port === undefined ? [] : [rule.from_port]),
      ].join(" "),
    );

  test("let control plane and workers reach each other at the ports that microk8s names, and nobody else in", () => {
    const inbound = rules("aws_vpc_security_group_ingress_rule").filter((rule) => rule.includes("boston-workers"));
    expect(inbound.sort()).toEqual(
      [
        "boston-control-plane boston-workers tcp 16443",
        "boston-control-plane boston-workers tcp 25000",
        "boston-control-plane boston-workers tcp 10250",
        "boston-control-plane boston-workers udp 4789",
        "boston-workers boston-control-plane tcp 25000",
        "boston-workers boston-control-plane tcp 10250",
        "boston-workers boston-control-plane udp 4789",
        "boston-workers boston-workers tcp 10250",
        "boston-workers boston-workers udp 4789",
      ].sort(),
    );
    const ofGroups = rules("aws_vpc_security_group_ingress_rule").filter((rule) => /^boston-(?:web|gpu) /.test(rule));
    expect(ofGroups).toEqual([]);
  });

  test("let workers out to the VPC, and by TCP 443 and 80 everywhere", () => {
    const outbound = rules("aws_vpc_security_group_egress_rule").filter((rule) => rule.startsWith("boston-workers"));
    expect(outbound.sort()).toEqual([
      "boston-workers 0.0.0.0/0 tcp 443",
      "boston-workers 0.0.0.0/0 tcp 80",
      "boston-workers 10.0.0.0/16 -1",
    ]);
  });

  test("are the shared one and the group's own on each worker", () => {
    const ids = named(json, "aws_instance", "boston-gpu-0").vpc_security_group_ids.map((id: string) => groups[id]);
    expect(ids).toEqual(["boston-workers", "boston-gpu"]);
  });

  test("have the group's own open what is asked for, never what is guarded", () => {
    const open = withGroups({}, {}, (cluster) => {
      const web = cluster.addWorkers("web", { count: 1, instanceType: T3, egress: WorkerEgress.CARRIER_IP });
      web.connections.allowFromCarrier(Port.tcp(8443), "clients");
      expect(() => web.connections.allowFrom(Peer.anywhere(), Port.tcp(10250))).toThrow(/MEC1021/);
    });
    const web = addressOf(open, "aws_security_group", named(open, "aws_security_group", "boston-web"));
    const opened = resources(open, "aws_vpc_security_group_ingress_rule").filter(({ from_port }) => from_port === 8443);
    expect(opened.map(({ security_group_id }) => address(security_group_id))).toEqual([web]);
  });
});

describe("the roles", () => {
  const json = withGroups(BOTH);
  const statements = (group: string): { Action: string[]; Resource: string | string[] }[] => {
    const [, { policy }] = Object.entries<any>(json.resource.aws_iam_role_policy).find(([id]) =>
      id.startsWith(`Cluster_Workers_${group}_`),
    )!;
    return JSON.parse(policy).Statement;
  };
  const resourcesOf = (group: string, action: string) =>
    statements(group)
      .filter(({ Action }) => Action.includes(action))
      .flatMap(({ Resource }) => Resource)
      .map((arn) => arn.replace(/^.*:/, ""));

  test.each(["web", "gpu"])("of %s are for the status, the stacks and the logs of its own nodes", (group) => {
    expect(resourcesOf(group, "ssm:PutParameter")).toEqual([`parameter/mec/boston/nodes/${group}-*`]);
    expect(resourcesOf(group, "cloudformation:SignalResource")).toEqual([`stack/mec-boston--${group}-*/*`]);
    expect(resourcesOf(group, "logs:PutLogEvents")).toEqual([`${group}-*`]);
    expect(JSON.stringify(statements(group))).not.toContain("credential");
  });

  test("are each its own group's", () => {
    const profiles = ["web", "gpu"].map((group) => named(json, "aws_instance", `boston-${group}-0`).iam_instance_profile);
    expect(new Set(profiles).size).toBe(2);
    expect(named(json, "aws_instance", "boston-gpu-1").iam_instance_profile).toBe(profiles[1]);
  });
});

describe("the groups", () => {
  test("without nodes make no instance, and keep role and security group", () => {
    const json = withGroups({ web: { count: 0, instanceType: T3 } });
    expect(resources(json, "aws_instance")).toHaveLength(1);
    expect(named(json, "aws_security_group", "boston-web").description).toBe("Workers web of the cluster boston");
  });

  test("of one name are refused, and so is what is no name", () => {
    expect(() => withGroups(BOTH, {}, (cluster) => cluster.addWorkers("gpu", BOTH.gpu!))).toThrow(/MEC1181.*"gpu"/);
    expect(() => withGroups({ "gpu-1": BOTH.gpu! })).toThrow(/MEC1180.*"gpu-1"/);
  });

  test("of a type that the zone does not offer are refused", () => {
    expect(() => withGroups({ web: { count: 1, instanceType: WavelengthInstanceType.of("x1.16xlarge") } })).toThrow(/MEC1012/);
  });
});

describe("what the nodes are told", () => {
  const desired = (json: StackJson) => JSON.parse(parameter(json, "desired").insecure_value);
  const capabilities = (json: StackJson) => JSON.parse(parameter(json, "capabilities").insecure_value);
  const taints = [NodeTaint.of("b", "x"), NodeTaint.of("a")];
  const gpu = { count: 3, instanceType: GPU, labels: { tier: "gold" }, taints, kubelet: { maxPods: 30 }, leaving: 1 };
  const json = withGroups({ web: BOTH.web!, gpu });

  test("are the groups in the order of their names, each with what is its own", () => {
    const { workers, leaving, nodes } = desired(json);
    expect(workers).toEqual([
      {
        name: "gpu",
        count: 3,
        generation: expect.stringMatching(/^[0-9a-f]{8}$/),
        labels: { tier: "gold" },
        taints: ["a=:NoSchedule", "b=x:NoSchedule"],
        kubeletArgs: { "--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10", "--max-pods": "30" },
      },
      { name: "web", count: 2, generation: desired(json).generation },
    ]);
    expect(leaving).toEqual(["gpu-2"]);
    expect(nodes.map(({ name }: any) => name)).toEqual(["cp-0"]);
  });

  test("the order of the code is no change", () => {
    const other = withGroups({ gpu, web: BOTH.web! });
    for (const name of ["desired", "capabilities"]) {
      expect(parameter(other, name).insecure_value).toBe(parameter(json, name).insecure_value);
    }
  });

  test("labels, taints and kubelet arguments are each another generation of the group, and none of the others", () => {
    const seen = [{}, { labels: { a: "1" } }, { taints }, { kubelet: { maxPods: 9 } }].map((more) => {
      const told = desired(withGroups({ ...BOTH, web: { ...BOTH.web!, ...more } }));
      expect(told.workers[0]).toEqual(desired(withGroups(BOTH)).workers[0]);
      expect(told.generation).toBe(desired(json).generation);
      return told.workers[1].generation;
    });
    expect(new Set(seen).size).toBe(4);
  });

  test("comes after the rights of the groups", () => {
    const after: string[] = parameter(json, "desired").depends_on;
    expect(after.filter((address) => /^aws_iam_role_policy\.Cluster_Workers_/.test(address))).toHaveLength(2);
  });

  test("capabilities have the workers, and the GPU", () => {
    expect(
      capabilities(json)
        .nodes.slice(1)
        .map(({ group, role, instanceType, leaves, count }: any) => [group, role, instanceType, leaves, count]),
    ).toEqual([
      ["gpu", "worker", "g4dn.2xlarge", undefined, 2],
      ["gpu", "worker", "g4dn.2xlarge", true, 1],
      ["web", "worker", "t3.xlarge", undefined, 2],
    ]);
    expect(capabilities(json).gpu).toBe(true);
    expect(capabilities(withGroups({ web: BOTH.web! })).gpu).toBe(false);
  });

  test("100 nodes are no more to tell than a few: far below what a parameter holds", () => {
    const many = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { ...BOTH.gpu!, count: 25 }]));
    expect(Buffer.byteLength(parameter(withGroups(many), "desired").insecure_value)).toBeLessThan(3000);
  });
});

test("the apply waits for each worker, and the cluster has its groups by name", () => {
  let cluster!: Microk8sCluster;
  const json = withGroups(BOTH, {}, (made) => (cluster = made));
  const stacks = resources(json, "aws_cloudformation_stack").map(({ name }) => name);
  for (const node of ["cp-0", "gpu-0", "gpu-1", "web-0", "web-1"]) {
    expect(stacks.filter((name) => name.startsWith(`mec-boston--${node}-$`))).toHaveLength(1);
  }
  expect([...cluster.workerGroups.keys()]).toEqual(["gpu", "web"]);
  expect([...cluster.workerGroups.get("gpu")!.nodes.keys()]).toEqual(["gpu-0", "gpu-1"]);
  expect([...cluster.nodes.keys()]).toEqual(["cp-0"]);
  expect(cluster.ready).toHaveLength(5);
});

describe("kubelet arguments of a group", () => {
  test("of the cluster are refused where they leave its machines nothing", () => {
    const props = { nodeArguments: { kubelet: { systemReserved: { memory: Size.gibibytes(5) } } } };
    expect(() => withGroups({ web: { count: 1, instanceType: WavelengthInstanceType.T3_MEDIUM } }, props)).toThrow(
      /MEC1145.*Workers\/web.*nodeArguments\.kubelet.*t3\.medium has 4096 MiB/,
    );
  });

  test("of its own are named as the group has them", () => {
    const kubelet = { maxPods: 0 };
    expect(() => withGroups({ web: { count: 1, instanceType: T3, kubelet } })).toThrow(/MEC1144.*got 0 as kubelet\.maxPods/);
  });

  test("may not undo the hardening", () => {
    const kubelet = { extraArguments: { "--protect-kernel-defaults": false } };
    expect(() => withGroups({ web: { count: 1, instanceType: T3, kubelet } }, { cisHardening: true })).toThrow(/MEC1147/);
  });
});

describe("what another group, or another node, changes on those that are there", () => {
  const before = withGroups(BOTH);
  /** A waiting stack without what Terraform is to ignore: how long a node waits hangs on how many have their turn before it. */
  const asPlanned = ({ template_body: _template, timeouts: _timeouts, ...block }: any) => {
    expect(block.lifecycle.ignore_changes).toEqual(["template_body", "timeouts"]);
    return block;
  };
  const others = (json: StackJson, group: string) => {
    const gone = new RegExp(`^Cluster_(?:Workers_${group}_|Parameters_(?:desired|capabilities)_|Readiness_(?:${group}-|Barrier))`);
    const all = { ...blocksOf(json, "Cluster"), ...blocksOf(json, "Network") };
    // The network asks once about a type, for whoever needs it.
    const kept = (name: string) => !gone.test(name) && !/_Offering-/.test(name);
    return Object.fromEntries(
      Object.entries<any>(all)
        .filter(([name]) => kept(name.replace(/^(?:resource|data)\.\w+\./, "")))
        .map(([name, block]) => [name, name.includes(".aws_cloudformation_stack.") ? asPlanned(block) : block]),
    );
  };

  test("a removed group: nothing", () => {
    expect(others(withGroups({ web: BOTH.web! }), "gpu")).toEqual(others(before, "gpu"));
  });

  test("a group that is added before them by name, or in the code: nothing", () => {
    const after = withGroups({ abc: { count: 3, instanceType: T3 }, ...BOTH });
    expect(others(after, "abc")).toEqual(others(before, "abc"));
  });

  test("another number of nodes: nothing, on the group's own nodes neither", () => {
    const after = withGroups({ ...BOTH, gpu: { ...BOTH.gpu!, count: 1 } });
    expect(others(after, "gpu")).toEqual(others(before, "gpu"));
    const rest = Object.fromEntries(
      Object.entries(blocksOf(before, "Cluster_Workers_gpu_")).filter(([name]) => !/\.Cluster_Workers_gpu_1_/.test(name)),
    );
    expect(blocksOf(after, "Cluster_Workers_gpu_")).toEqual(rest);
  });

  test("other labels: nothing, on the group's own nodes neither", () => {
    const after = withGroups({ ...BOTH, gpu: { ...BOTH.gpu!, labels: {} } });
    expect(others(after, "gpu")).toEqual(others(before, "gpu"));
    expect(blocksOf(after, "Cluster_Workers_gpu_")).toEqual(blocksOf(before, "Cluster_Workers_gpu_"));
    const generation = (json: StackJson) => JSON.parse(parameter(json, "desired").insecure_value).workers[0].generation;
    expect(generation(after)).not.toBe(generation(before));
  });
});
