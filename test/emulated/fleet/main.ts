// One network and as many clusters as MEC_TEST_CLUSTERS names, so that many faults are lived through in one apply.
import { App, TerraformStack } from "cdktf";
import {
  ApiAccess,
  Duration,
  Microk8sChannel,
  Microk8sCluster,
  WavelengthNetwork,
  WavelengthZone,
  WavelengthZoneOptIn,
} from "../../../lib";
import { awsProvider } from "../../../stacks";
import { readDeployment } from "../../../examples/deployment";

const clusters = JSON.parse(process.env.MEC_TEST_CLUSTERS ?? "{}") as Record<string, { readySeconds: number }>;
const zone = WavelengthZone.EU_WEST_3_CMN;

const app = new App();
const stack = new TerraformStack(app, "fleet");
const { aws, backend } = readDeployment(process.env);
awsProvider(stack, zone.parentRegion, aws);
backend?.bind(stack);
const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
const network = new WavelengthNetwork(stack, "Network", { zone, optIn });
for (const [clusterName, { readySeconds }] of Object.entries(clusters)) {
  new Microk8sCluster(stack, clusterName, {
    clusterName,
    network,
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    readyTimeout: Duration.seconds(readySeconds),
  });
}
app.synth();
