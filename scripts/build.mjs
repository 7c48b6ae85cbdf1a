// Compiles to dist/ and puts beside the compiled code what the library needs on disk: the node agent, the emulator and the lists of value paths.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
if (compiled.status !== 0) {
  process.exit(compiled.status ?? 1);
}
for (const folder of ["lib/microk8s/agent", "lib/testing/emulator/python", "lib/helm/value-paths"]) {
  const target = join(root, "dist", folder);
  rmSync(target, { recursive: true, force: true });
  cpSync(join(root, folder), target, { recursive: true, filter: (file) => !file.includes("__pycache__") });
}
