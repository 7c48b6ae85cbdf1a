import { Fn } from "cdktf";
import fc from "fast-check";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ContainerRegistry, RegistryCredentials } from "../../lib";
import { CLUSTER_NETWORKS } from "../../lib/microk8s/cluster-networks";
import { assertRegistryAddress, certificatesOf } from "../../lib/microk8s/in-cluster-registry";
import { synthBostonCluster } from "../support/cluster";
import { parameter, resources } from "../support/synth";

const CA = readFileSync(join(__dirname, "fixtures/site-ca.crt"), "utf8");
const credentials = RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry" });

describe("hosts.toml of a registry in the cluster", () => {
  test("leads from the name of microk8s' own registry to the address of the Service", () => {
    const registry = ContainerRegistry.inCluster();
    expect(registry.registry).toBe("localhost:32000");
    expect(registry.hostsToml).toBe('server = "http://10.152.183.5:5000"\ncapabilities = ["pull", "resolve"]\n[host]\n');
    expect(registry.credentials).toBeUndefined();
  });

  test("leads from any name to any free address, with the credentials", () => {
    const registry = ContainerRegistry.inCluster({ registry: "images.boston", address: "10.152.183.16", credentials });
    expect(registry).toMatchObject({ registry: "images.boston", credentials });
    expect(registry.hostsToml.split("\n")).toEqual([
      'server = "http://10.152.183.16:5000"',
      'capabilities = ["pull", "resolve"]',
      "[header]",
      'Authorization = ["Basic @credential@"]',
      "[host]",
      "",
    ]);
  });

  test("holds the certificate that it has containerd verify the registry by", () => {
    const { hostsToml } = ContainerRegistry.inCluster({ credentials, certificateAuthority: CA });
    expect(hostsToml.split("\n")).toEqual([
      'server = "https://10.152.183.5:5000"',
      'capabilities = ["pull", "resolve"]',
      'ca = "hosts.toml"',
      "authority = '''",
      ...CA.trim().split("\n"),
      "'''",
      "[header]",
      'Authorization = ["Basic @credential@"]',
      "[host]",
      "",
    ]);
    // What reads PEM passes over the rest of the file, as Go's does.
    expect(new X509Certificate(hostsToml).subject).toBe("CN=site-ca");
  });

  test("lets nothing out and opens nothing: nodes reach a Service anyway", () => {
    expect(ContainerRegistry.inCluster({ certificateAuthority: CA }).ports).toEqual([]);
    const rules = (registries?: ContainerRegistry[]) =>
      resources(synthBostonCluster({ registries }), "aws_vpc_security_group_egress_rule").length +
      resources(synthBostonCluster({ registries }), "aws_vpc_security_group_ingress_rule").length;
    expect(rules([ContainerRegistry.inCluster({ credentials })])).toBe(rules());
    expect(rules()).toBeGreaterThan(0);
  });

  test("reaches the nodes as that of any registry does, and fits with its certificate", () => {
    const json = synthBostonCluster({ registries: [ContainerRegistry.inCluster({ credentials, certificateAuthority: CA })] });
    const desired = JSON.parse(parameter(json, "desired").insecure_value);
    expect(desired.launchConfiguration.containerdRegistryConfigs["localhost:32000"]).toContain(CA.trim());
    expect(desired.registryCredentials).toEqual({ "localhost:32000": "/team/registry" });
  });

  test("is there once for a name", () => {
    const twice = [ContainerRegistry.inCluster(), ContainerRegistry.inCluster({ address: "10.152.183.6" })];
    expect(() => synthBostonCluster({ registries: twice })).toThrow(/\[MEC1122\] stack\/Cluster: got "localhost:32000" twice/);
  });
});

describe("the name", () => {
  test.each(["docker.io", "registry.k8s.io"])("%s is refused, which microk8s needs for its own images", (registry) => {
    expect(() => ContainerRegistry.inCluster({ registry, credentials })).toThrow(
      /^\[MEC1535\] ContainerRegistry\.inCluster: got "(docker|registry\.k8s)\.io" as registry: .*write a name of your own, such as "localhost:32000"/,
    );
  });

  test.each(["docker.io.boston", "images.docker.io", "registry.boston", "localhost:5000"])("%s is taken", (registry) => {
    expect(ContainerRegistry.inCluster({ registry }).registry).toBe(registry);
  });

  test("of a mirror may be one of these: it is there before the cluster", () => {
    expect(ContainerRegistry.mirror({ registry: "docker.io", endpoints: ["https://mirror.example.com"] }).registry).toBe("docker.io");
  });
});

