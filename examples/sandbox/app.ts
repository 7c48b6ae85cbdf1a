import type { App } from "cdktf";
import { ApiAccess } from "../../lib/access/api-access";
import { InfrastructureStack } from "../../stacks/infrastructure";
import { KubeflowProfile } from "../../lib/helm/kubeflow/profile";
import { KubeflowStack } from "../../stacks/kubeflow";
import { DeviceProfile } from "../../lib/helm/edgex/devices/device-profile";
import { DeviceProtocol } from "../../lib/helm/edgex/devices/device-protocol";
import { DeviceService } from "../../lib/helm/edgex/devices/device-service";
import { EdgeXProfile } from "../../lib/helm/edgex/profile";
import { LoggingStack } from "../../stacks/logging";
import { PrometheusProfile } from "../../lib/helm/prometheus/profile";
import { EdgeXStack } from "../../stacks/edgex";
import { PlatformStack } from "../../stacks/platform";
import { PrometheusStack } from "../../stacks/prometheus";
import { StateBackend } from "../../stacks/state-backend";
import { Duration } from "../../lib/units";
import type { SandboxSettings } from "./settings";
import { SmokeStack } from "./smoke-stack";

/** The stacks of the sandbox. */
export interface SandboxStacks {
  /** Network and cluster: `<site>-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
  /** One namespace in the cluster: `<site>-smoke`. */
  readonly smoke: SmokeStack;
  /** Storage and certificates, where the settings ask for an add-on: `<site>-platform`. */
  readonly platform?: PlatformStack;
  /** Prometheus, where the settings ask for it: `<site>-prometheus`. */
  readonly prometheus?: PrometheusStack;
  /** EdgeX with a made-up device, where the settings ask for it: `<site>-edgex`. */
  readonly edgex?: EdgeXStack;
  /** Loki and its collectors, where the settings ask for them: `<site>-logging`. */
  readonly logging?: LoggingStack;
  /** Kubeflow for models and training runs, with neither, where the settings ask for it: `<site>-kubeflow`. */
  readonly kubeflow?: KubeflowStack;
}

/** A MEC of one site, of one node unless the settings say more, and a stack that tries it. */
export function sandbox(app: App, settings: SandboxSettings): SandboxStacks {
  const { site, zone } = settings;
  const aws = settings.s3UsePathStyle ? { s3UsePathStyle: true } : undefined;
  const backend = settings.stateDirectory === undefined ? undefined : StateBackend.local(settings.stateDirectory);
  const infrastructure = new InfrastructureStack(app, `${site}-infrastructure`, {
    zone,
    clusterName: site,
    channel: settings.channel,
    controlPlane: { count: settings.controlPlaneCount, instanceType: settings.instanceType },
    // Of several nodes Prometheus asks each over the network, node-exporter too, which this lets it; one node's own it reaches anyway.
    controlPlaneMetrics: settings.with.includes("prometheus") && settings.controlPlaneCount > 1 ? true : undefined,
    // A sandbox is there to be destroyed, with three nodes too.
    deletionProtection: false,
    ipAddresses: settings.ipAddresses,
    acknowledgeAccountWideOptIn: settings.optIn || undefined,
    readyTimeout: settings.readyTimeout,
    apiAccess: apiAccess(settings),
    tags: { "mec:site": site },
    aws,
    backend,
  });
  const smoke = new SmokeStack(app, `${site}-smoke`, { cluster: infrastructure.cluster, aws, backend });
  const { cluster } = infrastructure;
  const platform = settings.with.length > 0 ? new PlatformStack(app, `${site}-platform`, { cluster, aws, backend }) : undefined;
  const prometheus = settings.with.includes("prometheus")
    ? new PrometheusStack(app, `${site}-prometheus`, { cluster, profile: PrometheusProfile.LITE, aws, backend })
    : undefined;
  const edgex = settings.with.includes("edgex")
    ? new EdgeXStack(app, `${site}-edgex`, { cluster, profile: EdgeXProfile.CORE, aws, backend })
    : undefined;
  if (edgex) {
    addDevice(edgex);
  }
  const logging = settings.with.includes("logging") ? new LoggingStack(app, `${site}-logging`, { cluster, aws, backend }) : undefined;
  const kubeflow = settings.with.includes("kubeflow")
    ? new KubeflowStack(app, `${site}-kubeflow`, { cluster, profile: KubeflowProfile.SERVING_AND_TRAINING, aws, backend })
    : undefined;
  return { infrastructure, smoke, platform, prometheus, edgex, logging, kubeflow };
}

/** A device that tells numbers at random. */
function addDevice({ edgex }: EdgeXStack): void {
  const service = edgex.addDeviceService(DeviceService.virtual());
  edgex.addDevice({
    name: "numbers",
    service,
    profile: DeviceProfile.fromImage("Random-Integer-Device"),
    protocols: DeviceProtocol.virtual(),
    autoEvents: [{ sourceName: "Int16", interval: Duration.seconds(15) }],
  });
}

function apiAccess({ apiAccess: way, zone, allowedCidrs }: SandboxSettings): ApiAccess {
  switch (way ?? (zone.acceptsInboundTcp && allowedCidrs.length > 0 ? "carrierIp" : "privateNetwork")) {
    case "regionGateway":
      return ApiAccess.regionGateway({ allowedCidrs });
    case "carrierIp":
      return ApiAccess.carrierIp({ allowedCidrs });
    case "sessionManager":
      return ApiAccess.sessionManager();
    case "privateNetwork":
      return ApiAccess.privateNetwork({ allowedCidrs });
  }
}
