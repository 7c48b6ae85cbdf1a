import { createHash } from "node:crypto";
import type { MecErrorCode } from "../../../errors";
import { MecError, got } from "../../../errors";

/**
 * What no name may have in it: it is put into topics and paths as it is, since `Service.EnableNameFieldEscape` is off unless somebody switches
 * it on for all services at once.
 * @see https://docs.edgexfoundry.org/4.0/microservices/general/#reserved-character
 */
const RESERVED = /[/?#+%]/;

/**
 * Refuses what cannot name a profile, a resource, a command or a device.
 *
 * @param code the rule
 * @param path name of the input for the error
 * @param property what has the name, such as `name`
 * @param name the name
 * @throws {MecError} of the code for no text, for blanks alone, and for a character that EdgeX reserves
 */
export function assertName(code: MecErrorCode, path: string, property: string, name: unknown): asserts name is string {
  if (typeof name !== "string" || name.trim() === "") {
    throw new MecError(code, path, `${got(name)} as ${property}: EdgeX refuses what has no name, so write for example "thermostat-1"`);
  }
  const reserved = RESERVED.exec(name)?.[0];
  if (reserved !== undefined) {
    throw new MecError(
      code,
      path,
      `${got(name)} as ${property}: names are part of paths and topics, where / ? # + and % are reserved, so write it without ${reserved}`,
    );
  }
}

/** Longest name of a file that is made of a name as it is. */
const LONGEST = 100;

/**
 * Name of a file, which is a key of a ConfigMap: the name itself where it is fit, else with a digest, so that two names are two files.
 *
 * @param name any name
 * @param extension such as `json`
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
 */
export function fileName(name: string, extension: string): string {
  if (name.length <= LONGEST && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) {
    return `${name}.${extension}`;
  }
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 12);
  const fit = name.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+/, "");
  return `${fit.slice(0, LONGEST - 20)}.${digest}.${extension}`;
}
