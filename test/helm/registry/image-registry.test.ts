import { App } from "cdktf";
import type { IConstruct } from "constructs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CertManager,
  ClusterFit,
  ContainerRegistry,
  HOSTPATH_STORAGE_CLASS,
  HostpathStorage,
  ImageRegistry,
  RegistryTls,
  Size,
  WavelengthInstanceType,
  type ImageRegistryOptions,
  type InClusterRegistryProps,
} from "../../../lib";
import { PlatformStack } from "../../../stacks";
import { resources, synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite, importedBoston, knownBoston } from "../support/add-ons";

const CA = readFileSync(join(__dirname, "../../microk8s/fixtures/site-ca.crt"), "utf8");

const app = new App();
const { cluster } = bostonSite(app);
let stacks = 0;

/** The add-on in a stack of its own; nothing is synthesized, so they need not go together. */
function made(options: ImageRegistryOptions = {}): ImageRegistry {
  return new ImageRegistry(addOnStack(app, `stack-${stacks++}`), "Registry", { cluster, ...options });
}

/** The stack of the add-on with what else is in it. */
function synthesized(options: ImageRegistryOptions = {}, withCertManager = false, like = cluster): StackJson {
  return synthApp((app) => {
    const stack = addOnStack(app);
    const cluster = knownBoston(stack, like);
    new ImageRegistry(stack, "Registry", { cluster, ...options });
    new HostpathStorage(stack, "Storage", { cluster });
    if (withCertManager) new CertManager(stack, "CertManager", { cluster });
  })["add-ons"]!;
}

/** What synth would refuse of a construct itself, by the code. */
const refused = ({ node }: IConstruct, code: string): string[] => node.validate().filter((message) => message.startsWith(`[${code}]`));

const plain = synthesized();
const release = (json: StackJson) => resources(json, "helm_release").find(({ name }) => name === "registry")!;

describe("the registry of a cluster", () => {
  test("has a volume, an address, a password of its own making and a time to clean up, unless told otherwise", () => {
    const registry = made();
    expect(registry.values).toEqual({
      storage: { className: HOSTPATH_STORAGE_CLASS, size: "20480Mi" },
      service: { address: "10.152.183.5" },
      auth: {},
      tls: {},
      cleanUp: { second: 12_600, untagged: false },
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    });
    expect(registry).toMatchObject({ kind: "registry", namespace: "container-registry", releaseName: "registry" });
    expect(registry.url).toBe("http://registry.container-registry.svc:5000");
  });

  test("is told what a person says", () => {
    const registry = made({
      volume: Size.gibibytes(50),
      storageClass: "fast",
      address: "10.152.183.16",
      htpasswdSecret: "people",
      tls: RegistryTls.secret("registry-cert"),
      cleanUpAt: "00:01",
      removeUntagged: true,
      releaseName: "images",
      namespace: "site",
    });
    expect(registry.values).toMatchObject({
      storage: { className: "fast", size: "51200Mi" },
      service: { address: "10.152.183.16" },
      auth: { secret: "people" },
      tls: { secret: "registry-cert" },
      cleanUp: { second: 60, untagged: true },
    });
    expect(registry.url).toBe("https://images.site.svc:5000");
  });

  test.each([
    [RegistryTls.clusterIssuer("site-ca"), { kind: "ClusterIssuer", name: "site-ca" }],
    [RegistryTls.issuer("ca.site"), { kind: "Issuer", name: "ca.site" }],
  ])("has cert-manager make its certificate, which is there first", (tls, issuer) => {
    const json = synthesized({ tls }, true);
    const { values, depends_on } = release(json);
    expect(JSON.parse(values[0]).tls).toEqual({ issuer });
    expect(depends_on).toContain(addressOf(json, "cert-manager"));
  });

  test("asks for no cert-manager without an issuer", () => {
    for (const tls of [undefined, RegistryTls.secret("registry-cert")]) {
      expect(refused(made({ tls }), "MEC1416")).toEqual([]);
    }
    expect(release(plain).name).toBe("registry");
  });

  test("comes after the storage class of its volume", () => {
    expect(release(plain).depends_on).toContain(addressOf(plain, "hostpath-storage"));
  });

  test("asks for what the fit check counts, and for the volume", () => {
    const app = new App();
    const { cluster } = bostonSite(app);
    new ImageRegistry(addOnStack(app), "Registry", { cluster, volume: Size.gibibytes(30) });
    expect(ClusterFit.of(app, cluster).rows[0]).toEqual({
      name: "registry",
      cpuMillis: 20,
      memoryMebibytes: 64,
      volumeGibibytes: 30,
      gpus: 0,
    });
  });

  test("its namespace lets in no pod that may do more than it must", () => {
    expect(resources(plain, "kubernetes_namespace_v1").map(({ metadata }) => metadata)).toEqual([
      { labels: { "pod-security.kubernetes.io/enforce": "restricted" }, name: "container-registry" },
    ]);
  });

  test("says that its images are on the disk of one node where there are several", () => {
    const { cluster: three } = bostonSite(new App(), { controlPlane: { count: 3 } });
    expect(warnings(synthesized({}, false, three)).join()).toContain("MEC1923");
    expect(warnings(plain).join()).not.toContain("MEC1923");
  });
});

/** The address of an add-on's release in Terraform. */
function addressOf(json: StackJson, name: string): string {
  const [block] = Object.entries<StackJson>(json.resource.helm_release).find(([, candidate]) => candidate.name === name)!;
  return `helm_release.${block}`;
}

