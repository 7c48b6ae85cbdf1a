import type { DataAwsSsmParametersByPath } from "@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path";
import { Fn, type Precondition } from "cdktf";
import type { Construct } from "constructs";
import { planError } from "../annotations";
import { told } from "./told";

/** Properties of {@link keyGuard}. */
export interface KeyGuardProps {
  /** What the nodes told last. */
  readonly statuses: DataAwsSsmParametersByPath;
  /** ARN of the key that is wanted. @attribute */
  readonly keyArn: string;
  /** Instance id of a machine that is lost: what it told last does not count. @default - none is */
  readonly reinitialise?: string;
}

/**
 * Refuses another key than the one under which nodes wrote the credential. A role that names only the new key would cut them off: they read
 * all of their parameters in one request, which AWS refuses as a whole.
 *
 * It is a condition of what uses the key, and not of the statuses: Terraform would read those at apply, too late for every other rule about
 * them, whenever the key has a change. Where the wanted key is yet to be made, Terraform checks at apply, once it is.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 * @see https://developer.hashicorp.com/terraform/language/data-sources
 */
export function keyGuard(scope: Construct, { statuses, keyArn, reinitialise }: KeyGuardProps): Precondition {
  const values = `data.${statuses.terraformResourceType}.${statuses.friendlyUniqueId}.values`;
  const keys = told(values, (status) => `tostring(${status}.keyId)`, reinitialise);
  // By a function, which puts literals into quotes, and references not.
  const wanted = Fn.join("", [keyArn]);
  return {
    condition: `\${alltrue([for key in ${keys} : key == ${wanted}])}`,
    errorMessage: planError(
      scope,
      "MEC1153",
      `got ${keyArn} as key of the secret parameters: nodes have the credential under \${join(", ", ${keys})} and would be cut off from it, so write encryptionKeyArn as it was, or leave it out where it was not there; another key is another cluster`,
    ),
  };
}
