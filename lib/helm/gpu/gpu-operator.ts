import type { Construct } from "constructs";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { requests, sumOf } from "../resources";
import { PINNED_CHARTS } from "../versions";

/** Where NVIDIA's driver comes from. */
export class GpuDriver {
  /** The operator builds it for the kernel of each node with a GPU, and puts it there. */
  public static readonly OPERATOR = new GpuDriver(true);
  /** The nodes' machine image has it. */
  public static readonly HOST = new GpuDriver(false);

  private constructor(
    /** Whether the operator installs it. */
    public readonly isInstalled: boolean,
  ) {}
}

/** What may be said of {@link GpuOperator}. */
export interface GpuOperatorOptions extends HelmAddOnOptions {
  /**
   * Where the driver comes from.
   * @default GpuDriver.OPERATOR
   */
  readonly driver?: GpuDriver;
}

/** Properties of {@link GpuOperator}. */
export interface GpuOperatorProps extends GpuOperatorOptions, HelmAddOnProps {}

/**
 * What the chart's pods request by default: the operator, and the master and the garbage collector of node feature discovery.
 * @see https://github.com/NVIDIA/gpu-operator/blob/v25.10.0/deployments/gpu-operator/values.yaml
 * @see https://github.com/NVIDIA/gpu-operator/blob/v25.10.0/deployments/gpu-operator/charts/node-feature-discovery/values.yaml
 */
const PODS = { operator: requests(200, 100), master: requests(100, 128), collector: requests(10, 128) };

/** What node feature discovery's worker requests on each node; the pods of nodes with a GPU request nothing. */
const ON_EACH_NODE = requests(5, 64);

/**
 * Where microk8s keeps containerd: its template is what a restart takes the configuration from, so the operator must write there.
 * @see https://github.com/canonical/microk8s-core-addons/blob/main/addons/nvidia/enable
 */
const CONTAINERD = {
  CONTAINERD_CONFIG: "/var/snap/microk8s/current/args/containerd-template.toml",
  CONTAINERD_SOCKET: "/var/snap/microk8s/common/run/containerd.sock",
  RUNTIME_CONFIG_SOURCE: "file=/var/snap/microk8s/current/args/containerd.toml",
};

/**
 * NVIDIA's GPU operator, as microk8s' own nvidia add-on installs it: drivers, container toolkit and device plugin on each node with a GPU.
 * Pods ask for `nvidia.com/gpu` and name the runtime class `nvidia`.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses; at synth MEC1420 where no node that stays has a GPU, with a taint or without
 * @see https://microk8s.io/docs/addon-gpu
 */
export class GpuOperator extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: GpuOperatorProps) {
    super(scope, id, props, definition(props));
  }
}

function definition({ driver = GpuDriver.OPERATOR }: GpuOperatorOptions): AddOnDefinition {
  return {
    kind: "gpu-operator",
    chart: pinnedChart(PINNED_CHARTS.gpuOperator),
    // The namespace that microk8s' own add-on has.
    namespace: "gpu-operator-resources",
    releaseName: "gpu-operator",
    values: [
      {
        driver: { enabled: driver.isInstalled },
        toolkit: { enabled: true, env: Object.entries(CONTAINERD).map(([name, value]) => ({ name, value })) },
      },
    ],
    ownsCrds: ["nvidia.com", "nfd.k8s-sigs.io"],
    footprint: { ...sumOf(...Object.values(PODS)), perNode: ON_EACH_NODE, needsGpu: true },
    podSecurity: "privileged",
  };
}
