import { Token, type TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { isAbsolute } from "node:path";
import { MecError, got } from "../errors";
import { assertClusterName } from "./cluster-name";
import type { ClusterProviders, IMicrok8sCluster } from "./cluster-interface";
import { KubeconfigConnection } from "./kubeconfig-connection";
import { BoundProviders } from "./providers";

/** A cluster as a kubeconfig knows it. */
export interface KubeconfigAttributes {
  /**
   * Path of the kubeconfig where it is deployed from: absolute, or below `~/` for the home folder of whoever deploys. It is read when
   * Terraform plans and applies, and nothing of it is written anywhere.
   *
   * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
   */
  readonly path: string;

  /**
   * Name of the context; `microk8s` in what `microk8s config` prints. There is no default: the current context of a kubeconfig is
   * changed by other programs, and a deploy would go to another cluster.
   *
   * @see https://github.com/canonical/microk8s/blob/master/microk8s-resources/client.config.template
   */
  readonly context: string;

  /**
   * Name of the cluster, for the names of what is made for it.
   * @default - the context
   */
  readonly clusterName?: string;
}

/** Where the clusters of each app are known from, by their names. */
const ORIGINS = new WeakMap<IConstruct, Map<string, string>>();

/** Add-ons of an app go by the name of their cluster, so a name is one cluster's; the same one may be imported again. */
function claim(cluster: Construct, clusterName: string, origin: string): void {
  const { root, path } = cluster.node;
  const origins = ORIGINS.get(root) ?? new Map<string, string>();
  ORIGINS.set(root, origins);
  const other = origins.get(clusterName) ?? origin;
  if (other !== origin) {
    throw new MecError(
      "MEC1452",
      path,
      `${got(clusterName)} as the name of two clusters (${other}, and ${origin}): their add-ons are told apart by it, so write another clusterName`,
    );
  }
  origins.set(clusterName, origin);
}

/** A cluster known by a context of a kubeconfig. It needs no stack of its own, and no AWS. */
export class KubeconfigMicrok8sCluster extends Construct implements IMicrok8sCluster {
  public readonly clusterName: string;
  public readonly region = undefined;
  public readonly endpoint: string;

  private readonly connection: KubeconfigConnection;

  public constructor(scope: Construct, id: string, { path, context, clusterName }: KubeconfigAttributes) {
    super(scope, id);
    const refuse = (prop: string, value: unknown, rule: string): never => {
      throw new MecError("MEC1450", this.node.path, `${got(value)} as ${prop} of the kubeconfig: ${rule}`);
    };
    const token = Object.entries({ path, context }).find(([, value]) => Token.isUnresolved(value));
    if (token !== undefined) {
      refuse(token[0], "a token", "providers must be able to read the file before anything is made, so write the value itself");
    }
    if (!isAbsolute(path) && !/^~\/./.test(path)) {
      refuse(
        "path",
        path,
        'Terraform runs in another folder, so write an absolute path, or one of the home folder such as "~/.kube/config"',
      );
    }
    if (context.trim() === "") {
      refuse("context", context, 'the current context changes by itself, so write the name of one, such as "microk8s"');
    }
    assertClusterName(
      clusterName === undefined ? `${this.node.path} (clusterName, by default the context)` : this.node.path,
      clusterName ?? context,
    );
    this.clusterName = clusterName ?? context;
    const connection = new KubeconfigConnection(this.clusterName, path, context);
    claim(this, this.clusterName, connection.origin);
    this.connection = connection;
    this.endpoint = connection.endpoint;
  }

  public bindProviders(stack: TerraformStack): ClusterProviders {
    return BoundProviders.of(stack, this.clusterName, this.connection);
  }
}
