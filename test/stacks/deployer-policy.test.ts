import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { App, S3Backend, TerraformStack } from "cdktf";
import { deployerPolicy, type PolicyStatement, type SynthesizedStack } from "../../stacks";
import { policyCharacters } from "../../stacks/policy-document";
import { KNOWN_RIGHTS } from "../../stacks/rights";
import { synthSandbox } from "../support/sandbox";

const ACCOUNT = "123456789012";
const aws = [{ region: "us-east-1" }];
const role = { aws_iam_role: { Role: { path: "/mec/", name_prefix: "mec-a-", assume_role_policy: "{}" } } };

function statements(stacks: Parameters<typeof deployerPolicy>[0], props?: Parameters<typeof deployerPolicy>[1]): PolicyStatement[] {
  return deployerPolicy(stacks, props).flatMap(({ Statement }) => [...Statement]);
}

/** Statements of a stack with these resources that allow an action. */
function allowing(action: string, resource: SynthesizedStack["resource"], more: SynthesizedStack = {}): PolicyStatement[] {
  return statements({ provider: { aws }, resource, ...more }, { accountId: ACCOUNT }).filter(({ Action }) => Action.includes(action));
}

/** All actions of a stack with these resources. */
function actionsOf(resource: SynthesizedStack["resource"]): string[] {
  return statements({ provider: { aws }, resource }).flatMap(({ Action }) => [...Action]);
}

