import { Fn, Lazy, TerraformVariable } from "cdktf";
import fc from "fast-check";
import { mergeValues, type Values } from "../../lib";
import { valuesText } from "../../lib/helm/values";
import { synthStack } from "../support/synth";

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.integer(), fc.dictionary(fc.string(), fc.integer()))),
);
const key = fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string());
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
      '${jsonencode({"a" = [1, var.list, {"c" = var.text}], "b" = "x-${var.text}", "d" = max(1, 2), "e" = "$${no}"})}',
    );
  });

  test.each([
    ["a function", { a: { b: () => 1 } }, /\[MEC1421\] stack\/AddOn: got .* as values\.a\.b: /],
    ["a date", { a: [new Date(0)] }, /got "Date" as values\.a\[0\]/],
    ["a number that is none", { a: NaN }, /got "NaN" as values\.a: values are texts, finite numbers/],
    ["a symbol", { a: Symbol("s") }, /MEC1421/],
  ])("is refused for %s", (_, wrong, message) => {
    expect(() => valuesText("stack/AddOn", wrong)).toThrow(message);
  });
});
