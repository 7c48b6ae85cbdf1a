import { passRole, roleOfProfile } from "./iam";
import { actions, type RightsOf, type RightsRequest } from "./request";
import { keyResource } from "./kms";

/** Actions of EC2 that Terraform calls for a type; further ones only where an argument is said. */
interface Ec2Calls {
  /** For every block of the type, as words. */
  readonly always: string;
  /** By argument, as words. */
  readonly when?: Readonly<Record<string, string>>;
}

/**
 * The calls of the AWS provider by type, from its sources (https://github.com/hashicorp/terraform-provider-aws, folder
 * `internal/service/ec2`). Actions have the names of the calls; of the conditions that IAM has for them, Region is the one
 * that fits all (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
 */
const CALLS: Readonly<Record<string, Ec2Calls>> = {
  aws_vpc: {
    always:
      "CreateVpc DeleteVpc DescribeVpcs DescribeVpcAttribute ModifyVpcAttribute DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups",
  },
  aws_default_security_group: {
    always: "DescribeSecurityGroups RevokeSecurityGroupIngress RevokeSecurityGroupEgress",
    when: { ingress: "AuthorizeSecurityGroupIngress", egress: "AuthorizeSecurityGroupEgress" },
  },
  aws_ec2_carrier_gateway: { always: "CreateCarrierGateway DeleteCarrierGateway DescribeCarrierGateways" },
  aws_internet_gateway: {
    always: "CreateInternetGateway DeleteInternetGateway DescribeInternetGateways AttachInternetGateway DetachInternetGateway",
  },
  aws_nat_gateway: {
    always: "CreateNatGateway DeleteNatGateway DescribeNatGateways",
    when: {
      secondary_allocation_ids: "AssociateNatGatewayAddress DisassociateNatGatewayAddress",
      secondary_private_ip_addresses: "AssignPrivateNatGatewayAddress UnassignPrivateNatGatewayAddress",
      secondary_private_ip_address_count: "AssignPrivateNatGatewayAddress UnassignPrivateNatGatewayAddress",
    },
  },
  aws_subnet: {
    always: "CreateSubnet DeleteSubnet DescribeSubnets DescribeNetworkInterfaces",
    when: {
      map_public_ip_on_launch: "ModifySubnetAttribute",
      map_customer_owned_ip_on_launch: "ModifySubnetAttribute",
      private_dns_hostname_type_on_launch: "ModifySubnetAttribute",
      enable_resource_name_dns_a_record_on_launch: "ModifySubnetAttribute",
      assign_ipv6_address_on_creation: "ModifySubnetAttribute",
      ipv6_cidr_block: "AssociateSubnetCidrBlock DisassociateSubnetCidrBlock",
    },
  },
  aws_ec2_subnet_cidr_reservation: { always: "CreateSubnetCidrReservation DeleteSubnetCidrReservation GetSubnetCidrReservations" },
  aws_route_table: {
    always: "CreateRouteTable DeleteRouteTable DescribeRouteTables DisassociateRouteTable",
    when: { route: "CreateRoute ReplaceRoute DeleteRoute", propagating_vgws: "EnableVgwRoutePropagation DisableVgwRoutePropagation" },
  },
  aws_route: { always: "CreateRoute ReplaceRoute DeleteRoute DescribeRouteTables" },
  aws_route_table_association: {
    always: "AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable DescribeRouteTables",
  },
  aws_security_group: {
    always: "CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups DescribeNetworkInterfaces RevokeSecurityGroupEgress",
    when: {
      ingress: "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress",
      egress: "AuthorizeSecurityGroupEgress",
      revoke_rules_on_delete: "RevokeSecurityGroupIngress DescribeSecurityGroupRules",
    },
  },
  aws_vpc_security_group_ingress_rule: {
    always: "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress ModifySecurityGroupRules DescribeSecurityGroupRules",
  },
  aws_vpc_security_group_egress_rule: {
    always: "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress ModifySecurityGroupRules DescribeSecurityGroupRules",
  },
  aws_eip: {
    always: "AllocateAddress ReleaseAddress DescribeAddresses DescribeAddressesAttribute DisassociateAddress",
    when: { instance: "AssociateAddress", network_interface: "AssociateAddress" },
  },
  aws_eip_association: { always: "AssociateAddress DisassociateAddress DescribeAddresses" },
  aws_instance: {
    always:
      "RunInstances TerminateInstances StartInstances StopInstances ModifyInstanceAttribute DescribeInstances DescribeInstanceAttribute " +
      "DescribeInstanceTypes DescribeInstanceCreditSpecifications DescribeTags DescribeVolumes",
    when: {
      root_block_device: "DescribeImages ModifyVolume DescribeVolumesModifications",
      vpc_security_group_ids: "ModifyNetworkInterfaceAttribute",
      metadata_options: "ModifyInstanceMetadataOptions",
      capacity_reservation_specification: "ModifyInstanceCapacityReservationAttributes",
      credit_specification: "ModifyInstanceCreditSpecification",
      maintenance_options: "ModifyInstanceMaintenanceOptions",
      private_dns_name_options: "ModifyPrivateDnsNameOptions",
      monitoring: "MonitorInstances UnmonitorInstances",
      launch_template: "DescribeLaunchTemplates DescribeLaunchTemplateVersions",
      iam_instance_profile:
        "AssociateIamInstanceProfile DisassociateIamInstanceProfile ReplaceIamInstanceProfileAssociation DescribeIamInstanceProfileAssociations",
    },
  },
  aws_placement_group: { always: "CreatePlacementGroup DeletePlacementGroup DescribePlacementGroups" },
  aws_ec2_availability_zone_group: { always: "DescribeAvailabilityZones ModifyAvailabilityZoneGroup" },
  aws_flow_log: { always: "CreateFlowLogs DeleteFlowLogs DescribeFlowLogs" },
};

