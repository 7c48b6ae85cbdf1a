import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Fn, TerraformStack, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { MecError } from "../errors";
import type { ClusterProviders } from "./cluster-interface";
import { parameterName } from "./parameters";

/** The API server's certificate always carries this name, whatever address it is reached by. */
const TLS_SERVER_NAME = "kubernetes";

/** Arguments of both providers that say where the API is and who asks. */
interface Connection {
  readonly host: string;
  readonly tlsServerName: string;
  readonly clusterCaCertificate: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/**
 * The providers of one cluster in one stack.
 *
 * The endpoint is read by its literal name, so stacks need no remote state; the credential is read as an ephemeral value,
 * which Terraform keeps out of state and plan.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/ephemeral-resources/ssm_parameter
 */
export class BoundProviders extends Construct implements ClusterProviders {
  /** The providers of the cluster in the stack, made at the first call. */
  public static of(stack: TerraformStack, clusterName: string): BoundProviders {
    const id = `Microk8s-${clusterName}`;
    return (stack.node.tryFindChild(id) as BoundProviders | undefined) ?? new BoundProviders(stack, id, clusterName);
  }

  private readonly connection: Connection;
  private kubernetesProvider?: TerraformProvider;
  private helmProvider?: TerraformProvider;

  private constructor(
    stack: TerraformStack,
    id: string,
    private readonly clusterName: string,
  ) {
    super(stack, id);
    const endpoint = endpointParameter(this, clusterName);
    // The framework has no class for ephemeral blocks before cdktn 0.24.
    const ephemeral = `mec_${clusterName.replace(/-/g, "_")}`;
    stack.addOverride(`ephemeral.aws_ssm_parameter.${ephemeral}`, {
      arn: Fn.replace(endpoint.arn, "//endpoint$/", "/credential"),
    });
    stack.addOverride("terraform.required_version", ">= 1.11.0");
    const credential = (field: string) => `\${jsondecode(ephemeral.aws_ssm_parameter.${ephemeral}.value).${field}}`;
    this.connection = {
      host: endpoint.insecureValue,
      tlsServerName: TLS_SERVER_NAME,
      clusterCaCertificate: credential("ca"),
      clientCertificate: credential("certificate"),
      clientKey: credential("key"),
    };
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

/** Reads the cluster's endpoint by its literal name. */
export function endpointParameter(scope: Construct, clusterName: string): DataAwsSsmParameter {
  return new DataAwsSsmParameter(scope, "Endpoint", { name: parameterName(clusterName, "endpoint") });
}
