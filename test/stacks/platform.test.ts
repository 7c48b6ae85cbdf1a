import { App } from "cdktf";
import {
  GpuDriver,
  HelmAddOn,
  Microk8sChannel,
  Microk8sCluster,
  ReclaimPolicy,
  RegistryTls,
  Size,
  WavelengthInstanceType,
  ApiAccess,
  WavelengthZone,
  type IMicrok8sCluster,
} from "../../lib";
import { InfrastructureStack, PlatformStack, deployerPolicy, type PlatformStackProps } from "../../stacks";
import { SomeAddOn, addOnStack, bostonSite, knownBoston } from "../helm/support/add-ons";
import { danglingReferences } from "../support/structure";
import { snapshotOf, synthApp, warnings, type StackJson } from "../support/synth";

type Switches = Pick<PlatformStackProps, "certManager" | "storage" | "gpu" | "registry">;

/** The cluster of a site with a GPU. */
const gpuCluster = (app: App): IMicrok8sCluster =>
  new InfrastructureStack(app, "boston-infrastructure", {
    zone: WavelengthZone.US_EAST_1_WL1_BOS,
    clusterName: "boston",
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    controlPlane: { instanceType: WavelengthInstanceType.G4DN_2XLARGE },
  }).cluster;

const known = gpuCluster(new App());
/** The same cluster without its infrastructure, which takes most of the time of a synth. */
const knownCluster = (app: App): IMicrok8sCluster => knownBoston(addOnStack(app, "names"), known);

const platform = (app: App, cluster: IMicrok8sCluster, switches: Switches = {}) =>
  new PlatformStack(app, "boston-platform", { cluster, ...switches });

const synthPlatform = (switches: Switches = {}, clusterOf = knownCluster): StackJson =>
  synthApp((app) => void platform(app, clusterOf(app), switches))["boston-platform"]!;

/** Values of a release by the release's name. */
const valuesOf = (json: StackJson, name: string): StackJson => {
  const release = Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;
  return JSON.parse(release.values[0]);
};
const releases = (json: StackJson) =>
  Object.values<StackJson>(json.resource?.helm_release ?? {})
    .map(({ name }) => name)
    .sort();

/** The platform of an app that makes the cluster too, and the one of an app that does not. */
const whole = synthPlatform({}, gpuCluster);
const plain = synthPlatform();

test("a platform is certificates and storage, unless told otherwise", () => {
  const json = whole;
  expect(snapshotOf(json)).toMatchSnapshot();
  expect(releases(json)).toEqual(["cert-manager", "hostpath-storage"]);
  expect(danglingReferences(json)).toEqual([]);
  expect(warnings(json)).toEqual([]);
});

test("each switch is one add-on", () => {
  expect(releases(synthPlatform({ certManager: false, storage: false }))).toEqual([]);
  expect(releases(synthPlatform({ certManager: false }))).toEqual(["hostpath-storage"]);
  expect(releases(synthPlatform({ storage: false }))).toEqual(["cert-manager"]);
  expect(releases(synthPlatform({ gpu: true }))).toEqual(["cert-manager", "gpu-operator", "hostpath-storage"]);
});

test("the registry is a switch that changes no block of the others, and is told what is said of it", () => {
  const without = plain;
  const json = synthPlatform({ registry: true });
  expect(releases(json)).toEqual(["cert-manager", "hostpath-storage", "registry"]);
  const others = Object.entries<StackJson>(json.resource.helm_release).filter(([, { name }]) => name !== "registry");
  expect(Object.fromEntries(others)).toEqual(without.resource.helm_release);
  expect(json.resource.kubernetes_namespace_v1).toMatchObject(without.resource.kubernetes_namespace_v1);
  expect(danglingReferences(json)).toEqual([]);
  expect(warnings(json)).toEqual([]);
  const told = synthPlatform({ registry: { tls: RegistryTls.clusterIssuer("site-ca"), removeUntagged: true } });
  expect(valuesOf(told, "registry")).toMatchObject({
    tls: { issuer: { kind: "ClusterIssuer", name: "site-ca" } },
    cleanUp: { untagged: true },
  });
});

test("the registry is refused without storage, and with an issuer without cert-manager", () => {
  expect(() => synthPlatform({ registry: true, storage: false })).toThrow(/\[MEC1419\] boston-platform\/Registry: got "microk8s-hostpath"/);
  expect(() => synthPlatform({ registry: { tls: RegistryTls.issuer("ca") }, certManager: false })).toThrow(
    /\[MEC1416\] boston-platform\/Registry: got no cert-manager/,
  );
});

