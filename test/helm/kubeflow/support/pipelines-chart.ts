import { join } from "node:path";
import { Size } from "../../../../lib/units";
import { checkedPipelines } from "../../../../lib/helm/kubeflow/pipelines/settings";
import { pipelinesValues } from "../../../../lib/helm/kubeflow/pipelines/values";
import { helmTemplate, type KubernetesObject, type RenderOptions } from "../../support/helm";

/** The chart of Kubeflow Pipelines. */
export const PIPELINES_CHART = join(__dirname, "..", "..", "..", "..", "lib", "helm", "kubeflow", "pipelines", "chart");

/** How it is rendered. */
export const PIPELINES_RELEASE = { releaseName: "kubeflow-pipelines", namespace: "kubeflow" };

/** The values of the add-on with all that it can be told. */
export const PIPELINES_VALUES = pipelinesValues(
  checkedPipelines("p", {
    databaseVolume: Size.gibibytes(3),
    artifactVolume: Size.gibibytes(7),
    storageClass: "fast",
    readableSecrets: ["s3-root"],
    parallelRuns: 7,
    accessFrom: ["ingress", "notebooks"],
  }),
);

/** The Deployments of the chart. */
export const PIPELINES_PARTS = [
  "metadata-envoy-service",
  "metadata-grpc-service",
  "ml-pipeline",
  "ml-pipeline-persistenceagent",
  "ml-pipeline-scheduledworkflow",
  "ml-pipeline-ui",
  "mysql",
  "seaweedfs",
  "workflow-controller",
];

/** Renders the chart. */
export const renderPipelines = (values: object = PIPELINES_VALUES, more: RenderOptions = {}): KubernetesObject[] =>
  helmTemplate(PIPELINES_CHART, { values, ...PIPELINES_RELEASE, ...more });

/** Ways to find objects, among those of one render unless others are given. */
export function finders(objects: readonly KubernetesObject[]) {
  const of = (kind: string, all = objects) => all.filter((object) => object.kind === kind);
  const one = (kind: string, name: string, all = objects): KubernetesObject => {
    const found = of(kind, all).filter(({ metadata }) => metadata.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const pod = (name: string, all = objects): KubernetesObject => one("Deployment", name, all).spec.template.spec;
  const names = (kind: string, all = objects): string[] =>
    of(kind, all)
      .map(({ metadata }) => metadata.name as string)
      .sort();
  return { of, one, pod, names };
}
