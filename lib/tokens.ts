import { DefaultTokenResolver, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * What is the same for the same value. A token is a new text each time an attribute is read; what it resolves to is the same within
 * its stack.
 *
 * @param scope a construct of the stack
 * @param value a text, perhaps a token
 */
export function identityOf(scope: IConstruct, value: string): string {
  if (!Token.isUnresolved(value)) {
    return value;
  }
  const resolver = new DefaultTokenResolver(new StringConcat());
  return `${TerraformStack.of(scope).node.path} ${Tokenization.resolve(value, { scope, resolver, preparing: false })}`;
}

/** Whether a text stands for a whole list or map that only the apply knows: such a value cannot be looked into. */
export function isListToken(text: string): boolean {
  return /^[#&]\{TfToken\[/.test(text);
}

/**
 * A text that Terraform leaves as it is: `${` and `%{` begin no template in it, but for the tokens of the framework.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function withoutTemplates(text: string): string {
  return text.replace(/\$\{(?!TfToken\[)/g, "$$$${").replace(/%\{/g, "%%{");
}