test("what is said of an add-on reaches it", () => {
  const json = synthPlatform({
    certManager: { version: "v1.22.0", values: { replicaCount: 2 } },
    storage: { reclaimPolicy: ReclaimPolicy.RETAIN, isDefaultClass: false },
    gpu: { driver: GpuDriver.HOST },
  });
  expect(Object.values<StackJson>(json.resource.helm_release).find(({ name }) => name === "cert-manager")).toMatchObject({
    version: "v1.22.0",
    repository: "https://charts.jetstack.io",
  });
  expect(valuesOf(json, "cert-manager").replicaCount).toBe(2);
  expect(valuesOf(json, "hostpath-storage").storageClass).toEqual({ isDefault: false, reclaimPolicy: "Retain" });
  expect(valuesOf(json, "gpu-operator").driver).toEqual({ enabled: false });
});

test("a namespace that was made apart is left alone, so that the keys of issuers outlive the stack", () => {
  const json = synthPlatform({ certManager: { createNamespace: false } });
  expect(json.resource.kubernetes_namespace_v1).toBeUndefined();
  expect(releases(json)).toEqual(["cert-manager", "hostpath-storage"]);
  expect(danglingReferences(json)).toEqual([]);
});

test("cert-manager brings its definitions, keeps them, and says what its pods ask for", () => {
  const values = valuesOf(plain, "cert-manager");
  expect(values.crds).toEqual({ enabled: true, keep: true });
  expect([values.resources, values.webhook.resources, values.cainjector.resources].map(({ requests }) => requests)).toEqual([
    { cpu: "10m", memory: "64Mi" },
    { cpu: "10m", memory: "32Mi" },
    { cpu: "10m", memory: "96Mi" },
  ]);
  const app = new App();
  expect(platform(app, knownCluster(app)).certManager!.footprint).toEqual({ cpuMillis: 30, memory: Size.mebibytes(192) });
});

test("the GPU operator writes where microk8s' containerd reads, in a namespace whose pods may do anything", () => {
  const json = synthPlatform({ gpu: true });
  expect(valuesOf(json, "gpu-operator")).toEqual({
    driver: { enabled: true },
    toolkit: {
      enabled: true,
      env: [
        { name: "CONTAINERD_CONFIG", value: "/var/snap/microk8s/current/args/containerd-template.toml" },
        { name: "CONTAINERD_SOCKET", value: "/var/snap/microk8s/common/run/containerd.sock" },
        { name: "RUNTIME_CONFIG_SOURCE", value: "file=/var/snap/microk8s/current/args/containerd.toml" },
      ],
    },
  });
  expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toContainEqual({
    name: "gpu-operator-resources",
    labels: { "pod-security.kubernetes.io/enforce": "privileged" },
  });
});

test("the GPU operator is refused where no node has a GPU", () => {
  expect(() => synthPlatform({ gpu: true }, (app) => knownBoston(addOnStack(app, "names"), bostonSite(new App()).cluster))).toThrow(
    /\[MEC1420\] boston-platform\/CertManager: got 1 of GPUs where the nodes have 0/,
  );
});

test("the output tells of each add-on, in literals", () => {
  expect(synthPlatform({ storage: false, gpu: true }).output.add_ons.value).toEqual({
    "cert-manager": {
      cluster: "boston",
      region: "us-east-1",
      namespace: "cert-manager",
      release: "cert-manager",
      chart: "cert-manager",
      version: "v1.21.1",
      cpu_millis: 30,
      memory_mebibytes: 192,
      volume_gibibytes: 0,
      gpus: 0,
      cpu_millis_per_node: 0,
      memory_mebibytes_per_node: 0,
    },
    "gpu-operator": {
      cluster: "boston",
      region: "us-east-1",
      namespace: "gpu-operator-resources",
      release: "gpu-operator",
      chart: "gpu-operator",
      version: "v25.10.0",
      cpu_millis: 310,
      memory_mebibytes: 356,
      volume_gibibytes: 0,
      gpus: 0,
      needs_gpu: true,
      cpu_millis_per_node: 5,
      memory_mebibytes_per_node: 64,
    },
  });
});

test("a deployer of a platform reads the endpoint and the credential, and nothing else", () => {
  const actions = deployerPolicy(whole).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
  expect([...new Set(actions)].sort()).toEqual(["kms:Decrypt", "ssm:GetParameter", "sts:GetCallerIdentity"]);
});

