import type { TerraformProvider, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { Size } from "../units";
import type { ContainerRegistry } from "./container-registry";
import type { NodeReservation } from "./node-reservation";

/** What a cluster offers to add-ons; also published, with like nodes together, as the plain parameter `/mec/<cluster>/capabilities`. */
export interface ClusterCapabilities {
  /** The nodes of the cluster. */
  readonly nodes: readonly NodeCapabilities[];
  /** Whether a node that stays has a GPU. */
  readonly gpu: boolean;
  /** Storage classes of the cluster: none until an add-on brings one. */
  readonly storageClasses: readonly string[];
  /** Name of the ingress class to use, the default one; undefined without the ingress add-on. */
  readonly ingressClass?: string;
  /** Whether the metrics of the control plane's parts can be scraped. */
  readonly controlPlaneMetrics: boolean;
}

/** What one node of a cluster is. */
export interface NodeCapabilities {
  /** Name of the node in its cluster, such as `cp-0`. */
  readonly name: string;
  /** `control-plane` or `worker`. */
  readonly role: string;
  /** EC2 instance type, such as `t3.medium`. */
  readonly instanceType: string;
  /** Size of its root volume; not published, so undefined for a cluster that is made elsewhere. */
  readonly rootVolume?: Size;
  /**
   * Whether pods that tolerate no taint are placed on it: not where it has one, and not where it is to leave. Published where it is false.
   * @default true
   */
  readonly takesPods?: boolean;
  /**
   * Whether it is to leave: nothing of it counts, not even a GPU. Published where it is true.
   * @default false
   */
  readonly leaves?: boolean;
  /**
   * What of it pods never get. Published where it is not the default.
   * @default - microk8s' own: no CPU, and 100 MiB of memory
   */
  readonly reserved?: NodeReservation;
}

/**
 * The Terraform providers that talk to a cluster. Each is made when it is first asked for, so a stack that needs one alone
 * has one alone.
 */
export interface ClusterProviders {
  /**
   * The `hashicorp/kubernetes` provider.
   * @throws {MecError} MEC1108 when `@cdktf/provider-kubernetes` is not installed
   */
  readonly kubernetes: TerraformProvider;
  /**
   * The `hashicorp/helm` provider.
   * @throws {MecError} MEC1108 when `@cdktf/provider-helm` is not installed
   */
  readonly helm: TerraformProvider;
}

/** A microk8s cluster, made here or elsewhere. */
export interface IMicrok8sCluster extends IConstruct {
  /** Name of the cluster: the contract between stacks; what a cluster in AWS shares is under `/mec/<name>/`. */
  readonly clusterName: string;
  /**
   * Region of the cluster's parameters: the parent Region of its Wavelength Zone. Undefined for a cluster that is known by a kubeconfig: it
   * publishes nothing in AWS, so the stacks that use it have no AWS provider.
   */
  readonly region?: string;
  /** URL of the Kubernetes API, with scheme and port; a token when the cluster is imported. @attribute */
  readonly endpoint: string;
  /** What the cluster offers to add-ons; undefined when that is not known at synth. */
  readonly capabilities?: ClusterCapabilities;
  /** How its nodes pull from registries; undefined when that is not known at synth. */
  readonly registries?: readonly ContainerRegistry[];
  /**
   * Providers that talk to the cluster from the given stack, once per stack. Their credential is read as an ephemeral value, or from
   * the kubeconfig by the providers themselves: it is in neither state nor plan. Where the cluster has a Region, the stack must have an AWS
   * provider in it.
   * @param stack the stack that the add-ons are in; not the one that makes the cluster
   * @throws {MecError} MEC1110 when the stack is the one that makes the cluster, MEC1452 when the stack knows another cluster by its name
   */
  bindProviders(stack: TerraformStack): ClusterProviders;
}
