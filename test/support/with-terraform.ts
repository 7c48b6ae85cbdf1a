import { spawnSync } from "node:child_process";

const isThere = spawnSync("terraform", ["version"], { timeout: 60_000 }).status === 0;

/** `test` for what Terraform itself evaluates; skipped where there is none, and {@link WHY_SKIPPED} says so in the name. */
export const withTerraform = isThere ? test : test.skip;

/** End of the name of such a test: empty where it runs. */
export const WHY_SKIPPED = isThere ? "" : " (skipped: no terraform on the PATH)";
