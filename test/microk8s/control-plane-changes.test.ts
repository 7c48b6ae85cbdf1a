import { WavelengthInstanceType, type ControlPlaneProps } from "../../lib";
import { synthBostonCluster } from "../support/cluster";
import { parameter, resources } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const synth = (controlPlane: ControlPlaneProps) => synthBostonCluster({ controlPlane });
const lifecycles = (controlPlane: ControlPlaneProps): any[] =>
  resources(synth(controlPlane), "aws_instance").map(({ lifecycle }) => lifecycle);
const conditionsOf = (controlPlane: ControlPlaneProps): any[] =>
  Object.values<any>(synth(controlPlane).data.aws_ssm_parameters_by_path)[0].lifecycle.postcondition;

test("nodes that leave are told so, still counted, waited for by another name, and no longer protected", () => {
  const json = synth({ count: 5, leaving: 2 });
  const desired = JSON.parse(parameter(json, "desired").insecure_value);
  expect(desired.leaving).toEqual(["cp-3", "cp-4"]);
  expect(desired.nodes).toHaveLength(5);
  expect(desired).not.toHaveProperty("belowThree");
  const names: string[] = resources(json, "aws_cloudformation_stack").map(({ name }) => name);
  expect(names.map((name) => name.endsWith("-leaving"))).toEqual([false, false, false, true, true]);
  expect(resources(json, "aws_instance").map(({ disable_api_termination }) => disable_api_termination)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("consent to fewer than three is told, and the plan lets nobody be destroyed below three who has not left", () => {
  const acknowledged = { acknowledgeLossOfHighAvailability: true } as const;
  const desired = JSON.parse(parameter(synth({ count: 3, leaving: 2, ...acknowledged }), "desired").insecure_value);
  expect(desired).toMatchObject({ belowThree: true, leaving: ["cp-1", "cp-2"] });
  const [, guard] = conditionsOf({ count: 1 });
  expect(guard.condition).toMatch(
    /^\$\{length\(\[for index, text in .*"\/cp-\[1-4\]\$".*\.member, ""\) != "".*\.state, ""\) != "left".* == 0\}$/,
  );
  expect(guard.error_message).toMatch(/^\[MEC1162\] stack\/Cluster: got 1 control-plane nodes/);
  const [, direct] = conditionsOf({ count: 1, ...acknowledged });
  expect(direct.error_message).toMatch(/write controlPlane\.count: 3 with controlPlane\.leaving: 2, apply, and then this/);
  const [, between] = conditionsOf({ count: 3, leaving: 2, ...acknowledged });
  expect(between.condition).toContain('"/cp-[3-4]$"');
  expect(conditionsOf({ count: 5, leaving: 4, ...acknowledged })).toHaveLength(1);
  expect(conditionsOf({ count: 3 })).toHaveLength(1);
});

test.each([
  [{ count: 3, leaving: 1 }, /MEC1161/],
  [{ count: 3, leaving: 3 }, /MEC1161/],
  [{ count: 5, leaving: -2 }, /MEC1161/],
  [{ count: 5, leaving: 1.5 }, /MEC1161/],
  [{ count: 3, leaving: 2 }, /MEC1162/],
  [{ count: 3, resize: ["cp-0", "cp-1"] }, /MEC1163.*one of cp-0, cp-1, cp-2/],
  [{ count: 3, resize: ["cp-3"] }, /MEC1163/],
  [{ count: 1, replacements: { "cp-1": "x" } }, /MEC1165/],
  [{ count: 1, replacements: { "cp-0": "" } }, /MEC1165/],
  [{ count: 3, replacements: { "cp-0": "x", "cp-1": "x" } }, /MEC1165.*one per apply/],
  [{ count: 3, resize: ["cp-1"], replacements: { "cp-2": "x" } }, /MEC1165.*no resize of another/],
])("refuses %j", (controlPlane, message) => {
  expect(() => synth(controlPlane)).toThrow(message);
});

test("another type is for the node that is named, and refused for nodes that are there where none is", () => {
  const props = { count: 3, instanceType: WavelengthInstanceType.T3_MEDIUM };
  const ignoring = (all: any[]) => all.map(({ ignore_changes }) => ignore_changes.includes("instance_type"));
  const without = lifecycles(props);
  expect(ignoring(without)).toEqual([true, true, true]);
  expect(without[1].postcondition[0].condition).toBe('${self.instance_type == "t3.medium"}');
  expect(without[1].postcondition[0].error_message).toMatch(/\[MEC1164\].*cp-1 is a .*write controlPlane\.resize: \["cp-1"\]/);
  const resized = lifecycles({ ...props, resize: ["cp-1"] });
  expect(ignoring(resized)).toEqual([true, false, true]);
  expect(resized.some((lifecycle) => "postcondition" in lifecycle)).toBe(false);
  const json = synth({ ...props, resize: ["cp-1"] });
  expect(JSON.parse(parameter(json, "desired").insecure_value).resizing).toEqual(["cp-1"]);
  const names: string[] = resources(json, "aws_cloudformation_stack").map(({ name }) => name);
  expect(names.map((name) => name.endsWith("-resized"))).toEqual([false, true, false]);
});

test("spread placement is asked for by a group, and moves no machine that is there", () => {
  const json = synth({ count: 3, spreadPlacement: true });
  const [group] = resources(json, "aws_placement_group");
  expect(group).toMatchObject({ name: "mec-boston-cp", strategy: "spread" });
  for (const { placement_group, lifecycle } of resources(json, "aws_instance")) {
    expect(placement_group).toMatch(/^\$\{aws_placement_group\..*\.name\}$/);
    expect(lifecycle.ignore_changes).toContain("placement_group");
  }
  const without = synth({ count: 3 });
  expect(resources(without, "aws_placement_group")).toEqual([]);
  expect(resources(without, "aws_instance").some((one) => "placement_group" in one)).toBe(false);
});

test("a new text replaces a node, and a text that goes away does not", () => {
  const json = synth({ count: 3, replacements: { "cp-1": "2026-11-25" } });
  const texts = resources(json, "terraform_data").filter(({ input }) => input !== undefined);
  expect(texts.map(({ input, lifecycle }) => [input.text, lifecycle?.ignore_changes])).toEqual([
    ["", ["input"]],
    ["2026-11-25", undefined],
    ["", ["input"]],
  ]);
  const triggers = resources(json, "aws_instance").flatMap(({ lifecycle }) => lifecycle.replace_triggered_by);
  expect(triggers).toEqual(
    Object.entries<any>(json.resource.terraform_data).flatMap(([id, { input }]) => (input ? [`terraform_data.${id}`] : [])),
  );
});
