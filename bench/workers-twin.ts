// The sandbox with a group of workers, as one would write it by hand: what many nodes are measured against.
import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import type { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { App, ITerraformDependable, TerraformStack } from "cdktf";
import { twin } from "./twin";
// The framework's own class runs a program for each one, which is no part of what is measured.
import { TerraformData } from "../lib/terraform-data";

const ZONE = "us-east-1-wl1-bos-wlz-1";
const GROUP = "web";
const KEPT = ["value_wo_version", "description", "key_id", "tier", "allowed_pattern", "overwrite"];
const site = { "mec:site": "sandbox" };
const named = (Name: string) => ({ ...site, Name });

/** How long the node at a position is waited for, in seconds. */
const patience = (position: number) => Math.min(1200 + position * 600, 11 * 3600) + 120;

/** The infrastructure stack of the sandbox with a group of workers behind a NAT gateway. */
export function workersTwin(app: App, count: number): TerraformStack {
  const stack = twin(app);
  const child = <T>(id: string) => stack.node.findChild(id) as unknown as T;
  const [vpc, controlPlane, key, bucket] = [
    child<Vpc>("vpc"),
    child<SecurityGroup>("group"),
    child<KmsKey>("key"),
    child<S3Bucket>("bucket"),
  ];
  const cp0 = child<Instance>("cp-0");

  const gateway = new InternetGateway(stack, "internet-gateway", {
    vpcId: vpc.id,
    tags: named("sandbox-infrastructure-Network-internet-gateway"),
  });
  const subnetOf = (id: string, name: string, cidrBlock: string, availabilityZone: string, way: Record<string, string>) => {
    const tags = named(`sandbox-infrastructure-Network-${name}`);
    const subnet = new Subnet(stack, id, { vpcId: vpc.id, cidrBlock, availabilityZone, tags });
    const table = new RouteTable(stack, `${id}-table`, { vpcId: vpc.id, tags });
    const route = new Route(stack, `${id}-route`, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...way });
    const association = new RouteTableAssociation(stack, `${id}-association`, { subnetId: subnet.id, routeTableId: table.id });
    return { subnet, egress: [route, association] };
  };
  const zone = child<{ parentZoneName: string }>("zone-data");
  const outer = subnetOf("public", "parent-public", "10.0.192.0/20", zone.parentZoneName, { gatewayId: gateway.id });
  const tags = named("sandbox-infrastructure-Network-nat");
  const address = new Eip(stack, "nat-address", { domain: "vpc", tags, dependsOn: outer.egress });
  const nat = new NatGateway(stack, "nat", {
    allocationId: address.allocationId,
    subnetId: outer.subnet.id,
    tags,
    dependsOn: outer.egress,
  });
  const inner = subnetOf("private", "wavelength-private", "10.0.128.0/18", ZONE, { natGatewayId: nat.id });

  const groupOf = (id: string, name: string, description: string) =>
    new SecurityGroup(stack, id, {
      namePrefix: `mec-sandbox-${name}-`,
      description: `${description} of the cluster sandbox`,
      vpcId: vpc.id,
      tags: named(`sandbox-${id}`),
    });
  const shared = groupOf("workers", "wk", "Workers");
  const own = groupOf(GROUP, GROUP, `Workers ${GROUP}`);
  let number = 0;
  const allowIn = (into: SecurityGroup, from: SecurityGroup, ipProtocol: string, port: number, description: string) =>
    new VpcSecurityGroupIngressRule(stack, `in-${number++}`, {
      securityGroupId: into.id,
      referencedSecurityGroupId: from.id,
      description,
      ipProtocol,
      fromPort: port,
      toPort: port,
      tags: site,
    });
  const out = (cidrIpv4: string, description: string, ipProtocol: string, port?: number) =>
    new VpcSecurityGroupEgressRule(stack, `out-${number++}`, {
      securityGroupId: shared.id,
      cidrIpv4,
      description,
      ipProtocol,
      fromPort: port,
      toPort: port,
      tags: site,
    });
  const rules = [
    allowIn(controlPlane, shared, "tcp", 16443, "Kubernetes API for workers"),
    allowIn(controlPlane, shared, "tcp", 25000, "Workers join"),
    allowIn(controlPlane, shared, "tcp", 10250, "Metrics server on a worker"),
    allowIn(controlPlane, shared, "udp", 4789, "Pod network"),
    allowIn(shared, controlPlane, "tcp", 25000, "Cluster agent"),
    allowIn(shared, controlPlane, "tcp", 10250, "Logs, exec and metrics"),
    allowIn(shared, controlPlane, "udp", 4789, "Pod network"),
    allowIn(shared, shared, "tcp", 10250, "Metrics server on a worker"),
    allowIn(shared, shared, "udp", 4789, "Pod network"),
    out("0.0.0.0/0", "Snap store, registries, AWS", "tcp", 443),
    out("0.0.0.0/0", "Ubuntu archive", "tcp", 80),
    out("10.0.0.0/16", "The VPC", "-1"),
  ];

  const { partition } = new DataAwsPartition(stack, "worker-partition");
  const { accountId } = new DataAwsCallerIdentity(stack, "worker-identity");
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:us-east-1:${accountId}:${rest}`;
  const ssm = (...names: string[]) => names.map((name) => arn("ssm", `parameter/mec/sandbox/${name}`));
  const allow = (Action: string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });
  const role = new IamRole(stack, "worker-role", {
    namePrefix: "mec-sandbox-wk-",
    description: `Workers ${GROUP} of the cluster sandbox`,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
    tags: site,
  });
  const policy = new IamRolePolicy(stack, "worker-policy", {
    role: role.name,
    name: "node",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allow(["ssm:GetParameters"], ssm("desired", "cluster", "join", "nodes/*")),
        allow(["ssm:PutParameter"], ssm(`nodes/${GROUP}-*`)),
        {
          ...allow(["kms:Decrypt"], key.arn),
          Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": ssm("join") } },
        },
        allow(["s3:GetObject"], `${bucket.arn}/agent/*`),
        allow(["cloudformation:DescribeStacks", "cloudformation:SignalResource"], arn("cloudformation", `stack/mec-sandbox--${GROUP}-*/*`)),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", `log-group:/mec/sandbox:log-stream:${GROUP}-*`)),
        allow(
          [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
            "ec2messages:AcknowledgeMessage",
            "ec2messages:DeleteMessage",
            "ec2messages:FailMessage",
            "ec2messages:GetEndpoint",
            "ec2messages:GetMessages",
            "ec2messages:SendReply",
          ],
          "*",
        ),
      ],
    }),
  });
  const profile = new IamInstanceProfile(stack, "worker-profile", { namePrefix: "mec-sandbox-wk-", role: role.name, tags: site });
  const image = new DataAwsSsmParameter(stack, "worker-image", {
    name: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
  }).insecureValue;

  const needs: ITerraformDependable[] = [
    ...inner.egress,
    child("offering"),
    child("reservation"),
    ...rules,
    policy,
    child<S3Object>("agent"),
    child<CloudwatchLogGroup>("logs"),
    ...["desired", "cluster", "join"].flatMap((name) => (stack.node.tryFindChild(`parameter-${name}`) as unknown as SsmParameter) ?? []),
  ];
  const barrier = child<TerraformData>("barrier");
  const readyOfCp0 = child<CloudformationStack>("ready").nameInput!;
  const generation = readyOfCp0.slice(readyOfCp0.lastIndexOf("-") + 1);
  for (let index = 0; index < count; index++) {
    const name = `${GROUP}-${index}`;
    const status = new SsmParameter(stack, `status-${name}`, {
      name: `/mec/sandbox/nodes/${name}`,
      description: `Status of node ${name}`,
      type: "String",
      valueWo: JSON.stringify({ protocol: 2, placeholder: true }),
      valueWoVersion: 1,
      tags: site,
      lifecycle: { ignoreChanges: KEPT },
    });
    const replacement = new TerraformData(stack, `replacement-${name}`, { input: { text: "" }, lifecycle: { ignoreChanges: ["input"] } });
    const instance = new Instance(stack, name, {
      ami: image,
      instanceType: "t3.xlarge",
      subnetId: inner.subnet.id,
      vpcSecurityGroupIds: [shared.id, own.id],
      iamInstanceProfile: profile.name,
      userData: cp0.userDataInput!.replace('\\"node\\":\\"cp-0\\"', `\\"node\\":\\"${name}\\",\\"role\\":\\"worker\\"`),
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { volumeType: "gp2", volumeSize: 50, encrypted: true, deleteOnTermination: true, tags: named(`sandbox-${name}`) },
      tags: named(`sandbox-${name}`),
      disableApiTermination: false,
      lifecycle: {
        ignoreChanges: ["ami", "user_data", "user_data_base64", "associate_public_ip_address", "instance_type", "subnet_id"],
        replaceTriggeredBy: [`terraform_data.${replacement.friendlyUniqueId}`],
        postcondition: [
          {
            condition: '${self.instance_type == "t3.xlarge"}',
            errorMessage: `[MEC1190] sandbox-infrastructure/Cluster/Workers/${GROUP}/${index}: got "t3.xlarge" as instanceType: ${name} is a \${self.instance_type} and would stop, with all of its group, so add a group with another name and let this one leave`,
          },
          {
            condition: `\${self.subnet_id == ${inner.subnet.id}}`,
            errorMessage: `[MEC1190] sandbox-infrastructure/Cluster/Workers/${GROUP}/${index}: got WorkerEgress.NAT as egress: ${name} is in another subnet and would be replaced, with all of its group, so add a group with another name and let this one leave`,
          },
        ],
      },
      dependsOn: [...needs, status],
    });
    barrier.dependsOn!.push(instance.fqn);
    const seconds = patience(1 + index);
    new CloudformationStack(stack, `ready-${name}`, {
      name: `mec-sandbox--${name}-${instance.id}-${generation}`,
      templateBody: JSON.stringify({
        Description: "Waits for a node of the cluster sandbox",
        Resources: {
          Ready: {
            Type: "AWS::CloudFormation::WaitCondition",
            CreationPolicy: { ResourceSignal: { Count: 1, Timeout: `PT${seconds}S` } },
          },
        },
      }),
      timeouts: { create: `${seconds + 600}s` },
      tags: site,
      lifecycle: { ignoreChanges: ["template_body", "timeouts"] },
      dependsOn: [barrier],
    });
  }
  return stack;
}
