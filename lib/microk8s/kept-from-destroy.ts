/** Lifecycle of what a destroy must not take away; undefined where it may. */
export function keptFromDestroy(deletionProtection: boolean): { preventDestroy: true } | undefined {
  return deletionProtection ? { preventDestroy: true } : undefined;
}
