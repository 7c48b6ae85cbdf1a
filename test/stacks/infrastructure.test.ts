import { Token } from "cdktf";
import { ApiAccess, IpAddresses, Microk8sChannel, WavelengthInstanceType, WavelengthZone } from "../../lib";
import { InfrastructureStack, StateBackend, type InfrastructureStackProps } from "../../stacks";
import { resource, resources, synthApp } from "../support/synth";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

const synth = (props: Partial<InfrastructureStackProps> = {}) =>
  synthApp(
    (app) =>
      new InfrastructureStack(app, "boston-infrastructure", {
        zone: WavelengthZone.US_EAST_1_WL1_BOS,
        clusterName: "boston",
        channel: Microk8sChannel.V1_35,
        apiAccess: ApiAccess.privateNetwork(),
        ...props,
      }),
  )["boston-infrastructure"];

describe("aws", () => {
  test("is the zone's parent Region and nothing else, unless more is said", () => {
    expect(synth().provider.aws).toEqual([{ region: "us-east-1" }]);
    expect(synth({ aws: { region: "us-east-1" } }).provider.aws).toEqual([{ region: "us-east-1" }]);
  });

  test("takes profile, role, accounts and default tags", () => {
    const aws = {
      profile: "edge",
      assumeRole: { roleArn: "arn:aws:iam::123456789012:role/deployer", externalId: "mec" },
      allowedAccountIds: ["012345678901"],
      defaultTags: { owner: "edge" },
    };
    expect(synth({ aws }).provider.aws).toEqual([
      {
        region: "us-east-1",
        profile: "edge",
        assume_role: [{ role_arn: "arn:aws:iam::123456789012:role/deployer", external_id: "mec" }],
        allowed_account_ids: ["012345678901"],
        default_tags: [{ tags: { owner: "edge" } }],
      },
    ]);
  });

  test.each([
    [{ region: "us-west-2" }, /\[MEC1401\] boston-infrastructure: got "us-west-2" as aws\.region: .*"us-east-1" or leave it out/],
    [{ secretKey: "hunter2" } as object, /\[MEC1402\].*got aws\.secretKey \(its value is not shown\).*AWS_PROFILE/],
    [{ allowedAccountIds: ["1234"] }, /\[MEC1403\].*got "1234"/],
    [{ allowedAccountIds: [] }, /MEC1403.*one at least/],
    [{ assumeRole: { roleArn: "deployer" } }, /\[MEC1404\].*got "deployer"/],
    [{ defaultTags: { "aws:owner": "edge" } }, /MEC1033/],
  ])("refuses %j", (aws, message) => {
    expect(() => synth({ aws })).toThrow(message);
    expect(() => synth({ aws })).not.toThrow(/hunter2/);
  });
});

describe("the state backend", () => {
  test("in S3 is encrypted and locked, one key for each stack", () => {
    const backend = StateBackend.s3({ bucket: "acme-terraform-state", region: "us-east-1", encryptionKeyArn: KEY, profile: "state" });
    expect(synth({ backend }).terraform.backend).toEqual({
      s3: {
        bucket: "acme-terraform-state",
        region: "us-east-1",
        key: "mec/boston-infrastructure.tfstate",
        encrypt: true,
        kms_key_id: KEY,
        profile: "state",
        use_lockfile: true,
      },
    });
  });

  test("takes a prefix, and a lock that is off", () => {
    const backend = StateBackend.s3({ bucket: "acme", region: "eu-west-3", keyPrefix: "edge/", useLockfile: false });
    expect(synth({ backend }).terraform.backend.s3).toMatchObject({ key: "edge/boston-infrastructure.tfstate", use_lockfile: false });
  });

  test("on this machine is a file in a folder", () => {
    expect(synth({ backend: StateBackend.local("/tmp/state") }).terraform.backend).toEqual({
      local: { path: "/tmp/state/boston-infrastructure.tfstate" },
    });
  });

  test.each([
    [StateBackend.s3({ bucket: "Acme_State", region: "us-east-1" }), /\[MEC1405\] boston-infrastructure: got "Acme_State" as bucket/],
    [StateBackend.s3({ bucket: undefined as never, region: "us-east-1" }), /MEC1405.*as bucket/],
    [StateBackend.s3({ bucket: "acme", region: undefined as never }), /MEC1405.*as region/],
    [StateBackend.s3({ bucket: "acme", region: "us-east-1a" }), /MEC1405.*as region/],
    [StateBackend.s3({ bucket: "acme", region: "us-east-1", keyPrefix: "/mec/" }), /MEC1405.*as keyPrefix/],
    [StateBackend.s3({ bucket: "acme", region: "us-east-1", encryptionKeyArn: "alias/state" }), /MEC1030/],
    [StateBackend.s3({ bucket: "acme..state", region: "us-east-1" }), /MEC1405.*as bucket/],
    [
      StateBackend.s3({ bucket: "acme", region: "us-east-1", profile: Token.asString({ resolve: () => "x", creationStack: [] }) }),
      /MEC1405.*got "a token" as profile/,
    ],
    [StateBackend.local("state"), /MEC1405.*"state" as directory.*absolute/],
  ])("refuses what cannot be (%#)", (backend, message) => {
    expect(() => synth({ backend })).toThrow(message);
  });
});

test("default tags and tags count together, and differ in more than case", () => {
  const many = (prefix: string) => Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${prefix}-${index}`, "x"]));
  expect(() => synth({ tags: many("tag"), aws: { defaultTags: many("default") } })).toThrow(/MEC1033.*got 60/);
  expect(() => synth({ tags: { owner: "edge" }, aws: { defaultTags: { Owner: "edge" } } })).toThrow(/MEC1033.*same key as Owner/);
  expect(() => synth({ tags: { owner: "edge" }, aws: { defaultTags: { owner: "all" } } })).not.toThrow();
});

test("a way to the API that is opened by hand is an output", () => {
  expect(synth({ apiAccess: ApiAccess.sessionManager() }).output.access_command.value).toMatch(
    /^aws ssm start-session .* --target \$\{aws_instance/,
  );
  expect(synth().output).not.toHaveProperty("access_command");
});

test("options reach network and cluster", () => {
  const json = synth({
    ipAddresses: IpAddresses.cidr("10.44.0.0/20"),
    controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM },
    encryptionKeyArn: KEY,
    deletionProtection: true,
    roles: { path: "/edge/" },
    tags: { team: "edge" },
    acknowledgeAccountWideOptIn: true,
  });
  expect(resource(json, "aws_vpc")).toMatchObject({ cidr_block: "10.44.0.0/20", tags: { team: "edge" } });
  expect(resource(json, "aws_instance")).toMatchObject({ instance_type: "t3.medium", disable_api_termination: true });
  expect(resources(json, "aws_kms_key")).toEqual([]);
  expect(resources(json, "aws_iam_role").map(({ path }) => path)).toEqual(["/edge/", "/edge/"]);
  expect(resource(json, "aws_ec2_availability_zone_group").group_name).toBe("us-east-1-wl1");
});