describe("taking an add-on away", () => {
  const parts = {
    certManager: (on: boolean) => ({ certManager: on }),
    storage: (on: boolean) => ({ storage: on }),
    gpu: (on: boolean) => ({ gpu: on }),
  };
  type Part = keyof typeof parts | "top" | "data" | "free";
  const all: readonly Part[] = ["certManager", "storage", "gpu", "top", "data", "free"];
  const needs: Partial<Record<Part, Part>> = { top: "certManager", data: "storage" };

  /** The stacks with some of the add-ons: those of the platform, and three in stacks of their own. */
  const synthWith = (there: ReadonlySet<Part>, clusterOf = knownCluster): Record<string, StackJson> =>
    synthApp((app) => {
      const cluster = clusterOf(app);
      platform(app, cluster, {
        ...parts.certManager(there.has("certManager")),
        ...parts.storage(there.has("storage")),
        ...parts.gpu(there.has("gpu")),
      });
      if (there.has("top")) {
        new SomeAddOn(addOnStack(app, "top"), "Top", { cluster }, { requires: ["cert-manager"] });
      }
      if (there.has("data")) {
        new SomeAddOn(addOnStack(app, "data"), "Data", { cluster }, { storageClass: "microk8s-hostpath", isStateful: true });
      }
      if (there.has("free")) {
        new SomeAddOn(addOnStack(app, "free"), "Free", { cluster });
      }
    });

  /** Every block of every stack that makes something in the cluster, by its address. */
  const blocks = (stacks: Record<string, StackJson>): Map<string, string> =>
    new Map(
      Object.entries(stacks)
        .filter(([name]) => !["boston-infrastructure", "names"].includes(name))
        .flatMap(([name, json]) =>
          Object.entries<StackJson>({ ...json.resource, ...json.data, ...json.provider, ...json.ephemeral }).flatMap(([type, byName]) =>
            Object.entries<StackJson>(byName).map(([id, block]): [string, string] => [`${name}.${type}.${id}`, JSON.stringify(block)]),
          ),
        ),
    );

  const subsets = all
    .reduce<Part[][]>((sets, part) => [...sets, ...sets.map((set) => [...set, part])], [[]])
    .filter((set) => set.every((part) => needs[part] === undefined || set.includes(needs[part]!)));
  const synthesized = new Map(subsets.map((set) => [set.join(" "), synthWith(new Set(set))]));
  const withInfrastructure = synthWith(new Set(all), gpuCluster);

  test("can be done in any combination: alone, in pairs, all of them", () => {
    expect(subsets.length).toBe(36);
  });

  test.each(all)("of %s leaves every block of the others as it is, whatever else is there", (taken) => {
    let compared = 0;
    for (const set of subsets.filter((each) => each.includes(taken))) {
      const rest = set.filter((part) => part !== taken && needs[part] !== taken);
      const before = blocks(synthesized.get(set.join(" "))!);
      const after = blocks(synthesized.get(rest.join(" "))!);
      for (const [address, block] of after) {
        expect([address, before.get(address)]).toEqual([address, block]);
        compared += 1;
      }
      expect(before.size).toBeGreaterThan(after.size);
    }
    expect(compared).toBeGreaterThan(0);
  });

  test.each<Part>(["gpu", "data"])("of %s leaves every block as it is in an app that makes the cluster too", (taken) => {
    const before = blocks(withInfrastructure);
    const after = blocks(synthWith(new Set(all.filter((part) => part !== taken)), gpuCluster));
    expect(after.size).toBeLessThan(before.size);
    expect(after.size).toBeGreaterThan(0);
    for (const [address, block] of after) expect([address, before.get(address)]).toEqual([address, block]);
  });

  test("leaves whole stacks of others as they are, and the order of what stays", () => {
    for (const [set, stacks] of synthesized) {
      for (const name of ["top", "data", "free"]) {
        if (stacks[name]) {
          const alone = synthesized.get(all.filter((part) => part === name || part === needs[name as Part]).join(" "))!;
          expect([set, stacks[name]!.resource]).toEqual([set, alone[name]!.resource]);
          expect([...stacks[name]!.dependencies].sort()).toEqual([...alone[name]!.dependencies].sort());
        }
      }
    }
  });

  test("that another needs is refused, with who needs it", () => {
    expect(() => synthWith(new Set<Part>(["top"]))).toThrow(/\[MEC1416\] top\/Top: got no cert-manager for the cluster boston/);
    expect(() => synthWith(new Set<Part>(["data", "certManager"]))).toThrow(
      /\[MEC1419\] data\/Data: got "microk8s-hostpath" as storageClass/,
    );
  });

  test("has what needs another deployed after it, and so destroyed before it", () => {
    const stacks = withInfrastructure;
    expect(stacks.top!.dependencies).toContain("boston-platform");
    expect(stacks.data!.dependencies).toContain("boston-platform");
    expect(stacks.free!.dependencies).toEqual(["boston-infrastructure"]);
  });
});

test("a platform of a cluster that is made elsewhere", () => {
  const json = synthApp((app) => {
    const stack = addOnStack(app, "names");
    const cluster = Microk8sCluster.fromClusterName(stack, "Cluster", { clusterName: "boston", region: "us-east-1" });
    const platform = new PlatformStack(app, "boston-platform", { cluster });
    expect(HelmAddOn.allIn(platform).map(({ kind }) => kind)).toEqual(["cert-manager", "hostpath-storage"]);
    expect(platform.addOns).toEqual([platform.certManager, platform.storage]);
  })["boston-platform"]!;
  expect(json.provider.aws).toEqual([{ region: "us-east-1" }]);
  expect(warnings(json)).toEqual([expect.stringContaining("MEC1921")]);
});
