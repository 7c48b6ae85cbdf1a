import { TerraformVariable, type TerraformStack } from "cdktf";
import {
  ApiAccess,
  MachineImage,
  Microk8sChannel,
  Microk8sCluster,
  RegionInstanceType,
  WavelengthNetwork,
  WavelengthZone,
  type Microk8sClusterProps,
  type RegionGatewayAccessProps,
} from "../../lib";
import { areEverywhere } from "../../lib/wavelength/cidr";
import { billableResources, deployerPolicy } from "../../stacks";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { danglingReferences } from "../support/structure";
import { parameter, resources, synthStack, warnings, type StackJson } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const OFFICE = "203.0.113.7/32";
const synthGateway = (props: Partial<RegionGatewayAccessProps> = {}, cluster: Partial<Microk8sClusterProps> = {}) =>
  synthBostonCluster({ apiAccess: ApiAccess.regionGateway({ allowedCidrs: [OFFICE], ...props }), ...cluster });
const ofGateway = (json: StackJson, type: string): any[] =>
  Object.entries<any>(json.resource[type])
    .filter(([id]) => id.includes("_RegionGateway_"))
    .map(([, block]) => block);
const gatewayParameter = (json: StackJson) => JSON.parse(parameter(json, "gateway").insecure_value);
/** Rules that let somebody in to the gateway: network, protocol, ports; TCP first. */
const inbound = (json: StackJson) =>
  ofGateway(json, "aws_vpc_security_group_ingress_rule")
    .map((rule) => [rule.cidr_ipv4, rule.ip_protocol, rule.from_port, rule.to_port])
    .sort(([, a], [, b]) => (a === b ? 0 : a === "tcp" ? -1 : 1));
/** What one would construct, without the cost of a synth. */
const bind = (props: RegionGatewayAccessProps) => () =>
  synthStack((stack) => void bostonCluster(stack, { apiAccess: ApiAccess.regionGateway(props) }));

