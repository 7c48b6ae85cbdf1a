import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, type App } from "cdktf";
import type { Construct } from "constructs";
import { ApiAccess, Chart, HelmAddOn, Microk8sChannel, Microk8sCluster, Size, WavelengthZone } from "../../../lib";
import type { AddOnDefinition, HelmAddOnProps, IMicrok8sCluster } from "../../../lib";
import { InfrastructureStack, type InfrastructureStackProps } from "../../../stacks";

/** An add-on of nothing in particular. */
export class SomeAddOn extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: HelmAddOnProps, definition: Partial<AddOnDefinition> = {}) {
    const { kind = id.toLowerCase() } = definition;
    super(scope, id, props, {
      kind,
      chart: Chart.fromRegistry({ chart: kind, repository: "https://charts.example.com", version: "1.2.3" }),
      namespace: kind,
      releaseName: kind,
      values: [],
      footprint: { cpuMillis: 100, memory: Size.mebibytes(128) },
      ...definition,
    });
  }

  /** Its own chart, as subclasses add one. */
  public withChart(...args: Parameters<HelmAddOn["addChart"]>): this {
    this.addChart(...args);
    return this;
  }
}

/** The infrastructure of a site in Boston: one node of the type t3.xlarge, unless told otherwise. */
export function bostonSite(app: App, props: Partial<InfrastructureStackProps> = {}): InfrastructureStack {
  return new InfrastructureStack(app, "boston-infrastructure", {
    zone: WavelengthZone.US_EAST_1_WL1_BOS,
    clusterName: "boston",
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    ...props,
  });
}

/** A stack for add-ons. */
export function addOnStack(app: App, id = "add-ons"): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "Aws", { region: "us-east-1" });
  return stack;
}

/** The cluster of the site in Boston, as another repository knows it: by its name alone. */
export function importedBoston(stack: TerraformStack): IMicrok8sCluster {
  return Microk8sCluster.fromClusterName(stack, "Cluster", { clusterName: "boston", region: "us-east-1" });
}

/**
 * The same cluster, of which the stack knows what an app that makes it knows: synthesized without the infrastructure, which takes most of the time.
 *
 * @param stack the stack that names it
 * @param like what is known of it, such as a cluster of another app
 */
export function knownBoston(stack: TerraformStack, { capabilities, registries }: Pick<IMicrok8sCluster, "capabilities" | "registries">) {
  return Object.assign(importedBoston(stack), { capabilities, registries }) as IMicrok8sCluster;
}
