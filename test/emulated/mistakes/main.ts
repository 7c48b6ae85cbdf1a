// Stacks with a mistake each that only AWS can know, to be planned and never applied.
import { App, TerraformStack } from "cdktf";
import { ApiAccess, Microk8sChannel, WavelengthInstanceType, WavelengthNetwork, WavelengthZone, WavelengthZoneOptIn } from "../../../lib";
import { InfrastructureStack, awsProvider, type InfrastructureStackProps } from "../../../stacks";
import { readDeployment } from "../../../examples/deployment";

const app = new App();
const deployment = readDeployment(process.env);
const boston = WavelengthZone.US_EAST_1_WL1_BOS;

function site(id: string, props: Partial<InfrastructureStackProps>): void {
  new InfrastructureStack(app, id, {
    zone: boston,
    clusterName: id,
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    ...deployment,
    ...props,
  });
}

site("not-opted-in", {});
site("wrong-account", { aws: { ...deployment.aws, allowedAccountIds: ["999999999999"] } });
site("no-such-zone", { zone: WavelengthZone.of("us-east-1-wl1-xyz-wlz-1") });
// The catalogue is told otherwise, as it would be for a type that AWS announced elsewhere.
const hopeful = WavelengthZone.of(boston.name, { instanceTypes: [WavelengthInstanceType.of("c6i.xlarge")] });
site("not-offered", { zone: hopeful, controlPlane: { instanceType: WavelengthInstanceType.of("c6i.xlarge") } });

// What is right, to see that the plans fail for their mistakes: a zone of a group that is opted in to, and one no catalogue has.
const optedIn = new TerraformStack(app, "opt-in");
awsProvider(optedIn, boston.parentRegion, deployment.aws);
deployment.backend?.bind(optedIn);
new WavelengthZoneOptIn(optedIn, "OptIn", { zone: boston, acknowledgeAccountWide: true });
const right = new TerraformStack(app, "right");
awsProvider(right, boston.parentRegion, { ...deployment.aws, allowedAccountIds: ["123456789012"] });
deployment.backend?.bind(right);
const network = new WavelengthNetwork(right, "Network", { zone: boston });
network.requireInstanceType(network, WavelengthInstanceType.T3_MEDIUM);

app.synth();
