import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Fn, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Connection, ConnectionArguments } from "./connection";
import { parameterName } from "./parameters";

/** The API server's certificate always carries this name, whatever address it is reached by. */
const TLS_SERVER_NAME = "kubernetes";

/**
 * The connection to a cluster that publishes its credential.
 *
 * The endpoint is read by its literal name, so stacks need no remote state; the credential is read as an ephemeral value,
 * which Terraform keeps out of state and plan.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/ephemeral-resources/ssm_parameter
 */
export class PublishedConnection implements Connection {
  public readonly origin: string;

  public constructor(private readonly clusterName: string) {
    this.origin = parameterName(clusterName, "credential");
  }

  public bind(scope: Construct): ConnectionArguments {
    const stack = TerraformStack.of(scope);
    const endpoint = endpointParameter(scope, this.clusterName);
    // The framework has no class for ephemeral blocks before cdktn 0.24.
    const ephemeral = `mec_${this.clusterName.replace(/-/g, "_")}`;
    stack.addOverride(`ephemeral.aws_ssm_parameter.${ephemeral}`, {
      arn: Fn.replace(endpoint.arn, "//endpoint$/", "/credential"),
    });
    stack.addOverride("terraform.required_version", ">= 1.11.0");
    const credential = (field: string) => `\${jsondecode(ephemeral.aws_ssm_parameter.${ephemeral}.value).${field}}`;
    return {
      host: endpoint.insecureValue,
      tlsServerName: TLS_SERVER_NAME,
      clusterCaCertificate: credential("ca"),
      clientCertificate: credential("certificate"),
      clientKey: credential("key"),
    };
  }
}

/** Reads the cluster's endpoint by its literal name. */
export function endpointParameter(scope: Construct, clusterName: string): DataAwsSsmParameter {
  return new DataAwsSsmParameter(scope, "Endpoint", { name: parameterName(clusterName, "endpoint") });
}
