// One cluster with arguments, an audit log and a name that Terraform alone knows; and what compares a channel with those of nodes, alone.
import { App, TerraformLocal, TerraformStack } from "cdktf";
import { readDeployment } from "../../../examples/deployment";
import {
  ApiAccess,
  AuditLog,
  Duration,
  Microk8sChannel,
  Microk8sCluster,
  Size,
  WavelengthNetwork,
  WavelengthZone,
  WavelengthZoneOptIn,
} from "../../../lib";
import { ChannelGuard } from "../../../lib/microk8s/channel-guard";
import { awsProvider } from "../../../stacks";

const app = new App();
const zone = WavelengthZone.EU_WEST_3_CMN;
const { aws, backend } = readDeployment(process.env);
const stackOf = (id: string) => {
  const stack = new TerraformStack(app, id);
  awsProvider(stack, zone.parentRegion, aws);
  backend?.bind(stack);
  return stack;
};

const site = stackOf("arguments");
const name = new TerraformLocal(site, "Name", "api.example.com");
const optIn = new WavelengthZoneOptIn(site, "OptIn", { zone, acknowledgeAccountWide: true });
new Microk8sCluster(site, "Cluster", {
  clusterName: "arguments",
  network: new WavelengthNetwork(site, "Network", { zone, optIn }),
  channel: Microk8sChannel.V1_35,
  apiAccess: ApiAccess.privateNetwork(),
  readyTimeout: Duration.seconds(120),
  extraSans: [name.asString],
  nodeArguments: {
    kubelet: { maxPods: 60, systemReserved: { memory: Size.mebibytes(256) }, extraArguments: { "--serialize-image-pulls": null } },
    apiServer: { auditLog: AuditLog.metadata(), extraArguments: { "--feature-gates": "SidecarContainers=true" } },
    scheduler: { extraArguments: { "--v": 3 } },
  },
});

new ChannelGuard(stackOf("channel"), "Guard", {
  clusterName: "elsewhere",
  channel: Microk8sChannel.V1_35,
  reinitialise: "i-0123456789abcdef0",
});

app.synth();
