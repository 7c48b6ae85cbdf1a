import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployerPolicy, type SynthesizedStack } from "../../stacks";
import { describeEmulated } from "./support/emulated";
import { Deployment } from "./support/deployment";
import { actionOf, terraformCalls } from "./support/iam-actions";
import { expectSuccess } from "./support/sandbox-cli";

/** The examples beside the sandbox, which has a test of its own; stacks in the order of their dependencies. */
const EXAMPLES: [string, readonly [string, ...string[]], Record<string, number>][] = [
  [
    "existing-vpc",
    ["factory-landing-zone", "factory-infrastructure"],
    { aws_vpc: 1, aws_subnet: 3, aws_nat_gateway: 1, aws_internet_gateway: 1, aws_instance: 1, aws_ec2_subnet_cidr_reservation: 1 },
  ],
  ["import-into-your-stack", ["video"], { aws_vpc: 1, aws_subnet: 4, aws_nat_gateway: 1, aws_flow_log: 1, aws_cloudwatch_log_group: 1 }],
];

describe.each(EXAMPLES)("the example %s", (example, stacks, expected) => {
  describeEmulated("on the emulator", () => {
    let deployment: Deployment;

    beforeAll(async () => {
      deployment = await Deployment.of(`examples/${example}/main.ts`, stacks);
    }, 200_000);

    afterAll(() => deployment?.end(), 30_000);

    test("deploys, plans nothing more, and is destroyed without a trace", async () => {
      for (const stack of stacks) {
        expectSuccess(await deployment.apply(200, stack));
      }
      const { resources } = await deployment.emulator.inventory();
      expect(Object.fromEntries(Object.keys(expected).map((type) => [type, resources[type]?.length]))).toEqual(expected);
      for (const stack of stacks) {
        // 0 is "no changes"; 2 would be "changes".
        expectSuccess(await deployment.plan(120, stack));
      }
      for (const stack of [...stacks].reverse()) {
        expectSuccess(await deployment.destroy(200, stack));
      }
      expect(await deployment.emulator.inventory()).toEqual({ resources: {}, parameters: [], processes: [] });
    }, 900_000);

    test("needs no right that the deployer's policy lacks", () => {
      const read = (stack: string) => JSON.parse(readFileSync(join(deployment.folder(stack), "cdk.tf.json"), "utf8")) as SynthesizedStack;
      const allowed = deployerPolicy(stacks.map(read)).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
      const calls = [...terraformCalls(deployment.log())];
      expect(calls.length).toBeGreaterThan(50);
      expect(calls.filter((call) => !allowed.includes(actionOf(call)))).toEqual([]);
    });
  });
});
