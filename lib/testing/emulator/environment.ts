import { devNull } from "node:os";

/** Access key that Terraform uses against the emulator; it means nothing to AWS. */
export const EMULATED_ACCESS_KEY = "mec-emulated-access-key";

/** Variables that would lead Terraform, its providers or the app to something else than the emulator. */
const UNWANTED = [
  /^AWS_/,
  // The kubernetes and helm providers read these; a real cluster must be out of their reach.
  /^KUBE_/,
  /^KUBECONFIG$/,
  /^HELM_/,
  // These redirect Terraform's state or change its arguments.
  /^TF_(CLI_ARGS.*|DATA_DIR|WORKSPACE|REATTACH_PROVIDERS)$/,
  /^CDKTF_(OUTDIR|CONTEXT_JSON)$/,
];

/**
 * Environment in which everything that speaks to AWS speaks to the emulator: no credential, profile, Region or endpoint
 * of the user's is left in it.
 *
 * @param base environment to start from; it is not changed
 * @param endpoint URL of the emulator, such as `http://127.0.0.1:4566`; without it no endpoint is set at all
 */
export function emulatorEnvironment(base: NodeJS.ProcessEnv, endpoint?: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(base)) {
    if (!UNWANTED.some((pattern) => pattern.test(name))) env[name] = value;
  }
  if (endpoint !== undefined) env.AWS_ENDPOINT_URL = endpoint;
  return {
    ...env,
    AWS_ACCESS_KEY_ID: EMULATED_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: "mec-emulated-secret-key",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    NO_PROXY: withLoopback(base.NO_PROXY ?? base.no_proxy),
    no_proxy: withLoopback(base.no_proxy ?? base.NO_PROXY),
  };
}

function withLoopback(value: string | undefined): string {
  const names = (value ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return [...new Set([...names, "127.0.0.1", "localhost"])].join(",");
}
