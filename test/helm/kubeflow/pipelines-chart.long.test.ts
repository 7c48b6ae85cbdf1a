import { App } from "cdktf";
import { KubeflowPipelines } from "../../../lib";
import { addOnStack, importedBoston } from "../support/add-ons";
import { withoutSecrets } from "../support/generated";
import { describeHelm, helmLint, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";
import { PIPELINES_CHART, PIPELINES_PARTS, PIPELINES_RELEASE, PIPELINES_VALUES, finders, renderPipelines } from "./support/pipelines-chart";

describeHelm("the chart of pipelines", () => {
  const objects = renderPipelines();
  const plain = renderPipelines({});
  const { of, pod, names } = finders(objects);

  test("is sound, and far from the limit of a Secret", () => {
    expect(helmLint(PIPELINES_CHART)).toMatchObject({ status: 0 });
    expect(helmLint(PIPELINES_CHART, PIPELINES_VALUES)).toMatchObject({ status: 0 });
    expect(releaseBytes(PIPELINES_CHART, { values: PIPELINES_VALUES, ...PIPELINES_RELEASE })).toBeLessThan(SECRET_LIMIT / 16);
  });

  test("has nine parts, each once, and a Service for each that listens, within the cluster alone", () => {
    expect(names("Deployment")).toEqual(PIPELINES_PARTS);
    expect(names("Service")).toEqual(PIPELINES_PARTS.filter((name) => name !== "ml-pipeline-persistenceagent"));
    for (const { spec } of of("Deployment")) expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    for (const { spec } of of("Service")) {
      expect(spec.type).toBe("ClusterIP");
      const { containers } = of("Deployment").find(
        ({ spec: each }) => each.selector.matchLabels["app.kubernetes.io/name"] === spec.selector["app.kubernetes.io/name"],
      )!.spec.template.spec;
      expect(spec.ports.map(({ targetPort }: KubernetesObject) => targetPort)).toEqual(
        containers[0].ports.map(({ containerPort }: KubernetesObject) => containerPort),
      );
    }
    for (const kind of ["Ingress", "ClusterRole", "ClusterRoleBinding", "MutatingWebhookConfiguration"]) expect(of(kind)).toEqual([]);
  });

  test("has nothing that Kubernetes drops or refuses, and no pod that may more than it should", () => {
    for (const all of [objects, plain]) {
      expect(typeFaults(all)).toEqual([]);
      expect(podFaults(all)).toEqual([]);
    }
  });

  test("renders the same twice but for the Secrets it makes, and for the oldest and a newer Kubernetes", () => {
    for (const kubeVersion of ["1.31.0", "1.36.0"])
      expect(withoutSecrets(renderPipelines(PIPELINES_VALUES, { kubeVersion }))).toEqual(withoutSecrets(objects));
  });

  test("asks for what the fit table counts", () => {
    const sum = (take: (requests: Record<string, string>) => number) =>
      of("Deployment", plain).reduce((total, { spec }) => total + take(spec.template.spec.containers[0].resources.requests), 0);
    const volumes = of("PersistentVolumeClaim", plain).map(({ spec }) => parseInt(spec.resources.requests.storage, 10));
    const stack = addOnStack(new App());
    const { footprint } = new KubeflowPipelines(stack, "Pipelines", { cluster: importedBoston(stack) });
    expect(sum(({ cpu }) => parseInt(cpu!, 10))).toBe(footprint.cpuMillis);
    expect(sum(({ memory }) => parseInt(memory!, 10))).toBe(footprint.memory!.toMebibytes());
    expect(volumes.reduce((total, size) => total + size, 0)).toBe(footprint.volumes!.toGibibytes());
  });

  test("keeps data in two claims of the class and size that are chosen, which outlive the release", () => {
    expect(
      of("PersistentVolumeClaim").map(({ metadata, spec }) => [metadata.name, spec.storageClassName, spec.resources.requests.storage]),
    ).toEqual([
      ["mysql-data", "fast", "3072Mi"],
      ["seaweedfs-data", "fast", "7168Mi"],
    ]);
    for (const { metadata } of of("PersistentVolumeClaim")) expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    for (const { spec } of of("PersistentVolumeClaim", renderPipelines({ storage: { className: "" } })))
      expect(spec).not.toHaveProperty("storageClassName");
    expect(pod("seaweedfs").containers[0].args.slice(1)).toEqual(["scripts/artifacts.sh", "16", "358"]);
  });

  describe("the custom resource definitions", () => {
    test("are those that the controllers look for, in one version, keep every field, and stay", () => {
      expect(names("CustomResourceDefinition")).toEqual([
        "clusterworkflowtemplates.argoproj.io",
        "cronworkflows.argoproj.io",
        "scheduledworkflows.kubeflow.org",
        "workflowartifactgctasks.argoproj.io",
        "workflows.argoproj.io",
        "workflowtaskresults.argoproj.io",
        "workflowtasksets.argoproj.io",
        "workflowtemplates.argoproj.io",
      ]);
      for (const { metadata, spec } of of("CustomResourceDefinition")) {
        expect(metadata).toMatchObject({ name: `${spec.names.plural}.${spec.group}`, annotations: { "helm.sh/resource-policy": "keep" } });
        expect(metadata.namespace).toBeUndefined();
        expect(spec.versions).toEqual([expect.objectContaining({ served: true, storage: true })]);
        expect(spec.versions[0].name).toBe(spec.group === "argoproj.io" ? "v1alpha1" : "v1beta1");
        expect(spec.versions[0].schema.openAPIV3Schema).toEqual({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
      }
    });

    test("have a status of their own where Argo's have", () => {
      const status = of("CustomResourceDefinition").filter(({ spec }) => spec.versions[0].subresources?.status !== undefined);
      expect(status.map(({ spec }) => spec.names.kind).sort()).toEqual(["WorkflowArtifactGCTask", "WorkflowTaskSet"]);
      const cluster = of("CustomResourceDefinition").filter(({ spec }) => spec.scope === "Cluster");
      expect(cluster.map(({ spec }) => spec.names.kind)).toEqual(["ClusterWorkflowTemplate"]);
    });
  });

  test.each<[string, object]>([
    ["a mistyped key", { parallelRun: 1 }],
    ["the latest image", { images: { ui: "ghcr.io/kubeflow/kfp-frontend:latest" } }],
    ["no runs", { parallelRuns: 0 }],
    ["a part without a limit of memory", { resources: { ui: { limits: { memory: null } } } }],
    ["a namespace that is none", { accessFrom: ["A"] }],
    ["a root that is not in S3", { s3: { root: "gs://a", region: "us-east-1", secret: "s3" } }],
    ["a root in no bucket", { s3: { root: "s3://a..b", region: "us-east-1", secret: "s3" } }],
    ["half a root", { s3: { root: "s3://artifacts" } }],
    ["a Secret that cannot be", { secrets: { database: "A B" } }],
  ])("refuses %s", (_, values) => {
    expect(helmLint(PIPELINES_CHART, values).status).toBe(1);
  });
});
