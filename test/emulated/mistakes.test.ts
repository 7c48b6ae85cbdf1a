import { describeEmulated } from "./support/emulated";
import { Deployment } from "./support/deployment";
import { expectSuccess } from "./support/sandbox-cli";

const MISTAKES: [string, RegExp][] = [
  ["not-opted-in", /\[MEC1026\] not-opted-in\/Network: got "us-east-1-wl1-bos-wlz-1": this account is not opted in to its zone group/],
  ["wrong-account", /AWS account ID not allowed: 123456789012/],
  ["no-such-zone", /no matching EC2 Availability Zone|Invalid availability zone: \[us-east-1-wl1-xyz-wlz-1\]/],
  ["not-offered", /\[MEC1012\] not-offered\/Cluster: got "c6i\.xlarge": us-east-1-wl1-bos-wlz-1 does not offer it to this account/],
];

/** Terraform breaks the lines of its errors and frames them. */
const flat = (text: string) => text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");

describeEmulated("a mistake that only AWS can know", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/mistakes/main.ts", ["opt-in", "right", ...MISTAKES.map(([stack]) => stack)]);
  }, 300_000);

  afterAll(() => deployment?.end(), 30_000);

  test.each(MISTAKES.filter(([stack]) => stack !== "not-offered"))(
    "%s fails the plan",
    async (stack, message) => {
      const { status, stderr } = await deployment.plan(120, stack);
      expect(status).toBe(1);
      expect(flat(stderr)).toMatch(message);
    },
    150_000,
  );

  test("once the account is opted in, what is right is planned and a type that is not offered is not", async () => {
    expectSuccess(await deployment.apply(120, "opt-in"));
    expect((await deployment.plan(120, "right")).status).toBe(2);
    const [, [stack, message]] = [MISTAKES[0], MISTAKES[3]];
    const { status, stderr } = await deployment.plan(120, stack);
    expect(status).toBe(1);
    expect(flat(stderr)).toMatch(message);
    expect(stderr.match(/^│? ?Error: /gm)).toHaveLength(1);
  }, 450_000);

  test("and nothing was made", async () => {
    expect((await deployment.emulator.inventory()).resources).toEqual({});
  });
});