describe("the policy of the sandbox", () => {
  const sandbox = Object.values(synthSandbox({ MEC_OPT_IN: "true" }));
  const all = statements(sandbox, { accountId: ACCOUNT });

  test("names every action, and allows nothing on everything but by Region", () => {
    expect(all.flatMap(({ Action }) => Action).filter((action) => !/^[a-z0-9]+:[A-Z]\w+$/.test(action))).toEqual([]);
    for (const { Sid, Resource, Condition } of all.filter((statement) => statement.Resource.includes("*"))) {
      expect([Sid, Resource]).toEqual([Sid, ["*"]]);
      expect([Sid, Condition]).toEqual([Sid, Sid === "Identity" ? undefined : { StringEquals: { "aws:RequestedRegion": "us-east-1" } }]);
    }
    const everywhere = all.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    expect(everywhere.filter((action) => !/^ec2:/.test(action)).sort()).toEqual([
      "kms:CreateKey",
      "ssm:DescribeParameters",
      "sts:GetCallerIdentity",
    ]);
  });

  test("is limited to the names of the cluster and its network", () => {
    const named = all.flatMap(({ Resource }) => Resource).filter((resource) => !/^\*$|:kms:/.test(resource));
    const own =
      /^arn:aws:(ssm:us-east-1:123456789012:parameter\/mec\/sandbox\/|s3:::mec-sandbox-|iam::123456789012:(role|instance-profile)\/mec-sandbox-|cloudformation:us-east-1:123456789012:stack\/mec-sandbox--|logs:us-east-1:123456789012:log-group:\/mec\/sandbox(:\*)?$)/;
    // Listing log groups cannot be limited further.
    const network =
      /^arn:aws:(logs:us-east-1:123456789012:log-group:(\*$|\/mec\/network\/us-east-1-wl1-bos-wlz-1\/)|iam::123456789012:role\/mec-flow-logs-)/;
    const image = "arn:aws:ssm:us-east-1::parameter/aws/service/canonical/";
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((resource) => !own.test(resource) && !network.test(resource) && !resource.startsWith(image))).toEqual([]);
  });

  test("has unique names of statements, in all documents", () => {
    const sids = all.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids.filter((sid) => !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
  });

  test("lets keys be used for the secret parameters alone", () => {
    expect(all.filter(({ Action }) => Action.includes("kms:Decrypt"))).toEqual([
      {
        Sid: "SecretParameters",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:Encrypt"],
        Resource: [`arn:aws:kms:us-east-1:${ACCOUNT}:key/*`],
        Condition: {
          StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" },
          StringLike: {
            "kms:EncryptionContext:PARAMETER_ARN": ["credential", "join"].map(
              (name) => `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/mec/sandbox/${name}`,
            ),
          },
        },
      },
    ]);
  });

  test("for the smoke stack alone reads two parameters and decrypts one", () => {
    const smoke = statements(sandbox[1]!, { accountId: ACCOUNT });
    const parameter = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/mec/sandbox`;
    expect(smoke.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [["sts:GetCallerIdentity"], ["*"]],
      [["ssm:GetParameter"], [`${parameter}/credential`, `${parameter}/endpoint`]],
      [["kms:Decrypt"], [`arn:aws:kms:us-east-1:${ACCOUNT}:key/*`]],
    ]);
  });
});

describe("what is in no stack", () => {
  test("has no rights", () => {
    expect(deployerPolicy([])).toEqual([]);
    expect(actionsOf({ aws_eip_association: { A: {} } }).sort()).toEqual([
      "ec2:AssociateAddress",
      "ec2:DescribeAddresses",
      "ec2:DisassociateAddress",
      "sts:GetCallerIdentity",
    ]);
    expect(deployerPolicy({ resource: { terraform_data: { A: {} }, kubernetes_namespace_v1: { B: {} } } })).toEqual([]);
  });

  test("tags and arguments that nobody says have none either", () => {
    expect(actionsOf({ aws_vpc: { A: {} } })).not.toContain("ec2:CreateTags");
    expect(actionsOf({ aws_vpc: { A: { tags: { Name: "a" } } } })).toContain("ec2:CreateTags");
    expect(actionsOf({ aws_instance: { A: { root_block_device: { tags: { Name: "a" } } } } })).toContain("ec2:CreateTags");
    expect(actionsOf({ aws_instance: { A: {} } })).not.toContain("ec2:ModifyVolume");
    expect(actionsOf({ aws_default_security_group: { A: { ingress: [], egress: [] } } })).not.toContain(
      "ec2:AuthorizeSecurityGroupIngress",
    );
    const defaults = { aws: [{ region: "us-east-1", default_tags: [{ tags: { a: "b" } }] }] };
    expect(allowing("ec2:CreateTags", { aws_vpc: { A: {} } }, { provider: defaults })).toHaveLength(1);
  });
});

describe("roles", () => {
  test("are named by path and prefix, and can be given to EC2 by their profile only", () => {
    const resource = {
      ...role,
      aws_iam_instance_profile: { Profile: { name: "nodes", role: "${aws_iam_role.Role.name}" } },
      aws_instance: { Node: { iam_instance_profile: "${aws_iam_instance_profile.Profile.name}" } },
    };
    expect(allowing("iam:CreateRole", resource)[0]!.Resource).toEqual([`arn:aws:iam::${ACCOUNT}:role/mec/mec-a-*`]);
    expect(allowing("iam:CreateInstanceProfile", resource)[0]!.Resource).toEqual([`arn:aws:iam::${ACCOUNT}:instance-profile/nodes`]);
    expect(allowing("iam:PassRole", resource)).toMatchObject([
      {
        Resource: [`arn:aws:iam::${ACCOUNT}:role/mec/mec-a-*`],
        Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
      },
    ]);
  });

  test("of flow logs can be given to flow logs only", () => {
    const flowLog = {
      aws_flow_log: { Log: { iam_role_arn: "${aws_iam_role.Role.arn}", log_destination: "${aws_cloudwatch_log_group.G.arn}" } },
    };
    expect(allowing("iam:PassRole", { ...role, ...flowLog })).toMatchObject([
      { Condition: { StringEquals: { "iam:PassedToService": "vpc-flow-logs.amazonaws.com" } } },
    ]);
    expect(allowing("logs:CreateLogDelivery", flowLog)).toEqual([]);
    expect(allowing("logs:CreateLogDelivery", { aws_flow_log: { Log: { log_destination_type: "s3" } } })).toHaveLength(1);
  });
});

test("alarms are named, and one that recovers needs CloudWatch's own role", () => {
  const of = (action: string, args: Record<string, unknown>) =>
    allowing(action, { aws_cloudwatch_metric_alarm: { A: { alarm_name: "mec-a--cp-0", ...args } } });
  expect(of("cloudwatch:PutMetricAlarm", {})[0]!.Resource).toEqual([`arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:mec-a--cp-0`]);
  expect(of("iam:CreateServiceLinkedRole", { alarm_actions: ["arn:aws:sns:us-east-1:123456789012:edge"] })).toEqual([]);
  expect(
    of("iam:CreateServiceLinkedRole", { alarm_actions: ["arn:${data.aws_partition.P.partition}:automate:us-east-1:ec2:recover"] }),
  ).toMatchObject([
    {
      Resource: [`arn:aws:iam::${ACCOUNT}:role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents`],
      Condition: { StringEquals: { "iam:AWSServiceName": "events.amazonaws.com" } },
    },
  ]);
});

test("log groups are named", () => {
  const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/mec/a`;
  const of = (args: Record<string, unknown>) => allowing("logs:CreateLogGroup", { aws_cloudwatch_log_group: { G: args } })[0]!;
  expect(of({ name: "/mec/a" }).Resource).toEqual([group, `${group}:*`]);
  expect(of({ name: "/mec/a${aws_vpc.V.id}" }).Resource).toEqual([`${group}*`]);
  expect(of({ name_prefix: "/mec/a" }).Action).not.toContain("logs:PutRetentionPolicy");
  expect(of({ name_prefix: "/mec/a", retention_in_days: 30 }).Action).toContain("logs:PutRetentionPolicy");
});

test("parameters are encrypted by what their tier and key ask for", () => {
  const secret = (args: Record<string, unknown>) =>
    allowing("kms:Decrypt", { aws_ssm_parameter: { P: { name: "/a", type: "SecureString", ...args } } }).map(({ Action, Resource }) => [
      ...Action,
      ...Resource,
    ]);
  expect(secret({})).toEqual([]);
  expect(secret({ key_id: "alias/aws/ssm" })).toEqual([]);
  expect(secret({ key_id: "abc-1" })).toEqual([["kms:Decrypt", "kms:Encrypt", `arn:aws:kms:us-east-1:${ACCOUNT}:key/abc-1`]]);
  const arn = "arn:aws:kms:us-east-1:999999999999:key/abc";
  expect(secret({ key_id: arn, tier: "Advanced" })).toEqual([["kms:Decrypt", "kms:GenerateDataKey", arn]]);
  expect(secret({ key_id: "alias/mine", tier: "Intelligent-Tiering" })[0]).toEqual([
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    `arn:aws:kms:us-east-1:${ACCOUNT}:key/*`,
  ]);
});

test("an ephemeral parameter that synth cannot name may be any", () => {
  const of = (arn: string) => allowing("ssm:GetParameter", {}, { ephemeral: { aws_ssm_parameter: { P: { arn } } } })[0]!.Resource;
  const parameter = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/`;
  expect(of(`${parameter}a`)).toEqual([`${parameter}a`]);
  expect(of("${data.aws_ssm_parameter.Other.arn}")).toEqual([`${parameter}*`]);
});

describe("the S3 backend", () => {
  const build = (config: object) => {
    const stack = new TerraformStack(new App(), "stack");
    new S3Backend(stack, { bucket: "states", key: "mec/a.tfstate", region: "eu-west-3", ...config });
    return statements(stack, { accountId: ACCOUNT });
  };
  const bucket = { Sid: "StateBucket", Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::states"] };
  const state = {
    Sid: "State",
    Effect: "Allow",
    Action: ["s3:GetObject", "s3:PutObject"],
    Resource: ["arn:aws:s3:::states/mec/a.tfstate"],
  };

  test("needs its object, and nothing that deletes it", () => expect(build({})).toEqual([state, bucket]));

  test("needs its lock file, its table and its key where it has any", () => {
    expect(build({ useLockfile: true, dynamodbTable: "locks", kmsKeyId: "abc" })).toEqual([
      state,
      bucket,
      {
        Sid: "StateKey",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
        Resource: [`arn:aws:kms:eu-west-3:${ACCOUNT}:key/abc`],
        Condition: { StringLike: { "kms:ViaService": "s3.eu-west-3.amazonaws.com" } },
      },
      {
        Sid: "StateLock",
        Effect: "Allow",
        Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        Resource: ["arn:aws:s3:::states/mec/a.tfstate.tflock"],
      },
      {
        Sid: "StateLockTable",
        Effect: "Allow",
        Action: ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: [`arn:aws:dynamodb:eu-west-3:${ACCOUNT}:table/locks`],
      },
    ]);
  });
});

test("a stack is rendered by itself, without a synth of the app", () => {
  const stack = new TerraformStack(new App(), "stack");
  new AwsProvider(stack, "Aws", { region: "eu-west-3" });
  new KmsKey(stack, "Key");
  expect(statements(stack).find(({ Sid }) => Sid === "Keys")!.Resource).toEqual(["arn:aws:kms:eu-west-3:*:key/*"]);
});

test("Regions are those of the blocks' providers", () => {
  const providers = { aws: [...aws, { alias: "paris", region: "eu-west-3" }] };
  const resource = { aws_eip_association: { A: {}, B: { provider: "aws.paris" }, C: { region: "us-west-2" } } };
  expect(allowing("ec2:AssociateAddress", resource, { provider: providers })).toMatchObject([
    { Condition: { StringEquals: { "aws:RequestedRegion": ["eu-west-3", "us-east-1", "us-west-2"] } } },
  ]);
  const [statement] = statements(
    { provider: {}, resource: { aws_kms_key: { K: {} } } },
    { region: "cn-north-1", partition: "aws-cn" },
  ).filter(({ Sid }) => Sid === "Keys");
  expect(statement!.Resource).toEqual(["arn:aws-cn:kms:cn-north-1:*:key/*"]);
});

describe("what is not known", () => {
  const refused = (stack: SynthesizedStack, props = {}) => {
    try {
      deployerPolicy(stack, props);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };

  test("is refused by type (MEC1410)", () => {
    const named = { "//": { metadata: { path: "stack/Lambda" } } };
    expect(refused({ provider: { aws }, resource: { aws_lambda_function: { F: named } } })).toMatch(
      /^\[MEC1410\] stack\/Lambda: got the resource type aws_lambda_function: .*, so leave that stack out/,
    );
    expect(refused({ provider: { aws }, data: { aws_ami: { A: {} } } })).toMatch(
      /^\[MEC1410\] data\.aws_ami\.A: got the data type aws_ami/,
    );
    const body = JSON.stringify({ Resources: { Q: { Type: "AWS::SQS::Queue" } } });
    expect(refused({ provider: { aws }, resource: { aws_cloudformation_stack: { S: { name: "s", template_body: body } } } })).toMatch(
      /^\[MEC1410\] aws_cloudformation_stack\.S: got "AWS::SQS::Queue"/,
    );
    expect(refused({ provider: { aws }, resource: { aws_cloudformation_stack: { S: { name: "s" } } } })).toContain("MEC1410");
  });

  test("is refused by account and Region (MEC1411)", () => {
    const vpc = { aws_vpc: { V: {} } };
    expect(refused({ resource: vpc }, { accountId: "1234" })).toMatch(/^\[MEC1411\] deployerPolicy: got "1234" as accountId: /);
    expect(refused({ resource: vpc })).toMatch(/^\[MEC1411\] aws_vpc\.V: got undefined as Region: /);
    expect(refused({ resource: vpc, provider: { aws: [{ region: "${var.region}" }] } })).toContain("MEC1411");
  });
});

describe("a policy that IAM would not take whole", () => {
  const parameters = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`P${index}`, { name: `/mec/many/parameter-${index}`, type: "String", insecure_value: "x" }]),
  );
  const documents = deployerPolicy({ provider: { aws }, resource: { aws_ssm_parameter: parameters, aws_vpc: { V: {} } } });

  test("is split into documents that it takes", () => {
    expect(documents.length).toBeGreaterThan(2);
    for (const document of documents) {
      expect(document.Version).toBe("2012-10-17");
      expect(policyCharacters(document)).toBeLessThanOrEqual(6144);
    }
  });

  test("loses and gains nothing by that", () => {
    const pairs = documents.flatMap(({ Statement }) =>
      Statement.flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`))),
    );
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(pairs.filter((pair) => pair.startsWith("ssm:PutParameter "))).toHaveLength(400);
    const sids = documents.flatMap(({ Statement }) => Statement.map(({ Sid }) => Sid));
    expect(new Set(sids).size).toBe(sids.length);
  });
});

test("a statement that is long by its condition is split too", () => {
  const secrets = Array.from({ length: 80 }, (_, index) => ({
    name: `/mec/factory-site-number-${index}/credential`,
    type: "SecureString",
  }));
  const documents = deployerPolicy(
    secrets.map((secret) => ({
      provider: { aws },
      resource: { aws_kms_key: { K: {} }, aws_ssm_parameter: { P: { ...secret, key_id: "${aws_kms_key.K.arn}" } } },
    })),
  );
  expect(documents.map(policyCharacters).filter((length) => length > 6144)).toEqual([]);
  const arns = documents
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Condition }) => Condition?.StringLike?.["kms:EncryptionContext:PARAMETER_ARN"] ?? []);
  expect(new Set(arns).size).toBe(80);
});

test("a role's path that only the apply knows is named by its beginning", () => {
  const roles = (path: string) => allowing("iam:CreateRole", { aws_iam_role: { R: { path, name_prefix: "mec-" } } })[0]!.Resource;
  expect(roles("/edge/")).toEqual(["arn:aws:iam::123456789012:role/edge/mec-*"]);
  expect(roles("${var.path}")).toEqual(["arn:aws:iam::123456789012:role/*"]);
  expect(roles("/edge/${var.site}/")).toEqual(["arn:aws:iam::123456789012:role/edge/*"]);
});

test("rights of different resources are not mixed", () => {
  const resource = { aws_s3_bucket: { A: { bucket: "a", force_destroy: true }, B: { bucket: "b" } } };
  expect(allowing("s3:ListBucketVersions", resource)[0]!.Resource).toEqual(["arn:aws:s3:::a"]);
  expect(allowing("s3:CreateBucket", resource).flatMap(({ Resource }) => Resource)).toEqual(["arn:aws:s3:::a", "arn:aws:s3:::b"]);
});

test("all known types give well-formed actions for an empty block", () => {
  for (const [kind, types] of Object.entries(KNOWN_RIGHTS)) {
    for (const type of Object.keys(types).filter((name) => name !== "aws_cloudformation_stack")) {
      for (const { Action, Resource } of statements({ provider: { aws }, [kind]: { [type]: { X: {} } } })) {
        expect([type, Action.filter((action) => !/^[a-z0-9]+:[A-Z]\w+$/.test(action))]).toEqual([type, []]);
        expect([type, Resource.filter((arn) => /undefined|\$\{/.test(arn))]).toEqual([type, []]);
      }
    }
  }
});
