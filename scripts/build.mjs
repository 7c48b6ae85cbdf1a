// Compiles to dist/ and puts beside the compiled code what the library needs on disk: the node agent, the emulator, its own charts and the
// lists of what the charts of others know.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
if (compiled.status !== 0) {
  process.exit(compiled.status ?? 1);
}
makeIndexesLazy(join(root, "dist/lib"));
// Each chart of the library's own is the folder `chart` beside the add-on that installs it.
const charts = readdirSync(join(root, "lib/helm"), { recursive: true, encoding: "utf8" })
  .filter((path) => basename(path) === "chart")
  .map((path) => join("lib/helm", path));
for (const folder of ["lib/microk8s/agent", "lib/testing/emulator/python", "lib/helm/value-paths", ...charts]) {
  const target = join(root, "dist", folder);
  rmSync(target, { recursive: true, force: true });
  cpSync(join(root, folder), target, { recursive: true, filter: (file) => !file.includes("__pycache__") });
}

/**
 * Has each index require what it re-exports when it is read: whoever imports one construct loads the files of that one alone. The shape of the
 * exports stays, since Node finds the names for `import { … }` by it (https://nodejs.org/api/esm.html#commonjs-namespaces).
 */
function makeIndexesLazy(folder) {
  const load = createRequire(import.meta.url);
  const lazy = (name, module) => `var ${name} = new Proxy({}, { get: function (_, key) { return require(${module})[key]; } });`;
  for (const index of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => basename(path) === "index.js")) {
    const file = join(folder, index);
    const text = readFileSync(file, "utf8")
      .replace(/^(?:var|const) (\w+) = require\(("\.{1,2}\/[^"]+")\);$/gm, (_, name, module) => lazy(name, module))
      .replace(/^__exportStar\(require\(("\.{1,2}\/[^"]+")\), exports\);$/gm, (whole, module) => {
        const target = JSON.parse(module);
        // The exports of another index are lazy already.
        if (existsSync(join(dirname(file), target, "index.js"))) return whole;
        const name = `${basename(target).replace(/\W/g, "_")}_star`;
        const names = Object.keys(load(join(dirname(file), target)));
        const getter = (key) =>
          `Object.defineProperty(exports, "${key}", { enumerable: true, get: function () { return ${name}.${key}; } });`;
        return [lazy(name, module), ...names.map(getter)].join("\n");
      });
    writeFileSync(file, text);
  }
}
