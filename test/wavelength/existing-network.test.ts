import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import fc from "fast-check";
import {
  IpAddresses,
  MecError,
  WavelengthNetwork,
  WavelengthZone,
  type ExistingNetwork,
  type IWavelengthNetwork,
  type WavelengthNetworkAttributes,
} from "../../lib";
import { networkComplaints } from "../support/structure";
import { resource, resources, synthStack, type StackJson } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;
const VPC = { vpcId: "vpc-0123456789abcdef0", vpcCidr: "10.20.0.0/16" };
const CARRIER = { subnetId: "subnet-0123456789abcdef0", cidr: "10.20.0.0/24" };
const PRIVATE = { subnetId: "subnet-0123456789abcdef1", cidr: "10.20.1.0/24" };
const PUBLIC = { subnetId: "subnet-0123456789abcdef2", cidr: "10.20.2.0/24" };
const PARENT_PRIVATE = { subnetId: "subnet-0123456789abcdef3", cidr: "10.20.3.0/24" };
const FREE = IpAddresses.cidr("10.20.128.0/20");

const synth = (existing: ExistingNetwork, ipAddresses?: IpAddresses, use: (network: IWavelengthNetwork) => void = () => undefined) =>
  synthStack((stack) => use(new WavelengthNetwork(stack, "Network", { zone, existing, ipAddresses })));

