import { readFileSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A folder laid out as `terraform providers mirror` does it: `<host>/<namespace>/<type>/…`. */
export interface ProviderMirror {
  /** Absolute path of the folder that holds the registry host's folder. */
  readonly path: string;
  /** Where it was found, for messages. */
  readonly origin: string;
}

/** A CLI configuration file of the user's that says where providers come from. */
export interface UserCliConfig {
  /** Absolute path of the file. */
  readonly path: string;
  /** Mirror folders that it names. */
  readonly mirrors: readonly ProviderMirror[];
  /** Whether it lets Terraform ask the registry (or a network mirror). */
  readonly network: boolean;
}

/** Where {@link findMirrors} looks; the defaults are the real machine. */
export interface FindMirrorsOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Folder name of the registry. @default "registry.terraform.io" */
  readonly registryHost?: string;
  /** Roots whose subfolders may hold a mirror. @default - /opt, /usr/local/share, /usr/share and the home folder */
  readonly roots?: readonly string[];
}

/**
 * The user's own CLI configuration: the file of `TF_CLI_CONFIG_FILE`, or `~/.terraformrc` (`~/.tofurc`), where it says
 * how providers are installed. A setting that names a file which is not there counts as unset.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
 */
export function userCliConfig(env: NodeJS.ProcessEnv = process.env, flavor: "terraform" | "tofu" = "terraform"): UserCliConfig | undefined {
  const home = env.HOME || homedir();
  const named = env.TF_CLI_CONFIG_FILE;
  for (const path of [named, join(home, flavor === "tofu" ? ".tofurc" : ".terraformrc")]) {
    const text = path ? readText(path) : undefined;
    if (path === undefined || text === undefined) continue;
    const block = /provider_installation\s*\{([\s\S]*)/.exec(text.replace(/^\s*(#|\/\/).*$/gm, ""))?.[1];
    // Without such a block the file says nothing about providers, and another in its place loses nothing they need.
    if (block === undefined) continue;
    const mirrors = [...block.matchAll(/filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"/g)];
    return {
      path: resolve(path),
      mirrors: mirrors.map((match) => ({ path: resolve(match[1]!), origin: path })),
      network: /\b(direct|network_mirror)\s*\{/.test(block),
    };
  }
  return undefined;
}

/**
 * Folders that hold providers for the registry host, best first: `MEC_PROVIDER_MIRROR`, Terraform's implied local
 * mirrors, then any folder one level below the usual roots that has a folder named like the host.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function findMirrors(options: FindMirrorsOptions = {}): ProviderMirror[] {
  const env = options.env ?? process.env;
  const home = env.HOME || homedir();
  const host = options.registryHost ?? "registry.terraform.io";
  const roots = options.roots ?? ["/opt", "/usr/local/share", "/usr/share", home];
  const candidates: ProviderMirror[] = [];
  if (env.MEC_PROVIDER_MIRROR) {
    candidates.push({ path: resolve(env.MEC_PROVIDER_MIRROR), origin: "MEC_PROVIDER_MIRROR" });
  }
  const implied = [join(home, ".terraform.d", "plugins"), ...impliedFolders(env, home, options.platform ?? process.platform)];
  for (const path of implied) candidates.push({ path, origin: "implied local mirror" });
  for (const root of roots) {
    for (const name of folders(root)) candidates.push({ path: join(root, name), origin: "found by name" });
  }
  for (const name of folders(join(home, ".terraform.d"))) {
    if (name.startsWith("plugins")) candidates.push({ path: join(home, ".terraform.d", name), origin: "found by name" });
  }
  const seen = new Set<string>();
  return candidates.filter((mirror) => isFolder(join(mirror.path, host)) && !seen.has(mirror.path) && seen.add(mirror.path));
}

function impliedFolders(env: NodeJS.ProcessEnv, home: string, platform: NodeJS.Platform): string[] {
  if (platform === "darwin") {
    const support = join("Library", "Application Support", "io.terraform", "plugins");
    return [join(home, support), join("/", support)];
  }
  const data = [env.XDG_DATA_HOME || join(home, ".local", "share"), ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":")];
  return data.filter((folder) => folder !== "").map((folder) => join(folder, "terraform", "plugins"));
}

/**
 * Versions of a provider that a mirror holds for a platform, unordered; unpacked and packed layouts count.
 *
 * @param provider source address with host, such as `registry.terraform.io/hashicorp/aws`
 * @param platform such as `linux_amd64`
 */
export function mirroredVersions(mirror: ProviderMirror, provider: string, platform: string): string[] {
  const folder = join(mirror.path, ...provider.split("/"));
  const type = provider.split("/").pop()!;
  const packed = new RegExp(`^terraform-provider-${type}_(.+)_${platform}\\.zip$`);
  const versions: string[] = [];
  for (const name of entries(folder)) {
    const zip = packed.exec(name)?.[1];
    if (zip !== undefined) versions.push(zip);
    else if (isFolder(join(folder, name, platform))) versions.push(name);
  }
  return versions;
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function folders(path: string): string[] {
  return entries(path).filter((name) => isFolder(join(path, name)));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
