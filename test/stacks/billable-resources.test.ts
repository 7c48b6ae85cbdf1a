import { Instance } from "@cdktf/provider-aws/lib/instance";
import { App, TerraformStack } from "cdktf";
import { billableResources, type SynthesizedStack } from "../../stacks";
import { BILLABLE_TYPES, FREE_TYPES } from "../../stacks/billable-types";
import { KNOWN_RIGHTS } from "../../stacks/rights";
import { synthSandbox } from "../support/sandbox";

/** Names, counts and sizes of a stack with these resources. */
function of(resource: SynthesizedStack["resource"]): (string | number)[][] {
  return billableResources({ resource }).map(({ name, count, gibibytes }) => [
    count,
    name,
    ...(gibibytes === undefined ? [] : [gibibytes]),
  ]);
}

test("the sandbox costs money for one node and what it needs", () => {
  const names = billableResources(Object.values(synthSandbox({ MEC_OPT_IN: "true" }))).map(({ name, count, gibibytes }) => [
    name,
    count,
    gibibytes,
  ]);
  expect(names.slice(0, 3)).toEqual([
    ["EC2 instance t3.xlarge", 1, undefined],
    ["gp2 volume", 1, 50],
    ["carrier IP address", 1, undefined],
  ]);
  expect(names).toContainEqual(["KMS key", 1, undefined]);
  expect(names).toContainEqual(["S3 bucket", 1, undefined]);
  expect(names.filter(([name]) => String(name).includes("?"))).toEqual([]);
});

test("a carrier IP is one in a zone that no catalogue has too", () => {
  expect(billableResources(Object.values(synthSandbox({ MEC_ZONE: "us-east-1-foe-wlz-1a" }))).map(({ name }) => name)).toContain(
    "carrier IP address",
  );
});

test("like kinds are one, over stacks, with their sizes together", () => {
  const node = (size?: number) => ({ instance_type: "t3.medium", root_block_device: { volume_type: "gp2", volume_size: size } });
  const one: SynthesizedStack = { resource: { aws_instance: { A: node(20), B: node(30) } } };
  const two: SynthesizedStack = { resource: { aws_instance: { A: { ...node(), instance_type: "g4dn.2xlarge" } }, aws_kms_key: { K: {} } } };
  expect(billableResources([one, two])).toEqual([
    { name: "EC2 instance t3.medium", count: 2, source: "https://aws.amazon.com/ec2/pricing/on-demand/" },
    { name: "gp2 volume", count: 3, gibibytes: 50, source: "https://aws.amazon.com/ebs/pricing/" },
    { name: "EC2 instance g4dn.2xlarge", count: 1, source: "https://aws.amazon.com/ec2/pricing/on-demand/" },
    { name: "KMS key", count: 1, source: "https://aws.amazon.com/kms/pricing/" },
  ]);
});

test("addresses are of the carrier or public", () => {
  const eips = {
    Boston: { network_border_group: "us-east-1-wl1-bos-wlz-1" },
    Paris: { network_border_group: "eu-west-3-cmn-wlz-1" },
    Nat: {},
  };
  expect(of({ aws_eip: eips, aws_nat_gateway: { N: {} } })).toEqual([
    [2, "carrier IP address"],
    [1, "public IPv4 address"],
    [1, "NAT gateway"],
  ]);
  expect(of({ aws_instance: { A: { instance_type: "t3.micro", associate_public_ip_address: true } } })).toEqual([
    [1, "EC2 instance t3.micro"],
    [1, "EBS volume"],
    [1, "public IPv4 address"],
  ]);
});

test("an Elastic IP takes the place of the address from launch", () => {
  const host = { instance_type: "t3.micro", associate_public_ip_address: true };
  const association = { instance_id: "${aws_instance.A.id}" };
  expect(of({ aws_instance: { A: host, B: { ...host } }, aws_eip: { E: {} }, aws_eip_association: { X: association } })).toContainEqual([
    2,
    "public IPv4 address",
  ]);
});

test("what an argument makes free is left out", () => {
  const parameters = { A: {}, B: { tier: "Standard" }, C: { tier: "Advanced" } };
  expect(of({ aws_ssm_parameter: parameters, aws_vpc: { V: {} }, aws_iam_role: { R: {} } })).toEqual([[1, "advanced parameter"]]);
  const flowLog = { log_destination: "${aws_cloudwatch_log_group.G.arn}" };
  expect(of({ aws_flow_log: { L: flowLog }, aws_cloudwatch_log_group: { G: {}, H: {} } })).toEqual([
    [1, "CloudWatch log group (flow logs)"],
    [1, "CloudWatch log group"],
  ]);
  expect(of({ aws_flow_log: { L: { log_destination_type: "s3" } } })).toEqual([[1, "flow log"]]);
  expect(of({ aws_cloudwatch_metric_alarm: { A: {}, B: {} } })).toEqual([[2, "CloudWatch alarm"]]);
  expect(of({ kubernetes_namespace_v1: { N: {} }, terraform_data: { D: {} } })).toEqual([]);
});

test("further volumes are counted too", () => {
  const disks = [
    { volume_type: "gp2", volume_size: 10 },
    { volume_type: "st1", volume_size: 500 },
  ];
  expect(
    of({
      aws_instance: {
        A: { instance_type: "t3.micro", root_block_device: { volume_type: "gp2", volume_size: 20 }, ebs_block_device: disks },
      },
    }),
  ).toEqual([
    [1, "EC2 instance t3.micro"],
    [2, "gp2 volume", 30],
    [1, "st1 volume", 500],
  ]);
});

test("a type that is not known is told with a question mark", () => {
  expect(of({ aws_lambda_function: { A: {}, B: {} } })).toEqual([[2, "aws_lambda_function (?)"]]);
});

test("a stack is rendered by itself", () => {
  const stack = new TerraformStack(new App(), "stack");
  new Instance(stack, "Node", { instanceType: "t3.large" });
  expect(billableResources(stack)[0]).toMatchObject({ name: "EC2 instance t3.large", count: 1 });
});

test("every type that this library makes is either billable or free", () => {
  const listed = [...Object.keys(BILLABLE_TYPES), ...FREE_TYPES];
  expect(new Set(listed).size).toBe(listed.length);
  const made = Object.values(synthSandbox({ MEC_OPT_IN: "true" })).flatMap(({ resource }) => Object.keys(resource));
  const types = [...made, ...Object.keys(KNOWN_RIGHTS.resource)].filter((type) => type.startsWith("aws_"));
  expect(types.filter((type) => !listed.includes(type))).toEqual([]);
});
