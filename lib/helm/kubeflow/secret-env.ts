import { Token } from "cdktf";
import { MecError, got } from "../../errors";
import { secretName } from "../names";
import type { SecretKey } from "../prometheus/remote-write";
import type { Values } from "../values";
import { assertVariables } from "./names";

/** Variables of an environment that are read from Secrets of the namespace, by their names. */
export type SecretEnv = Readonly<Record<string, SecretKey>>;

/** Variables that hold a secret by custom: `HF_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `WANDB_API_KEY`, … */
const SECRET = /(?:(?:^|_)(?:TOKEN|PASSWD|PASSPHRASE|SECRET|API_?KEY|(?:ACCESS|SECRET|PRIVATE|ENCRYPTION)_KEY)|PASSWORD)$/i;

/** Others that do, whose names end otherwise. */
const KNOWN = ["AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_KEY", "KAGGLE_KEY", "MYSQL_PWD"];

/** Tokens that are words of a language model's text, and no secret. */
const WORD = /(?:^|_)(?:BOS|EOS|PAD|UNK|SEP|CLS|MASK|STOP)_TOKEN$/i;

/** A switch, such as that of `HF_HUB_DISABLE_IMPLICIT_TOKEN` (https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables). */
const SWITCH = /^(?:|0|1|true|false|yes|no|on|off)$/i;

/** Longest key of a Secret (https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data). */
const LONGEST_KEY = 253;

/**
 * Refuses an environment with a secret in it, which state, plan and release would hold, and variables of Secrets that cannot be.
 *
 * @param path construct path for the error
 * @param what whose environment it is, in words
 * @param env variables with their texts
 * @param secretEnv variables of Secrets
 * @throws {MecError} MEC1500 for names of variables, MEC1510 for a secret in `env`, MEC1511 for a key that is none and a variable that is in both,
 *   MEC1424 for what is no name of a Secret
 */
export function assertEnv(path: string, what: string, env: Readonly<Record<string, string>>, secretEnv: SecretEnv): void {
  assertVariables(path, { ...env, ...secretEnv });
  for (const [name, value] of Object.entries(env)) {
    if (!Token.isUnresolved(value) && !SWITCH.test(value) && holdsSecret(name)) {
      throw new MecError(
        "MEC1510",
        path,
        `got a text as ${name} in env of ${what} (it is not shown): state, plan and release would hold it, so make a Secret in the namespace apart and write secretEnv: { ${name}: { name: "<the Secret>", key: "<a key of it>" } }`,
      );
    }
  }
  assertSecretEnv(path, what, secretEnv, Object.keys(env));
}

/**
 * Refuses variables of Secrets that cannot be.
 *
 * @param path construct path for the error
 * @param what whose environment it is, in words
 * @param secretEnv variables of Secrets
 * @param taken variables that are there otherwise
 * @throws {MecError} MEC1500, MEC1511 and MEC1424 as {@link assertEnv}
 */
export function assertSecretEnv(path: string, what: string, secretEnv: SecretEnv, taken: readonly string[]): void {
  assertVariables(path, secretEnv);
  for (const [variable, { name, key }] of Object.entries(secretEnv)) {
    if (taken.includes(variable)) {
      throw new MecError(
        "MEC1511",
        path,
        `${got(variable)} in secretEnv of ${what}: it has a variable of that name already, of which one alone would be seen, so write it once`,
      );
    }
    secretName(path, `secretEnv.${variable}.name`, name);
    if (!Token.isUnresolved(key) && (key.length > LONGEST_KEY || !/^(?!\.\.?$)[\w.-]+$/.test(key))) {
      // It may be the secret itself that somebody wrote here: it is not shown.
      throw new MecError(
        "MEC1511",
        path,
        `got ${key.length} characters as secretEnv.${variable}.key of ${what} (they are not shown, since they may be a secret): it is a key in the Secret, of 1 to ${LONGEST_KEY} letters, digits, dashes, underscores and dots, so write for example "token"`,
      );
    }
  }
}

/** What the library's chart makes of it: nothing where there is none, so that names of runs without any stay. */
export function secretEnvValues(secretEnv: SecretEnv = {}): Values {
  const entries = Object.entries(secretEnv).map(([variable, { name, key }]) => [variable, { name, key }] as const);
  return entries.length === 0 ? {} : { secretEnv: Object.fromEntries(entries) };
}

function holdsSecret(name: string): boolean {
  return (SECRET.test(name) && !WORD.test(name)) || KNOWN.includes(name.toUpperCase());
}