describe("what is refused", () => {
  test.each(["10.152.183.1", "10.152.183.10", "10.152.183.17", "10.152.183.05", "10.152.183.", "10.152.1835", "10.0.0.5", "registry", ""])(
    "the address %j",
    (address) => {
      expect(() => made({ address })).toThrow(
        /^\[MEC1530\] stack-\d+\/Registry: got ".*" as address: .*10\.152\.183\.2 to 10\.152\.183\.16 but for 10\.152\.183\.10.* write for example "10\.152\.183\.5"$/,
      );
    },
  );

  test.each(["24:00", "3:30", "03:60", "03:30:00", "noon", ""])("%j as the time to clean up", (cleanUpAt) => {
    expect(() => made({ cleanUpAt })).toThrow(/^\[MEC1533\] stack-\d+\/Registry: got ".*" as cleanUpAt: .*write for example "03:30"$/);
  });

  test.each(["Site", "site_ca", "-ca", "ca.", "", "a".repeat(254)])("the issuer %j", (name) => {
    expect(() => RegistryTls.clusterIssuer(name)).toThrow(
      /^\[MEC1532\] RegistryTls\.clusterIssuer: got ".*" as name: .*write for example "site-ca"$/,
    );
    expect(() => RegistryTls.issuer(name)).toThrow(/^\[MEC1532\] RegistryTls\.issuer: /);
  });

  test("a name of a Secret that is none, and may be the secret itself", () => {
    expect(() => made({ htpasswdSecret: "nodes:$2y$05$abc" })).toThrow(
      /^\[MEC1424\] stack-\d+\/Registry: got 16 characters as htpasswdSecret/,
    );
    expect(() => made({ tls: RegistryTls.secret("A B") })).toThrow(/^\[MEC1424\] stack-\d+\/Registry: got 3 characters as tls/);
  });

  test("an issuer without cert-manager", () => {
    expect(refused(made({ tls: RegistryTls.clusterIssuer("site-ca") }), "MEC1416")).toEqual([
      expect.stringContaining("got no cert-manager"),
    ]);
  });

  /** What is refused of a registry where the nodes were told of others. */
  const elsewhere = (registries: ContainerRegistry[] | undefined, options: ImageRegistryOptions = {}) => {
    const stack = addOnStack(new App());
    const known = knownBoston(stack, { registries });
    return refused(new ImageRegistry(stack, "Registry", { cluster: known, ...options }), "MEC1534");
  };
  const ELSEWHERE =
    /\[MEC1534\] [\w-]+\/Registry: got a registry at https?:\/\/10\.152\.183\.5 where the nodes of the cluster boston look for one at https?:\/\/10\.152\.183\.[56]: .*write the same address at both/;

  test.each<[string, InClusterRegistryProps, ImageRegistryOptions, boolean]>([
    ["at another address", { address: "10.152.183.6" }, {}, true],
    ["in the clear", {}, { tls: RegistryTls.secret("cert") }, true],
    ["by TLS", { certificateAuthority: CA }, {}, true],
    ["not: it is there", { address: "10.152.183.6" }, { address: "10.152.183.6" }, false],
    ["not: it is there by TLS", { certificateAuthority: CA }, { tls: RegistryTls.secret("cert") }, false],
  ])("a registry that nodes look for elsewhere: %s", (_, nodes, options, isRefused) => {
    const messages = elsewhere([ContainerRegistry.inCluster(nodes)], options);
    expect(messages).toEqual(isRefused ? [expect.stringMatching(ELSEWHERE)] : []);
  });

  test("a registry that nodes of the app's own cluster look for elsewhere, at synth", () => {
    const build = (registry: ContainerRegistry) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app, { registries: [registry] });
        new PlatformStack(app, "platform", { cluster, registry: true });
      });
    expect(() => build(ContainerRegistry.inCluster({ address: "10.152.183.6" }))).toThrow(ELSEWHERE);
    expect(Object.keys(build(ContainerRegistry.inCluster()))).toContain("platform");
  });

  test("one registry of several that nodes were told of, or none, is enough", () => {
    const other = ContainerRegistry.inCluster({ registry: "other.boston", address: "10.152.183.7" });
    const mirror = ContainerRegistry.mirror({ registry: "docker.io", endpoints: ["https://mirror.example.com"] });
    expect(elsewhere([other, ContainerRegistry.inCluster(), mirror])).toEqual([]);
    expect(elsewhere([mirror])).toEqual([]);
    expect(elsewhere(undefined)).toEqual([]);
    expect(elsewhere([other])).toHaveLength(1);
  });

  test("two registries at one address", () => {
    const stack = addOnStack(new App());
    const cluster = importedBoston(stack);
    const second = (id: string, address: string) =>
      new ImageRegistry(stack, id, { cluster, address, releaseName: id.toLowerCase(), namespace: id.toLowerCase() });
    const first = second("First", "10.152.183.5");
    expect(refused(second("Second", "10.152.183.5"), "MEC1530")).toEqual([
      expect.stringContaining('add-ons/Second: got "10.152.183.5" as address: add-ons/First has it already'),
    ]);
    expect(refused(second("Third", "10.152.183.6"), "MEC1530")).toEqual([]);
    expect(refused(first, "MEC1530")).toEqual([]);
  });

  test("a key that the chart does not know", () => {
    expect(() => made({ values: { cleanup: {} } })).toThrow(/MEC1470.*write "cleanUp"/);
  });

  test("images that the disks do not hold", () => {
    const { cluster: small } = bostonSite(new App(), { controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM } });
    expect(() => synthesized({ volume: Size.gibibytes(500) }, false, small)).toThrow(/MEC1420[^]*500 GiB of volumes/);
  });
});
