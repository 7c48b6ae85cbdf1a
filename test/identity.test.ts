import { Token } from "cdktf";
import { assertKmsKeyArn, assertRoleOptions } from "../lib/identity";
import { assertTags } from "../lib/tags";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const token = () => Token.asString({ resolve: () => "later", creationStack: [] });

describe("a KMS key", () => {
  test.each([KEY, KEY.replace("key/", "key/mrk-"), KEY.replace("arn:aws:", "arn:aws-us-gov:"), undefined])("%s is taken", (arn) => {
    expect(() => assertKmsKeyArn("p", "key", arn, "us-east-1")).not.toThrow();
  });

  test("that only the apply knows is taken", () => {
    expect(() => assertKmsKeyArn("p", "key", token(), "us-east-1")).not.toThrow();
  });

  test.each(["alias/edge", "arn:aws:kms:us-east-1:123456789012:alias/edge", "11111111-2222-3333-4444-555555555555", ""])(
    "%j is refused: keys are given by their own ARN",
    (arn) => {
      expect(() => assertKmsKeyArn("p", "encryptionKeyArn", arn, "us-east-1")).toThrow(
        /\[MEC1030\] p: got .* as encryptionKeyArn: .*not by an alias.*describe-key/,
      );
    },
  );

  test("of another Region is refused", () => {
    expect(() => assertKmsKeyArn("p", "key", KEY, "eu-west-3")).toThrow(/MEC1030.*is in us-east-1 and what it encrypts in eu-west-3/);
  });
});

describe("roles", () => {
  test.each(["/", "/edge/", "/edge/site-1/"])("the path %s is taken", (path) => {
    expect(() => assertRoleOptions("p", { path })).not.toThrow();
  });

  test.each(["edge", "/edge", "edge/", "/ed ge/", "", `/${"e".repeat(511)}/`])("the path %j is refused", (path) => {
    expect(() => assertRoleOptions("p", { path })).toThrow(/\[MEC1032\] p: got .* as roles\.path: .*"\/edge\/"/);
  });

  test.each([
    "arn:aws:iam::123456789012:policy/edge",
    "arn:aws:iam::123456789012:policy/path/edge",
    "arn:aws:iam::aws:policy/PowerUserAccess",
  ])("the boundary %s is taken", (permissionsBoundaryArn) => {
    expect(() => assertRoleOptions("p", { permissionsBoundaryArn })).not.toThrow();
  });

  test.each(["edge-boundary", "arn:aws:iam::123456789012:role/edge", "arn:aws:iam::1234:policy/edge", ""])(
    "the boundary %j is refused",
    (permissionsBoundaryArn) => {
      expect(() => assertRoleOptions("p", { permissionsBoundaryArn })).toThrow(
        /\[MEC1031\] p: got .*"arn:aws:iam::123456789012:policy\/edge-boundary"/,
      );
    },
  );

  test("what only the apply knows is taken", () => {
    expect(() => assertRoleOptions("p", { path: token(), permissionsBoundaryArn: token() })).not.toThrow();
  });
});

describe("tags", () => {
  test.each([{}, { team: "edge" }, { "mec:site": "Málaga 5G/1", "cost-centre": "4711" }, { owner: "a@b.example" }])(
    "%j are taken",
    (tags) => {
      expect(() => assertTags("p", tags as unknown as Record<string, string>)).not.toThrow();
    },
  );

  test.each([
    { "aws:team": "x" },
    { "AWS:team": "x" },
    { "": "x" },
    { ["k".repeat(129)]: "x" },
    { team: "x".repeat(257) },
    { "te#am": "x" },
    { team: "a;b" },
    { team: "" },
    { Owner: "a", owner: "b" },
  ])("%j are refused", (tags) => {
    expect(() => assertTags("p", tags as unknown as Record<string, string>)).toThrow(/\[MEC1033\] p: got .* in tags: .*so write/);
  });

  test("more than AWS takes are refused", () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag-${index}`, "x"]));
    expect(() => assertTags("p", many)).toThrow(/MEC1033.*got 50.*write 49 or fewer/);
  });
});
