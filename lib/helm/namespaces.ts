import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { Lazy, TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { IMicrok8sCluster } from "../microk8s/cluster-interface";
import { isSystemNamespace } from "./names";

/** Levels of Kubernetes' Pod Security Standards, the widest first (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
const LEVELS = ["privileged", "baseline", "restricted"] as const;

/** A level of Kubernetes' Pod Security Standards. */
export type PodSecurity = (typeof LEVELS)[number];

/**
 * A namespace of a cluster, made once for all add-ons of a stack that are in it. When the last of them goes it goes too, and Kubernetes deletes
 * all that it holds, also what no add-on made: Secrets, certificates, claims. Objects outside of namespaces stay, such as definitions and volumes
 * whose reclaim policy is Retain.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
 */
class SharedNamespace extends Construct {
  public readonly resource: NamespaceV1;
  private readonly levels = new Set<PodSecurity>();

  public constructor(stack: TerraformStack, id: string, cluster: IMicrok8sCluster, name: string) {
    super(stack, id);
    const provider = cluster.bindProviders(stack).kubernetes;
    const { NamespaceV1: Resource } =
      require("@cdktf/provider-kubernetes/lib/namespace-v1") as typeof import("@cdktf/provider-kubernetes/lib/namespace-v1");
    this.resource = new Resource(this, "Resource", {
      provider,
      metadata: { name, labels: Lazy.anyValue({ produce: () => this.labels }) as unknown as Record<string, string> },
    });
  }

  /** Takes in what an add-on's pods need; the widest need of all is what the namespace allows. */
  public allow(level: PodSecurity | undefined): void {
    if (level !== undefined) {
      this.levels.add(level);
    }
  }

  private get labels(): Record<string, string> | undefined {
    const level = LEVELS.find((candidate) => this.levels.has(candidate));
    return level && { "pod-security.kubernetes.io/enforce": level };
  }
}

/**
 * Has a namespace made in a stack, once for all that ask for it there. It goes with them, and all that is in it: who wants it to stay does not
 * ask for it.
 *
 * @param scope a construct of the stack
 * @param cluster the cluster
 * @param name name of the namespace
 * @param podSecurity what pods may do in it at most
 * @returns what is there once the namespace is; nothing for one that every cluster has
 */
export function namespaceFor(scope: Construct, cluster: IMicrok8sCluster, name: string, podSecurity?: PodSecurity): ITerraformDependable[] {
  if (isSystemNamespace(name)) {
    return [];
  }
  const stack = TerraformStack.of(scope);
  // A cluster's name has no two dashes in a row and none at its end, so the first two part it from the namespace.
  const id = `Namespace-${cluster.clusterName}--${name}`;
  const shared = (stack.node.tryFindChild(id) as SharedNamespace | undefined) ?? new SharedNamespace(stack, id, cluster, name);
  shared.allow(podSecurity);
  return [shared.resource];
}
