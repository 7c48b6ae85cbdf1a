// One cluster whose API is reached as MEC_TEST_ACCESS says: the name of a factory of ApiAccess, and its properties as JSON.
import { App } from "cdktf";
import { readDeployment } from "../../../examples/deployment";
import { ApiAccess, Duration, Microk8sChannel, WavelengthZone } from "../../../lib";
import { InfrastructureStack } from "../../../stacks";

const [way, props] = JSON.parse(process.env.MEC_TEST_ACCESS!) as ["regionGateway" | "sessionManager", never];

const app = new App();
new InfrastructureStack(app, "site", {
  ...readDeployment(process.env),
  zone: WavelengthZone.US_EAST_1_WL1_BOS,
  acknowledgeAccountWideOptIn: true,
  clusterName: "site",
  channel: Microk8sChannel.V1_35,
  apiAccess: ApiAccess[way](props),
  readyTimeout: Duration.seconds(150),
  tags: { "mec:site": "site" },
});
app.synth();
