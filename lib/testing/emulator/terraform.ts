import { runCommand } from "./command";
import type { CommandRunner } from "./command";
import { findExecutable } from "./executable";
import { commandFor } from "./missing-tool";
import type { MissingTool } from "./missing-tool";
import { compareVersions } from "./version";

/** Lowest version of Terraform and of OpenTofu that knows write-only arguments and ephemeral resources. */
export const MINIMUM_TERRAFORM_VERSION = "1.11.0";

/** A usable `terraform` or `tofu`. */
export interface TerraformTool {
  /** Absolute path of the program; what `TERRAFORM_BINARY_NAME` is set to. */
  readonly path: string;
  /** Which of the two it is. */
  readonly flavor: "terraform" | "tofu";
  /** Version, such as `1.11.4`. */
  readonly version: string;
  /** Platform that its providers must be built for, such as `linux_amd64`. */
  readonly platform: string;
  /** Host name of the registry that short provider sources such as `hashicorp/aws` mean to it. */
  readonly registryHost: string;
}

/** What {@link findTerraform} looks at; the defaults are the real machine. */
export interface FindTerraformOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly run?: CommandRunner;
  readonly platform?: NodeJS.Platform;
}

/**
 * Finds `terraform` or `tofu`, at least {@link MINIMUM_TERRAFORM_VERSION}. `TERRAFORM_BINARY_NAME`, when set, is the
 * only candidate: falling back to another program would hide a wrong setting.
 */
export async function findTerraform(options: FindTerraformOptions = {}): Promise<TerraformTool | MissingTool> {
  const env = options.env ?? process.env;
  const wanted = env.TERRAFORM_BINARY_NAME;
  const rejected: string[] = [];
  for (const name of wanted ? [wanted] : ["terraform", "tofu"]) {
    const path = findExecutable(name, env);
    if (path === undefined) {
      rejected.push(`${name} is not there`);
      continue;
    }
    const found = await inspect(path, env, options.run ?? runCommand);
    if (typeof found !== "string") return found;
    rejected.push(`${path} ${found}`);
  }
  const setting = wanted ? " (TERRAFORM_BINARY_NAME)" : "";
  return {
    name: "terraform",
    reason: `Terraform or OpenTofu ${MINIMUM_TERRAFORM_VERSION} or later is needed${setting}, but ${rejected.join(" and ")}`,
    command: commandFor(options.platform ?? process.platform, {
      linux: "sudo snap install opentofu --classic",
      darwin: "brew install opentofu",
    }),
  };
}

/** @returns the tool, or half a sentence that says why it cannot be used */
async function inspect(path: string, env: NodeJS.ProcessEnv, run: CommandRunner): Promise<TerraformTool | string> {
  // CHECKPOINT_DISABLE keeps `version` from asking the network: https://developer.hashicorp.com/terraform/cli/commands#upgrade-and-security-bulletin-checks
  const result = await run(path, ["version", "-json"], { timeoutSeconds: 20, env: { ...env, CHECKPOINT_DISABLE: "1" } });
  if (result.timedOut) return "did not answer in 20 seconds";
  let answer: { terraform_version?: unknown; platform?: unknown };
  try {
    answer = JSON.parse(result.stdout) as typeof answer;
  } catch {
    return `does not answer to \`version -json\` (${(result.stderr.trim().split("\n")[0] || `exit code ${result.status}`).trim()})`;
  }
  const version = String(answer.terraform_version);
  if (compareVersions(version, MINIMUM_TERRAFORM_VERSION) < 0) return `is version ${version}`;
  const flavor = await flavorOf(path, env, run);
  return {
    path,
    flavor,
    version,
    platform: typeof answer.platform === "string" ? answer.platform : hostPlatform(),
    registryHost: flavor === "tofu" ? "registry.opentofu.org" : "registry.terraform.io",
  };
}

async function flavorOf(path: string, env: NodeJS.ProcessEnv, run: CommandRunner): Promise<TerraformTool["flavor"]> {
  // Only the text form tells the two apart; both say `terraform_version` in JSON.
  const result = await run(path, ["version"], { timeoutSeconds: 20, env: { ...env, CHECKPOINT_DISABLE: "1" } });
  return /^OpenTofu\b/m.test(result.stdout) ? "tofu" : "terraform";
}

function hostPlatform(): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  return `${process.platform === "win32" ? "windows" : process.platform}_${arch}`;
}
