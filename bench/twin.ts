// The sandbox's infrastructure as one would write it by hand with the provider's own classes: what the library is measured against.
import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsAvailabilityZone } from "@cdktf/provider-aws/lib/data-aws-availability-zone";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsSsmParametersByPath } from "@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Ec2CarrierGateway } from "@cdktf/provider-aws/lib/ec2-carrier-gateway";
import { Ec2SubnetCidrReservation } from "@cdktf/provider-aws/lib/ec2-subnet-cidr-reservation";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { App } from "cdktf";
import { AssetType, Fn, TerraformAsset, TerraformOutput, TerraformStack, type ITerraformDependable } from "cdktf";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentArchive } from "../lib/microk8s/agent-archive";
// The framework's own class runs a program for each one, which is no part of what is measured.
import { TerraformData } from "../lib/terraform-data";

const AGENT = join(__dirname, "..", "lib", "microk8s", "agent");
const ZONE = "us-east-1-wl1-bos-wlz-1";
const CP_0 = "10.0.0.16";
const PLACEHOLDER = { protocol: 2, placeholder: true };
const KEPT = ["value_wo_version", "description", "key_id", "tier", "allowed_pattern", "overwrite"];
const site = { "mec:site": "sandbox" };
const named = (Name: string) => ({ ...site, Name });

const UNIT = `[Unit]
After=network-online.target
Wants=network-online.target
[Service]
ExecStart=/usr/bin/python3 -I -S /opt/mec/bootstrap.py
Restart=always
RestartSec=2
KillMode=process
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
[Install]
WantedBy=multi-user.target
`;

