import { Size } from "../../units";
import type { Footprint, Requests } from "../footprint";
import { sumOf } from "../resources";
import type { ServiceGraph } from "./graph/service-graph";

/** Bytes of the units that Kubernetes writes sizes of volumes in, in mebibytes. */
const MEBIBYTES: Readonly<Record<string, number>> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/**
 * What the pods of all services ask for, jobs while they run included, and the volumes that outlive them.
 * @param graph the services
 */
export function edgexFootprint({ services, jobs }: ServiceGraph): Footprint & Requests {
  const volumes = services.flatMap((node) => node.volumes ?? []).filter(({ claim }) => claim);
  const mebibytes = volumes.reduce((total, { size }) => total + mebibytesOf(size), 0);
  return {
    ...sumOf(...[...services, ...jobs].map(({ resources }) => resources)),
    ...(mebibytes > 0 ? { volumes: Size.mebibytes(mebibytes) } : {}),
  };
}

/** A size as Kubernetes writes it. */
function mebibytesOf(size: string): number {
  const [, amount, unit] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(size) ?? [];
  return Number(amount) * MEBIBYTES[unit];
}
