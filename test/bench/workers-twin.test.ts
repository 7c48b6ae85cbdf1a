import { libraryWithWorkers } from "../../bench/apps";
import { workersTwin } from "../../bench/workers-twin";
import { resources, synthApp, type StackJson } from "../support/synth";

const COUNT = 3;
const byHand = synthApp((app) => void workersTwin(app, COUNT))["sandbox-infrastructure"];
const byLibrary = synthApp((app) => libraryWithWorkers(app, COUNT))["sandbox-infrastructure"];

/** Blocks of a type that are workers', without their addresses: references name what they refer to by type and attribute alone. */
function workers(json: StackJson, type: string): unknown[] {
  const blocks = resources(json, type).filter((block) => /web-\d/.test(JSON.stringify(block)));
  return JSON.parse(
    JSON.stringify(blocks, (key, value) => (key === "//" ? undefined : Array.isArray(value) ? [...value].sort() : value)).replace(
      /((?:data\.)?(?:aws_\w+|terraform_data))\.[A-Za-z][\w-]*/g,
      (_, name: string) => `${name}.*`,
    ),
  );
}
const counts = (json: StackJson) =>
  Object.fromEntries(
    ["resource", "data"].flatMap((kind) =>
      Object.entries(json[kind]).map(([type, blocks]) => [type, Object.keys(blocks as object).length]),
    ),
  );
const sorted = (blocks: unknown[]) =>
  JSON.parse(JSON.stringify(blocks, (_, value) => (Array.isArray(value) ? [...value].sort() : value))) as unknown[];

test("the twin with workers has as many blocks of each type", () => {
  expect(counts(byHand)).toEqual(counts(byLibrary));
});

test.each(["aws_instance", "aws_ssm_parameter", "aws_cloudformation_stack"])("the twin's %s of a worker are the same", (type) => {
  const of = (json: StackJson) => sorted(workers(json, type).filter((block) => !/\/(?:desired|capabilities)"/.test(JSON.stringify(block))));
  expect(of(byHand)).toHaveLength(COUNT);
  expect(of(byHand)).toEqual(of(byLibrary));
});
