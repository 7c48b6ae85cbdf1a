import type { App } from "cdktf";
import { EdgeXProfile, KubeflowPipelines, KubeflowProfile, Microk8sCluster, PrometheusProfile, RegistryTls } from "../../lib";
import { AddOnStack, EdgeXStack, KubeflowStack, LoggingStack, PlatformStack, PrometheusStack } from "../../stacks";
import { addOnStack } from "../helm/support/add-ons";
import { danglingReferences } from "../support/structure";
import { snapshotOf, synthApp } from "../support/synth";

const STACKS = ["platform", "prometheus", "edgex", "logging", "pipelines", "kubeflow"] as const;
type Name = (typeof STACKS)[number];

/** All stacks of add-ons of one cluster, in the order that is said. */
function build(app: App, order: readonly Name[]): void {
  const cluster = Microk8sCluster.fromClusterName(addOnStack(app, "imports"), "Cluster", { clusterName: "boston", region: "us-east-1" });
  const make: Record<Name, () => unknown> = {
    platform: () => new PlatformStack(app, "platform", { cluster, registry: { tls: RegistryTls.clusterIssuer("site-ca") } }),
    prometheus: () => new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE }),
    edgex: () => new EdgeXStack(app, "edgex", { cluster, profile: EdgeXProfile.CORE }),
    logging: () => new LoggingStack(app, "logging", { cluster }),
    pipelines: () => new KubeflowPipelines(new AddOnStack(app, "pipelines", { cluster }), "Pipelines", { cluster }),
    kubeflow: () => new KubeflowStack(app, "kubeflow", { cluster, profile: KubeflowProfile.SERVING_AND_TRAINING }),
  };
  order.forEach((name) => make[name]());
}

test.each([[STACKS], [[...STACKS].reverse()], [["logging", "pipelines", "edgex", "kubeflow", "prometheus", "platform"] as const]])(
  "%j in the order of the code are deployed in the one order that is right",
  (order) => {
    const stacks = synthApp((app) => build(app, order));
    const before = (name: Name) => STACKS.filter((other) => stacks[name]!.dependencies.includes(other));
    expect(before("platform")).toEqual([]);
    expect(before("prometheus")).toEqual(["platform"]);
    expect(before("logging")).toEqual(["platform", "prometheus"]);
    expect(before("pipelines")).toEqual(["platform"]);
    expect(before("kubeflow")).toContain("platform");
    expect(before("edgex")).toEqual(["platform", "prometheus"]);
    for (const name of STACKS) expect(danglingReferences(stacks[name]!)).toEqual([]);
  },
);

test("without one of those that nobody needs the others are the same, block by block", () => {
  const all = synthApp((app) => build(app, STACKS));
  for (const gone of ["edgex", "logging", "pipelines", "kubeflow"]) {
    const rest = STACKS.filter((name) => name !== gone);
    const without = synthApp((app) => build(app, rest));
    for (const name of rest) expect([gone, name, snapshotOf(without[name]!)]).toEqual([gone, name, snapshotOf(all[name]!)]);
  }
});
