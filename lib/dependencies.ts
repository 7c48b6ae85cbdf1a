import { TerraformStack, type ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";

/**
 * What a construct waits for, as far as it is in the construct's own stack. Terraform knows no dependency on a resource of another
 * stack, so for those the stack waits for the other stack.
 *
 * @param construct the construct that waits
 * @param dependables what it waits for
 * @returns what goes into `dependsOn`; undefined for nothing
 */
export function inOwnStack(
  construct: Construct,
  dependables: readonly ITerraformDependable[] | undefined,
): ITerraformDependable[] | undefined {
  const own = TerraformStack.of(construct);
  const here: ITerraformDependable[] = [];
  for (const dependable of dependables ?? []) {
    const other = TerraformStack.of(dependable as unknown as IConstruct);
    if (other === own) {
      here.push(dependable);
    } else {
      own.addDependency(other);
    }
  }
  return here.length > 0 ? here : undefined;
}
