import type { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ApiAccessTarget } from "../../microk8s/api-access";
import { generationOf } from "../../microk8s/desired";
import { PROTOCOL, placeholderParameter, plainParameter } from "../../microk8s/parameters";
import { MICROK8S_PORTS } from "../../microk8s/ports";
import type { RegionGatewaySettings } from "./settings";

/** Name of the gateway among the cluster's machines. */
export const GATEWAY = "gateway";

/** What the gateway's host is told, and where it tells how it is: `gateway` and `nodes/gateway` below the cluster's parameters. */
export class GatewayParameters extends Construct {
  /** Both parameters, which must be there before the host boots and until it is gone. */
  public readonly all: SsmParameter[];

  /** Name of what the host shall be: another for every change that it acts upon. */
  public readonly generation: string;

  public constructor(
    scope: Construct,
    id: string,
    target: ApiAccessTarget,
    settings: RegionGatewaySettings,
    before: ITerraformDependable[],
  ) {
    super(scope, id);
    const { clusterName, agent, tags } = target;
    const passes = {
      port: settings.port,
      backends: target.controlPlaneAddresses,
      backendPort: MICROK8S_PORTS.api,
      mtu: settings.mtu,
      ...target.desired,
    };
    this.generation = generationOf(this, { agent: agent.sha256, ...passes });
    const gateway = {
      protocol: PROTOCOL,
      generation: this.generation,
      agent: { bucket: agent.bucketName, key: agent.key, sha256: agent.sha256 },
      readySeconds: Math.ceil(target.readyTimeout.toSeconds()),
      ...passes,
    };
    const parameter = (name: string, description: string) => ({ clusterName, name, description, tags });
    this.all = [
      // After what it names, since a living gateway follows it at once.
      plainParameter(this, parameter(GATEWAY, "What the API gateway shall be"), JSON.stringify(gateway), before),
      placeholderParameter(this, parameter(`nodes/${GATEWAY}`, "Status of the API gateway")),
    ];
  }
}
