/**
 * Loopback port of the simulated API server by cluster name, from the emulator's list of machines; those that have none
 * (terminated, or still booting) are left out.
 */
export function apiPorts(machines: unknown): ReadonlyMap<string, number> {
  const rows = Array.isArray(machines) ? (machines as { cluster?: unknown; apiPort?: unknown }[]) : [];
  return new Map(
    rows.flatMap(({ cluster, apiPort }) =>
      typeof cluster === "string" && typeof apiPort === "number" ? [[cluster, apiPort] as const] : [],
    ),
  );
}
