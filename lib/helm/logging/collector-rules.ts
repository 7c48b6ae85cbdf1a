import { MecError, got } from "../../errors";
import type { Size } from "../../units";
import { assertNamespace } from "../names";

/** Longest pattern that is taken. */
const MAX_PATTERN = 512;

/**
 * Refuses rules that a collector could not take.
 *
 * @param path construct path for the error
 * @param namespaces namespaces that are not read
 * @param patterns regular expressions of lines that are dropped
 * @throws {MecError} MEC1524 for a pattern, MEC1414 for a namespace
 */
export function assertDropRules(path: string, namespaces: readonly string[], patterns: readonly string[]): void {
  namespaces.forEach((namespace) => assertNamespace(path, namespace));
  patterns.forEach((pattern, index) => {
    const fault = faultOf(pattern);
    if (fault !== undefined) {
      throw new MecError("MEC1524", path, `${got(pattern)} as dropLines[${index}]: ${fault}, so write for example "GET /healthz"`);
    }
  });
}

function faultOf(pattern: string): string | undefined {
  if (pattern.trim() === "") {
    return "every line has nothing in it, so all would be dropped";
  }
  if (pattern.length > MAX_PATTERN) {
    return `it has ${pattern.length} characters, and at most ${MAX_PATTERN} are taken`;
  }
  // The collector puts variables of its environment in their place, and a line has no second one.
  if (/\$\{|[\r\n]/.test(pattern)) {
    return "it is one line without ${, which the collector would take for a variable";
  }
  // https://github.com/fluent/fluent-bit/blob/v5.1.1/src/flb_regex.c
  if (/^\/.*\/[imox]*$/.test(pattern)) {
    return "the collector takes a slash at its beginning and another at its end for marks around the pattern, which [/] is not";
  }
  try {
    return new RegExp(pattern).test("") ? "every line has nothing in it, so all would be dropped" : undefined;
  } catch {
    return "it is no regular expression";
  }
}

/** Name of a unit with its kind (https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html). */
const UNIT = /^[\w:.\\@-]+\.(?:service|socket|target|timer|mount|scope|slice|path)$/;

/** Longest name of a unit. */
const MAX_UNIT = 255;

/**
 * Refuses what names no unit of a journal: nothing would be read, without a word.
 *
 * @param path construct path for the error
 * @param units names of units
 * @throws {MecError} MEC1525
 */
export function assertUnits(path: string, units: readonly string[]): void {
  units.forEach((unit, index) => {
    if (unit.length > MAX_UNIT || !UNIT.test(unit)) {
      throw new MecError(
        "MEC1525",
        path,
        `${got(unit)} as journal[${index}]: it is the name of a unit of systemd with its kind, so write for example "snap.microk8s.daemon-kubelite.service"`,
      );
    }
  });
}

/** Least room for a destination in MiB: a quarter of it, the journal's, holds some chunks of two. */
const LEAST_BUFFER = 32;

/**
 * Refuses room that a few chunks would fill.
 *
 * @param path construct path for the error
 * @param buffer room for a destination
 * @throws {MecError} MEC1526
 * @see https://docs.fluentbit.io/manual/pipeline/buffering
 */
export function assertBuffer(path: string, buffer: Size): void {
  const mebibytes = buffer.toMebibytes();
  if (mebibytes < LEAST_BUFFER) {
    throw new MecError(
      "MEC1526",
      path,
      `got ${mebibytes} MiB as buffer: the collector writes chunks of 2 MiB, and the journal has a quarter of it, so write at least Size.mebibytes(${LEAST_BUFFER})`,
    );
  }
}
