import type { Construct } from "constructs";
import { planError } from "../annotations";
import { HIGHLY_AVAILABLE_FROM } from "./control-plane-changes";

/** Properties of {@link availabilityGuard}. */
export interface AvailabilityGuardProps {
  /** Number of control-plane nodes that stay. */
  readonly staying: number;
  /** Whether the user means fewer than three. */
  readonly acknowledged: boolean;
  /** Instance id of a machine that is lost: what it told last does not count. @default - none is */
  readonly reinitialise?: string;
}

/**
 * A condition of the statuses: fails the plan where a control plane would fall below three nodes and `cp-1` and `cp-2` are ready. Before
 * they are born, and once they are gone, their statuses say nothing.
 *
 * @returns the postcondition; none where three stay, or fewer are meant
 */
export function availabilityGuard(scope: Construct, { staying, acknowledged, reinitialise = "none" }: AvailabilityGuardProps) {
  if (staying >= HIGHLY_AVAILABLE_FROM || acknowledged) {
    return [];
  }
  // By the names of the parameters, since a status does not say whose it is.
  const seconds = `can(regex("/cp-[12]$", self.names[index]))`;
  const lives = `try(jsondecode(text).state, "") == "ready" && try(jsondecode(text).instanceId, "") != "${reinitialise}"`;
  const ready = `[for index, text in nonsensitive(self.values) : regex("cp-[12]$", self.names[index]) if ${seconds} && ${lives}]`;
  return [
    {
      condition: `\${length(${ready}) < 2}`,
      errorMessage: planError(
        scope,
        "MEC1162",
        `got ${staying} control-plane nodes: \${join(", ", ${ready})} are ready and fewer than three nodes stand no loss, so write controlPlane.count: 3, or, if that is meant, controlPlane.acknowledgeLossOfHighAvailability: true`,
      ),
    },
  ];
}
