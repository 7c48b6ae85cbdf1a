import { MecError, got } from "../../../errors";

/**
 * Refuses what cannot name a device, a command, a profile or a source.
 *
 * @param path name of the factory, for the error
 * @param property what has the name
 * @param name the name
 * @throws {MecError} MEC1498
 */
export function assertName(path: string, property: string, name: string): void {
  if (name === "" || /[/+#$\p{Cc}]/u.test(name) || /\{\{|\}\}/.test(name)) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(name)} as ${property}: a name in EdgeX is not empty and has none of / + # $, so write for example "Boiler"`,
    );
  }
}

/**
 * A text in JSON, in a template of eKuiper.
 *
 * @param path name of the factory, for the error
 * @param text the text
 * @throws {MecError} MEC1498 for what eKuiper would take for a template
 */
export function jsonText(path: string, text: string): string {
  if (/\{\{|\}\}/.test(text)) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(text)} in values: eKuiper takes {{ for a template, so write RuleField.of("…") for a field of what the rule selects`,
    );
  }
  return JSON.stringify(text);
}