describe("by default", () => {
  let json: StackJson;
  let host: any;

  beforeAll(() => {
    json = synthGateway();
    [host] = ofGateway(json, "aws_instance");
  });

  test("the API answers at an Elastic IP of the Region", () => {
    const [eip] = ofGateway(json, "aws_eip");
    expect(parameter(json, "endpoint").insecure_value).toMatch(/^https:\/\/\$\{aws_eip\..*RegionGateway.*\.public_ip\}:16443$/);
    expect(eip).not.toHaveProperty("network_border_group");
    // AWS: an address of a VPC needs the internet gateway.
    expect(eip.depends_on).toContainEqual(expect.stringMatching(/^aws_route\..*ParentPublicSubnet_DefaultRoute/));
  });

  test("the host is small, in the public subnet of the parent Region, with an address from launch and one that lasts", () => {
    expect(host).toMatchObject({
      instance_type: "t3.micro",
      subnet_id: expect.stringMatching(/ParentPublicSubnet/),
      associate_public_ip_address: true,
      metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { volume_type: "gp3", encrypted: true },
      disable_api_termination: false,
    });
    expect(host.lifecycle.ignore_changes).toEqual(["ami", "user_data", "user_data_base64", "associate_public_ip_address"]);
    expect(host.lifecycle).not.toHaveProperty("prevent_destroy");
  });

  test("the host waits for its way out, its rules, its role, its agent and its parameters", () => {
    for (const needed of ["DefaultRoute", "To-0-0-0-0-0-tcp-443", "Role_Policy", "Agent_Object", "Parameters_gateway", "nodes-gateway"]) {
      expect(host.depends_on).toContainEqual(expect.stringContaining(needed));
    }
  });

  test("nobody comes in but the networks that are named, and what tells the path's MTU", () => {
    expect(inbound(json)).toEqual([
      [OFFICE, "tcp", 16443, 16443],
      ["0.0.0.0/0", "icmp", 3, 4],
    ]);
  });

  test("the control plane lets the gateway alone in, and the gateway goes nowhere else than the archive, AWS and the control plane", () => {
    const toNodes = resources(json, "aws_vpc_security_group_ingress_rule").filter((rule) => rule.referenced_security_group_id);
    expect(toNodes).toEqual([expect.objectContaining({ ip_protocol: "tcp", from_port: 16443, to_port: 16443 })]);
    expect(toNodes[0].referenced_security_group_id).toContain("RegionGateway_SecurityGroup");
    expect(toNodes[0].security_group_id).toContain("Cluster_SecurityGroup");
    const out = ofGateway(json, "aws_vpc_security_group_egress_rule").map((rule) => [
      rule.cidr_ipv4 ?? (rule.referenced_security_group_id.includes("Cluster_SecurityGroup") ? "control plane" : "?"),
      rule.from_port,
      rule.to_port,
    ]);
    expect(out).toEqual([
      ["0.0.0.0/0", 443, 443],
      ["0.0.0.0/0", 80, 80],
      ["control plane", 16443, 16443],
    ]);
  });

  test("the host is told the addresses that are and that may come", () => {
    expect(gatewayParameter(json)).toEqual({
      protocol: 2,
      generation: expect.stringMatching(/^[0-9a-f]{8}$/),
      agent: { bucket: expect.any(String), key: expect.stringMatching(/^agent\/[0-9a-f]{64}\.pyz$/), sha256: expect.any(String) },
      readySeconds: expect.any(Number),
      port: 16443,
      backends: ["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"],
      backendPort: 16443,
      mtu: 1300,
      osPatches: { mode: "security" },
      logs: { group: "/mec/boston" },
    });
    expect(JSON.parse(parameter(json, "nodes/gateway").value_wo)).toEqual({ protocol: 2, placeholder: true });
    expect(parameter(json, "nodes/gateway").type).toBe("String");
  });

  test("its role reads its own two names, writes its status, and nothing of the cluster's", () => {
    const statements = ofGateway(json, "aws_iam_role_policy").flatMap(({ policy }) => JSON.parse(policy).Statement);
    const of = (action: string) =>
      statements
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource)
        .map((arn: string) => arn.replace(/^.*:(parameter|stack)/, ""));
    expect(of("ssm:GetParameters")).toEqual(["/mec/boston/gateway", "/mec/boston/nodes/gateway"]);
    expect(of("ssm:PutParameter")).toEqual(["/mec/boston/nodes/gateway"]);
    expect(JSON.stringify(of("logs:PutLogEvents"))).toContain("log-group:/mec/boston:log-stream:gateway/*");
    expect(of("cloudformation:SignalResource")).toEqual(["/mec-boston--gateway-*/*"]);
    expect(JSON.stringify(statements)).not.toMatch(/kms:|credential|ssm:GetParameter"|:\*"/);
  });

  test("the apply waits for the gateway as for the node, each under its own name", () => {
    const [node, gateway] = resources(json, "aws_cloudformation_stack");
    expect([gateway.name, node.name]).toEqual([
      expect.stringMatching(/^mec-boston--gateway-\$\{aws_instance\..*RegionGateway.*\.id\}-[0-9a-f]{8}$/),
      expect.stringMatching(/^mec-boston--cp-0-\$\{aws_instance\./),
    ]);
    expect(gateway.name).toContain(`-${gatewayParameter(json).generation}`);
    const [barrier] = resources(json, "terraform_data");
    for (const awaited of ["RegionGateway_Host_", "AddressAssociation", "203-0-113-7-32-tcp-16443", "boston-gateway-tcp-16443"]) {
      expect(barrier.depends_on).toContainEqual(expect.stringContaining(awaited));
    }
  });

  test("the plan asks whether the Region offers the type", () => {
    const offering = Object.values<any>(json.data.aws_ec2_instance_type_offerings).find(({ location_type }) => location_type === "region");
    expect(offering.filter).toEqual([{ name: "instance-type", values: ["t3.micro"] }]);
    expect(offering.lifecycle.postcondition[0].error_message).toMatch(
      /^\[MEC1204\] stack\/Cluster\/ApiAccess\/RegionGateway: got "t3\.micro"/,
    );
  });

  test("the deployer's rights and what is billable are known", () => {
    const policy = JSON.stringify(deployerPolicy(json));
    expect(policy).toContain(":role/mec-boston-gw-*");
    expect(policy).toContain("ec2:DescribeInstanceTypeOfferings");
    const kinds = billableResources(json).map(({ name, count }) => [count, name]);
    expect(kinds).toEqual(
      expect.arrayContaining([
        [1, "EC2 instance t3.micro"],
        [1, "gp3 volume"],
        [1, "public IPv4 address"],
      ]),
    );
  });

  test("the stack refers to nothing that it lacks, and warns of nothing", () => {
    expect(danglingReferences(json)).toEqual([]);
    expect(warnings(json)).toEqual([]);
  });
});

test("no way to the API changes the node: its instance is the same for all four", () => {
  const [first, ...others] = [
    ApiAccess.regionGateway({ allowedCidrs: [OFFICE] }),
    ApiAccess.privateNetwork(),
    ApiAccess.carrierIp({ allowedCidrs: [OFFICE] }),
    ApiAccess.sessionManager(),
  ].map((apiAccess) => {
    const json = synthBostonCluster({ apiAccess });
    const ofNode = (type: string) => Object.entries<any>(json.resource[type]).find(([id]) => id.startsWith("Cluster_cp-0_"))!;
    return { instance: ofNode("aws_instance"), carrierIp: ofNode("aws_eip_association"), desired: parameter(json, "desired") };
  });
  expect(first!.instance[1].private_ip).toBe("10.0.0.16");
  others.forEach((other) => expect(other).toEqual(first));
});

