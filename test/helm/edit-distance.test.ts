import fc from "fast-check";
import { editDistance } from "../../lib/helm/edit-distance";

test.each([
  ["", "", 0],
  ["", "abc", 3],
  ["abc", "", 3],
  ["retention", "retention", 0],
  ["retentoin", "retention", 1],
  ["retenion", "retention", 1],
  ["retentionn", "retention", 1],
  ["retentiom", "retention", 1],
  ["kubeEtcdd", "kubeProxy", 5],
])("%j to %j takes %d", (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

const text = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "b", "c") });

test("it is the same both ways, none for equal texts alone, and never more than the longer text", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const distance = editDistance(a, b);
      expect(editDistance(b, a)).toBe(distance);
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});

test("one letter more or less changes it by one at most", () => {
  fc.assert(
    fc.property(text, text, fc.constantFrom("a", "b"), (a, b, letter) => {
      expect(Math.abs(editDistance(a + letter, b) - editDistance(a, b))).toBeLessThanOrEqual(1);
    }),
  );
});
