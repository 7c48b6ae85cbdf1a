import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformResource, TerraformStack } from "cdktf";
import {
  Duration,
  FlowLogs,
  IpAddresses,
  WavelengthInstanceType,
  WavelengthNetwork,
  WavelengthZone,
  WavelengthZoneOptIn,
  type WavelengthNetworkProps,
} from "../../lib";
import { danglingReferences, networkComplaints } from "../support/structure";
import { resource, resources, synthApp, synthStack } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;
const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

const build = (stack: TerraformStack, props: Partial<WavelengthNetworkProps> = {}) =>
  new WavelengthNetwork(stack, "Network", { zone, ...props });
const synth = (props: Partial<WavelengthNetworkProps> = {}, use: (network: WavelengthNetwork) => void = () => undefined) =>
  synthStack((stack) => use(build(stack, props)), (props.zone ?? zone).parentRegion);
const everything = (network: WavelengthNetwork) => [network.privateSubnet(), network.parentPublicSubnet(), network.parentPrivateSubnet()];

describe("alone", () => {
  test("a network is one VPC with one subnet in the zone, routed to the carrier gateway, and nothing in the parent Region", () => {
    const json = synth();
    expect(networkComplaints(json, "10.0.0.0/16")).toEqual([]);
    expect(resource(json, "aws_subnet")).toMatchObject({ availability_zone: zone.name, cidr_block: "10.0.0.0/17" });
    expect(resource(json, "aws_route").carrier_gateway_id).toContain("aws_ec2_carrier_gateway.");
    for (const type of ["aws_internet_gateway", "aws_nat_gateway", "aws_eip"]) {
      expect(resources(json, type)).toEqual([]);
    }
  });

  test("the default security group lets nothing through", () => {
    expect(resource(synth(), "aws_default_security_group")).toMatchObject({ ingress: [], egress: [] });
  });

  test("the zone is asked about at plan, whether opted in or not, and the answer must be of use", () => {
    const [lookup] = Object.values<any>(synth().data.aws_availability_zone); // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(lookup).toMatchObject({ name: zone.name, all_availability_zones: true });
    expect(lookup.lifecycle.postcondition).toEqual([
      {
        condition: '${self.zone_type == "wavelength-zone"}',
        error_message: expect.stringMatching(/^\[MEC1026\] stack\/Network: got .* so write /),
      },
      {
        condition: '${self.opt_in_status == "opted-in"}',
        error_message: expect.stringMatching(/not opted in .*acknowledgeAccountWide: true/),
      },
    ]);
  });
});

describe("where something needs them", () => {
  test("private and public subnets are made, once, with one NAT gateway in the parent zone", () => {
    const json = synth({}, (network) => {
      everything(network);
      everything(network);
    });
    expect(networkComplaints(json, "10.0.0.0/16")).toEqual([]);
    const zones = Object.fromEntries(
      resources(json, "aws_subnet").map(({ cidr_block, availability_zone }) => [cidr_block, availability_zone]),
    );
    const parent = expect.stringMatching(/^\$\{data\.aws_availability_zone\..*\.parent_zone_name\}$/);
    expect(zones).toEqual({ "10.0.0.0/17": zone.name, "10.0.128.0/18": zone.name, "10.0.192.0/19": parent, "10.0.224.0/19": parent });
    expect(resource(json, "aws_nat_gateway")).toMatchObject({
      allocation_id: expect.stringContaining("aws_eip."),
      depends_on: expect.arrayContaining([expect.stringContaining("aws_route.")]),
    });
    expect(resource(json, "aws_eip")).not.toHaveProperty("network_border_group");
  });

  test("what is there does not move when more is asked for", () => {
    const addresses = (use?: (network: WavelengthNetwork) => void) => synth({}, use).resource;
    const before = addresses((network) => void network.privateSubnet());
    const after = addresses((network) => void everything(network).length);
    for (const [type, blocks] of Object.entries(before)) {
      expect(after[type]).toMatchObject(blocks as object);
    }
  });

  test("a subnet without room is refused with what is needed and available, and nothing else is made", () => {
    const small = { ipAddresses: IpAddresses.cidr("10.0.0.0/27") };
    expect(() => synth(small)).not.toThrow();
    expect(() => synth(small, (network) => void network.privateSubnet())).toThrow(
      /\[MEC1017\] stack\/Network: got "10\.0\.0\.0\/27": the private Wavelength subnet needs 16 addresses .* and 8 are available .* write a \/26/,
    );
    expect(() => synth({ ipAddresses: IpAddresses.cidr("10.0.0.0/28") })).toThrow(
      /MEC1017.*carrier-routed Wavelength subnet.*"10\.0\.0\.0\/27"/,
    );
  });
});

