import { IpAddresses, WavelengthNetwork, WavelengthZone, WavelengthZoneOptIn } from "../../lib";
import { resource, resources, synthStack } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;

test("one VPC with a subnet in the zone, routed to the carrier gateway", () => {
  const json = synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone }));
  const vpc = Object.keys(json.resource.aws_vpc)[0];
  expect(resource(json, "aws_subnet")).toMatchObject({
    availability_zone: zone.name,
    cidr_block: "10.0.0.0/17",
    vpc_id: `\${aws_vpc.${vpc}.id}`,
  });
  expect(resource(json, "aws_route")).toMatchObject({
    destination_cidr_block: "0.0.0.0/0",
    carrier_gateway_id: expect.stringContaining("aws_ec2_carrier_gateway."),
  });
  expect(resource(json, "aws_route_table_association").subnet_id).toContain("aws_subnet.");
});

test("nothing that a Wavelength subnet refuses: no public IP on launch, no IPv6", () => {
  const json = synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone }));
  expect(Object.keys(resource(json, "aws_subnet")).filter((key) => /map_public_ip|ipv6/.test(key))).toEqual([]);
});

test("the default security group lets nothing through", () => {
  const json = synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone }));
  expect(resource(json, "aws_default_security_group")).toMatchObject({ ingress: [], egress: [] });
});

test("tags reach every resource that takes any", () => {
  const json = synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone, tags: { team: "edge" } }));
  for (const type of ["aws_vpc", "aws_subnet", "aws_ec2_carrier_gateway", "aws_route_table", "aws_default_security_group"]) {
    expect(resource(json, type).tags).toMatchObject({ team: "edge", Name: expect.stringContaining("stack-Network-") });
  }
});

test("the subnet waits for the opt-in", () => {
  const json = synthStack((stack) => {
    const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
    new WavelengthNetwork(stack, "Network", { zone, optIn });
  });
  expect(resource(json, "aws_ec2_availability_zone_group")).toMatchObject({ group_name: "us-east-1-wl1", opt_in_status: "opted-in" });
  expect(resource(json, "aws_subnet").depends_on).toEqual([expect.stringContaining("aws_ec2_availability_zone_group.")]);
});

test("without an opt-in nothing is opted in", () => {
  const json = synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone }));
  expect(resources(json, "aws_ec2_availability_zone_group")).toEqual([]);
});

test("refuses an opt-in that is not acknowledged", () => {
  expect(() => synthStack((stack) => new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: false as never }))).toThrow(
    /\[MEC1002\] stack\/OptIn: got false .*only AWS Support can undo it/,
  );
});

test("an error names the construct", () => {
  expect(() =>
    synthStack((stack) => new WavelengthNetwork(stack, "Network", { zone, ipAddresses: IpAddresses.cidr("10.0.0.0/8") })),
  ).toThrow(/\[MEC1004\] stack\/Network: got "10\.0\.0\.0\/8"/);
});