/** The whole infrastructure stack of the sandbox. */
export function twin(app: App): TerraformStack {
  const stack = new TerraformStack(app, "sandbox-infrastructure");
  stack.addOverride("terraform.required_version", ">= 1.11.0");
  new AwsProvider(stack, "aws", { region: "us-east-1" });

  const vpc = new Vpc(stack, "vpc", {
    cidrBlock: "10.0.0.0/16",
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: named("sandbox-infrastructure-Network-vpc"),
  });
  new DefaultSecurityGroup(stack, "default", {
    vpcId: vpc.id,
    ingress: [],
    egress: [],
    tags: named("sandbox-infrastructure-Network-default-closed"),
  });
  const gateway = new Ec2CarrierGateway(stack, "gateway", { vpcId: vpc.id, tags: named("sandbox-infrastructure-Network-carrier-gateway") });
  const listed =
    "that `aws ec2 describe-instance-type-offerings --region us-east-1 --location-type availability-zone --filters Name=location,Values=";
  const zoneCheck = (attribute: string, value: string, text: string) => ({
    condition: `\${self.${attribute} == "${value}"}`,
    errorMessage: `[MEC1026] sandbox-infrastructure/Network: got "${ZONE}": ${text}`,
  });
  new DataAwsAvailabilityZone(stack, "zone-data", {
    name: ZONE,
    allAvailabilityZones: true,
    lifecycle: {
      postcondition: [
        zoneCheck(
          "zone_type",
          "wavelength-zone",
          "EC2 knows it as another kind of zone, so write a zone that WavelengthZone.all() or the EC2 API lists as a Wavelength Zone",
        ),
        zoneCheck(
          "opt_in_status",
          "opted-in",
          "this account is not opted in to its zone group, so opt in once for the account with new WavelengthZoneOptIn({ zone, acknowledgeAccountWide: true }) and give it as optIn, or with aws ec2 modify-availability-zone-group --opt-in-status opted-in",
        ),
      ],
    },
  });
  const offering = new DataAwsEc2InstanceTypeOfferings(stack, "offering", {
    locationType: "availability-zone",
    filter: [
      { name: "location", values: [ZONE] },
      { name: "instance-type", values: ["t3.xlarge"] },
    ],
    lifecycle: {
      postcondition: [
        {
          condition: "${length(self.instance_types) > 0}",
          errorMessage: `[MEC1012] sandbox-infrastructure/Cluster: got "t3.xlarge": ${ZONE} does not offer it to this account, so write one ${listed}${ZONE}\` shows`,
        },
      ],
    },
  });
  const subnet = new Subnet(stack, "subnet", {
    vpcId: vpc.id,
    cidrBlock: "10.0.0.0/17",
    availabilityZone: ZONE,
    tags: named("sandbox-infrastructure-Network-wavelength"),
  });
  const table = new RouteTable(stack, "table", { vpcId: vpc.id, tags: named("sandbox-infrastructure-Network-wavelength") });
  const route = new Route(stack, "route", {
    routeTableId: table.id,
    destinationCidrBlock: "0.0.0.0/0",
    carrierGatewayId: gateway.id,
  });
  const tableAssociation = new RouteTableAssociation(stack, "table-association", { subnetId: subnet.id, routeTableId: table.id });
  const reservation = new Ec2SubnetCidrReservation(stack, "reservation", {
    subnetId: subnet.id,
    cidrBlock: "10.0.0.16/29",
    reservationType: "explicit",
    description: "Control plane of a microk8s cluster",
  });
  const flows = new CloudwatchLogGroup(stack, "flows", { namePrefix: `/mec/network/${ZONE}/`, retentionInDays: 30, tags: site });
  const flowRole = new IamRole(stack, "flow-role", {
    namePrefix: "mec-flow-logs-",
    description: `Flow logs of the network in ${ZONE}`,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": new DataAwsCallerIdentity(stack, "flow-identity").accountId } },
        },
      ],
    }),
    tags: site,
  });
  const flowPolicy = new IamRolePolicy(stack, "flow-policy", {
    role: flowRole.name,
    name: "flow-logs",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          Resource: [flows.arn, `${flows.arn}:*`],
        },
      ],
    }),
  });
  new FlowLog(stack, "flow-log", {
    vpcId: vpc.id,
    trafficType: "ALL",
    logDestination: flows.arn,
    iamRoleArn: flowRole.arn,
    maxAggregationInterval: 600,
    tags: site,
    dependsOn: [flowPolicy],
  });
  const group = new SecurityGroup(stack, "group", {
    namePrefix: "mec-sandbox-cp-",
    description: "Control-plane nodes of the cluster sandbox",
    vpcId: vpc.id,
    tags: named("sandbox-control-plane"),
  });
  const tcpOut = (port: number, description: string) =>
    new VpcSecurityGroupEgressRule(stack, `egress-${port}`, {
      securityGroupId: group.id,
      description,
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      tags: site,
    });
  const egress = [
    tcpOut(443, "Snap store, registries, AWS"),
    tcpOut(80, "Ubuntu archive"),
    new VpcSecurityGroupEgressRule(stack, "egress-vpc", {
      securityGroupId: group.id,
      description: "The VPC",
      cidrIpv4: "10.0.0.0/16",
      ipProtocol: "-1",
      tags: site,
    }),
  ];
  const eip = new Eip(stack, "eip", {
    domain: "vpc",
    networkBorderGroup: ZONE,
    tags: named("sandbox-cp-0"),
    dependsOn: [route, tableAssociation],
  });
  const api = new VpcSecurityGroupIngressRule(stack, "api", {
    securityGroupId: group.id,
    description: "Kubernetes API",
    cidrIpv4: "10.0.0.0/16",
    ipProtocol: "tcp",
    fromPort: 16443,
    toPort: 16443,
    tags: site,
  });

  const { partition: keyPartition } = new DataAwsPartition(stack, "key-partition");
  const { accountId: keyAccount } = new DataAwsCallerIdentity(stack, "key-identity");
  const key = new KmsKey(stack, "key", {
    description: "Secret parameters of the cluster sandbox",
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:${keyPartition}:iam::${keyAccount}:root` },
          Action: "kms:*",
          Resource: "*",
        },
        {
          Effect: "Allow",
          Principal: { Service: "logs.us-east-1.amazonaws.com" },
          Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
          Resource: "*",
          Condition: {
            ArnEquals: { "kms:EncryptionContext:aws:logs:arn": `arn:${keyPartition}:logs:us-east-1:${keyAccount}:log-group:/mec/sandbox` },
          },
        },
      ],
    }),
    tags: site,
  });
  const logs = new CloudwatchLogGroup(stack, "logs", { name: "/mec/sandbox", retentionInDays: 30, kmsKeyId: key.arn, tags: site });
  const { file, sha256 } = agentArchive();
  const bucket = new S3Bucket(stack, "bucket", { bucketPrefix: "mec-sandbox-", forceDestroy: true, tags: site });
  const block = new S3BucketPublicAccessBlock(stack, "bucket-block", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  const object = new S3Object(stack, "agent", {
    bucket: bucket.id,
    key: `agent/${sha256}.pyz`,
    source: new TerraformAsset(stack, "asset", { path: file, type: AssetType.FILE }).path,
    contentType: "application/zip",
    overrideProvider: { defaultTags: { tags: {} } },
    dependsOn: [block],
  });

  const { partition } = new DataAwsPartition(stack, "partition");
  const { accountId } = new DataAwsCallerIdentity(stack, "identity");
  const arn = (service: string, rest: string) => `arn:${partition}:${service}:us-east-1:${accountId}:${rest}`;
  const ssm = (...names: string[]) => names.map((name) => arn("ssm", `parameter/mec/sandbox/${name}`));
  const allow = (Action: string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });
  const role = new IamRole(stack, "role", {
    namePrefix: "mec-sandbox-cp-",
    description: "Control-plane nodes of the cluster sandbox",
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
    tags: site,
  });
  const told = `distinct(compact([for text in nonsensitive(self.values) : try(regex("^1\\\\.[0-9]+", jsondecode(text).channel), "") if try(jsondecode(text).instanceId, "") != "none"]))`;
  const ready = `[for index, text in nonsensitive(self.values) : regex("cp-[1-4]$", self.names[index]) if can(regex("/cp-[1-4]$", self.names[index])) && try(jsondecode(text).member, "") != "" && try(jsondecode(text).state, "") != "left" && try(jsondecode(text).instanceId, "") != "none"]`;
  const statuses = new DataAwsSsmParametersByPath(stack, "statuses", {
    path: "/mec/sandbox/nodes",
    withDecryption: false,
    lifecycle: {
      postcondition: [
        {
          condition: `\${alltrue([for version in ${told} : contains(["1.35", "1.34"], version)])}`,
          errorMessage: `[MEC1151] sandbox-infrastructure/Cluster: got "1.35/stable" as channel: nodes run Kubernetes \${join(", ", ${told})}, which goes up one minor version at a time and never back, so write the channel they are on or the next`,
        },
        {
          condition: `\${length(${ready}) == 0}`,
          errorMessage: `[MEC1162] sandbox-infrastructure/Cluster: got 1 control-plane nodes: \${join(", ", ${ready})} are members and fewer than three nodes stand no loss, so write controlPlane.count: 3, or, if that is meant, also controlPlane.acknowledgeLossOfHighAvailability: true and controlPlane.leaving: 2`,
        },
      ],
    },
  });
  const keys = `distinct(compact([for text in nonsensitive(data.aws_ssm_parameters_by_path.${statuses.friendlyUniqueId}.values) : try(tostring(jsondecode(text).keyId), "") if try(jsondecode(text).instanceId, "") != "none"]))`;
  const policy = new IamRolePolicy(stack, "policy", {
    role: role.name,
    name: "node",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allow(["ssm:GetParameters"], ssm("desired", "cluster", "credential", "join", "nodes/*")),
        allow(["ssm:PutParameter"], ssm("cluster", "credential", "join", "nodes/cp-*")),
        {
          ...allow(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], key.arn),
          Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": ssm("credential", "join") } },
        },
        allow(["s3:GetObject"], `${bucket.arn}/agent/*`),
        allow(["cloudformation:DescribeStacks", "cloudformation:SignalResource"], arn("cloudformation", "stack/mec-sandbox--cp-*/*")),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/mec/sandbox:log-stream:cp-*")),
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
    lifecycle: {
      precondition: [
        {
          condition: `\${alltrue([for key in ${keys} : key == ${Fn.join("", [key.arn])}])}`,
          errorMessage: `[MEC1153] sandbox-infrastructure/Cluster: got ${key.arn} as key of the secret parameters: nodes have the credential under \${join(", ", ${keys})} and would be cut off from it, so write encryptionKeyArn as it was, or leave it out where it was not there; another key is another cluster`,
        },
      ],
    },
  });

  const plain = (name: string, description: string, insecureValue: string, dependsOn?: ITerraformDependable[]) =>
    new SsmParameter(stack, `parameter-${name}`, {
      name: `/mec/sandbox/${name}`,
      description,
      type: "String",
      insecureValue,
      tags: site,
      dependsOn,
    });
  const written = (name: string, description: string, value: object, keyId?: string) =>
    new SsmParameter(stack, `parameter-${name.replace("/", "-")}`, {
      name: `/mec/sandbox/${name}`,
      description,
      type: keyId ? "SecureString" : "String",
      keyId,
      valueWo: JSON.stringify(value),
      valueWoVersion: 1,
      tags: site,
      lifecycle: { ignoreChanges: KEPT },
    });
  const launchConfiguration = {
    version: "0.2.0",
    extraKubeletArgs: { "--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10" },
    extraKubeAPIServerArgs: { "--authorization-mode": "RBAC,Node" },
    extraCNIEnv: { IPv4_CLUSTER_CIDR: "10.1.0.0/16", IPv4_SERVICE_CIDR: "10.152.183.0/24", CALICO_VETH_MTU: "1250" },
    extraSANs: ["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"],
  };
  const channel = "1.35/stable";
  const osPatches = { mode: "security" };
  const logsTo = { group: "/mec/sandbox" };
  const actedUpon = JSON.stringify({ agent: sha256, channel, launchConfiguration, osPatches, logs: logsTo });
  const generation = createHash("sha256").update(actedUpon).digest("hex").slice(0, 8);
  const parameters = [
    plain("endpoint", "URL of the Kubernetes API", `https://${CP_0}:16443`),
    plain(
      "desired",
      "What the nodes shall be",
      JSON.stringify({
        protocol: 2,
        generation,
        agent: { bucket: bucket.id, key: `agent/${sha256}.pyz`, sha256 },
        channel,
        keyId: key.arn,
        readySeconds: 1200,
        joinSeconds: 600,
        nodes: [{ name: "cp-0", role: "control-plane", privateIp: CP_0 }],
        launchConfiguration,
        osPatches,
        logs: logsTo,
      }),
      [object, policy, logs],
    ),
    plain(
      "capabilities",
      "What the cluster offers to add-ons",
      JSON.stringify({
        protocol: 2,
        nodes: [{ group: "cp", role: "control-plane", instanceType: "t3.xlarge", count: 1 }],
        gpu: false,
        storageClasses: [],
        controlPlaneMetrics: false,
      }),
    ),
    written("cluster", "Where the cluster was born", PLACEHOLDER),
    written("credential", "Credential of the deployer", { ...PLACEHOLDER, ca: "", certificate: "", key: "" }, key.arn),
    written("join", "Whose turn it is to join or to be updated", PLACEHOLDER, key.arn),
    written("nodes/cp-0", "Status of node cp-0", PLACEHOLDER),
  ];

  const profile = new IamInstanceProfile(stack, "profile", { namePrefix: "mec-sandbox-cp-", role: role.name, tags: site });

  const bootstrap = readFileSync(join(AGENT, "bootstrap.py"), "utf8").split("\n");
  const userData = JSON.stringify({
    write_files: [
      {
        path: "/etc/mec/node.json",
        permissions: "0644",
        content: JSON.stringify({
          protocol: 2,
          cluster: "sandbox",
          node: "cp-0",
          bucket: bucket.id,
          agent: { key: `agent/${sha256}.pyz`, sha256 },
        }),
      },
      {
        path: "/opt/mec/bootstrap.py",
        permissions: "0755",
        content: `${bootstrap.filter((line) => !/^\s*(?:#|$)/.test(line)).join("\n")}\n`,
      },
      { path: "/etc/systemd/system/mec-agent.service", permissions: "0644", content: UNIT },
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "mec-agent.service"],
    ],
  });
  const replacement = new TerraformData(stack, "replacement", { input: { text: "" }, lifecycle: { ignoreChanges: ["input"] } });
  const instance = new Instance(stack, "cp-0", {
    ami: new DataAwsSsmParameter(stack, "image", {
      name: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
    }).insecureValue,
    instanceType: "t3.xlarge",
    subnetId: subnet.id,
    privateIp: CP_0,
    vpcSecurityGroupIds: [group.id],
    iamInstanceProfile: profile.name,
    userData: `#cloud-config\n${userData}\n`,
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { volumeType: "gp2", volumeSize: 50, encrypted: true, deleteOnTermination: true, tags: named("sandbox-cp-0") },
    tags: named("sandbox-cp-0"),
    disableApiTermination: false,
    lifecycle: {
      ignoreChanges: ["ami", "user_data", "user_data_base64", "associate_public_ip_address", "placement_group", "instance_type"],
      replaceTriggeredBy: [`terraform_data.${replacement.friendlyUniqueId}`],
      postcondition: [
        {
          condition: '${self.instance_type == "t3.xlarge"}',
          errorMessage:
            '[MEC1164] sandbox-infrastructure/Cluster: got "t3.xlarge" as controlPlane.instanceType: cp-0 is a ${self.instance_type} and stops while it is resized, so write controlPlane.resize: ["cp-0"], one node per apply',
        },
      ],
    },
    dependsOn: [offering, reservation, route, tableAssociation, ...egress, policy, object, ...parameters, logs],
  });
  const association = new EipAssociation(stack, "eip-association", { allocationId: eip.allocationId, instanceId: instance.id });

  const barrier = new TerraformData(stack, "barrier", { dependsOn: [api, instance, association] });
  new CloudformationStack(stack, "ready", {
    name: `mec-sandbox--cp-0-${instance.id}-${generation}`,
    templateBody: JSON.stringify({
      Description: "Waits for a node of the cluster sandbox",
      Resources: {
        Ready: {
          Type: "AWS::CloudFormation::WaitCondition",
          CreationPolicy: { ResourceSignal: { Count: 1, Timeout: "PT1320S" } },
        },
      },
    }),
    timeouts: { create: "1920s" },
    tags: site,
    lifecycle: { ignoreChanges: ["template_body", "timeouts"] },
    dependsOn: [barrier],
  });

  const output = (name: string, description: string, value: unknown) =>
    new TerraformOutput(stack, name, { value, description, staticId: true });
  output("cluster_name", "Name of the cluster", "sandbox");
  output("region", "Parent Region of the zone", "us-east-1");
  output("zone", "Wavelength Zone of the site", ZONE);
  output("endpoint", "URL of the Kubernetes API", `https://${CP_0}:16443`);
  output("nodes", "The nodes by name", {
    "cp-0": { instance_id: instance.id, private_ip: CP_0, carrier_ip: eip.carrierIp },
  });
  return stack;
}
