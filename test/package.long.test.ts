import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as library from "../lib";
import * as stacks from "../stacks";

const ROOT = join(__dirname, "..");

/** Runs Node; gives what it prints. @throws what it says */
const node = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", timeout: 240_000 });
  if (status !== 0) throw new Error(stderr || stdout);
  return stdout;
};

describe("the built package", () => {
  beforeAll(() => node("scripts/build.mjs"), 250_000);

  test.each([
    ["lib", library],
    ["stacks", stacks],
  ])("%s has all names, for import and require alike", (folder, source) => {
    const names = Object.keys(source).sort();
    const file = JSON.stringify(join(ROOT, "dist", folder, "index.js"));
    const print =
      "console.log(JSON.stringify(Object.keys(all).filter((name) => all[name] !== undefined && !['default', '__esModule', 'module.exports'].includes(name)).sort()))";
    const required = node("-e", `const all = require(${file}); ${print}`);
    const imported = node("--input-type=module", "-e", `import * as all from ${file}; ${print}`);
    expect(JSON.parse(required)).toEqual(names);
    expect(JSON.parse(imported)).toEqual(names);
  });

  test("loads of the library what is read alone", () => {
    const loaded = (read: string): string[] => {
      const count = "console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /dist.(lib|stacks)/.test(file))))";
      return JSON.parse(node("-e", `const all = require("./dist/lib"); ${read}; ${count}`)) as string[];
    };
    const byCluster = loaded("all.Microk8sCluster");
    expect(loaded("").filter((file) => !file.endsWith("index.js"))).toEqual([]);
    expect(byCluster.some((file) => /microk8s.cluster\.js$/.test(file))).toBe(true);
    expect(byCluster.filter((file) => /helm.(prometheus|edgex|gpu)/.test(file))).toEqual([]);
  });
});