test("what is chosen counts: port, MTU, type, image, roles, tags and protection", () => {
  const json = synthGateway(
    { port: 443, mtu: 1400, instanceType: RegionInstanceType.T4G_SMALL, machineImage: MachineImage.UBUNTU_22_04 },
    { deletionProtection: true, roles: { path: "/edge/" }, tags: { team: "edge" } },
  );
  const [host] = ofGateway(json, "aws_instance");
  expect(parameter(json, "endpoint").insecure_value).toMatch(/:443$/);
  expect(inbound(json)[0]).toEqual([OFFICE, "tcp", 443, 443]);
  expect(gatewayParameter(json)).toMatchObject({ port: 443, backendPort: 16443, mtu: 1400 });
  expect(host).toMatchObject({ instance_type: "t4g.small", disable_api_termination: true, lifecycle: { prevent_destroy: true } });
  expect(ofGateway(json, "aws_eip")[0].lifecycle).toEqual({ prevent_destroy: true });
  const image = Object.entries<any>(json.data.aws_ssm_parameter).find(([id]) => id.includes("RegionGateway"))![1];
  expect(image.name).toBe("/aws/service/canonical/ubuntu/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id");
  expect(ofGateway(json, "aws_iam_role")[0].path).toBe("/edge/");
  for (const type of ["aws_instance", "aws_eip", "aws_security_group", "aws_iam_role", "aws_ssm_parameter"]) {
    ofGateway(json, type).forEach(({ tags }) => expect(tags.team).toBe("edge"));
  }
});

test("only what the host acts upon moves its generation", () => {
  const generation = (...of: Parameters<typeof synthGateway>) => gatewayParameter(synthGateway(...of)).generation;
  const first = generation();
  expect(generation({ allowedCidrs: ["198.51.100.0/24"] })).toBe(first);
  expect(generation({ mtu: 1400 })).not.toBe(first);
});

describe("networks", () => {
  test("twice the same is one rule, and one in another is let in by both", () => {
    expect(inbound(synthGateway({ allowedCidrs: [OFFICE, OFFICE, "203.0.113.0/24"] })).map(([cidr]) => cidr)).toEqual([
      "203.0.113.0/24",
      OFFICE,
      "0.0.0.0/0",
    ]);
  });

  test("one that only the apply knows has its place as name; a list that only the apply knows is refused", () => {
    const synthFor = (cidrs: (stack: TerraformStack) => string[]) =>
      synthStack((stack) => void bostonCluster(stack, { apiAccess: ApiAccess.regionGateway({ allowedCidrs: cidrs(stack) }) }));
    const office = (stack: TerraformStack) => new TerraformVariable(stack, "office", {});
    expect(inbound(synthFor((stack) => [office(stack).stringValue]))[0]![0]).toBe("${var.office}");
    expect(() => synthFor((stack) => office(stack).listValue)).toThrow(/\[MEC1024\] stack\/Cluster\/ApiAccess: got a list token/);
  });

  test("everybody is let in by whoever says so outright, in the zones of eu-west-3 without a warning that is about carrier IPs", () => {
    const json = synthStack((stack) => {
      const network = new WavelengthNetwork(stack, "Network", { zone: WavelengthZone.EU_WEST_3_CMN });
      const apiAccess = ApiAccess.regionGateway({ allowedCidrs: ["0.0.0.0/0"], acknowledgeOpenToTheInternet: true });
      new Microk8sCluster(stack, "Cluster", { clusterName: "paris", network, channel: Microk8sChannel.V1_35, apiAccess });
    }, "eu-west-3");
    expect(inbound(json)[0]).toEqual(["0.0.0.0/0", "tcp", 16443, 16443]);
    expect(warnings(json)).toEqual([]);
  });

  test("more than a security group takes by default are warned about", () => {
    const allowedCidrs = Array.from({ length: 60 }, (_, index) => `198.51.100.${index}/32`);
    expect(warnings(synthGateway({ allowedCidrs }))).toEqual([expect.stringMatching(/^\[MEC1909\] .*got 60 networks/)]);
  });

  test.each([
    [["0.0.0.0/0"], true],
    [["0.0.0.0/1", "128.0.0.0/1"], true],
    [Array.from({ length: 128 }, (_, index) => `${index}.0.0.0/8`), true],
    [Array.from({ length: 127 }, (_, index) => `${index}.0.0.0/8`), false],
    [[...Array.from({ length: 127 }, (_, index) => `${index}.0.0.0/8`), "1.0.0.0/8", "1.2.0.0/16"], false],
    [[OFFICE], false],
  ])("%# are everybody or not", (cidrs, everybody) => {
    expect(areEverywhere(cidrs)).toBe(everybody);
  });
});

