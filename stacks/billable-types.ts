import { isLiteral, type BlockArguments, type SynthesizedBlock } from "./synthesized-stack";

/** Something that AWS charges for, once. */
export interface Charge {
  readonly name: string;
  readonly gibibytes?: number;
  readonly source: string;
}

/** Pages with prices. That of Wavelength says what of a carrier IP is charged for. */
const PRICES = {
  instance: "https://aws.amazon.com/ec2/pricing/on-demand/",
  volume: "https://aws.amazon.com/ebs/pricing/",
  carrier: "https://aws.amazon.com/wavelength/pricing/",
  vpc: "https://aws.amazon.com/vpc/pricing/",
  key: "https://aws.amazon.com/kms/pricing/",
  bucket: "https://aws.amazon.com/s3/pricing/",
  logs: "https://aws.amazon.com/cloudwatch/pricing/",
  parameter: "https://aws.amazon.com/systems-manager/pricing/",
} as const;

/** Types that AWS charges for, and what for, in the order in which they matter; an empty list where an argument makes it free. */
export const BILLABLE_TYPES: Readonly<Record<string, (args: BlockArguments, blocks: readonly SynthesizedBlock[]) => Charge[]>> = {
  aws_instance: (args, blocks) => [
    { name: `EC2 instance ${text(args.instance_type) ?? "of a launch template"}`, source: PRICES.instance },
    ...volumesOf(args),
    // An Elastic IP takes the place of the address that the instance was launched with.
    ...(args.associate_public_ip_address === true && !hasElasticIp(args, blocks)
      ? [{ name: "public IPv4 address", source: PRICES.vpc }]
      : []),
  ],
  aws_eip: ({ network_border_group: group }) => [
    // The border group of a Wavelength Zone has the zone's name; one that only the EC2 API tells is a zone's that no catalogue has.
    group !== undefined && /-wlz-/.test(text(group) ?? "-wlz-")
      ? { name: "carrier IP address", source: PRICES.carrier }
      : { name: "public IPv4 address", source: PRICES.vpc },
  ],
  aws_nat_gateway: () => [{ name: "NAT gateway", source: PRICES.vpc }],
  aws_kms_key: () => [{ name: "KMS key", source: PRICES.key }],
  aws_s3_bucket: () => [{ name: "S3 bucket", source: PRICES.bucket }],
  aws_cloudwatch_log_group: (args, blocks) => [
    { name: `CloudWatch log group${takesFlowLogs(args, blocks) ? " (flow logs)" : ""}`, source: PRICES.logs },
  ],
  aws_cloudwatch_metric_alarm: () => [{ name: "CloudWatch alarm", source: PRICES.logs }],
  // Logs that go to a log group are paid for there.
  aws_flow_log: ({ log_destination_type: destination }) =>
    destination === undefined || destination === "cloud-watch-logs" ? [] : [{ name: "flow log", source: PRICES.logs }],
  aws_ssm_parameter: ({ tier }) =>
    tier === undefined || tier === "Standard" ? [] : [{ name: "advanced parameter", source: PRICES.parameter }],
};

/** Types that cost nothing by themselves, by the pages above and those of IAM and CloudFormation. */
export const FREE_TYPES: readonly string[] = [
  "aws_cloudformation_stack",
  "aws_default_security_group",
  "aws_ec2_availability_zone_group",
  "aws_ec2_carrier_gateway",
  "aws_ec2_subnet_cidr_reservation",
  "aws_eip_association",
  "aws_iam_instance_profile",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_internet_gateway",
  "aws_placement_group",
  "aws_route",
  "aws_route_table",
  "aws_route_table_association",
  "aws_s3_bucket_public_access_block",
  // Stored data, which is paid for with its bucket.
  "aws_s3_object",
  "aws_security_group",
  "aws_subnet",
  "aws_vpc",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

/** Whether an Elastic IP of the same stack is associated with an instance. */
function hasElasticIp(args: BlockArguments, blocks: readonly SynthesizedBlock[]): boolean {
  const name = blocks.find((block) => block.arguments === args)?.name;
  return blocks.some((block) => block.type === "aws_eip_association" && block.arguments.instance_id === `\${aws_instance.${name}.id}`);
}

/** Whether a flow log of the same stack goes to a log group. */
function takesFlowLogs(args: BlockArguments, blocks: readonly SynthesizedBlock[]): boolean {
  const group = blocks.find((block) => block.arguments === args);
  return blocks.some(
    ({ type, arguments: { log_destination: destination } }) =>
      type === "aws_flow_log" && destination === `\${aws_cloudwatch_log_group.${group?.name}.arn}`,
  );
}

/** Root volume and further ones; without a root_block_device the image says what the root volume is. */
function volumesOf(args: BlockArguments): Charge[] {
  const devices = (argument: string) => [args[argument] ?? []].flat() as BlockArguments[];
  const [root = {}] = devices("root_block_device");
  return [root, ...devices("ebs_block_device")].map(({ volume_type: type, volume_size: size }) => ({
    name: `${text(type) ?? "EBS"} volume`,
    ...(typeof size === "number" ? { gibibytes: size } : {}),
    source: PRICES.volume,
  }));
}

/** A text that is known at synth. */
function text(value: unknown): string | undefined {
  return isLiteral(value) ? value : undefined;
}
