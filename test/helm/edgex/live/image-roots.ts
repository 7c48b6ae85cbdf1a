import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What an image says of how it is run, as `docker image inspect --format '{{json .Config}}'` prints it. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly Env?: readonly string[] | null;
}

/** An image as a folder: its root file system. */
export interface ImageRoot {
  readonly folder: string;
  readonly config: ImageConfig;
}

/** Folder of the roots, each `<name>/` with `<name>.json` beside it; CONTRIBUTING.md says how they are made. */
const FOLDER = process.env.MEC_EDGEX_ROOTS;

/** Programs that make hosts and containers of processes. */
const TOOLS = ["ip", "nft", "bwrap"];

/** Why nothing can be run here; undefined where it can. */
export function missingForLive(): string | undefined {
  if (FOLDER === undefined) {
    return "MEC_EDGEX_ROOTS names no folder with the root file systems of the images; see CONTRIBUTING.md";
  }
  if (process.getuid?.() !== 0) {
    return "network namespaces need root";
  }
  const missing = TOOLS.filter((tool) => spawnSync("which", [tool]).status !== 0);
  return missing.length === 0 ? undefined : `${missing.join(", ")} of iproute2, nftables and bubblewrap are not installed`;
}

/** The root of an image by its reference; undefined where there is none. */
export function imageRoot(image: string): ImageRoot | undefined {
  const name = basename(image).replace(/[:@].*$/, "");
  const folder = join(FOLDER ?? "", name);
  if (!existsSync(folder)) {
    return undefined;
  }
  return { folder, config: JSON.parse(readFileSync(`${folder}.json`, "utf8")) as ImageConfig };
}
