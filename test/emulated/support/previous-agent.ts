import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./sandbox-cli";

const SOURCES = "lib/microk8s/agent/archive";

/** The agent of before: of the last commit with another one, or, where the history is not here, the agent of now with another comment. */
export function previousAgent(folder: string): { readonly sources: string; readonly from: string } {
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]) => spawnSync("git", args, { cwd: PROJECT, encoding: "buffer", timeout: 30_000 });
  const now = git("rev-parse", `HEAD:${SOURCES}`).stdout?.toString();
  const commits = git("log", "--format=%H", "--max-count=20", "--", SOURCES).stdout?.toString().split("\n").filter(Boolean) ?? [];
  for (const commit of commits) {
    const tree = git("rev-parse", `${commit}:${SOURCES}`);
    if (tree.status !== 0 || tree.stdout.toString() === now) continue;
    const archive = git("archive", commit, SOURCES);
    const laidOut = spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout, timeout: 30_000 });
    if (archive.status === 0 && laidOut.status === 0) {
      return { sources: join(folder, SOURCES), from: `commit ${commit.slice(0, 12)}` };
    }
  }
  cpSync(join(PROJECT, SOURCES), folder, { recursive: true, filter: (file) => !file.includes("__pycache__") });
  appendFileSync(join(folder, "mec", "__init__.py"), "# An earlier release.\n");
  return { sources: folder, from: "the sources of now, with another comment" };
}
