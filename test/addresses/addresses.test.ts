import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizedExamples } from "../support/examples";
import type { StackJson } from "../support/synth";

/** Terraform addresses of what a stack makes. Data sources are left out: they hold nothing that could get lost. */
function addressesOf(json: StackJson): string[] {
  return Object.entries<object>(json.resource ?? {})
    .flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`))
    .sort();
}

const stacks = synthesizedExamples.flatMap(([example, byName]) =>
  Object.entries(byName).map(([stack, json]): [string, string[]] => [`${example}.${stack}.txt`, addressesOf(json)]),
);

test.each(stacks)("%s: no address has gone", (file, addresses) => {
  const path = join(__dirname, file);
  if (process.env.MEC_UPDATE_ADDRESSES) {
    writeFileSync(path, `${addresses.join("\n")}\n`);
  }
  const before = readFileSync(path, "utf8").trim().split("\n");
  const gone = before.filter((address) => !addresses.includes(address));
  if (gone.length > 0) {
    throw new Error(
      `${gone.join(", ")}: an address that goes is a resource that is destroyed for somebody, so keep it, move it with moveTo, or say so in CHANGELOG.md and run the tests with MEC_UPDATE_ADDRESSES=1`,
    );
  }
  const come = addresses.filter((address) => !before.includes(address));
  if (come.length > 0) {
    throw new Error(`${come.join(", ")}: new addresses are noted with MEC_UPDATE_ADDRESSES=1 npm run test:unit`);
  }
});

test("every file belongs to a stack of an example", () => {
  const files = readdirSync(__dirname).filter((file) => file.endsWith(".txt"));
  expect(files.sort()).toEqual(stacks.map(([file]) => file).sort());
});
