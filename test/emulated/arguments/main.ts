// One cluster with arguments, an audit log and a name that Terraform alone knows; and what compares channel and key with those of nodes, alone.
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
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
import { keyGuard } from "../../../lib/microk8s/key-guard";
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

const channel = stackOf("channel");
const reinitialise = "i-0123456789abcdef0";
const { resource: statuses } = new ChannelGuard(channel, "Guard", {
  clusterName: "elsewhere",
  channel: Microk8sChannel.V1_35,
  reinitialise,
});
// What is planned anew each time, and leaves nothing behind, in place of the role that the condition is of.
const keyArn = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555";
new DataAwsCallerIdentity(channel, "Key", { lifecycle: { precondition: [keyGuard(channel, { statuses, keyArn, reinitialise })] } });

app.synth();