test.each<[string, Partial<RegionGatewayAccessProps>, RegExp]>([
  ["nothing, without types", { allowedCidrs: undefined }, /\[MEC1201\].*nobody could reach/],
  ["nobody", { allowedCidrs: [] }, /\[MEC1201\] stack\/Cluster\/ApiAccess: got \[\].*nobody could reach.*ApiAccess\.privateNetwork\(\)/],
  ["everybody", { allowedCidrs: ["0.0.0.0/0"] }, /\[MEC1201\].*got \["0\.0\.0\.0\/0"\].*acknowledgeOpenToTheInternet: true/],
  ["everybody beside somebody", { allowedCidrs: [OFFICE, "0.0.0.0/0"] }, /MEC1201/],
  ["both halves", { allowedCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }, /MEC1201/],
  ["one half", { allowedCidrs: ["0.0.0.0/1"] }, /MEC1201/],
  ["an address without a prefix", { allowedCidrs: ["203.0.113.7"] }, /\[MEC1003\] stack\/Cluster\/ApiAccess/],
  ["host bits", { allowedCidrs: ["203.0.113.7/24"] }, /MEC1003/],
  ["IPv6", { allowedCidrs: ["2001:db8::/32"] }, /\[MEC1003\].*IPv4/],
  ["IPv6 for everybody", { allowedCidrs: ["::/0"], acknowledgeOpenToTheInternet: true }, /MEC1003/],
  ["an acknowledgement of nothing", { acknowledgeOpenToTheInternet: true }, /\[MEC1203\].*leave it out/],
  ["an acknowledgement that is none", { acknowledgeOpenToTheInternet: false as never }, /MEC1203/],
  ["an MTU below that of every link", { mtu: 1279 }, /\[MEC1202\] stack\/Cluster\/ApiAccess: got 1279 as mtu/],
  ["an MTU above that of the internet", { mtu: 1501 }, /MEC1202/],
  ["half a byte", { mtu: 1300.5 }, /MEC1202/],
  ["no MTU", { mtu: NaN }, /MEC1202/],
  ["port 0", { port: 0 }, /\[MEC1020\] stack\/Cluster\/ApiAccess: got 0 as port/],
  ["a port that is too high", { port: 65_536 }, /MEC1020/],
  ["half a port", { port: 443.5 }, /MEC1020/],
  ["the host's own SSH port", { port: 22 }, /MEC1020.*the host's own/],
])("refuses %s", (_, props, message) => {
  expect(bind({ allowedCidrs: [OFFICE], ...props })).toThrow(message);
});

test.each(["t3", "micro", "T3.micro", "t3.mircro", "t3.micro ", ""])("refuses the instance type %j", (name) => {
  expect(() => RegionInstanceType.of(name)).toThrow(/\[MEC1007\] RegionInstanceType\.of/);
});

test("an existing VPC without an internet gateway has no place for it", () => {
  const synthFor = (internetGatewayId?: string) =>
    synthStack((stack) => {
      const network = WavelengthNetwork.fromAttributes(stack, "Imported", {
        zone: WavelengthZone.US_EAST_1_WL1_BOS,
        vpcId: "vpc-0123456789abcdef0",
        vpcCidr: "10.20.0.0/16",
        carrierSubnet: { subnetId: "subnet-0123456789abcdef0", cidr: "10.20.1.0/24" },
        parentPublicSubnet: internetGatewayId ? { subnetId: "subnet-0123456789abcdef1", cidr: "10.20.2.0/24" } : undefined,
      });
      const apiAccess = ApiAccess.regionGateway({ allowedCidrs: [OFFICE] });
      bostonCluster(stack, { network, apiAccess, controlPlane: { privateIps: ["10.20.1.20"] } });
    });
  expect(() => synthFor()).toThrow(/MEC1013.*parentPublicSubnet/);
  const json = synthFor("igw-0123456789abcdef0");
  expect(ofGateway(json, "aws_instance")[0].subnet_id).toBe("subnet-0123456789abcdef1");
  expect(gatewayParameter(json).backends).toEqual(["10.20.1.20"]);
});

test("five control-plane nodes and a gateway are more Elastic IPs than an account has by default (MEC1901); three, or five alone, are not", () => {
  expect(warnings(synthGateway({}, { controlPlane: { count: 5 } }))).toEqual([
    expect.stringMatching(/\[MEC1901\] stack: got 6 Elastic IPs in us-east-1: .*5 there by default.*--desired-value 6/),
  ]);
  expect(warnings(synthGateway({}, { controlPlane: { count: 3 } }))).toEqual([]);
  expect(warnings(synthBostonCluster({ controlPlane: { count: 5 } }))).toEqual([]);
});
