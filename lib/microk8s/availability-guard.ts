import type { Construct } from "constructs";
import { planError } from "../annotations";
import { HIGHLY_AVAILABLE_FROM } from "./control-plane-changes";

/** The highest number of a control-plane node: that of the fifth. */
const LAST_NUMBER = 4;

/** Properties of {@link availabilityGuard}. */
export interface AvailabilityGuardProps {
  /** Number of control-plane nodes, with those that leave. */
  readonly count: number;
  /** Number of control-plane nodes that stay. */
  readonly staying: number;
  /** Whether the user means fewer than three. */
  readonly acknowledged: boolean;
  /** Instance id of a machine that is lost: what it told last does not count. @default - none is */
  readonly reinitialise?: string;
}

/**
 * A condition of the statuses: fails the plan where a control plane falls below three nodes while others than `cp-0` are members, unless that
 * is meant; and where nodes would be destroyed below three that have not left first, meant or not, since the datastore would lose its
 * majority. Before nodes have joined, and once they have left or are gone, their statuses are no hindrance.
 *
 * @returns the postcondition; none where three stay
 */
export function availabilityGuard(scope: Construct, { count, staying, acknowledged, reinitialise = "none" }: AvailabilityGuardProps) {
  if (staying >= HIGHLY_AVAILABLE_FROM || (acknowledged && count > LAST_NUMBER)) {
    return [];
  }
  // By the names of the parameters, since a status does not say whose it is.
  const others = `/cp-[${acknowledged ? count : 1}-${LAST_NUMBER}]$`;
  const named = `can(regex("${others}", self.names[index]))`;
  const member = `try(jsondecode(text).member, "") != "" && try(jsondecode(text).state, "") != "left"`;
  const lives = `${member} && try(jsondecode(text).instanceId, "") != "${reinitialise}"`;
  const members = `[for index, text in nonsensitive(self.values) : regex("cp-[1-4]$", self.names[index]) if ${named} && ${lives}]`;
  const way = acknowledged
    ? "have to leave before they are destroyed, or the datastore loses its majority, so write controlPlane.count: 3 with controlPlane.leaving: 2, apply, and then this"
    : "are members and fewer than three nodes stand no loss, so write controlPlane.count: 3, or, if that is meant, also controlPlane.acknowledgeLossOfHighAvailability: true and controlPlane.leaving: 2";
  return [
    {
      condition: `\${length(${members}) == 0}`,
      errorMessage: planError(scope, "MEC1162", `got ${staying} control-plane nodes: \${join(", ", ${members})} ${way}`),
    },
  ];
}
