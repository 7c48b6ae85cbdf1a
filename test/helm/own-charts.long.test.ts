import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { HostpathStorage, ReclaimPolicy, type HostpathStorageOptions } from "../../lib";
import { synthApp, type StackJson } from "../support/synth";
import { addOnStack, bostonSite } from "./support/add-ons";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "./support/helm";
import { SECRET_LIMIT, releaseBytes } from "./support/release-size";

const root = join(__dirname, "..", "..", "lib", "helm");
/** Every chart of the library's own: the folder `chart` beside an add-on. */
const charts = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => basename(path) === "chart");

/** Images of all containers in rendered objects. */
function imagesOf(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(imagesOf);
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => (key === "image" && typeof inner === "string" ? [inner] : imagesOf(inner)));
}

test("there are own charts", () => {
  expect(charts).toContain(join("storage", "chart"));
});

describeHelm("every own chart, as a real Helm sees it:", () => {
  test.each(charts)("%s has nothing to find fault with, pinned images, and fits into a Secret", (chart) => {
    const folder = join(root, chart);
    expect(helmLint(folder)).toMatchObject({ status: 0 });
    for (const image of imagesOf(helmTemplate(folder))) {
      expect(image).toMatch(/^[a-z0-9.-]+\.[a-z]+\/.+(?::(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/);
    }
    expect(releaseBytes(folder)).toBeLessThan(SECRET_LIMIT / 2);
  });
});

describeHelm("hostpath storage, with the values of the add-on:", () => {
  /** What Helm makes of the release. */
  const rendered = (options: HostpathStorageOptions = {}): KubernetesObject[] => {
    const json = synthApp((app) => {
      const { cluster } = bostonSite(app);
      new HostpathStorage(addOnStack(app), "Storage", { cluster, ...options });
    })["add-ons"]!;
    const [release] = Object.values<StackJson>(json.resource.helm_release) as [StackJson];
    return helmTemplate(join(root, "storage", "chart"), {
      values: release.values[0],
      releaseName: release.name,
      namespace: release.namespace,
    });
  };
  const objects = rendered();
  const one = (all: KubernetesObject[], kind: string) => all.filter((object) => object.kind === kind)[0]!;

  test("is a provisioner, its rights and one class", () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      "ClusterRole microk8s-hostpath",
      "ClusterRoleBinding microk8s-hostpath",
      "Deployment hostpath-provisioner",
      "ServiceAccount microk8s-hostpath",
      "StorageClass microk8s-hostpath",
    ]);
  });

  test("the class is the default one, waits for the pod, and deletes what is no longer claimed, unless told otherwise", () => {
    expect(one(objects, "StorageClass")).toMatchObject({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "microk8s.io/hostpath",
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    expect(one(rendered({ reclaimPolicy: ReclaimPolicy.RETAIN, isDefaultClass: false }), "StorageClass")).toMatchObject({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "false" } },
      reclaimPolicy: "Retain",
    });
  });

  test("the provisioner asks for what the fit check counts, and reaches the folder that it tells its pods of", () => {
    const { template } = one(objects, "Deployment").spec;
    const [container] = template.spec.containers;
    expect(container.resources).toEqual({ requests: { cpu: "10m", memory: "32Mi" } });
    const directory = container.env.find(({ name }: { name: string }) => name === "PV_DIR").value;
    expect(directory).toBe("/var/snap/microk8s/common/default-storage");
    expect(container.volumeMounts).toEqual([{ name: "volumes", mountPath: directory }]);
    expect(template.spec.volumes).toEqual([{ name: "volumes", hostPath: { path: directory, type: "DirectoryOrCreate" } }]);
  });

  test("the rights are given to the account that the provisioner runs as", () => {
    const account = one(objects, "ServiceAccount").metadata;
    expect(one(objects, "Deployment").spec.template.spec.serviceAccountName).toBe(account.name);
    expect(one(objects, "ClusterRoleBinding")).toMatchObject({
      roleRef: { kind: "ClusterRole", name: one(objects, "ClusterRole").metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.name, namespace: "kube-system" }],
    });
    const { rules } = one(objects, "ClusterRole");
    expect(rules.flatMap(({ verbs, resources }: KubernetesObject) => [...verbs, ...resources])).not.toContain("*");
  });

  test("a mistyped value is refused by the chart", () => {
    expect(helmLint(join(root, "storage", "chart"), { storageClas: {} }).status).toBe(1);
  });
});
