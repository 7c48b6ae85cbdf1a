import { quantity } from "../microk8s/quantities";
import { Size } from "../units";
import type { Requests } from "./footprint";

/** Requests of one pod, as a person writes them in code. */
export function requests(cpuMillis: number, mebibytes: number): Requests {
  return { cpuMillis, memory: Size.mebibytes(mebibytes) };
}

/** The sum of requests: what a footprint says of several pods. */
export function sumOf(...all: readonly Requests[]): Requests {
  return {
    cpuMillis: all.reduce((total, { cpuMillis }) => total + cpuMillis, 0),
    memory: Size.mebibytes(all.reduce((total, { memory }) => total + memory.toMebibytes(), 0)),
  };
}

/** The `resources` of a container that requests this. It has no limits: a limit of CPU slows down, and one of memory kills. */
export function resourcesOf({ cpuMillis, memory }: Requests): Record<string, unknown> {
  return { requests: { cpu: `${cpuMillis}m`, memory: quantity(memory) } };
}
