import type { Construct } from "constructs";
import { join } from "node:path";
import { Size } from "../../../units";
import { HelmAddOn } from "../../add-on";
import type { AddOnDefinition } from "../../add-on-props";
import { Chart } from "../../chart";
import { partsRequest } from "./parts";
import type { KubeflowPipelinesProps } from "./pipelines-props";
import { checkedPipelines, type PipelinesSettings } from "./settings";
import { pipelinesValues } from "./values";

/** Name of the release, unless the user names another. */
const RELEASE = "kubeflow-pipelines";

/** Account that the pods of a pipeline run with. */
const RUNNER = "pipeline-runner";

/**
 * Kubeflow Pipelines 2.17.0 standalone: pipelines of the Kubeflow Pipelines SDK, their runs, recurring runs and artifacts, on one site and for one
 * team. Upstream has no chart; this one is the library's own, for pipelines of version 2 alone, so without what only those of version 1 and several
 * users need: cache server, metadata writer, viewers and visualizations.
 *
 * Its interface asks for no password, and is open to nobody outside of the namespaces of `accessFrom`. Network policies close its parts but for what
 * each needs; they hold where the cluster's network enforces them, as microk8s' own Calico does. Pods of pipelines are not restricted in what they
 * reach, and may do little in Kubernetes: bind a Role to the account {@link runnerServiceAccount} for a pipeline that makes objects.
 *
 * When it is taken away its custom resource definitions stay. Its namespace goes with the claims and the Secrets, and runs and artifacts with them
 * unless the storage class has `ReclaimPolicy.RETAIN`; with `createNamespace: false` all of that stays, and whoever installs it again finds it. One
 * fits into a cluster, as Argo's definitions do: no other Argo Workflows beside it.
 *
 * @throws {MecError} MEC1515 to MEC1519, MEC1424 for what is no name of a Secret, and what {@link HelmAddOn} refuses
 * @see https://www.kubeflow.org/docs/components/pipelines/
 * @see https://github.com/kubeflow/pipelines/tree/2.17.0/manifests/kustomize/env/platform-agnostic
 */
export class KubeflowPipelines extends HelmAddOn {
  /** URL of the API within the cluster, for `kfp.Client(host=…)`; open to the pods of pipelines and to `accessFrom`. */
  public readonly apiUrl: string;

  /** URL of the interface within the cluster; open to `accessFrom`. */
  public readonly uiUrl: string;

  /** Account that the pods of pipelines run with, in the add-on's namespace. */
  public readonly runnerServiceAccount: string = RUNNER;

  public constructor(scope: Construct, id: string, props: KubeflowPipelinesProps) {
    super(scope, id, props, definition(checkedPipelines(`${scope.node.path}/${id}`, props)));
    this.apiUrl = `http://ml-pipeline.${this.namespace}.svc:8888`;
    this.uiUrl = `http://ml-pipeline-ui.${this.namespace}.svc`;
  }
}

function definition(settings: PipelinesSettings): AddOnDefinition {
  const { databaseVolume, artifactVolume, storageClass, resources } = settings;
  return {
    kind: "kubeflow-pipelines",
    chart: Chart.fromFolder(join(__dirname, "chart")),
    namespace: "kubeflow",
    releaseName: RELEASE,
    values: [pipelinesValues(settings)],
    ownsCrds: ["argoproj.io", "kubeflow.org"],
    storageClass,
    footprint: { ...partsRequest(resources), volumes: Size.mebibytes(databaseVolume.toMebibytes() + artifactVolume.toMebibytes()) },
    isStateful: true,
    // Its own pods would do with `restricted`; steps run as the user of their image, which often is root.
    podSecurity: "baseline",
  };
}
