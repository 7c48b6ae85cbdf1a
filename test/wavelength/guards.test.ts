import { Eip } from "@cdktf/provider-aws/lib/eip";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, TerraformVariable } from "cdktf";
import { WavelengthNetwork, WavelengthZone, WavelengthZoneOptIn } from "../../lib";
import { synthApp, warnings } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;

describe("the provider's Region", () => {
  const synth = (provide: (stack: TerraformStack) => void) =>
    synthApp((app) => {
      const stack = new TerraformStack(app, "stack");
      new WavelengthNetwork(stack, "Network", { zone });
      provide(stack);
    }).stack;

  test("that is not the zone's parent is refused at synth, even where the provider comes last", () => {
    expect(() => synth((stack) => new AwsProvider(stack, "Aws", { region: "us-west-2" }))).toThrow(
      /\[MEC1010\] stack\/Network: got "us-west-2" as region of the AWS provider: us-east-1-wl1-bos-wlz-1 extends us-east-1 .*region: zone\.parentRegion/,
    );
  });

  test("that is the parent is taken, and so is one that only the apply knows", () => {
    expect(warnings(synth((stack) => new AwsProvider(stack, "Aws", { region: "us-east-1" })))).toEqual([]);
    const json = synth((stack) => new AwsProvider(stack, "Aws", { region: new TerraformVariable(stack, "region", {}).stringValue }));
    expect(warnings(json)).toEqual([]);
  });

  test("that the environment decides is warned about", () => {
    expect(warnings(synth((stack) => new AwsProvider(stack, "Aws", {})))).toEqual([
      expect.stringMatching(/\[MEC1903\] stack\/Network: got an AWS provider without a region: .*us-east-1 and AWS_REGION decides/),
    ]);
  });

  test("is looked at for an opt-in too, which could not be undone", () => {
    expect(() =>
      synthApp((app) => {
        const stack = new TerraformStack(app, "stack");
        new AwsProvider(stack, "Aws", { region: "us-west-2" });
        new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
      }),
    ).toThrow(/\[MEC1010\] stack\/OptIn/);
  });

  test("of another provider with an alias is its own affair", () => {
    const json = synth((stack) => {
      new AwsProvider(stack, "Aws", { region: "us-east-1" });
      new AwsProvider(stack, "Elsewhere", { region: "us-west-2", alias: "elsewhere" });
    });
    expect(warnings(json)).toEqual([]);
  });
});

describe("Elastic IPs", () => {
  const synth = (...counts: number[]) =>
    synthApp((app) =>
      counts.forEach((count, index) => {
        const stack = new TerraformStack(app, `stack-${index}`);
        new AwsProvider(stack, "Aws", { region: zone.parentRegion });
        new WavelengthNetwork(stack, "Network", { zone }).privateSubnet();
        for (let eip = 1; eip < count; eip++) {
          new Eip(stack, `eip-${eip}`, {});
        }
      }),
    );

  test("up to the default quota of five need no warning, the NAT gateway's among them", () => {
    expect(Object.values(synth(5)).flatMap(warnings)).toEqual([]);
  });

  test("beyond it are warned about once, over all stacks of the Region", () => {
    for (const counts of [[6], [3, 3]]) {
      expect(Object.values(synth(...counts)).flatMap(warnings)).toEqual([
        expect.stringMatching(
          /\[MEC1901\] stack-0: got 6 Elastic IPs in us-east-1: .*5 there by default.*service-quotas.*--desired-value 6/,
        ),
      ]);
    }
  });
});
