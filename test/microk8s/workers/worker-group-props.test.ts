import { Size, WavelengthInstanceType } from "../../../lib";
import { assertGroupName } from "../../../lib/microk8s/workers/group-name";
import { NodeTaint } from "../../../lib/microk8s/workers/node-taint";
import { checkedWorkerGroup, type WorkerGroupProps } from "../../../lib/microk8s/workers/worker-group-props";

const props: WorkerGroupProps = { count: 2, instanceType: WavelengthInstanceType.T3_XLARGE };
const checked = (more: Partial<WorkerGroupProps>) => () => checkedWorkerGroup("x", "gpu", { ...props, ...more });

test.each(["gpu", "g", "gpu1", "a234567890123456", "cpu", "gateway1"])("%s is a name of a group", (name) => {
  expect(() => assertGroupName("x", name)).not.toThrow();
});

test.each(["", "cp", "gateway", "GPU", "1a", "gpu-1", "gpu_1", "a2345678901234567", "gpü"])("%j is none", (name) => {
  expect(() => assertGroupName("x", name)).toThrow(/^\[MEC1180\] x: got /);
});

test.each([0, 1, 100])("%d nodes are a number of nodes", (count) => {
  expect(checked({ count })().count).toBe(count);
});

test.each([{ count: -1 }, { count: 1.5 }, { count: 101 }, { count: NaN }, { leaving: -1 }, { leaving: 0.5 }])("%j is refused", (more) => {
  expect(checked(more)).toThrow(/MEC1182/);
});

test("all nodes may leave, and no more", () => {
  expect(checked({ leaving: 2 })().leaving).toBe(2);
  expect(checked({ leaving: 3 })).toThrow(/MEC1183.*got 3 as leaving: the group has 2 nodes/);
});

test("labels are told in the order of their keys", () => {
  expect(Object.keys(checked({ labels: { b: "1", a: "2" } })().labels)).toEqual(["a", "b"]);
});

test.each([
  [{ "two words": "x" }, /MEC1184.*"two words" in labels/],
  [{ tier: "two words" }, /MEC1184.*"two words" as label tier/],
  [{ "kubernetes.io/hostname": "x" }, /MEC1185/],
  [{ "wavelength-mec/node": "cp-0" }, /MEC1185/],
  [{ "node-role.kubernetes.io/control-plane": "" }, /MEC1185/],
  [{ tier: undefined as unknown as string }, /MEC1184/],
])("labels %j are refused", (labels: Record<string, string>, error) => {
  expect(checked({ labels })).toThrow(error);
});

test("two taints of a key and an effect are refused", () => {
  expect(checked({ taints: [NodeTaint.of("a", "x"), NodeTaint.of("a", "y")] })).toThrow(/MEC1187/);
});

test("a root volume that is too small or too large is refused", () => {
  expect(checked({ rootVolume: { size: Size.gibibytes(19) } })).toThrow(/MEC1104.*got 19 GiB as rootVolume\.size/);
});

test("a replacement is of a node of the group", () => {
  expect(checked({ replacements: { "gpu-1": "2026-11-25" } })().replacements).toEqual({ "gpu-1": "2026-11-25" });
  expect(checked({ replacements: { "gpu-2": "2026-11-25" } })).toThrow(/MEC1189.*gpu-2.* in replacements.*gpu-0, gpu-1/);
  expect(checked({ replacements: { "gpu-1": "" } })).toThrow(/MEC1189/);
});

test("tags are the cluster's and the group's, the group's first; wrong ones are refused", () => {
  const tags = checkedWorkerGroup("x", "gpu", { ...props, tags: { team: "video" } }, { team: "edge", site: "bos" }).tags;
  expect(tags).toEqual({ team: "video", site: "bos" });
  expect(checked({ tags: { "aws:x": "y" } })).toThrow(/MEC1033/);
});
