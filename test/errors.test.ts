import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MEC_ERRORS, MecError } from "../lib";

const root = join(__dirname, "..");
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, folder, file), "utf8"));

test("an error carries code and path, in its message too", () => {
  const error = new MecError("MEC1001", "stack/Network", "got 1: a rule, so write 2");
  expect(error).toMatchObject({ name: "MecError", code: "MEC1001", path: "stack/Network" });
  expect(error.message).toBe("[MEC1001] stack/Network: got 1: a rule, so write 2");
});

const thrown = [...sources("lib"), ...sources("stacks"), ...sources("examples")].join("\n");
const tested = sources("test").join("\n");
const documented = readFileSync(join(root, "docs/errors.md"), "utf8");

test.each(Object.entries(MEC_ERRORS))("%s (%s) is thrown somewhere, has a negative test and a documentation entry", (code, title) => {
  expect(thrown.match(new RegExp(`"${code}"`))).not.toBeNull();
  expect(tested.match(new RegExp(code))).not.toBeNull();
  expect(documented).toContain(`## ${code}: ${title}`);
});
