import { describeEmulated } from "./support/emulated";
import { Deployment } from "./support/deployment";
import { expectSuccess } from "./support/sandbox-cli";
import type { Mix } from "./mixes/main";

/** Every other hexadecimal digit of an id, so that no two VPCs are the same. */
const vpc = (index: number) => ({ vpcId: `vpc-0123456789abcde${index.toString(16).padStart(2, "0")}`, vpcCidr: "10.20.0.0/16" });
const subnet = (index: number, third: number) => ({ subnetId: `subnet-0123456789abcdef${index}`, cidr: `10.20.${third}.0/24` });
const ALL: Mix["wants"] = ["privateSubnet", "parentPublicSubnet", "parentPrivateSubnet"];
const CIDR = "10.20.128.0/20";
const GATEWAYS = {
  carrierGatewayId: "cagw-0123456789abcdef0",
  internetGatewayId: "igw-0123456789abcdef0",
  natGatewayId: "nat-0123456789abcdef0",
};

const MIXES: Mix[] = [
  { wants: [] },
  { wants: ALL },
  { cidr: "10.44.0.0/25", wants: ALL },
  { existing: vpc(0), cidr: CIDR, wants: [] },
  { existing: { ...vpc(1), ...GATEWAYS }, cidr: CIDR, wants: ALL },
  { existing: { ...vpc(2), internetGatewayId: GATEWAYS.internetGatewayId }, cidr: CIDR, wants: ALL },
  { existing: { ...vpc(3), natGatewayId: GATEWAYS.natGatewayId }, cidr: CIDR, wants: ["privateSubnet", "parentPrivateSubnet"] },
  { existing: { ...vpc(4), parentPublicSubnet: subnet(0, 1) }, cidr: CIDR, wants: ALL },
  { existing: { ...vpc(5), carrierSubnet: subnet(1, 2) }, wants: [] },
  { existing: { ...vpc(6), carrierSubnet: subnet(1, 2), internetGatewayId: GATEWAYS.internetGatewayId }, cidr: CIDR, wants: ALL },
  {
    existing: {
      ...vpc(7),
      carrierSubnet: subnet(1, 2),
      privateSubnet: subnet(2, 3),
      parentPublicSubnet: subnet(3, 4),
      parentPrivateSubnet: subnet(4, 5),
    },
    wants: ALL,
  },
];

describeEmulated("mixes of own and made parts", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/mixes/main.ts", ["mixes"], { MEC_TEST_MIXES: JSON.stringify(MIXES) });
  }, 200_000);

  afterAll(() => deployment?.end(), 30_000);

  test("are valid Terraform, and Terraform plans them", async () => {
    expectSuccess(await deployment.terraform(["validate", "-no-color"], 120));
    const { status, stdout } = await deployment.plan(180);
    expect(status).toBe(2);
    expect(stdout).toMatch(/Plan: \d\d\d to add, 0 to change, 0 to destroy\./);
  }, 400_000);
});
