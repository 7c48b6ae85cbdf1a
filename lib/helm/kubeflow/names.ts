import { Token } from "cdktf";
import { MecError, got } from "../../errors";

/** An image with a registry and an exact version: no `latest`, and none by its name alone. */
const IMAGE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\/[a-z0-9._/-]+(?::(?!latest$)[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})$/;
const LOCAL_IMAGE = /^localhost:\d+\/[a-z0-9._/-]+(?::(?!latest$)[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})$/;

/**
 * Refuses what cannot name a model, a runtime, a run or a store: objects of Kubernetes have it in their names with something behind it, and
 * Services as a label of DNS.
 *
 * @param path construct path for the error
 * @param what what it names
 * @param name the name
 * @throws {MecError} MEC1500
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
 */
export function assertName(path: string, what: string, name: string): void {
  if (Token.isUnresolved(name) || name.length > 40 || !/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new MecError(
      "MEC1500",
      path,
      `${Token.isUnresolved(name) ? "got a token" : got(name)} as name of a ${what}: it has 1 to 40 lowercase letters, digits and dashes, begins with a letter and ends with a letter or digit, so write for example "iris"`,
    );
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
  if (!Token.isUnresolved(image) && !IMAGE.test(image) && !LOCAL_IMAGE.test(image)) {
    throw new MecError(
      "MEC1508",
      path,
      `${got(image)} as image: it is named with its registry and an exact version, and never "latest", so write for example "docker.io/library/python:3.12.7-slim" or a digest, @sha256:…`,
    );
  }
}
