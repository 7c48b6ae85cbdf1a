// Compiles to dist/ and puts beside the compiled code what the library needs on disk: the node agent, the emulator, its own charts and the
// lists of what the charts of others know.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
if (compiled.status !== 0) {
  process.exit(compiled.status ?? 1);
}
// Each chart of the library's own is the folder `chart` beside the add-on that installs it.
const charts = readdirSync(join(root, "lib/helm"), { recursive: true, encoding: "utf8" })
  .filter((path) => basename(path) === "chart")
  .map((path) => join("lib/helm", path));
for (const folder of ["lib/microk8s/agent", "lib/testing/emulator/python", "lib/helm/value-paths", ...charts]) {
  const target = join(root, "dist", folder);
  rmSync(target, { recursive: true, force: true });
  cpSync(join(root, folder), target, { recursive: true, filter: (file) => !file.includes("__pycache__") });
}
