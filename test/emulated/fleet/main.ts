// One network and as many clusters as MEC_TEST_CLUSTERS names, so that many faults are lived through in one apply.
import { App, TerraformStack } from "cdktf";
import {
  ApiAccess,
  Duration,
  Microk8sChannel,
  Microk8sCluster,
  NodeTaint,
  TaintEffect,
  WavelengthInstanceType,
  WavelengthNetwork,
  WorkerEgress,
  WavelengthZone,
  WavelengthZoneOptIn,
  type NodeAlarmsProps,
} from "../../../lib";
import { AGENT } from "../../../lib/microk8s/agent-archive";
import { awsProvider } from "../../../stacks";
import { readDeployment } from "../../../examples/deployment";

/** What a test says of a cluster. */
interface TestCluster {
  readonly readySeconds: number;
  readonly channel?: string;
  readonly kubelet?: Record<string, string>;
  readonly ingress?: boolean;
  readonly extraSans?: string[];
  readonly reinitialise?: string;
  readonly alarms?: NodeAlarmsProps;
  readonly count?: number;
  readonly leaving?: number;
  readonly instanceType?: string;
  readonly resize?: string[];
  readonly acknowledgeLossOfHighAvailability?: true;
  readonly workers?: Record<string, { readonly count: number; readonly labels?: Record<string, string>; readonly tainted?: boolean }>;
}

const clusters = JSON.parse(process.env.MEC_TEST_CLUSTERS ?? "{}") as Record<string, TestCluster>;
// Nodes of an earlier release run an earlier agent.
AGENT.sources = process.env.MEC_TEST_AGENT ?? AGENT.sources;
const zone = WavelengthZone.EU_WEST_3_CMN;

const app = new App();
const stack = new TerraformStack(app, "fleet");
const { aws, backend } = readDeployment(process.env);
awsProvider(stack, zone.parentRegion, aws);
backend?.bind(stack);
const optIn = new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true });
const network = new WavelengthNetwork(stack, "Network", { zone, optIn });
// Other tests have the NAT gateway, which takes its time.
const egress = WorkerEgress.CARRIER_IP;
for (const [clusterName, wanted] of Object.entries(clusters)) {
  const { readySeconds, channel, kubelet, ingress, extraSans, reinitialise, alarms, workers = {} } = wanted;
  const { count, leaving, acknowledgeLossOfHighAvailability, resize } = wanted;
  const instanceType = wanted.instanceType === undefined ? undefined : WavelengthInstanceType.of(wanted.instanceType);
  const cluster = new Microk8sCluster(stack, clusterName, {
    clusterName,
    network,
    channel: Microk8sChannel.of(channel ?? "1.35/stable"),
    apiAccess: ApiAccess.privateNetwork(),
    readyTimeout: Duration.seconds(readySeconds),
    nodeArguments: kubelet && { kubelet: { extraArguments: kubelet } },
    controlPlane: { reinitialise, count, leaving, acknowledgeLossOfHighAvailability, instanceType, resize },
    ingress,
    extraSans,
    alarms,
    deletionProtection: false,
  });
  for (const [name, { count: nodes, labels, tainted }] of Object.entries(workers)) {
    const taints = tainted ? [NodeTaint.of("mec", "edge", TaintEffect.NO_SCHEDULE)] : undefined;
    cluster.addWorkers(name, { count: nodes, instanceType: WavelengthInstanceType.T3_MEDIUM, egress, labels, taints });
  }
}
app.synth();
