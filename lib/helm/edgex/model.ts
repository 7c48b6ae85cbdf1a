import type { Footprint } from "../footprint";
import { assertNamespace } from "../names";
import type { Values } from "../values";
import { commonConfiguration } from "./common-configuration";
import { generatedCredentials } from "./credentials";
import type { EdgeXOptions } from "./edgex-props";
import { edgexFootprint } from "./footprint";
import { BROKER, COMMAND, DATA, METADATA, NOTIFICATIONS, SCHEDULER } from "./graph/addresses";
import { bootstrapperJob } from "./graph/keeper";
import { ownServices } from "./graph/own-services";
import { serviceGraph, type ServiceGraph } from "./graph/service-graph";
import { SECRET_TEXT, type ServiceNode } from "./graph/service-node";
import { checkedEdgeX, type EdgeXSettings } from "./settings";
import { graphValues } from "./values";

/** Services that `allowedNamespaces` opens. */
const FOR_OTHERS = [BROKER, METADATA, COMMAND, DATA, NOTIFICATIONS, SCHEDULER];

/** What an EdgeX is made of, as far as it was told: the services, and the values of the chart. It knows nothing of Terraform. */
export class EdgeXModel {
  /** What the properties come to. */
  public readonly settings: EdgeXSettings;

  /**
   * @param path construct path for the errors
   * @param props the properties
   * @param prometheus the namespace of Prometheus; undefined where nothing is known of one
   */
  public constructor(
    private readonly path: string,
    private readonly props: EdgeXOptions,
    private readonly prometheus: () => string | undefined,
  ) {
    this.settings = checkedEdgeX(path, props);
    props.allowedNamespaces?.forEach((namespace) => assertNamespace(path, namespace));
  }

  /** All services and jobs. */
  public get graph(): ServiceGraph {
    const { settings } = this;
    const devices: readonly ServiceNode[] = [];
    const services = [...ownServices(settings, devices), ...devices];
    return serviceGraph(
      this.path,
      services.map((node) => this.versioned(this.openToOthers(node))),
      [bootstrapperJob(settings, this.common)],
    );
  }

  /** The values of the chart. */
  public get values(): Values {
    const { graph, monitoringNamespace } = this;
    const { ingress } = this.props;
    return {
      ...graphValues(graph),
      revision: this.common.revision,
      credentials: generatedCredentials(this.settings.secrets),
      ...(ingress ? { ingress: ingress.toValues(this.path, graph) } : {}),
      ...(monitoringNamespace === undefined ? {} : { monitoring: { enabled: true, namespace: monitoringNamespace } }),
    };
  }

  /** What its pods ask for. */
  public get footprint(): Footprint {
    return edgexFootprint(this.graph);
  }

  private get common() {
    return commonConfiguration(this.settings.secrets, undefined, this.props.credentialsVersion);
  }

  /** Namespace of Prometheus; undefined where there are no metrics. */
  private get monitoringNamespace(): string | undefined {
    const { monitoring } = this.props;
    const namespace = this.prometheus();
    return monitoring === false ? undefined : (namespace ?? (monitoring ? "monitoring" : undefined));
  }

  /** The service with what has it start anew for other credentials. */
  private versioned(node: ServiceNode): ServiceNode {
    const { credentialsVersion } = this.props;
    const readsSecrets = (node.secrets ?? []).length > 0 || JSON.stringify(node.configuration ?? {}).match(SECRET_TEXT) !== null;
    return credentialsVersion !== undefined && readsSecrets
      ? { ...node, env: { ...node.env, MEC_CREDENTIALS_VERSION: credentialsVersion } }
      : node;
  }

  /** The service with what may connect to it from other namespaces. */
  private openToOthers(node: ServiceNode): ServiceNode {
    const address = FOR_OTHERS.find(({ service }) => service === node.name);
    const namespaces = this.props.allowedNamespaces ?? [];
    return address && namespaces.length > 0
      ? { ...node, inbound: [...(node.inbound ?? []), ...namespaces.map((namespace) => ({ namespace, ports: [{ port: address.port }] }))] }
      : node;
  }
}
