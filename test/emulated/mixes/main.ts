// One network for each of MEC_TEST_MIXES in one stack: own and made parts, as a property test found them to be accepted.
import { App, TerraformStack } from "cdktf";
import { IpAddresses, WavelengthNetwork, WavelengthZone, WavelengthZoneOptIn, type ExistingNetwork } from "../../../lib";
import { awsProvider } from "../../../stacks";
import { readDeployment } from "../../../examples/deployment";

/** A mix, as the test writes it. */
export interface Mix {
  readonly existing?: ExistingNetwork;
  readonly cidr?: string;
  readonly wants: readonly ("privateSubnet" | "parentPublicSubnet" | "parentPrivateSubnet")[];
}

const mixes = JSON.parse(process.env.MEC_TEST_MIXES ?? "[]") as Mix[];
const zone = WavelengthZone.US_EAST_1_WL1_BOS;
const { aws, backend } = readDeployment(process.env);

const app = new App();
const stack = new TerraformStack(app, "mixes");
awsProvider(stack, zone.parentRegion, aws);
backend?.bind(stack);
const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
mixes.forEach(({ existing, cidr, wants }, index) => {
  const ipAddresses = cidr === undefined ? undefined : IpAddresses.cidr(cidr);
  const network = new WavelengthNetwork(stack, `Network-${index}`, { zone, optIn, existing, ipAddresses });
  wants.forEach((want) => network[want]());
});
app.synth();
