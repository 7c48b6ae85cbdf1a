import type { Size } from "../units";

const KIB = 1024;

/** A size as Kubernetes writes it: `512Mi`, or `1537Ki` where it is no whole number of mebibytes. */
export function quantity(size: Size): string {
  const mebibytes = size.toMebibytes();
  return Number.isInteger(mebibytes) ? `${mebibytes}Mi` : `${Math.ceil(mebibytes * KIB)}Ki`;
}
