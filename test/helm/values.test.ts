import { Fn, Lazy, TerraformLocal, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeValues, type Values } from "../../lib";
import { valuesText } from "../../lib/helm/values";
import { synthApp, synthStack } from "../support/synth";
import { WHY_SKIPPED, withTerraform } from "../support/with-terraform";

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.integer(), fc.dictionary(fc.string({ minLength: 1 }), fc.integer()))),
);
const key = fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string({ minLength: 1 }));
const { values } = fc.letrec<{ values: Values; value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, tie("values")),
  values: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as Values),
}));

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a path of a map leads to: undefined where there is nothing. */
function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isMap(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value);
}

/** Paths of all that is no map, and of empty maps. */
function leaves(value: Values, prefix: string[] = []): string[][] {
  return Object.entries(value).flatMap(([name, inner]) =>
    isMap(inner) && Object.keys(inner).length > 0 ? leaves(inner, [...prefix, name]) : [[...prefix, name]],
  );
}

describe("values are merged:", () => {
  test("maps key by key, lists and leaves as a whole, null kept, undefined as if it were not there", () => {
    expect(
      mergeValues(
        { a: { b: 1, c: [1, 2], d: { e: 1 } }, f: "x", g: 1, h: { i: 1 }, j: 5 },
        undefined,
        { a: { c: [3], d: null }, f: undefined, g: { k: 1 }, h: "flat" },
        { h: { l: 2 } },
      ),
    ).toEqual({ a: { b: 1, c: [3], d: null }, f: "x", g: { k: 1 }, h: { l: 2 }, j: 5 });
  });

  test("what the strongest layer says is what holds, whatever the layers", () => {
    fc.assert(
      fc.property(values, values, (weak, strong) => {
        const merged = mergeValues(weak, strong);
        for (const path of leaves(strong).filter((candidate) => !isMap(at(strong, candidate)))) {
          expect(at(merged, path)).toEqual(at(strong, path));
        }
      }),
    );
  });

  test("what the strongest layer does not speak of is kept, and nothing else is there", () => {
    fc.assert(
      fc.property(values, values, (weak, strong) => {
        const merged = mergeValues(weak, strong);
        for (const path of leaves(weak)) {
          const overlaid = path.some((_, index) => {
            const said = at(strong, path.slice(0, index + 1));
            return said !== undefined && (!isMap(said) || index === path.length - 1);
          });
          if (!overlaid) {
            expect(at(merged, path)).toEqual(at(weak, path));
          }
        }
        for (const path of leaves(merged)) {
          expect([at(weak, path), at(strong, path)]).toContainEqual(at(merged, path));
        }
      }),
    );
  });

  test("layers are not changed, and the result shares nothing with them", () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const merged = mergeValues(freeze(one), freeze(other));
        const shared = new Set<unknown>();
        const collect = (value: unknown) => {
          if (typeof value === "object" && value !== null) {
            shared.add(value);
            Object.values(value).forEach(collect);
          }
        };
        [one, other].forEach(collect);
        const look = (value: unknown) => {
          if (typeof value === "object" && value !== null) {
            expect(shared.has(value)).toBe(false);
            Object.values(value).forEach(look);
          }
        };
        look(merged);
      }),
    );
  });

  test("one after the other is as all at once", () => {
    fc.assert(
      fc.property(values, values, values, (one, two, three) => {
        expect(mergeValues(mergeValues(one, two), three)).toEqual(mergeValues(one, two, three));
      }),
    );
  });

  test("a key that JavaScript has another use for is a key", () => {
    const merged = mergeValues(JSON.parse('{"__proto__": {"a": 1}}') as Values, JSON.parse('{"__proto__": {"b": 2}}') as Values);
    expect(Object.entries(merged)).toEqual([["__proto__", { a: 1, b: 2 }]]);
    expect(({} as Record<string, unknown>).b).toBeUndefined();
  });

  test("a token is a leaf", () => {
    const token = Lazy.anyValue({ produce: () => ({ x: 1 }) });
    expect(mergeValues({ a: { b: 1 } }, { a: token }).a).toBe(token);
    expect(mergeValues({ a: token }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
    const map = Token.asStringMap(token);
    expect(mergeValues({ a: { b: 1 } }, { a: map }).a).toBe(map);
    expect(mergeValues({ a: map }, { a: { b: 1 } })).toEqual({ a: { b: 1 } });
  });
});

