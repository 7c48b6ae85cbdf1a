import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployerPolicy } from "../../stacks";
import { synthSandbox } from "../support/sandbox";

const FILE = join(__dirname, "../../docs/deployer-policy.json");

test("the documented policy is that of the sandbox; MEC_UPDATE_DOCS=1 writes it anew", () => {
  const text = `${JSON.stringify(deployerPolicy(Object.values(synthSandbox({ MEC_OPT_IN: "true" }))), undefined, 2)}\n`;
  if (process.env.MEC_UPDATE_DOCS === "1") {
    writeFileSync(FILE, text);
  }
  expect(readFileSync(FILE, "utf8")).toBe(text);
});
