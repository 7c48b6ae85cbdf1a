import { LocalBackend, type App, type TerraformStack } from "cdktf";
import { join } from "node:path";
import { ApiAccess } from "../../lib/access/api-access";
import { InfrastructureStack } from "../../stacks/infrastructure";
import type { SandboxSettings } from "./settings";
import { SmokeStack } from "./smoke-stack";

/** The stacks of the sandbox. */
export interface SandboxStacks {
  /** Network and cluster: `<site>-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
  /** One namespace in the cluster: `<site>-smoke`. */
  readonly smoke: SmokeStack;
}

/** A MEC of one site and one node, and a stack that tries it. */
export function sandbox(app: App, settings: SandboxSettings): SandboxStacks {
  const { site, zone, allowedCidrs } = settings;
  const aws = settings.s3UsePathStyle ? { s3UsePathStyle: true } : undefined;
  const infrastructure = new InfrastructureStack(app, `${site}-infrastructure`, {
    zone,
    clusterName: site,
    channel: settings.channel,
    controlPlane: { count: 1, instanceType: settings.instanceType },
    ipAddresses: settings.ipAddresses,
    acknowledgeAccountWideOptIn: settings.optIn || undefined,
    readyTimeout: settings.readyTimeout,
    apiAccess:
      zone.acceptsInboundTcp && allowedCidrs.length > 0
        ? ApiAccess.carrierIp({ allowedCidrs })
        : ApiAccess.privateNetwork({ allowedCidrs }),
    tags: { "mec:site": site },
    aws,
  });
  const smoke = new SmokeStack(app, `${site}-smoke`, { cluster: infrastructure.cluster, aws });
  for (const stack of [infrastructure, smoke]) {
    keepState(stack, settings.stateDirectory);
  }
  return { infrastructure, smoke };
}

function keepState(stack: TerraformStack, directory?: string): void {
  if (directory !== undefined) {
    new LocalBackend(stack, { path: join(directory, `${stack.node.id}.tfstate`) });
  }
}
