import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { mlAtTheEdge } from "../../examples/ml-at-the-edge/app";
import { EdgeXProfile, KubeflowPipelines, PrometheusProfile, ReclaimPolicy, RegistryTls, Size, WavelengthInstanceType } from "../../lib";
import { EdgeXStack, LoggingStack, PlatformStack, PrometheusStack } from "../../stacks";
import { SERVICES } from "./edgex/support/devices";
import { addOnStack, bostonSite } from "./support/add-ons";
import { withoutSecrets } from "./support/generated";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "./support/helm";
import { typeFaults } from "./support/kubernetes-types";
import { ownChartFolders, ownReleases } from "./support/own-charts";
import { SECRET_LIMIT, releaseBytes } from "./support/release-size";

const apps = [
  ownReleases((app) => {
    const { cluster } = bostonSite(app);
    new PlatformStack(app, "platform", { cluster, registry: true });
    new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE });
    new EdgeXStack(app, "edgex", { cluster, profile: EdgeXProfile.CORE });
    new LoggingStack(app, "logging", { cluster });
  }),
  ownReleases((app) => void mlAtTheEdge(app)),
  ownReleases((app) => {
    const { cluster } = bostonSite(app, {
      controlPlane: { instanceType: WavelengthInstanceType.R5_2XLARGE, rootVolume: { size: Size.gibibytes(120) } },
      controlPlaneMetrics: true,
    });
    new PlatformStack(app, "other-platform", {
      cluster,
      storage: { reclaimPolicy: ReclaimPolicy.RETAIN, isDefaultClass: false },
      registry: { tls: RegistryTls.clusterIssuer("ca"), volume: Size.gibibytes(5) },
    });
    new KubeflowPipelines(addOnStack(app, "pipelines"), "Pipelines", { cluster, artifactVolume: Size.gibibytes(4) });
    new PrometheusStack(app, "other-prometheus", { cluster, profile: PrometheusProfile.STANDARD, releaseName: "other", pathTargets: [] });
    const { edgex } = new EdgeXStack(app, "other-edgex", { cluster, profile: EdgeXProfile.STANDARD, ui: true, releaseName: "line" });
    Object.values(SERVICES).forEach(({ service, device }) => {
      edgex.addDeviceService(service);
      edgex.addDevice({ ...device, service });
    });
    new LoggingStack(app, "other-logging", { cluster, loki: { releaseName: "logs", allowedNamespaces: ["edge"] } });
  }),
];
afterAll(() => apps.forEach(({ remove }) => remove()));

const library = join(__dirname, "..", "..", "lib", "helm");
const folders = ownChartFolders().map((folder) => [relative(library, folder), folder]);
const all = apps.flatMap(({ releases }) => releases).map((release) => [release.id, release] as const);

/** What Helm makes of each, once. */
const rendered = new Map<string, KubernetesObject[]>();
function objectsOf(release: (typeof all)[number][1]): KubernetesObject[] {
  const found = rendered.get(release.id) ?? helmTemplate(release.chart, release);
  rendered.set(release.id, found);
  return found;
}

/** The containers of the pods that an object makes. */
function containers(object: KubernetesObject): KubernetesObject[] {
  const pod = object.kind === "Pod" ? object.spec : (object.spec?.jobTemplate?.spec ?? object.spec)?.template?.spec;
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

test("each chart of the library is a release of these apps", () => {
  const name = (folder: string) => /^name: (\S+)$/m.exec(readFileSync(join(folder, "Chart.yaml"), "utf8"))![1];
  expect([...new Set(all.map(([, { chart }]) => name(chart)))].sort()).toEqual(ownChartFolders().map(name).sort());
  expect(all.length).toBeGreaterThan(0);
});

describeHelm("the library's own charts", () => {
  test.each(folders)("%s has nothing that Helm's lint finds, and a schema that allows no other keys", (_, folder) => {
    expect(helmLint(folder)).toMatchObject({ status: 0 });
    expect(readdirSync(folder)).toContain("values.schema.json");
    const mistyped = helmLint(folder, { mistypedKey: 1 });
    expect(mistyped.status).toBe(1);
    expect(mistyped.stdout + mistyped.stderr).toContain("mistypedKey");
  });

  test.each(all)("%s renders with the values of the stack, and is far from the limit of a Secret", (_, release) => {
    const objects = objectsOf(release);
    expect(objects.length).toBeGreaterThan(0);
    expect(objects.filter(({ apiVersion, kind, metadata }) => !apiVersion || !kind || !metadata?.name)).toEqual([]);
    expect(releaseBytes(release.chart, release)).toBeLessThan(SECRET_LIMIT / 4);
  });

  test.each(all)("%s: two objects never have one name", (_, release) => {
    const names = objectsOf(release).map(
      ({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    );
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(all)("%s: images have versions, containers have requests", (_, release) => {
    for (const container of objectsOf(release).flatMap(containers)) {
      expect(container.image).toMatch(/:[^:/]*\d[^:/]*$/);
      expect(container.resources?.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
    }
  });

  test.each(all)("%s: has no field that Kubernetes drops, and no value that it refuses", (_, release) => {
    expect(typeFaults(objectsOf(release))).toEqual([]);
  });

  test.each(all)(
    "%s: renders the same twice but for Secrets that are generated, and for the oldest and a newer Kubernetes",
    (_, release) => {
      const first = objectsOf(release);
      expect(withoutSecrets(helmTemplate(release.chart, release))).toEqual(withoutSecrets(first));
      for (const kubeVersion of ["1.31.0", "1.36.0"]) {
        expect(helmTemplate(release.chart, { ...release, kubeVersion }).map(({ kind }) => kind)).toEqual(first.map(({ kind }) => kind));
      }
    },
  );
});
