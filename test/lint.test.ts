import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(__dirname, "..");
const eslint = join(dirname(createRequire(__filename).resolve("eslint/package.json")), "bin", "eslint.js");

/** Lints a text as if it were a file of the project. */
function lint(text: string, file: string): string {
  const { stdout } = spawnSync(process.execPath, [eslint, "--stdin", "--stdin-filename", file], {
    cwd: root,
    input: text,
    encoding: "utf8",
    timeout: 60_000,
  });
  return stdout;
}

test("the package root of a provider is refused, its parts are not", () => {
  expect(lint('import { vpc } from "@cdktf/provider-aws";\nvoid vpc;\n', "lib/x.ts")).toMatch(/no-restricted-imports/);
  expect(lint('import { vpc } from "@cdktf/provider-aws";\nvoid vpc;\n', "examples/x.ts")).toMatch(/no-restricted-imports/);
  expect(lint('import { Vpc } from "@cdktf/provider-aws/lib/vpc";\nvoid Vpc;\n', "lib/x.ts")).toBe("");
}, 60_000);
