import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HelmAddOn } from "../lib/helm/add-on";
import { amountsOf, footprintOnNodes } from "../lib/helm/fit";
import type { IMicrok8sCluster } from "../lib/microk8s/cluster-interface";
import { awsProvider, type AwsAccess } from "./aws-access";
import type { StateBackend } from "./state-backend";

/** Name of the output of each stack of add-ons. */
export const ADD_ONS_OUTPUT = "add_ons";

/** What an output tells of an add-on: literals alone, so that a summary needs no apply. */
export type DescribedAddOn = ReturnType<typeof described>;

/** What every stack of add-ons takes. */
export interface AddOnStackProps {
  /** The cluster the add-ons are installed in; it is made in another stack, or elsewhere. */
  readonly cluster: IMicrok8sCluster;

  /**
   * How AWS is reached, to read the cluster's endpoint and credential; the Region is the cluster's. Of no use to a cluster without one.
   * @default - credentials from the environment, as the provider finds them
   */
  readonly aws?: AwsAccess;

  /**
   * Where the Terraform state is kept.
   * @default - the app's own: the framework keeps it beside `cdktf.json`
   */
  readonly backend?: StateBackend;
}

/**
 * A stack of add-ons, deployed after the cluster. It has an AWS provider where the cluster is on AWS, and the cluster's providers where
 * add-ons ask for them.
 *
 * Output: `add_ons`, a map from the kind of each to its `cluster`, `region`, `namespace`, `release`, `chart` and `version` and to what it asks
 * for. A second one of a kind is under `kind:namespace/release`.
 */
export class AddOnStack extends TerraformStack {
  /** The cluster. */
  public readonly cluster: IMicrok8sCluster;

  public constructor(scope: Construct, id: string, { cluster, aws, backend }: AddOnStackProps) {
    super(scope, id);
    this.cluster = cluster;
    if (cluster.region) {
      awsProvider(this, cluster.region, aws);
    }
    backend?.bind(this);
    new TerraformOutput(this, ADD_ONS_OUTPUT, {
      value: Lazy.anyValue({ produce: () => describedByName(this.addOns) }),
      description: "The add-ons of this stack",
      staticId: true,
    });
  }

  /** The add-ons that were added so far. */
  public get addOns(): readonly HelmAddOn[] {
    return HelmAddOn.allIn(this);
  }
}

/** Each by its kind, where that is not taken; two clusters may have the same release. */
function describedByName(addOns: readonly HelmAddOn[]): Record<string, DescribedAddOn> {
  const all: Record<string, DescribedAddOn> = {};
  for (const addOn of addOns) {
    const { kind, namespace, releaseName, cluster } = addOn;
    const release = `${kind}:${namespace}/${releaseName}`;
    const free = [kind, release, `${release}@${cluster.clusterName}`].find((name) => !(name in all));
    all[free ?? addOn.node.path] = described(addOn);
  }
  return all;
}

function described(addOn: HelmAddOn) {
  const { cluster, namespace, releaseName, chart } = addOn;
  const footprint = footprintOnNodes(addOn);
  const once = amountsOf(footprint, 0);
  const perNode = amountsOf(footprint, 1);
  return {
    cluster: cluster.clusterName,
    region: cluster.region,
    namespace,
    release: releaseName,
    chart: chart.name,
    version: chart.version,
    cpu_millis: once.cpuMillis,
    memory_mebibytes: once.memoryMebibytes,
    volume_gibibytes: once.volumeGibibytes,
    gpus: once.gpus,
    needs_gpu: footprint.needsGpu,
    cpu_millis_per_node: perNode.cpuMillis - once.cpuMillis,
    memory_mebibytes_per_node: perNode.memoryMebibytes - once.memoryMebibytes,
  };
}
