import { DataAwsSsmParametersByPath } from "@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path";
import type { Postcondition } from "cdktf";
import { Construct } from "constructs";
import { planError } from "../annotations";
import type { Microk8sChannel } from "./channel";
import { parameterName } from "./parameters";
import { told } from "./told";

/** Properties of {@link ChannelGuard}. */
export interface ChannelGuardProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The channel that is wanted. */
  readonly channel: Microk8sChannel;
  /** Instance id of a machine that is lost: what it told last does not count. @default - none is */
  readonly reinitialise?: string;
  /** Further conditions of the statuses. @default - none */
  readonly more?: readonly Postcondition[];
}

/**
 * Fails the plan where the nodes of the cluster track another channel than the wanted one or the minor version before: Kubernetes goes up
 * one minor version at a time, and never back. Before the first deploy there is no node that tells anything.
 *
 * The statuses it reads get into the Terraform state; no secret is among them.
 *
 * @see https://kubernetes.io/releases/version-skew-policy/
 * @see https://microk8s.io/docs/upgrading
 */
export class ChannelGuard extends Construct {
  /** The provider's own data source. */
  public readonly resource: DataAwsSsmParametersByPath;

  public constructor(scope: Construct, id: string, props: ChannelGuardProps) {
    super(scope, id);
    const { name, minor } = props.channel;
    // A node without microk8s tells an empty channel, which is none.
    const all = told("self.values", (status) => `regex("^1\\\\.[0-9]+", ${status}.channel)`, props.reinitialise);
    this.resource = new DataAwsSsmParametersByPath(this, "Resource", {
      path: parameterName(props.clusterName, "nodes"),
      withDecryption: false,
      lifecycle: {
        postcondition: [
          {
            condition: `\${alltrue([for version in ${all} : contains(["1.${minor}", "1.${minor - 1}"], version)])}`,
            errorMessage: planError(
              scope,
              "MEC1151",
              `got "${name}" as channel: nodes run Kubernetes \${join(", ", ${all})}, which goes up one minor version at a time and never back, so write the channel they are on or the next`,
            ),
          },
          ...(props.more ?? []),
        ],
      },
    });
  }
}
