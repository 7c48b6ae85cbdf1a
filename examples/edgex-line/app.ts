import type { App } from "cdktf";
import {
  ApiAccess,
  DeviceProtocol,
  DeviceService,
  Duration,
  EdgeXProfile,
  Export,
  ExportCredentials,
  Microk8sChannel,
  ReadWrite,
  Rule,
  RuleAction,
  RuleStream,
  RuleWindow,
  ValueType,
  WavelengthZone,
} from "../../lib";
import { EdgeXStack, InfrastructureStack, PlatformStack } from "../../stacks";
import type { Deployment } from "../deployment";

/** The stacks of the example. */
export interface EdgeXLineStacks {
  /** Network and cluster: `line-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
  /** Storage and certificates: `line-platform`. */
  readonly platform: PlatformStack;
  /** EdgeX with the line: `line-edgex`. */
  readonly edgex: EdgeXStack;
}

/**
 * A production line with two ovens, which device-virtual makes up: what they tell goes to a broker in the cloud, and one that is too hot for a minute
 * is switched off on the spot, whether the link is there or not.
 *
 * The export needs a Secret in the namespace of EdgeX, with the keys `username` and `password`:
 * `kubectl create secret generic cloud-broker -n edgex --from-literal=username=… --from-literal=password=…`.
 */
export function edgexLine(app: App, deployment: Deployment = {}): EdgeXLineStacks {
  const infrastructure = new InfrastructureStack(app, "line-infrastructure", {
    ...deployment,
    zone: WavelengthZone.US_EAST_1_WL1_BOS,
    clusterName: "line",
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    tags: { "mec:site": "line" },
  });
  const { cluster } = infrastructure;
  const platform = new PlatformStack(app, "line-platform", { ...deployment, cluster });
  const stack = new EdgeXStack(app, "line-edgex", { ...deployment, cluster, profile: EdgeXProfile.CORE, rulesEngine: true });
  addOvens(stack);
  return { infrastructure, platform, edgex: stack };
}

function addOvens({ edgex }: EdgeXStack): void {
  const virtual = edgex.addDeviceService(DeviceService.virtual());
  const oven = edgex.addDeviceProfile({
    name: "oven",
    manufacturer: "Example",
    model: "O-1",
    deviceResources: [
      {
        name: "Temperature",
        description: "Temperature of the chamber",
        properties: { valueType: ValueType.FLOAT64, readWrite: ReadWrite.READ, units: "degC", minimum: 0, maximum: 400 },
      },
      { name: "Heating", description: "Whether it heats", properties: { valueType: ValueType.BOOL, readWrite: ReadWrite.READ_WRITE } },
    ],
    deviceCommands: [
      {
        name: "State",
        readWrite: ReadWrite.READ,
        resourceOperations: [{ deviceResource: "Temperature" }, { deviceResource: "Heating" }],
      },
    ],
  });
  for (const name of ["oven-1", "oven-2"]) {
    edgex.addDevice({
      name,
      service: virtual,
      profile: oven,
      protocols: DeviceProtocol.virtual(),
      autoEvents: [{ sourceName: "State", interval: Duration.seconds(5) }],
    });
    const readings = edgex.addStream(RuleStream.device({ name: name.replace("-", "_"), device: name }));
    edgex.addRule(
      Rule.of({
        name: `${name}-too-hot`,
        select: ["avg(Temperature) AS mean"],
        from: readings,
        window: RuleWindow.tumbling(Duration.minutes(1)),
        having: "mean > 280",
        actions: [RuleAction.command({ device: name, command: "Heating", values: { Heating: false } }), RuleAction.edgex({ device: name })],
      }),
    );
  }
  edgex.addExport(
    Export.mqtt({
      name: "cloud",
      broker: "mqtts://broker.example.com:8883",
      topic: "line/{devicename}",
      credentials: ExportCredentials.userPassword("cloud-broker"),
      filter: { profiles: ["oven", "ekuiper"] },
    }),
  );
}
