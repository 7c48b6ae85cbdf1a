import { NodeTaint, TaintEffect } from "../../../lib/microk8s/workers/node-taint";
import { checkedTaints } from "../../../lib/microk8s/workers/node-taint";

test("a taint is written as kubectl takes it", () => {
  expect(`${NodeTaint.of("nvidia.com/gpu", "present", TaintEffect.NO_EXECUTE)}`).toBe("nvidia.com/gpu=present:NoExecute");
  expect(`${NodeTaint.of("dedicated", "video")}`).toBe("dedicated=video:NoSchedule");
  expect(`${NodeTaint.of("dedicated", undefined, TaintEffect.PREFER_NO_SCHEDULE)}`).toBe("dedicated=:PreferNoSchedule");
});

test.each([
  ["two words", "x", /both ends/],
  ["a", "two words", /both ends/],
  ["node.kubernetes.io/not-ready", "", /keep kubernetes\.io/],
  ["wavelength-mec/node", "", /library/],
])("%s=%s is refused", (key, value, why) => {
  expect(() => NodeTaint.of(key, value)).toThrow(/MEC1186.*NodeTaint\.of/);
  expect(() => NodeTaint.of(key, value)).toThrow(why);
});

test("taints are told in an order of their own", () => {
  const [a, b] = [NodeTaint.of("a"), NodeTaint.of("b")];
  expect(checkedTaints("x", [b, a])).toEqual(["a=:NoSchedule", "b=:NoSchedule"]);
});

test("two of one key are two where their effects differ, and refused where not", () => {
  const other = NodeTaint.of("a", "x", TaintEffect.NO_EXECUTE);
  expect(checkedTaints("x", [NodeTaint.of("a"), other])).toHaveLength(2);
  expect(() => checkedTaints("x", [NodeTaint.of("a", "x"), NodeTaint.of("a", "y")])).toThrow(/MEC1187.*a=x:NoSchedule.*a=y:NoSchedule/);
});
