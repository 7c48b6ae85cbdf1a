import { twin } from "../../bench/twin";
import { sandbox } from "../../examples/sandbox/app";
import { readSettings } from "../../examples/sandbox/settings";
import { snapshotOf, synthApp, type StackJson } from "../support/synth";

/** Blocks of a stack without their addresses: references name what they refer to by type and attribute alone. */
function withoutAddresses(json: StackJson): unknown {
  const text = JSON.stringify(snapshotOf(json)).replace(
    /((?:data\.)?(?:aws_\w+|terraform_data))\.[A-Za-z][\w-]*/g,
    (_, type: string) => `${type}.*`,
  );
  const blocks = JSON.parse(text);
  for (const kind of ["resource", "data"]) {
    for (const type of Object.keys(blocks[kind])) {
      blocks[kind][type] = Object.values(blocks[kind][type])
        .map((block) =>
          JSON.stringify(
            block,
            Object.keys(block as object)
              .sort()
              .concat(allKeys(block)),
          ),
        )
        .sort();
    }
  }
  return { ...blocks, dependencies: undefined };
}

function allKeys(value: unknown): string[] {
  return value !== null && typeof value === "object" ? Object.entries(value).flatMap(([key, inner]) => [key, ...allKeys(inner)]) : [];
}

test("the hand-written twin is the same infrastructure", () => {
  const byHand = synthApp((app) => void twin(app))["sandbox-infrastructure"];
  const byLibrary = synthApp((app) => sandbox(app, readSettings({ context: () => undefined, environment: {} })))["sandbox-infrastructure"];
  expect(withoutAddresses(byHand)).toEqual(withoutAddresses(byLibrary));
});
