import { TerraformStack, dependable, type ITerraformDependable, type TerraformResource } from "cdktf";
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
  for (const needed of dependables ?? []) {
    const other = TerraformStack.of(needed as unknown as IConstruct);
    if (other === own) {
      here.push(needed);
    } else {
      own.addDependency(other);
    }
  }
  return here.length > 0 ? here : undefined;
}

/**
 * Has a resource that is made already wait for more.
 *
 * @param resource the resource that waits
 * @param dependables what it waits for, in its own stack
 */
export function waitFor(resource: TerraformResource, dependables: readonly ITerraformDependable[]): void {
  resource.dependsOn = [...(resource.dependsOn ?? []), ...dependables.map(dependable)];
}
