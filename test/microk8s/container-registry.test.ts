import fc from "fast-check";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import {
  ApiAccess,
  ContainerRegistry,
  Microk8sChannel,
  Microk8sCluster,
  RegistryCredentials,
  WavelengthNetwork,
  WavelengthZone,
  type RegistryMirrorProps,
} from "../../lib";
import { clusterBlock, parameter, synthStack } from "../support/synth";
import { synthBostonCluster } from "../support/cluster";

const KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const credentials = RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry" });
const withKey = RegistryCredentials.fromSsmParameter({ parameterName: "/team/mirror", keyArn: KEY_ARN });
const mirror = (props: Partial<RegistryMirrorProps>) =>
  ContainerRegistry.mirror({ registry: "docker.io", endpoints: ["https://mirror.example.com"], ...props });

const synthCluster = (registries?: readonly ContainerRegistry[]) => synthBostonCluster({ registries });
const desiredOf = (json: ReturnType<typeof synthCluster>) => JSON.parse(parameter(json, "desired").insecure_value);
const statementsOf = (json: ReturnType<typeof synthCluster>) => JSON.parse(clusterBlock(json, "aws_iam_role_policy").policy).Statement;

describe("the text of hosts.toml", () => {
  test("a mirror is tried before the registry, which is not named, so that containerd asks it last", () => {
    expect(mirror({}).hostsToml).toBe('[host."https://mirror.example.com"]\ncapabilities = ["pull", "resolve"]\n');
  });

  test("mirrors are tried in their order, each with the credentials, which the registry never sees", () => {
    const { hostsToml } = mirror({
      endpoints: ["https://b.example.com:5000", "https://a.example.com/hub"],
      credentials,
      overridePath: true,
    });
    expect(hostsToml.split("\n")).toEqual([
      '[host."https://b.example.com:5000"]',
      'capabilities = ["pull", "resolve"]',
      "override_path = true",
      '[host."https://b.example.com:5000".header]',
      'Authorization = ["Basic @credential@"]',
      '[host."https://a.example.com/hub"]',
      'capabilities = ["pull", "resolve"]',
      "override_path = true",
      '[host."https://a.example.com/hub".header]',
      'Authorization = ["Basic @credential@"]',
      "",
    ]);
  });

  test("without fallback the last mirror takes the registry's place", () => {
    const endpoints = ["https://a.example.com", "https://b.example.com/hub"];
    expect(mirror({ endpoints, fallback: false, credentials, overridePath: true }).hostsToml.split("\n")).toEqual([
      'server = "https://b.example.com/hub"',
      'capabilities = ["pull", "resolve"]',
      "override_path = true",
      "[header]",
      'Authorization = ["Basic @credential@"]',
      '[host."https://a.example.com"]',
      'capabilities = ["pull", "resolve"]',
      "override_path = true",
      '[host."https://a.example.com".header]',
      'Authorization = ["Basic @credential@"]',
      "",
    ]);
    expect(mirror({ fallback: false }).hostsToml).toBe(
      'server = "https://mirror.example.com"\ncapabilities = ["pull", "resolve"]\n[host]\n',
    );
  });

  test("a private registry is asked as containerd would, with the credentials", () => {
    expect(ContainerRegistry.of({ registry: "registry.example.com:5000", credentials }).hostsToml).toBe(
      'capabilities = ["pull", "resolve"]\n[header]\nAuthorization = ["Basic @credential@"]\n[host]\n',
    );
  });

  test("a host table is always there: older containerd ignores a file without one", () => {
    for (const { hostsToml } of [
      mirror({}),
      mirror({ fallback: false }),
      ContainerRegistry.of({ registry: "r.example.com", credentials }),
    ]) {
      expect(hostsToml).toMatch(/^\[host(?:\.".*")?\]$/m);
    }
  });

  test("plain HTTP is for those who say so", () => {
    expect(mirror({ endpoints: ["http://10.0.0.200:5000"], allowHttp: true }).hostsToml).toContain('[host."http://10.0.0.200:5000"]');
  });

  test("whatever gets through needs no escape in TOML and is no Terraform template", () => {
    const pieces = fc.array(
      fc.constantFrom("https://", "a", "Z", "9", ".", "-", "/", ":", "@", '"', "\\", "\n", "${", "%{", " ", "é", "'"),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        try {
          const [line] = mirror({ endpoints: [`https://${parts.join("")}`] }).hostsToml.split("\n");
          expect(line).toMatch(/^\[host\."https:\/\/[\w.:~/-]+"\]$/);
        } catch (error) {
          expect(String(error)).toMatch(/MEC1121/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("the cluster", () => {
  test("tells its nodes the texts, and where the credentials are", () => {
    const registries = [mirror({}), ContainerRegistry.of({ registry: "registry.example.com:5000", credentials })];
    const desired = desiredOf(synthCluster(registries));
    expect(desired.launchConfiguration.containerdRegistryConfigs).toEqual({
      "docker.io": registries[0].hostsToml,
      "registry.example.com:5000": registries[1].hostsToml,
    });
    expect(desired.registryCredentials).toEqual({ "registry.example.com:5000": "/team/registry" });
  });

  test("takes no key of another Region: a parameter is encrypted in its own", () => {
    const elsewhere = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555";
    const foreign = RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry", keyArn: elsewhere });
    expect(() => synthCluster([ContainerRegistry.of({ registry: "ghcr.io", credentials: foreign })])).toThrow(
      /\[MEC1030\] stack\/Cluster: got .* as keyArn of registry credentials: the key is in eu-west-3/,
    );
  });

  test("lets its nodes read exactly those parameters, and decrypt with exactly those keys", () => {
    const registries = [
      mirror({ credentials: withKey }),
      ContainerRegistry.of({ registry: "ghcr.io", credentials: withKey }),
      ContainerRegistry.of({ registry: "quay.io", credentials }),
    ];
    const plain: object[] = statementsOf(synthCluster());
    const added = statementsOf(synthCluster(registries)).filter(
      (statement: object) => !plain.some((known) => JSON.stringify(known) === JSON.stringify(statement)),
    );
    const arn = (name: string) =>
      expect.stringMatching(new RegExp(String.raw`^arn:\$\{[^}]+\.partition\}:ssm:us-east-1:\$\{[^}]+\.account_id\}:parameter${name}$`));
    expect(added).toEqual([
      { Effect: "Allow", Action: ["ssm:GetParameters"], Resource: [arn("/team/mirror"), arn("/team/registry")] },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: KEY_ARN,
        Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": [arn("/team/mirror")] } },
      },
    ]);
  });

  test("needs no key for the one of Parameter Store itself, nor any permission without credentials", () => {
    const plain = statementsOf(synthCluster());
    expect(statementsOf(synthCluster([mirror({})]))).toEqual(plain);
    expect(statementsOf(synthCluster([mirror({ credentials })]))).toHaveLength(plain.length + 1);
  });

  test("without registries says nothing of any", () => {
    for (const json of [synthCluster(), synthCluster([])]) {
      expect(desiredOf(json)).not.toHaveProperty("registryCredentials");
      expect(desiredOf(json).launchConfiguration).not.toHaveProperty("containerdRegistryConfigs");
    }
  });

  test("never has Terraform read the credentials", () => {
    const json = synthCluster([mirror({ credentials: withKey })]);
    expect(JSON.stringify({ data: json.data, ephemeral: json.ephemeral })).not.toContain("/team/");
    expect(JSON.stringify(json).match(/\/team\/mirror/g)).toHaveLength(3); // in `desired` and, for parameter and key, in the role's policy
  });

  test("takes the ARN of a key that the app itself makes", () => {
    const json = synthStack((stack) => {
      const keyArn = new KmsKey(stack, "TeamKey").arn;
      new Microk8sCluster(stack, "Cluster", {
        clusterName: "boston",
        network: new WavelengthNetwork(stack, "Network", { zone: WavelengthZone.US_EAST_1_WL1_BOS }),
        channel: Microk8sChannel.V1_35,
        apiAccess: ApiAccess.privateNetwork(),
        registries: [mirror({ credentials: RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry", keyArn }) })],
      });
    });
    expect(statementsOf(json)).toContainEqual(expect.objectContaining({ Action: ["kms:Decrypt"], Resource: "${aws_kms_key.TeamKey.arn}" }));
  });
});

describe("refuses", () => {
  test.each([
    ["https://docker.io"],
    ["docker.io/library"],
    ["docker.io:"],
    ["docker.io:0"],
    ["docker.io:65536"],
    ["Docker.io"],
    ["user@docker.io"],
    ["registry"],
    ["_default"],
    [".."],
    ["-a.example.com"],
    ["a..example.com"],
    ["[::1]:5000"],
    [""],
    [`${"a".repeat(64)}.example.com`],
    [`${"a.".repeat(127)}com`],
  ])("the registry %j", (registry) => {
    expect(() => mirror({ registry })).toThrow(/^\[MEC1120\] ContainerRegistry\.mirror: got .*write for example "docker\.io"/);
    expect(() => ContainerRegistry.of({ registry, credentials })).toThrow(/^\[MEC1120\] ContainerRegistry\.of: /);
  });

  test.each(["docker.io", "localhost", "localhost:32000", "10.0.0.200:5000", "registry.example.com", "registry:5000", "a-b.c-d.io:65535"])(
    "not the registry %j",
    (registry) => {
      expect(mirror({ registry }).registry).toBe(registry);
    },
  );

  test.each([
    "mirror.example.com",
    "ftp://mirror.example.com",
    "https://",
    "https://mirror.example.com:99999",
    "https://mirror.example.com:port",
    "https://mirror.example.com/?x=y",
    "https://mirror.example.com/#x",
    'https://mirror.example.com/"]',
    "https://mirror.example.com/\n",
    "https://mirror.example.com/%41",
    "https://Mirror.example.com",
    "https://[::1]",
    " https://mirror.example.com",
    "",
  ])("the endpoint %j", (endpoint) => {
    expect(() => mirror({ endpoints: ["https://ok.example.com", endpoint] })).toThrow(
      /^\[MEC1121\] ContainerRegistry\.mirror: got .*an endpoint is an https URL/,
    );
  });

  test.each(["https://user:secret@mirror.example.com", "https://user:sec/secret@mirror.example.com", "user:secret@mirror.example.com"])(
    "a password in the endpoint %j, and does not repeat it",
    (endpoint) => {
      expect(() => mirror({ endpoints: [endpoint] })).toThrow(/MEC1121.*…@mirror\.example\.com.*as credentials$/);
      expect(() => mirror({ endpoints: [endpoint] })).not.toThrow(/secret/);
    },
  );

  test("no endpoints at all", () => {
    expect(() => mirror({ endpoints: [] })).toThrow(/MEC1121.*got \[\] as endpoints/);
  });

  test("plain HTTP that is not asked for, and with credentials always", () => {
    const endpoints = ["http://10.0.0.200:5000"];
    expect(() => mirror({ endpoints })).toThrow(/MEC1121.*allowHttp: true/);
    expect(() => mirror({ endpoints, credentials, allowHttp: true })).toThrow(/MEC1121.*plain HTTP would show them/);
  });

  test("an endpoint that is there twice", () => {
    expect(() => mirror({ endpoints: ["https://a.example.com", "https://a.example.com"] })).toThrow(/MEC1122.*write it once/);
  });

  test("a registry that is there twice, by the cluster's path", () => {
    expect(() => synthCluster([mirror({}), ContainerRegistry.of({ registry: "docker.io", credentials })])).toThrow(
      /^\[MEC1122\] stack\/Cluster: got "docker\.io" twice/,
    );
  });

  test.each(["team/registry", "/team/", "//registry", "/", "", "/team/registry:3", "/team/reg istry", "/team/*", "/aws/x", "/SSM-x", "/é"])(
    "the parameter name %j",
    (parameterName) => {
      expect(() => RegistryCredentials.fromSsmParameter({ parameterName })).toThrow(
        /^\[MEC1123\] RegistryCredentials\.fromSsmParameter: got /,
      );
    },
  );

  test.each(["/a".repeat(16), `/${"a".repeat(1011)}`])("a parameter name that is too long: %j", (parameterName) => {
    expect(() => RegistryCredentials.fromSsmParameter({ parameterName })).toThrow(/MEC1123/);
  });

  test("a parameter of the cluster's own, by the cluster's path, and no other cluster's", () => {
    const own = (name: string) => mirror({ credentials: RegistryCredentials.fromSsmParameter({ parameterName: `/mec/${name}/registry` }) });
    expect(() => synthCluster([own("boston")])).toThrow(/^\[MEC1123\] stack\/Cluster: got "\/mec\/boston\/registry".*elsewhere/);
    expect(() => synthCluster([own("boston-2")])).not.toThrow();
  });

  test.each([
    "arn:aws:kms:us-east-1:123456789012:alias/team",
    "alias/team",
    "11111111-2222-3333-4444-555555555555",
    "arn:aws:kms:us-east-1:123456789012:key/*",
    "*",
    "",
  ])("the key %j", (keyArn) => {
    expect(() => RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry", keyArn })).toThrow(
      /^\[MEC1030\] RegistryCredentials\.fromSsmParameter: got .*not by an alias/,
    );
  });
});
