import type { MissingTool } from "./missing-tool";
import { checkNodeVersion } from "./node-version";
import { findPython } from "./python";
import type { FindPythonOptions, PythonTool } from "./python";
import { findTerraform } from "./terraform";
import type { TerraformTool } from "./terraform";

/** Programs that an emulated deploy needs. */
export interface Toolchain {
  readonly terraform: TerraformTool;
  readonly python: PythonTool;
}

/** Result of {@link findToolchain}: the tools when nothing is missing, and otherwise all that is. */
export type ToolchainResult =
  { readonly tools: Toolchain; readonly missing: readonly [] } | { readonly tools?: undefined; readonly missing: readonly MissingTool[] };

/** What {@link findToolchain} looks at; the defaults are the real machine. */
export interface FindToolchainOptions extends FindPythonOptions {
  /** Version of Node.js to check. @default - that of this process */
  readonly nodeVersion?: string;
}

/** Looks for everything at once, so that all that is missing is told in one go. */
export async function findToolchain(options: FindToolchainOptions = {}): Promise<ToolchainResult> {
  if ((options.platform ?? process.platform) === "win32") {
    return { missing: [{ name: "system", reason: "the emulated machines need Linux or macOS", command: "wsl --install" }] };
  }
  const node = checkNodeVersion(options.nodeVersion);
  const terraform = await findTerraform(options);
  const python = await findPython(options);
  const missing = [node, terraform, python].filter((item): item is MissingTool => item !== undefined && "command" in item);
  if ("path" in terraform && "path" in python && missing.length === 0) return { tools: { terraform, python }, missing: [] };
  return { missing };
}
