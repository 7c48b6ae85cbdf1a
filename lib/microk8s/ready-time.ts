import { Duration } from "../units";

/**
 * How long each part of what is waited for may take, in seconds. Nobody has measured them in a Wavelength Zone: where Canonical waits
 * for the same itself, its own bound is taken.
 */
const PARTS = {
  /** From the instance's start to an agent that runs: boot, cloud-init, snapd with its seeds. */
  machine: 120,
  /**
   * Download and installation, or refresh, of the snap: as long as Canonical's cluster provider waits for one
   * (https://github.com/canonical/cluster-api-control-plane-provider-microk8s/blob/main/controllers/reconcile.go).
   */
  snap: 300,
  /**
   * Until the API answers and the node is Ready, which takes its network: the agent's own bound, above the 240 seconds of Canonical's test
   * (https://github.com/canonical/microk8s/blob/master/tests/test-cluster.py).
   */
  start: 300,
  /** An add-on, after which the node is to be Ready again: `status --wait-ready --timeout 120` of the same test. */
  addOn: 120,
  /** Binding of the datastore, birth record, certificate of the deployer. */
  publication: 60,
} as const;

/** What is waited for. */
export interface WaitedForParts {
  /** Number of add-ons beside dns. */
  readonly addOns: number;
}

/**
 * How long a node may take: for its birth, or for a change that fails and is taken back, whichever is longer.
 *
 * @param parts what is waited for
 */
export function defaultReadyTime({ addOns }: WaitedForParts): Duration {
  const more = addOns * PARTS.addOn;
  const birth = PARTS.machine + PARTS.snap + PARTS.start + PARTS.addOn + PARTS.publication;
  const change = 2 * (PARTS.snap + PARTS.start);
  return Duration.seconds(Math.max(birth, change) + more);
}

/** Longest readiness time in seconds: CloudFormation waits for a signal for 12 hours at most. */
export const MAX_READY_SECONDS = 11 * 3600;

/**
 * How much longer each node may take than the one before it, in seconds: nodes join, or are updated, one at a time, and one such turn is
 * a snap that is installed anew (a join that failed is tried again from the start) and a node that becomes Ready.
 */
export const JOIN_SECONDS = PARTS.snap + PARTS.start;

/**
 * How long the node at a position may take, in seconds. The agent computes the same.
 *
 * @param readySeconds how long the node at position 0 may take
 * @param position number of nodes that may have their turn before it
 */
export function readySecondsAt(readySeconds: number, position: number): number {
  return Math.min(readySeconds + position * JOIN_SECONDS, MAX_READY_SECONDS);
}
