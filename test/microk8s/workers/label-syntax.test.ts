import fc from "fast-check";
import { faultOfKey, faultOfValue, ownerOfKey } from "../../../lib/microk8s/workers/label-syntax";

const alnum = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
const inner = [...alnum, "-", "_", "."];
/** A name or value as Kubernetes takes it, by how it is built and not by the expression that is under test. */
const part = fc
  .tuple(fc.constantFrom(...alnum), fc.array(fc.constantFrom(...inner), { maxLength: 61 }), fc.constantFrom(...alnum))
  .map(([first, middle, last]) => `${first}${middle.join("")}${last}`);
const lower = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const dnsLabel = fc
  .tuple(fc.constantFrom(...lower), fc.array(fc.constantFrom(...lower, "-"), { maxLength: 61 }), fc.constantFrom(...lower))
  .map(([first, middle, last]) => `${first}${middle.join("")}${last}`);
const prefix = fc
  .array(dnsLabel, { minLength: 1, maxLength: 6 })
  .map((labels) => labels.join("."))
  .filter((text) => text.length <= 253);

describe("a key", () => {
  test("is a name, or a DNS subdomain, a slash and a name", () => {
    fc.assert(
      fc.property(part, prefix, (name, subdomain) => {
        expect(faultOfKey(name)).toBeUndefined();
        expect(faultOfKey(`${subdomain}/${name}`)).toBeUndefined();
      }),
    );
  });

  test("has no other character anywhere", () => {
    const stranger = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }).filter((text) => !/^[A-Za-z0-9_.\-/]$/.test(text));
    fc.assert(
      fc.property(part, stranger, fc.nat(64), (name, strange, at) => {
        const place = at % (name.length + 1);
        const broken = `${name.slice(0, place)}${strange}${name.slice(place)}`;
        expect(faultOfKey(broken)).toBeDefined();
        expect(faultOfValue(broken)).toBeDefined();
      }),
    );
  });

  test("begins and ends with a letter or digit", () => {
    fc.assert(
      fc.property(part, fc.constantFrom("-", "_", "."), (name, edge) => {
        const short = name.slice(0, 20);
        for (const broken of [`${edge}${short}`, `${short.replace(/[-_.]+$/, "")}${edge}`]) {
          expect(faultOfKey(broken)).toMatch(/both ends/);
          expect(faultOfValue(broken)).toMatch(/both ends/);
        }
      }),
    );
  });

  test.each([
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    ["", false],
    ["a/b/c", false],
    ["/a", false],
    ["a/", false],
    ["Example.com/a", false],
    ["example..com/a", false],
    [`${"a".repeat(64)}.com/a`, false],
    [`${`${"a".repeat(62)}.`.repeat(4)}a/a`, true],
    [`${`${"a".repeat(62)}.`.repeat(4)}ab/a`, false],
  ])("%s fits: %s", (key, fits) => {
    expect(faultOfKey(key) === undefined).toBe(fits);
  });
});

test.each([
  ["", true],
  ["a".repeat(63), true],
  ["a".repeat(64), false],
  ["a/b", false],
  ["two words", false],
])("the value %s fits: %s", (value, fits) => {
  expect(faultOfValue(value) === undefined).toBe(fits);
});

describe("whose a key is", () => {
  test.each([
    "node-role.kubernetes.io/gpu",
    "node-restriction.kubernetes.io/tenant",
    "topology.kubernetes.io/zone",
    "node.kubernetes.io/instance-type",
    "node.kubernetes.io/exclude-from-external-load-balancers",
    "nvidia.com/gpu",
    "notkubernetes.io/a",
    "x-k8s.io/a",
    "kubernetes.io",
    "tier",
  ])("%s is the user's", (key) => {
    expect(ownerOfKey(key)).toBeUndefined();
  });

  test.each([
    ["kubernetes.io/hostname", /kubernetes\.io\//],
    ["k8s.io/a", /kubernetes\.io\//],
    ["beta.kubernetes.io/arch", /kubernetes\.io\//],
    ["node.kubernetes.io/microk8s-worker", /microk8s keep/],
    ["node.kubernetes.io/not-ready", /kubernetes\.io\//],
    ["microk8s.io/cluster", /microk8s marks/],
    ["wavelength-mec/node", /library/],
  ])("%s is not", (key, why) => {
    expect(ownerOfKey(key)).toMatch(why);
  });
});
