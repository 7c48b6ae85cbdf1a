import { Annotations } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { MecError, type MecErrorCode } from "./errors";

/**
 * Warns about what may be meant: synth goes on, and cdktf shows the text.
 *
 * @param construct the construct that is warned about
 * @param code the rule, from MEC1901 on
 * @param detail value, rule and way out, without the code and the path
 */
export function warn(construct: IConstruct, code: MecErrorCode, detail: string): void {
  Annotations.of(construct).addWarning(new MecError(code, construct.node.path, detail).message);
}

/**
 * Adds a rule over several objects, checked when the app is synthesized; synth fails with every text it gives.
 *
 * @param construct the construct the rule belongs to
 * @param rule gives the errors there are; none when the rule is kept
 */
export function addRule(construct: Construct, rule: () => readonly MecError[]): void {
  construct.node.addValidation({ validate: () => rule().map(({ message }) => message) });
}

/**
 * The text of a check that Terraform makes when it plans, in the same form as a thrown error's.
 *
 * Terraform takes `${` and `%{` in it for templates, so neither may be in the detail.
 */
export function planError(construct: IConstruct, code: MecErrorCode, detail: string): string {
  return new MecError(code, construct.node.path, detail).message;
}