describe("the text of values", () => {
  test("is the same JSON whatever the order of the keys, and says what the values say", () => {
    fc.assert(
      fc.property(values, (one) => {
        const text = valuesText("p", one)
          .replace(/\$\$\{/g, "${")
          .replace(/%%\{/g, "%{");
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(one)));
        const reversed = (value: unknown): unknown =>
          isMap(value)
            ? Object.fromEntries(
                Object.entries(value)
                  .reverse()
                  .map(([name, inner]) => [name, reversed(inner)]),
              )
            : value;
        expect(valuesText("p", reversed(one) as Values)).toBe(valuesText("p", one));
      }),
    );
  });

  test("leaves a template of the chart's own alone", () => {
    expect(valuesText("p", { a: "${x} %{y}", b: "{{ z }}" })).toBe('{"a":"$${x} %%{y}","b":"{{ z }}"}');
  });

  test("lets Terraform put in what only the apply knows, texts, numbers and lists", () => {
    const json = synthStack((stack) => {
      const text = new TerraformVariable(stack, "text", { type: "string" });
      const list = new TerraformVariable(stack, "list", { type: "list(string)" });
      const made = valuesText("p", {
        b: `x-${text.stringValue}`,
        a: [1, list.listValue, { c: text.numberValue }],
        d: Fn.max([1, 2]),
        e: "${no}",
      });
      stack.addOverride("locals.made", made);
    });
    expect(json.locals.made).toBe(
      '{"a":[1,${jsonencode(var.list)},{"c":${jsonencode(var.text)}}],' +
        '"b":"x-${trimsuffix(trimprefix(jsonencode(tostring(var.text)), "\\""), "\\"")}","d":${jsonencode(max(1, 2))},"e":"$${no}"}',
    );
  });

  withTerraform(
    `is what Terraform makes it again, with tokens as leaves, in texts, in keys and in lists, whatever the characters${WHY_SKIPPED}`,
    () => {
      const text = fc.string({
        unit: fc.constantFrom("$", "%", "{", "}", '"', "\\", "\n", "~", "a", " ", "é", "\u2028", "<", "d+"),
        maxLength: 8,
      });
      const any = fc.oneof(
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 3 }),
      );
      const property = fc.property(fc.array(fc.tuple(text, text, text, any), { minLength: 40, maxLength: 40 }), (cases) => {
        const expected: Record<string, unknown> = {};
        const json = synthStack((stack) => {
          cases.forEach(([before, secret, after, other], index) => {
            const variable = new TerraformVariable(stack, `v${index}`, { sensitive: false });
            variable.addOverride("default", { text: secret, any: [other] });
            const token = (path: string) => Token.asString(Fn.lookupNested(variable.value, path.split(".")));
            const from = (tokenOf: (path: string, value: unknown) => unknown) => {
              const leaf = tokenOf("text", secret) as string;
              return {
                leaf,
                [`k${before}${leaf}${after}`]: 1,
                mixed: `${before}${leaf}${after}${leaf}`,
                other,
                list: [null, leaf, { z: after, a: [tokenOf("any", [other])] }],
                lazy: Lazy.anyValue({ produce: () => ({ b: [leaf, 1], a: null, c: `${leaf}-${leaf}` }) }),
                fn: `\\d+\\.${before}`,
              };
            };
            new TerraformOutput(stack, `o${index}`, { value: valuesText("p", from(token)), staticId: true });
            expected[`o${index}`] = { ...from((_, value) => value), lazy: { a: null, b: [secret, 1], c: `${secret}-${secret}` } };
          });
        });
        const folder = mkdtempSync(join(tmpdir(), "mec-values-"));
        try {
          writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ variable: json.variable, output: json.output }));
          const run = (...args: string[]) => spawnSync("terraform", args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
          const { status, stderr } = run("apply", "-auto-approve", "-no-color", "-input=false");
          expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
          const outputs = Object.entries(JSON.parse(run("output", "-json").stdout) as Record<string, { value: string }>);
          expect(Object.fromEntries(outputs.map(([name, { value }]) => [name, JSON.parse(value)]))).toEqual(expected);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
      // Each run is a run of Terraform, so nothing is shrunk.
      fc.assert(property, { numRuns: 2, endOnFailure: true });
    },
    120_000,
  );

  test("has what another stack makes", () => {
    const { two } = synthApp((app) => {
      const [one, other] = [new TerraformStack(app, "one"), new TerraformStack(app, "two")];
      const local = new TerraformLocal(one, "made", "x");
      new TerraformOutput(other, "text", { value: valuesText("p", { a: local.asString }), staticId: true });
    });
    expect(two!.dependencies).toEqual(["one"]);
    expect(two!.output.text.value).toMatch(/^\{"a":\$\{jsonencode\(data\.terraform_remote_state\.[\w.-]+\)\}\}$/);
  });

  test("has numbers that only the apply knows, within texts too", () => {
    const json = synthStack((stack) => {
      const port = new TerraformVariable(stack, "port", { type: "number" });
      stack.addOverride("locals.alone", valuesText("p", { url: `x:${port.numberValue}` }));
      stack.addOverride("locals.beside", valuesText("p", { url: `x:${port.numberValue}`, name: port.stringValue }));
    });
    expect(json.locals.alone).toBe('{"url":"x:${var.port}"}');
    expect(json.locals.beside).toBe('{"name":${jsonencode(var.port)},"url":"x:${var.port}"}');
  });

  const circular: Record<string, unknown> = {};
  circular.a = { b: [circular] };
  test("may have the same map twice", () => {
    const map = { x: 1 };
    expect(valuesText("p", { a: map, b: [map] })).toBe('{"a":{"x":1},"b":[{"x":1}]}');
  });

  test.each<[string, unknown, RegExp]>([
    ["a function", { a: { b: () => 1 } }, /\[MEC1421\] stack\/AddOn: got .* as values\.a\.b: /],
    ["a date", { a: [new Date(0)] }, /got "Date" as values\.a\[0\]/],
    ["a number that is none", { a: NaN }, /got "NaN" as values\.a: values are texts, finite numbers/],
    ["a symbol", { a: Symbol("s") }, /MEC1421/],
    ["a list", ["x"], /got a list as values: they are a plain map/],
    ["a text", "x", /got a string as values/],
    ["a token for all", Token.asStringMap(Lazy.anyValue({ produce: () => ({}) })), /got a token as values/],
    ["an empty key", { a: [{ "": 1 }] }, /got an empty key in values\.a\[0\]: /],
    ["a map within itself", circular, /got a map within itself as values\.a\.b\[0\]/],
  ])("is refused for %s", (_, wrong, message) => {
    expect(() => valuesText("stack/AddOn", wrong as Values)).toThrow(message);
  });
});
