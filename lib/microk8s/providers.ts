import { TerraformStack, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { MecError, got } from "../errors";
import type { ClusterProviders } from "./cluster-interface";
import type { Connection, ConnectionArguments } from "./connection";

/** The providers of one cluster in one stack. */
export class BoundProviders extends Construct implements ClusterProviders {
  /** Id of the construct with the providers of a cluster in a stack that has any. */
  public static idOf(clusterName: string): string {
    return `Microk8s-${clusterName}`;
  }

  /**
   * The providers of the cluster in the stack, made at the first call.
   *
   * @param stack the stack
   * @param clusterName name of the cluster, and alias of its providers
   * @param connection how the cluster is reached
   * @throws {MecError} MEC1452 when the stack knows another cluster by that name
   */
  public static of(stack: TerraformStack, clusterName: string, connection: Connection): BoundProviders {
    const id = BoundProviders.idOf(clusterName);
    const bound = stack.node.tryFindChild(id) as BoundProviders | undefined;
    if (bound !== undefined && bound.origin !== connection.origin) {
      throw new MecError(
        "MEC1452",
        stack.node.path,
        `${got(clusterName)} as the name of two clusters (${bound.origin} and ${connection.origin}): providers in a stack are told apart by the cluster's name, so give one another clusterName or a stack of its own`,
      );
    }
    return bound ?? new BoundProviders(stack, id, clusterName, connection);
  }

  private readonly origin: string;
  private readonly connection: ConnectionArguments;
  private kubernetesProvider?: TerraformProvider;
  private helmProvider?: TerraformProvider;

  private constructor(
    stack: TerraformStack,
    id: string,
    private readonly clusterName: string,
    connection: Connection,
  ) {
    super(stack, id);
    this.origin = connection.origin;
    this.connection = connection.bind(this);
  }

  /** The `hashicorp/kubernetes` provider. @throws {MecError} MEC1108 */
  public get kubernetes(): TerraformProvider {
    return (this.kubernetesProvider ??= this.make("@cdktf/provider-kubernetes", () => {
      const { KubernetesProvider } =
        require("@cdktf/provider-kubernetes/lib/provider") as typeof import("@cdktf/provider-kubernetes/lib/provider");
      return new KubernetesProvider(this, "Kubernetes", { ...this.connection, alias: this.clusterName });
    }));
  }

  /** The `hashicorp/helm` provider. @throws {MecError} MEC1108 */
  public get helm(): TerraformProvider {
    return (this.helmProvider ??= this.make("@cdktf/provider-helm", () => {
      const { HelmProvider } = require("@cdktf/provider-helm/lib/provider") as typeof import("@cdktf/provider-helm/lib/provider");
      return new HelmProvider(this, "Helm", { kubernetes: this.connection, alias: this.clusterName });
    }));
  }

  /** Both packages are optional, so they load where they are needed. */
  private make(packageName: string, build: () => TerraformProvider): TerraformProvider {
    try {
      return build();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") {
        throw new MecError(
          "MEC1108",
          this.node.path,
          `got no ${packageName}: the stack ${TerraformStack.of(this).node.id} needs it, so run \`npm install ${packageName}\``,
        );
      }
      throw error;
    }
  }
}