describe("in a VPC of somebody's own", () => {
  test("a subnet in the free part and the carrier gateway are made, and the VPC is left as it is", () => {
    const json = synth(VPC, FREE);
    expect(networkComplaints(json, VPC.vpcCidr)).toEqual([]);
    expect(resource(json, "aws_subnet")).toMatchObject({ vpc_id: VPC.vpcId, cidr_block: "10.20.128.0/21" });
    expect(resource(json, "aws_ec2_carrier_gateway").vpc_id).toBe(VPC.vpcId);
    for (const type of ["aws_vpc", "aws_default_security_group", "aws_flow_log", "aws_internet_gateway"]) {
      expect(resources(json, type)).toEqual([]);
    }
  });

  test("the free part may be in a secondary network of the VPC", () => {
    const json = synth({ ...VPC, secondaryCidrs: ["100.64.0.0/16"] }, IpAddresses.cidr("100.64.0.0/20"));
    expect(resource(json, "aws_subnet").cidr_block).toBe("100.64.0.0/21");
  });

  test("its carrier gateway, internet gateway and NAT gateway are used", () => {
    const gateways = {
      carrierGatewayId: "cagw-0123456789abcdef0",
      internetGatewayId: "igw-0123456789abcdef0",
      natGatewayId: "nat-0123456789abcdef0",
    };
    const json = synth({ ...VPC, ...gateways }, FREE, (network) => {
      network.privateSubnet();
      network.parentPublicSubnet();
    });
    expect(
      resources(json, "aws_route")
        .map((route) => route.carrier_gateway_id ?? route.nat_gateway_id ?? route.gateway_id)
        .sort(),
    ).toEqual(Object.values(gateways).sort());
    for (const type of ["aws_ec2_carrier_gateway", "aws_internet_gateway", "aws_nat_gateway", "aws_eip"]) {
      expect(resources(json, type)).toEqual([]);
    }
  });

  test("a NAT gateway is made in its public subnet", () => {
    const json = synth({ ...VPC, parentPublicSubnet: PUBLIC }, FREE, (network) => void network.privateSubnet());
    expect(resource(json, "aws_nat_gateway").subnet_id).toBe(PUBLIC.subnetId);
    expect(resources(json, "aws_internet_gateway")).toEqual([]);
  });

  test("its subnets are used", () => {
    const seen: string[] = [];
    const json = synth({ ...VPC, carrierSubnet: CARRIER, privateSubnet: PRIVATE }, undefined, (network) =>
      seen.push(network.carrierSubnet.subnetId, network.privateSubnet().subnetId),
    );
    expect(seen).toEqual([CARRIER.subnetId, PRIVATE.subnetId]);
    expect(json.resource).toBeUndefined();
  });

  test("it may be made in the same stack", () => {
    const json = synthStack((stack) => {
      const vpc = new Vpc(stack, "Vpc", { cidrBlock: VPC.vpcCidr });
      new WavelengthNetwork(stack, "Network", { zone, existing: { vpcId: vpc.id, vpcCidr: vpc.cidrBlock }, ipAddresses: FREE });
    });
    expect(resource(json, "aws_subnet").vpc_id).toMatch(/^\$\{aws_vpc\./);
  });

  test("a second carrier gateway is refused, by literal id and by token", () => {
    expect(() =>
      synthStack((stack) => {
        new WavelengthNetwork(stack, "One", { zone, existing: VPC, ipAddresses: FREE });
        new WavelengthNetwork(stack, "Two", { zone, existing: VPC, ipAddresses: IpAddresses.cidr("10.20.64.0/20") });
      }),
    ).toThrow(/\[MEC1022\] stack\/Two: got "stack\/One".*so write existing\.carrierGatewayId/);
    expect(() =>
      synthStack((stack) => {
        const vpc = new Vpc(stack, "Vpc", { cidrBlock: VPC.vpcCidr });
        for (const [id, cidr] of Object.entries({ One: "10.20.128.0/20", Two: "10.20.64.0/20" })) {
          new WavelengthNetwork(stack, id, {
            zone,
            existing: { vpcId: vpc.id, vpcCidr: vpc.cidrBlock },
            ipAddresses: IpAddresses.cidr(cidr),
          });
        }
      }),
    ).toThrow(/MEC1022/);
  });
});

test("two networks of one VPC take different parts of it", () => {
  const two = (cidr: string) =>
    synthStack((stack) => {
      const existing = { ...VPC, carrierGatewayId: "cagw-0123456789abcdef0" };
      new WavelengthNetwork(stack, "One", { zone, existing, ipAddresses: IpAddresses.cidr("10.20.0.0/20") });
      new WavelengthNetwork(stack, "Two", { zone, existing, ipAddresses: IpAddresses.cidr(cidr) });
    });
  expect(() => two("10.20.0.0/20")).toThrow(
    /\[MEC1015\] stack\/Two: got "10\.20\.0\.0\/20" in ipAddresses: stack\/One takes 10\.20\.0\.0\/20/,
  );
  expect(() => two("10.20.16.0/20")).not.toThrow();
});

describe("what is half given is refused with what is missing", () => {
  const without = (existing: ExistingNetwork, key: keyof ExistingNetwork) =>
    ({ ...existing, [key]: undefined }) as unknown as ExistingNetwork;

  test.each([
    [without(VPC, "vpcId"), FREE, /\[MEC1013\] stack\/Network: got no existing\.vpcId/],
    [without({ ...VPC, carrierGatewayId: "cagw-0123456789abcdef0" }, "vpcId"), FREE, /MEC1013.*existing\.vpcId/],
    [without(VPC, "vpcCidr"), FREE, /MEC1013.*got no existing\.vpcCidr/],
    [VPC, undefined, /MEC1013.*got no ipAddresses: .*which part of it is free/],
    [{ ...VPC, carrierSubnet: { subnetId: CARRIER.subnetId } as never }, undefined, /MEC1013.*got no existing\.carrierSubnet\.cidr/],
    [{ ...VPC, privateSubnet: { cidr: PRIVATE.cidr } as never }, FREE, /MEC1013.*got no existing\.privateSubnet\.subnetId/],
  ])("%#", (existing, ipAddresses, message) => {
    expect(() => synth(existing, ipAddresses)).toThrow(message);
  });

  test("what only something else needs is missed when it is needed", () => {
    expect(() => synth(VPC, FREE, (network) => void network.parentPublicSubnet())).toThrow(/MEC1013.*existing\.internetGatewayId/);
    expect(() => synth(VPC, FREE, (network) => void network.privateSubnet())).toThrow(/MEC1013.*existing\.natGatewayId/);
    expect(() => synth({ ...VPC, carrierSubnet: CARRIER }, undefined, (network) => void network.privateSubnet())).toThrow(
      /MEC1013.*neither ipAddresses nor existing\.privateSubnet/,
    );
  });
});

describe("what does not fit is refused", () => {
  test.each([
    [{ ...VPC, vpcId: "my-vpc" }, FREE, /\[MEC1014\] stack\/Network: got "my-vpc" as existing\.vpcId.*"vpc-0123456789abcdef0"/],
    [{ ...VPC, vpcId: CARRIER.subnetId }, FREE, /MEC1014/],
    [{ ...VPC, vpcId: "vpc-012345678" }, FREE, /MEC1014/],
    [
      { ...VPC, carrierSubnet: CARRIER, privateSubnet: { ...PRIVATE, subnetId: CARRIER.subnetId } },
      undefined,
      /MEC1015.*is the carrier-routed/,
    ],
    [{ ...VPC, carrierGatewayId: "igw-0123456789abcdef0" }, FREE, /MEC1014.*cagw-/],
    [{ ...VPC, natGatewayId: "eipalloc-0123456789abcdef0" }, FREE, /MEC1014.*nat-/],
    [{ ...VPC, carrierSubnet: { ...CARRIER, subnetId: "10.20.0.0/24" } }, undefined, /MEC1014.*existing\.carrierSubnet\.subnetId/],
    [{ ...VPC, vpcCidr: "10.20.0.0/12" }, FREE, /MEC1003|MEC1004/],
    [VPC, IpAddresses.cidr("10.21.0.0/20"), /MEC1015.*as ipAddresses: it is not inside 10\.20\.0\.0\/16/],
    [{ ...VPC, carrierSubnet: { ...CARRIER, cidr: "10.21.0.0/24" } }, undefined, /MEC1015.*not inside/],
    [
      { ...VPC, carrierSubnet: CARRIER, privateSubnet: { ...PRIVATE, cidr: "10.20.0.128/25" } },
      undefined,
      /MEC1015.*overlaps 10\.20\.0\.0\/24/,
    ],
    [{ ...VPC, carrierSubnet: CARRIER }, IpAddresses.cidr("10.20.0.0/20"), /MEC1015.*in ipAddresses: it overlaps 10\.20\.0\.0\/24/],
  ])("%#", (existing, ipAddresses, message) => {
    expect(() => synth(existing, ipAddresses)).toThrow(message);
  });
});

describe("an imported network", () => {
  const attributes: WavelengthNetworkAttributes = { zone, ...VPC, carrierSubnet: CARRIER };
  const imported = (given: Partial<WavelengthNetworkAttributes> = {}, use: (network: IWavelengthNetwork) => void = () => undefined) =>
    synthStack((stack) => use(WavelengthNetwork.fromAttributes(stack, "Network", { ...attributes, ...given })));

  test("is what it is told to be, and makes nothing", () => {
    const json = imported({ privateSubnet: PRIVATE, peerNetworks: ["192.168.0.0/16"] }, (network) => {
      expect(network).toMatchObject({ vpcId: VPC.vpcId, vpcCidrs: [VPC.vpcCidr], peerNetworks: ["192.168.0.0/16"] });
      expect(network.carrierSubnet).toEqual({ ...CARRIER, egress: [] });
      expect(network.privateSubnet()).toEqual({ ...PRIVATE, egress: [] });
      expect(network.networkBorderGroup).toBe(zone.networkBorderGroup);
    });
    expect(json.resource).toBeUndefined();
    expect(json.data).toBeUndefined();
  });

  test.each([
    [{ carrierSubnet: undefined }, /\[MEC1013\] stack\/Network: got no carrierSubnet/],
    [{ vpcId: undefined }, /MEC1013.*got no vpcId/],
    [{ vpcCidr: undefined }, /MEC1013.*got no vpcCidr/],
    [{ vpcId: "vpc" }, /MEC1014/],
    [{ carrierSubnet: { subnetId: CARRIER.subnetId, cidr: "10.0.0.0/24" } }, /MEC1015/],
    [{ peerNetworks: ["10.20.4.0/24"] }, /MEC1016/],
  ])("is refused with %j", (given, message) => {
    expect(() => imported(given as Partial<WavelengthNetworkAttributes>)).toThrow(message);
  });

  test("says which subnet something misses", () => {
    expect(() => imported({}, (network) => void network.privateSubnet())).toThrow(
      /MEC1013.*got no privateSubnet.*nothing of an imported network is made/,
    );
    expect(() => imported({}, (network) => void network.parentPublicSubnet())).toThrow(/got no parentPublicSubnet/);
    expect(() => imported({}, (network) => void network.parentPrivateSubnet())).toThrow(/got no parentPrivateSubnet/);
  });
});

describe("any mix of own and made parts", () => {
  const maybe = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });
  const subnet = (whole: { subnetId: string; cidr: string }) =>
    fc.option(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant(whole) },
        { weight: 1, arbitrary: fc.constant({ subnetId: whole.subnetId } as typeof whole) },
      ),
      {
        nil: undefined,
      },
    );
  const mixes = fc.record({
    existing: fc.option(
      fc.record({
        vpcId: fc.oneof(
          { weight: 9, arbitrary: fc.constant(VPC.vpcId) },
          { weight: 1, arbitrary: fc.constantFrom("", "vpc-x", undefined as never) },
        ),
        vpcCidr: fc.oneof(
          { weight: 9, arbitrary: fc.constant(VPC.vpcCidr) },
          { weight: 1, arbitrary: fc.constantFrom("10.21.0.0/16", undefined as never) },
        ),
        carrierGatewayId: maybe("cagw-0123456789abcdef0"),
        internetGatewayId: maybe("igw-0123456789abcdef0"),
        natGatewayId: maybe("nat-0123456789abcdef0"),
        carrierSubnet: subnet(CARRIER),
        privateSubnet: subnet(PRIVATE),
        parentPublicSubnet: subnet(PUBLIC),
        parentPrivateSubnet: subnet(PARENT_PRIVATE),
      }),
      { nil: undefined },
    ),
    cidr: fc.constantFrom(
      "10.20.128.0/20",
      "10.20.128.0/25",
      "10.20.128.0/26",
      "10.20.128.0/28",
      "10.20.0.0/16",
      "10.99.0.0/16",
      undefined,
    ),
    wants: fc.subarray(["privateSubnet", "parentPublicSubnet", "parentPrivateSubnet"] as const),
  });

  test("is a network that AWS would take, or one MecError", () => {
    const outcomes = { valid: 0, refused: 0 };
    fc.assert(
      fc.property(mixes, ({ existing, cidr, wants }) => {
        let json: StackJson;
        try {
          json = synthStack((stack) => {
            const ipAddresses = cidr === undefined ? undefined : IpAddresses.cidr(cidr);
            const network = new WavelengthNetwork(stack, "Network", { zone, existing, ipAddresses });
            wants.forEach((want) => network[want]());
          });
        } catch (error) {
          outcomes.refused += 1;
          expect(error).toBeInstanceOf(MecError);
          expect((error as Error).message).toMatch(/^\[MEC\d{4}\] stack\/Network\S*: got [^]*so write /);
          return;
        }
        outcomes.valid += 1;
        const given = [existing?.carrierSubnet, existing?.privateSubnet, existing?.parentPublicSubnet, existing?.parentPrivateSubnet];
        const taken = given.flatMap((part) => part?.cidr ?? []);
        expect(networkComplaints(json, existing ? VPC.vpcCidr : (cidr ?? "10.0.0.0/16"), taken)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // Both happen: a property that refuses everything would prove nothing.
    expect(Math.min(outcomes.valid, outcomes.refused)).toBeGreaterThan(30);
  });
});
