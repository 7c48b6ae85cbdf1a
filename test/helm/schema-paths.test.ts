import { schemaPaths } from "../../lib/helm/schema-paths";

const closed = (properties: object, more: object = {}) =>
  JSON.stringify({ type: "object", additionalProperties: false, properties, ...more });

test.each<[string, object, string[]]>([
  ["a single value", { a: { type: "string" }, b: { type: "array" }, c: { enum: ["x"] } }, ["a", "b", "c"]],
  ["a map of any keys", { a: { type: "object" }, b: { type: ["object", "null"] }, c: {} }, ["a.*", "b.*", "c.*"]],
  ["a map of these keys alone", { a: { properties: { b: { type: "string" } }, additionalProperties: false } }, ["a.b"]],
  ["a map of these keys and others", { a: { properties: { b: { type: "string" } } } }, ["a.b", "a.*"]],
  ["a map of keys to texts", { a: { type: "object", additionalProperties: { type: "string" } } }, ["a.*"]],
  ["a map without keys", { a: { type: "object", additionalProperties: false } }, ["a"]],
  [
    "a map that may be a switch instead",
    { a: { type: ["object", "boolean"], additionalProperties: false, properties: { b: { type: "string" } } } },
    ["a.b", "a"],
  ],
  ["a key with a dot", { "a.b": { type: "string" } }, ["a\\.b"]],
])("%s", (_, properties, lines) => {
  expect(schemaPaths(closed(properties))).toEqual(lines);
});

test("a part that is written elsewhere", () => {
  const $defs = { values: { additionalProperties: false, properties: { a: { $ref: "#/$defs/text" } } }, text: { type: "string" } };
  expect(schemaPaths(JSON.stringify({ $ref: "#/$defs/values", $defs }))).toEqual(["a"]);
});

test("a schema that allows any key knows nothing", () => {
  expect(schemaPaths(JSON.stringify({ type: "object", properties: { a: {} } }))).toBeUndefined();
  expect(schemaPaths("{}")).toBeUndefined();
});
