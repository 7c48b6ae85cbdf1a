import { Token } from "cdktf";
import { MecError, got } from "../../errors";

/** An image with a registry and an exact version: no `latest`, and none by its name alone. */
const IMAGE =
  /^(?:localhost:\d+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)\/[a-z0-9._/-]+(?::(?!latest$)[\w.-]*\d[\w.-]*|(?::[\w.-]+)?@sha256:[0-9a-f]{64})$/;

/** Longest name of anything here, unless told otherwise. */
const LONGEST = 40;

/**
 * Refuses what cannot name a model, a runtime, a run or a store: objects of Kubernetes have it in their names with something behind it, and
 * Services as a label of DNS.
 *
 * @param path construct path for the error
 * @param what what it names
 * @param name the name
 * @param longest how many characters it may have. @default 40
 * @throws {MecError} MEC1500
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
 */
export function assertName(path: string, what: string, name: string, longest = LONGEST): void {
  if (Token.isUnresolved(name) || name.length > longest || !/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new MecError(
      "MEC1500",
      path,
      `${Token.isUnresolved(name) ? "got a token" : got(name)} as name of a ${what}: it has 1 to ${longest} lowercase letters, digits and dashes, begins with a letter and ends with a letter or digit, so write for example "iris"`,
    );
  }
}

/**
 * Refuses variables of an environment that are none.
 *
 * @param path construct path for the error
 * @param env the variables
 * @throws {MecError} MEC1500
 */
export function assertVariables(path: string, env: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new MecError(
        "MEC1500",
        path,
        `${got(name)} as name of a variable: it has letters, digits and underscores, so write for example "EPOCHS"`,
      );
    }
  }
}

/**
 * Refuses an image that may be another one tomorrow.
 *
 * @param path construct path for the error
 * @param image the image
 * @throws {MecError} MEC1508
 */
export function assertImage(path: string, image: string): void {
  if (!Token.isUnresolved(image) && !IMAGE.test(image)) {
    throw new MecError(
      "MEC1508",
      path,
      `${got(image)} as image: it is named with its registry and an exact version, and never "latest", so write for example "docker.io/library/python:3.12.7-slim" or a digest, @sha256:…`,
    );
  }
}