describe("the address", () => {
  test("is one of fourteen of the cluster's services", () => {
    const isTaken = (address: string) => {
      try {
        assertRegistryAddress("path", address);
        return true;
      } catch {
        return false;
      }
    };
    const prefix = CLUSTER_NETWORKS.services.replace("0/24", "");
    const taken = Array.from({ length: 256 }, (_, last) => last).filter((last) => isTaken(`${prefix}${last}`));
    expect(taken).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16]);
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isTaken(address)).toBe(address.startsWith(prefix) && taken.includes(Number(address.slice(prefix.length))));
      }),
    );
  });

  test.each(["10.152.183.1", "10.152.183.10", "10.152.183.17", "10.152.183.005", "10.152.183.5:5000", "10.152.182.5", "localhost", ""])(
    "%j is refused",
    (address) => {
      expect(() => ContainerRegistry.inCluster({ address })).toThrow(
        /^\[MEC1530\] ContainerRegistry\.inCluster: got ".*" as address: .*write for example "10\.152\.183\.5"$/,
      );
    },
  );

  test("a name that no image begins with is refused", () => {
    expect(() => ContainerRegistry.inCluster({ registry: "registry" })).toThrow(/^\[MEC1120\] ContainerRegistry\.inCluster: /);
  });
});

describe("the certificate of the authority", () => {
  test("is taken out of a text with others and with words, with line ends of any kind", () => {
    const [one] = [CA.trim()];
    expect(certificatesOf("path", CA)).toBe(one);
    expect(certificatesOf("path", `subject=CN = site-ca\n${CA}\nand another\n${CA}`)).toBe(`${one}\n${one}`);
    expect(certificatesOf("path", CA.replaceAll("\n", "\r\n"))).toBe(one);
  });

  test("whatever gets through is certificates alone, and needs no escape in TOML", () => {
    const pieces = fc.array(fc.constantFrom(CA, "'''", "\\", '"', "\n", "${", "-----BEGIN CERTIFICATE-----", "x"));
    fc.assert(
      fc.property(pieces, (parts) => {
        let text: string;
        try {
          text = certificatesOf("path", parts.join(""));
        } catch (error) {
          expect(String(error)).toMatch(/MEC1531/);
          return;
        }
        expect(text).toMatch(
          /^(?:-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/=]+)(?:\n(?:-----(?:BEGIN|END) CERTIFICATE-----|[A-Za-z0-9+/=]+))*$/,
        );
      }),
    );
  });

  test.each([
    ["nothing", "", /got 0 characters without a certificate as certificateAuthority/],
    ["a path", "ca.crt", /got 6 characters without a certificate .*write for example readFileSync\("ca\.crt", "utf8"\)$/],
    ["a broken one", CA.replace("MII", "AAA"), /got a text whose certificate 1 is none/],
    ["a second broken one", `${CA}${CA.replace("MII", "AAA")}`, /got a text whose certificate 2 is none/],
    ["what only the apply knows", Fn.file("ca.crt"), /got a token/],
  ])("%s is refused", (_, certificateAuthority, message) => {
    expect(() => ContainerRegistry.inCluster({ certificateAuthority })).toThrow(/^\[MEC1531\] ContainerRegistry\.inCluster: /);
    expect(() => ContainerRegistry.inCluster({ certificateAuthority })).toThrow(message);
  });

  test("a private key is refused, and not repeated", () => {
    const certificateAuthority = `${CA}-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n`;
    expect(() => ContainerRegistry.inCluster({ certificateAuthority })).toThrow(/MEC1531.*got a private key, which is not repeated here/);
    expect(() => ContainerRegistry.inCluster({ certificateAuthority })).not.toThrow(/c2VjcmV0/);
  });
});
