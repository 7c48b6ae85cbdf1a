import type { ServiceNode } from "../graph/service-node";
import type { EventFilter } from "./event-filter";
import { httpExportNode, type HttpExportProps } from "./http-export";
import { mqttExportNode, type MqttExportProps } from "./mqtt-export";

/** What an export is told by the EdgeX that it is added to. */
export interface ExportContext {
  /** Name of the site, such as that of its cluster: brokers tell clients of several sites apart by it. @default - none */
  readonly site?: string;
}

/**
 * Events that leave EdgeX: an application service, made of configuration alone.
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/services/AppServiceConfigurable/
 */
export class Export {
  /**
   * Events that are published at MQTT brokers.
   *
   * @param props which events, where and with what credentials
   * @throws {MecError} MEC1493 without credentials, or with such as MQTT has no place for, MEC1494 for an endpoint that cannot be, or that would
   *   be told through the internet in the clear, MEC1495 for a setting that EdgeX does not take, MEC1424 for what is no name of a Secret,
   *   MEC1003 for what is no network, MEC1482 for a text with the mark of a Secret's place
   */
  public static mqtt(props: MqttExportProps): Export {
    return new Export(props, (site) => mqttExportNode("Export.mqtt", props, site));
  }

  /**
   * Events that are sent to HTTP servers.
   *
   * @param props which events, where and with what credentials
   * @throws {MecError} MEC1493 without credentials, or with such as HTTP has no place for, MEC1494 for an endpoint that cannot be, or that would
   *   be told through the internet in the clear, MEC1495 for a setting that EdgeX does not take, MEC1424 for what is no name of a Secret,
   *   MEC1003 for what is no network, MEC1482 for a text with the mark of a Secret's place
   */
  public static http(props: HttpExportProps): Export {
    return new Export(props, () => httpExportNode("Export.http", props));
  }

  /** Name among exports of its kind. */
  public readonly name: string;

  /** Name of its service, such as `edgex-app-mqtt-export-region`. */
  public readonly serviceName: string;

  /** Which events go through. */
  public readonly filter?: EventFilter;

  private constructor(
    { name, filter }: { readonly name: string; readonly filter?: EventFilter },
    private readonly node: (site?: string) => ServiceNode,
  ) {
    this.name = name;
    this.filter = filter;
    // Made at once, so that what is refused is refused where it is written.
    this.serviceName = node().name;
  }

  /**
   * Its service.
   * @param context what it is told by the EdgeX. @default - nothing
   */
  public toNode({ site }: ExportContext = {}): ServiceNode {
    return this.node(site);
  }
}
