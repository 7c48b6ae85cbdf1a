import { TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";

/** Properties of {@link TerraformData}. */
export interface TerraformDataProps extends TerraformMetaArguments {
  /** Texts that are kept in the state, and whose change is a change of the resource. @default - none */
  readonly input?: Readonly<Record<string, string>>;
}

/**
 * Terraform's built-in resource without a counterpart outside.
 *
 * The framework's own class for it runs `terraform version` for each one at synth, which takes longer than the rest of a cluster, and fails
 * where there is no Terraform, as in the tests of somebody who deploys elsewhere.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class TerraformData extends TerraformResource {
  private readonly input?: Readonly<Record<string, string>>;

  public constructor(scope: Construct, id: string, { input, ...meta }: TerraformDataProps = {}) {
    super(scope, id, { terraformResourceType: "terraform_data", terraformGeneratorMetadata: { providerName: "terraform" }, ...meta });
    this.input = input;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.input };
  }
}
