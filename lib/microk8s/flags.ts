import { Token, Tokenization } from "cdktf";
import { MecError, got } from "../errors";
import { isListToken } from "../tokens";
import { FLAG_OWNERS, REMOVED_FLAGS } from "./flag-owners";
import type { KubernetesComponent } from "./kubernetes-component";

/** Value of a flag; `null` takes the flag away that microk8s sets. */
export type FlagValue = string | number | boolean | null;

/** Flags of a program by their names with both dashes, such as `{ "--max-pods": 200 }`. */
export type Flags = Readonly<Record<string, FlagValue>>;

/** Flags as the launch configuration has them: every value a text. */
export type RenderedFlags = Readonly<Record<string, string | null>>;

/** Lowercase words with dashes between them; the underscores that Kubernetes takes too would make two names of one flag. */
const NAME = /^--[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Variables that microk8s' own arguments have. */
const VARIABLE = /\$\{SNAP(?:_DATA|_COMMON)?\}/g;

/**
 * What a line of microk8s' argument files can hold: kubelite takes quotes away, parts a line at its blanks and expands variables.
 * @see https://github.com/canonical/microk8s/tree/master/build-scripts/components/kubernetes/patches (ReadArgsFromFile)
 */
const VALUE = /^[\x21\x23-\x26\x28-\x7e]*$/;

/**
 * Refuses flags that cannot be, and those that are not the user's to set, and gives the rest as texts.
 *
 * @param path construct path for the errors
 * @param component the program that takes the flags
 * @param flags flags as a person wrote them
 * @throws {MecError} MEC1140 for a name that is none, MEC1141 for a flag that microk8s or the library sets, MEC1143 for a value that
 *   microk8s' argument files cannot hold
 */
export function checkedFlags(path: string, component: KubernetesComponent, flags: Flags = {}): RenderedFlags {
  const where = `nodeArguments.${component.prop}.extraArguments`;
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => {
      assertName(path, where, component, name);
      return [name, value === null ? null : flagText(path, `${where}["${name}"]`, value)];
    }),
  );
}

/**
 * The value of a flag as text.
 *
 * @param path construct path for the error
 * @param where the property the value is from, for the error
 * @param value the value
 * @throws {MecError} MEC1143 for what microk8s' argument files cannot hold
 */
export function flagText(path: string, where: string, value: string | number | boolean): string {
  const text = typeof value === "number" && Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : String(value);
  if (isListToken(text) || (typeof value === "number" && !Token.isUnresolved(value) && !Number.isFinite(value))) {
    throw new MecError("MEC1143", path, `${got(value)} as ${where}: a flag has one text, number or boolean, so write that`);
  }
  if (Token.isUnresolved(text)) {
    return text;
  }
  if (!VALUE.test(text) || text.replace(VARIABLE, "").includes("$")) {
    throw new MecError(
      "MEC1143",
      path,
      `${got(text)} as ${where}: microk8s' argument files hold no line breaks, blanks, quotes and letters beyond ASCII, and of variables only \${SNAP}, \${SNAP_DATA} and \${SNAP_COMMON}, so write a value without them`,
    );
  }
  return text;
}

/**
 * Puts the flags of typed properties and those of `extraArguments` together, in the order of their names.
 *
 * @param path construct path for the error
 * @param component the program that takes the flags
 * @param typed flags from typed properties, with the properties that they are from
 * @param extra flags from `extraArguments`
 * @throws {MecError} MEC1142 for a flag that is in both
 */
export function mergedFlags(
  path: string,
  component: KubernetesComponent,
  typed: Readonly<Record<string, readonly [property: string, value: string]>>,
  extra: RenderedFlags,
): RenderedFlags {
  for (const name of Object.keys(extra)) {
    if (typed[name] !== undefined) {
      throw new MecError(
        "MEC1142",
        path,
        `got ${name} as nodeArguments.${component.prop}.extraArguments and by nodeArguments.${component.prop}.${typed[name][0]}: a flag has one value, so write one of them`,
      );
    }
  }
  const all = { ...extra, ...Object.fromEntries(Object.entries(typed).map(([name, [, value]]) => [name, value])) };
  // A list in another order is no other generation.
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function assertName(path: string, where: string, component: KubernetesComponent, name: string): void {
  if (!NAME.test(name)) {
    throw new MecError(
      "MEC1140",
      path,
      `${got(name)} in ${where}: a flag is two dashes and lowercase words with dashes between them, its value apart, so write for example { "--v": 2 }`,
    );
  }
  const owner = FLAG_OWNERS[component.prop].find(({ flags }) => flags.test(name));
  if (owner !== undefined) {
    throw new MecError("MEC1141", path, `got ${name} in ${where}: ${owner.reason}, so ${owner.instead ?? "leave it out"}`);
  }
  if (REMOVED_FLAGS.test(name)) {
    throw new MecError(
      "MEC1141",
      path,
      `got ${name} in ${where}: Kubernetes has it no more, and microk8s takes it away at each start, so leave it out`,
    );
  }
}
