import { gzipSync } from "node:zlib";
import { MecError } from "../../errors";
import type { Values } from "../values";

/** Bytes of a Secret, in which Helm keeps a release (https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size). */
const SECRET_BYTES = 1_048_576;

/** What of it is for the chart, and for what its templates put around. */
const REST_BYTES = 100_000;

/** A release has the values twice: as they are, and in the objects that are made of them. Base64 makes four bytes of three. */
const TIMES = 2 * (4 / 3);

/**
 * Refuses values whose release Helm could not keep, which it says after minutes of a deploy.
 *
 * @param path construct path for the error
 * @param values values of the chart
 * @throws {MecError} MEC1483
 */
export function assertReleaseSize(path: string, values: Values): void {
  const bytes = Math.ceil(gzipSync(JSON.stringify(values)).length * TIMES);
  if (bytes > SECRET_BYTES - REST_BYTES) {
    throw new MecError(
      "MEC1483",
      path,
      `got devices, profiles and rules of about ${bytes} bytes, compressed: Helm keeps a release in one Secret of ${SECRET_BYTES} bytes, so share them among several EdgeX, or add devices at run time`,
    );
  }
}