test("tags reach every resource that takes any", () => {
  const stacks: TerraformStack[] = [];
  synthStack((stack) => {
    stacks.push(stack);
    everything(build(stack, { tags: { team: "edge" } }));
  });
  const tagged = stacks[0].node.findAll().filter((node) => TerraformResource.isTerraformResource(node) && "tagsInput" in node);
  expect(tagged.length).toBeGreaterThan(15);
  for (const node of tagged) {
    expect((node as unknown as { tagsInput: object }).tagsInput).toMatchObject({ team: "edge" });
  }
});

describe("the opt-in", () => {
  test("comes before the subnets and before what is asked about the zone", () => {
    const json = synthStack((stack) => {
      const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
      const network = build(stack, { optIn });
      everything(network);
      network.requireInstanceType(network, WavelengthInstanceType.T3_MEDIUM);
    });
    const waits = [expect.stringContaining("aws_ec2_availability_zone_group.")];
    for (const subnet of resources(json, "aws_subnet").filter(({ availability_zone }) => availability_zone === zone.name)) {
      expect(subnet.depends_on).toEqual(waits);
    }
    const [offering] = Object.values<{ depends_on: string[] }>(json.data.aws_ec2_instance_type_offerings);
    expect(offering.depends_on).toEqual(waits);
    expect(resource(json, "aws_ec2_carrier_gateway").depends_on).toEqual(waits);
  });

  test("is waited for by the look whether it worked, and by no look that values come from: these would not be known at plan", () => {
    const json = synthStack((stack) => {
      const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
      build(stack, { optIn }).parentPublicSubnet();
    });
    const looks = Object.entries<{ depends_on?: string[] }>(json.data.aws_availability_zone);
    const waiting = looks.filter(([, { depends_on }]) => depends_on !== undefined);
    expect(waiting.map(([, look]) => JSON.stringify(look))).toEqual([expect.stringContaining("opt_in_status")]);
    const [[name]] = looks.filter(([, { depends_on }]) => depends_on === undefined);
    const used = JSON.stringify(json.resource).match(/data\.aws_availability_zone\.[\w-]+/g);
    expect(new Set(used)).toEqual(new Set([`data.aws_availability_zone.${name}`]));
  });

  test("in another stack is waited for by the stack, and referred to by nothing in it", () => {
    const json = synthApp((app) => {
      const [a, b] = ["a", "b"].map((id) => new TerraformStack(app, id));
      for (const stack of [a, b]) new AwsProvider(stack, "Aws", { region: zone.parentRegion });
      build(b, { optIn: new WavelengthZoneOptIn(a, "OptIn", { zone, acknowledgeAccountWide: true }) });
    });
    expect(json.b.dependencies).toEqual(["a"]);
    expect(danglingReferences(json.b)).toEqual([]);
  });

  test("of another group, or another Region, is refused: it could not be undone", () => {
    const withOptIn = (of: string, on: string) =>
      synthStack((stack) => {
        const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone: WavelengthZone.of(of), acknowledgeAccountWide: true });
        build(stack, { zone: WavelengthZone.of(on), optIn });
      }, WavelengthZone.of(on).parentRegion);
    expect(() => withOptIn("eu-west-2-wl1-man-wlz-1", "eu-west-2-wl2-man-wlz-1")).toThrow(
      /\[MEC1028\] stack\/Network: got "eu-west-2-wl1-man-wlz-1" as zone of optIn: its group eu-west-2-wl1 is not that of eu-west-2-wl2-man-wlz-1/,
    );
    expect(() => withOptIn("us-west-2-wl1-las-wlz-1", zone.name)).toThrow(/MEC1028/);
    expect(() => withOptIn("us-east-1-wl1-nyc-wlz-1", zone.name)).not.toThrow();
  });

  test("is made only when it is said", () => {
    expect(resources(synth(), "aws_ec2_availability_zone_group")).toEqual([]);
  });
});

