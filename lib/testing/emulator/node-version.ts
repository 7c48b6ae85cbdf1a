import type { MissingTool } from "./missing-tool";

/** Node.js major versions on which `cdktf deploy` of cdktf-cli 0.21 works. */
export const SUPPORTED_NODE_MAJORS: readonly number[] = [20, 22];

/**
 * Checks the Node.js version for running `cdktf deploy`; the library itself is not limited to these.
 *
 * @param version such as `v20.11.1`. @default - that of this process
 * @returns what is missing, or `undefined` when `cdktf deploy` can run
 */
export function checkNodeVersion(version: string = process.version): MissingTool | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  const major = Number(match?.[1]);
  const minor = Number(match?.[2]);
  if (SUPPORTED_NODE_MAJORS.includes(major) && (major !== 20 || minor >= 9)) return undefined;
  return {
    name: "node",
    reason: `the sandbox runs on Node.js 20 (from 20.9) and 22, because the deploy command of cdktf-cli 0.21 fails on others, and this is ${version}`,
    command: "nvm install 22 && nvm use 22",
  };
}
