import { Token } from "cdktf";
import { MecError } from "../errors";
import type { Microk8sChannel } from "./channel";
import type { RenderedFlags } from "./flags";

const FLAG = "--feature-gates";

/** Gates that each track closes for its datastore, from this minor version on, until the next entry. */
const OWN_GATES: readonly (readonly [minor: number, gates: readonly string[]])[] = [
  [34, ["ListFromCacheSnapshot", "SizeBasedListCostEstimate", "DetectCacheInconsistency"]],
  [33, []],
  [32, ["WatchList"]],
  [0, []],
];

/**
 * Keeps in a user's feature gates those that microk8s closes, since the flag has one value.
 *
 * @param path construct path for the errors
 * @param channel the channel, whose track says which gates those are
 * @param flags the API server's flags
 * @throws {MecError} MEC1141 for a gate that dqlite needs closed, MEC1143 for what is no list of gates
 * @see https://github.com/canonical/microk8s/blob/1.35/microk8s-resources/default-args/kube-apiserver
 */
export function withOwnGates(path: string, channel: Microk8sChannel, flags: RenderedFlags): RenderedFlags {
  const value = flags[FLAG];
  const own = OWN_GATES.find(([minor]) => channel.minor >= minor)![1];
  if (value === undefined || (value === null && own.length === 0)) {
    return flags;
  }
  const where = `nodeArguments.apiServer.extraArguments["${FLAG}"]`;
  if (value === null || own.some((gate) => new RegExp(`(?:^|,)${gate}=true(?:,|$)`).test(value))) {
    throw new MecError(
      "MEC1141",
      path,
      `got ${JSON.stringify(value)} as ${where}: microk8s ${channel.kubernetesVersion} keeps ${own.join(", ")} closed, which its datastore cannot serve, so leave ${own.length > 1 ? "them" : "it"} out`,
    );
  }
  if (!Token.isUnresolved(value) && !/^[A-Za-z0-9]+=(?:true|false)(?:,[A-Za-z0-9]+=(?:true|false))*$/.test(value)) {
    throw new MecError(
      "MEC1143",
      path,
      `got ${JSON.stringify(value)} as ${where}: it is a list of gates, each true or false, so write for example "SidecarContainers=true"`,
    );
  }
  const missing = own.filter((gate) => !value.includes(`${gate}=`)).map((gate) => `${gate}=false`);
  return { ...flags, [FLAG]: [value, ...missing].join(",") };
}
