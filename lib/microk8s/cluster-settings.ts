import { MecError } from "../errors";
import { assertKmsKeyArn, assertRoleOptions } from "../identity";
import { assertTags } from "../tags";
import type { Duration } from "../units";
import { CIS_HARDENING } from "./cis-hardening";
import { assertClusterName } from "./cluster-name";
import { assertOutsideCluster } from "./cluster-networks";
import type { Microk8sClusterProps } from "./cluster-props";
import { checkedControlPlane, type CheckedControlPlane } from "./control-plane";
import { INGRESS } from "./ingress";
import { assertNodeAlarms } from "./node-alarms";
import { MAX_READY_SECONDS, defaultReadyTime } from "./ready-time";

/** Shortest readiness time in seconds. */
const MIN_READY_SECONDS = 10;

/** Number of control-plane nodes from which on a cluster is protected unless its user says otherwise: it is highly available. */
const PROTECTED_FROM = 3;

/** What of a cluster's settings is checked, and has its defaults. */
export interface ClusterSettings {
  readonly controlPlane: CheckedControlPlane;
  readonly readyTimeout: Duration;
  readonly deletionProtection: boolean;
  /** Add-ons beside dns, in the order they are enabled. */
  readonly addOns: readonly string[];
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the errors
 * @param props what a person wrote
 * @throws {MecError} MEC1101 for the name, MEC1005 for the network, MEC1030 to MEC1033 for key, roles and tags, MEC1109 for the readiness
 *   time, MEC1130 and MEC1131 for alarms, and what {@link checkedControlPlane} refuses
 */
export function checkedCluster(path: string, props: Microk8sClusterProps): ClusterSettings {
  assertClusterName(path, props.clusterName);
  assertTags(path, props.tags);
  assertRoleOptions(path, props.roles);
  assertKmsKeyArn(path, "encryptionKeyArn", props.encryptionKeyArn, props.network.zone.parentRegion);
  assertNodeAlarms(path, props.network.zone.parentRegion, props.alarms);
  assertOutsideCluster(path, props.network);
  const controlPlane = checkedControlPlane(path, props.controlPlane);
  const addOns = addOnsOf(props);
  const readyTimeout = props.readyTimeout ?? defaultReadyTime({ addOns: addOns.length });
  const seconds = readyTimeout.toSeconds();
  if (seconds < MIN_READY_SECONDS || seconds > MAX_READY_SECONDS) {
    throw new MecError(
      "MEC1109",
      path,
      `got ${seconds} seconds as readyTimeout: a wait is ${MIN_READY_SECONDS} seconds to ${MAX_READY_SECONDS / 3600} hours, so write for example Duration.minutes(15)`,
    );
  }
  const deletionProtection = props.deletionProtection ?? controlPlane.count >= PROTECTED_FROM;
  return { controlPlane, readyTimeout, deletionProtection, addOns };
}

/** The hardening first, since it restarts everything. */
function addOnsOf({ cisHardening, ingress }: Microk8sClusterProps): string[] {
  return [...(cisHardening ? [CIS_HARDENING] : []), ...(ingress ? [INGRESS] : [])];
}