describe("the network border group", () => {
  const groupOf = (from: WavelengthZone) => {
    const groups: string[] = [];
    synth({ zone: from }, (network) => groups.push(network.networkBorderGroup));
    return groups[0];
  };

  test("is the catalogue's where it is known, and the EC2 API's elsewhere", () => {
    expect(groupOf(zone)).toBe(zone.name);
    expect(groupOf(WavelengthZone.EU_WEST_3_CMN)).toBe("eu-west-3-cmn-wlz-1");
    expect(groupOf(WavelengthZone.of("eu-west-3-dss-wlz-1a"))).toMatch(/\$\{TfToken/);
  });
});

describe("an instance type", () => {
  const require = (name: string, from = zone) =>
    synth({ zone: from }, (network) => void network.requireInstanceType(network, WavelengthInstanceType.of(name)));

  test("is refused at synth where the zone is known not to offer it, with both ways out", () => {
    expect(() => require("c6i.xlarge")).toThrow(
      /\[MEC1012\] stack\/Network: got "c6i\.xlarge": us-east-1-wl1-bos-wlz-1 is known to offer t3\.medium, .*describe-instance-type-offerings.*instanceTypes/,
    );
    const told = WavelengthZone.of(zone.name, { instanceTypes: [WavelengthInstanceType.of("c6i.xlarge")] });
    expect(() => require("c6i.xlarge", told)).not.toThrow();
  });

  test("is looked up at plan, once for each type, with a text that helps", () => {
    const json = synth({}, (network) => {
      network.requireInstanceType(network, WavelengthInstanceType.T3_MEDIUM);
      network.requireInstanceType(network, WavelengthInstanceType.T3_MEDIUM);
    });
    const lookups = Object.values<any>(json.data.aws_ec2_instance_type_offerings); // eslint-disable-line @typescript-eslint/no-explicit-any
    expect(lookups).toHaveLength(1);
    expect(lookups[0]).toMatchObject({
      location_type: "availability-zone",
      filter: [
        { name: "location", values: [zone.name] },
        { name: "instance-type", values: ["t3.medium"] },
      ],
    });
    expect(lookups[0].lifecycle.postcondition[0]).toMatchObject({
      condition: "${length(self.instance_types) > 0}",
      error_message: expect.stringMatching(/\[MEC1012\].*got "t3\.medium".*so write one that/),
    });
  });
});

describe("flow logs", () => {
  test("are on, kept for 30 days, and written with a role that can do nothing else", () => {
    const json = synth();
    expect(resource(json, "aws_flow_log")).toMatchObject({ traffic_type: "ALL", vpc_id: expect.stringContaining("aws_vpc.") });
    expect(resource(json, "aws_cloudwatch_log_group")).toMatchObject({ retention_in_days: 30, name_prefix: `/mec/network/${zone.name}/` });
    const [statement, ...more] = JSON.parse(resource(json, "aws_iam_role_policy").policy).Statement;
    expect(more).toEqual([]);
    expect(statement.Action).toEqual(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]);
    expect(statement.Resource).toEqual([
      expect.stringMatching(/^\$\{aws_cloudwatch_log_group\..*\.arn\}$/),
      expect.stringMatching(/\.arn\}:\*$/),
    ]);
    expect(JSON.parse(resource(json, "aws_iam_role").assume_role_policy).Statement[0]).toMatchObject({
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": expect.stringContaining("data.aws_caller_identity.") } },
    });
  });

  test("take retention and key, and can be off", () => {
    const json = synth({ flowLogs: FlowLogs.toCloudWatch({ retention: Duration.days(365), encryptionKeyArn: KEY }) });
    expect(resource(json, "aws_cloudwatch_log_group")).toMatchObject({ retention_in_days: 365, kms_key_id: KEY });
    expect(resources(synth({ flowLogs: FlowLogs.none() }), "aws_flow_log")).toEqual([]);
  });

  test.each([
    [Duration.days(31), /\[MEC1023\] stack\/Network\/FlowLogs: got 31 days .*so write for example Duration\.days\(60\)/],
    [Duration.hours(12), /MEC1023.*got 0\.5 days.*Duration\.days\(1\)/],
    [Duration.days(9999), /MEC1023.*Duration\.days\(3653\)/],
  ])("refuse a retention that CloudWatch Logs does not have (%#)", (retention, message) => {
    expect(() => synth({ flowLogs: FlowLogs.toCloudWatch({ retention }) })).toThrow(message);
  });

  test("refuse an alias for a key", () => {
    expect(() => synth({ flowLogs: FlowLogs.toCloudWatch({ encryptionKeyArn: "alias/logs" }) })).toThrow(
      /MEC1030.*flowLogs\.encryptionKeyArn/,
    );
  });

  test("their role has boundary and path", () => {
    const roles = { path: "/edge/", permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/edge" };
    expect(resource(synth({ roles }), "aws_iam_role")).toMatchObject({
      path: "/edge/",
      permissions_boundary: roles.permissionsBoundaryArn,
    });
  });
});

describe("refuses", () => {
  test.each([
    ["10.0.0.0/8", /\[MEC1004\] stack\/Network: got "10\.0\.0\.0\/8"/],
    ["10.0.0.0/29", /MEC1004/],
    ["10.0.0.1/16", /\[MEC1003\] stack\/Network/],
    ["169.254.0.0/16", /MEC1025/],
  ])("%s as network", (cidr, message) => {
    expect(() => synth({ ipAddresses: IpAddresses.cidr(cidr) })).toThrow(message);
  });

  test("a peer network that overlaps, and one that is none", () => {
    expect(() => synth({ peerNetworks: ["192.168.0.0/24", "10.0.128.0/20"] })).toThrow(
      /\[MEC1016\] stack\/Network: got "10\.0\.128\.0\/20" in peerNetworks: it overlaps 10\.0\.0\.0\/16/,
    );
    expect(() => synth({ peerNetworks: ["192.168.0.1/24"] })).toThrow(/MEC1003/);
    expect(() => synth({ peerNetworks: ["192.168.0.0/24"] })).not.toThrow();
  });

  test("tags that AWS refuses", () => {
    expect(() => synth({ tags: { "aws:team": "edge" } })).toThrow(/\[MEC1033\] stack\/Network: got "aws:team"/);
  });
});
