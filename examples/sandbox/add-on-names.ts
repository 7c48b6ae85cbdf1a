/** What the sandbox can have in its cluster, by the names that `--with` and `MEC_WITH` take, which add up; each is a stack `<site>-<name>`. */
export const SANDBOX_ADD_ONS = ["platform", "prometheus", "edgex", "logging", "kubeflow"] as const;

/** Name of something that the sandbox can have in its cluster. */
export type SandboxAddOn = (typeof SANDBOX_ADD_ONS)[number];

/** The name as the sandbox knows it; undefined for one that it does not. */
export function sandboxAddOn(name: string): SandboxAddOn | undefined {
  return SANDBOX_ADD_ONS.find((known) => known === name);
}