/** The rights of each EC2 type. */
export const EC2_RIGHTS: Readonly<Record<string, RightsOf>> = {
  ...Object.fromEntries(Object.entries(CALLS).map(([type, calls]): [string, RightsOf] => [type, (request) => calling(request, calls)])),
  aws_instance: (request) => [...calling(request, CALLS.aws_instance!), ...profile(request), ...volumeKeys(request)],
  aws_flow_log: (request) => [
    ...calling(request, CALLS.aws_flow_log!),
    ...(request.arguments.iam_role_arn === undefined ? [] : [passRole(request, request.arguments.iam_role_arn, "vpc-flow-logs")]),
    ...(["s3", "kinesis-data-firehose"].includes(String(request.arguments.log_destination_type))
      ? [request.regional("LogDelivery", actions("logs", "CreateLogDelivery DeleteLogDelivery"))]
      : []),
  ],
};

/** The rights of each EC2 data source. */
export const EC2_DATA_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_availability_zone: (request) => calling(request, { always: "DescribeAvailabilityZones" }),
  aws_ec2_instance_type_offerings: (request) => calling(request, { always: "DescribeInstanceTypeOfferings" }),
};

function calling(request: RightsRequest, { always, when = {} }: Ec2Calls) {
  const all = [
    ...actions("ec2", always),
    ...Object.entries(when).flatMap(([argument, names]) => request.when(argument, actions("ec2", names))),
    ...request.whenTagged(actions("ec2", "CreateTags DeleteTags")),
  ];
  const reads = all.filter((action) => /^ec2:(?:Describe|Get)/.test(action));
  const changes = all.filter((action) => !reads.includes(action));
  return [request.regional("Ec2Read", reads), request.regional("Ec2Change", changes)];
}

/** An instance with a profile is given the profile's role. */
function profile(request: RightsRequest) {
  const name = request.arguments.iam_instance_profile;
  return name === undefined ? [] : [passRole(request, roleOfProfile(request, name), "ec2")];
}

/** A volume under a key of one's own is made by EC2 on the caller's behalf. @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html */
function volumeKeys(request: RightsRequest) {
  const devices = ["root_block_device", "ebs_block_device"].flatMap((argument) => [request.arguments[argument] ?? []].flat());
  const keys = (devices as { kms_key_id?: unknown }[]).map(({ kms_key_id: key }) => key).filter((key) => key !== undefined);
  return keys.map((key) =>
    request.on(
      "VolumeKeys",
      actions("kms", "CreateGrant Decrypt DescribeKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo"),
      [keyResource(request, key)],
      { StringEquals: { "kms:ViaService": `ec2.${request.region}.amazonaws.com` } },
    ),
  );
}
