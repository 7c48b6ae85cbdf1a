import { MecError } from "../../errors";
import type { Footprint } from "../footprint";
import { assertNamespace } from "../names";
import type { Values } from "../values";
import { commonConfiguration } from "./common-configuration";
import { generatedCredentials } from "./credentials";
import { assertDevices, profilesOf } from "./devices/collections";
import type { Device } from "./devices/device";
import type { DeviceProfile } from "./devices/device-profile";
import type { DeviceService } from "./devices/device-service";
import { BUS_BROKER } from "./devices/device-service-configuration";
import { updateDevicesJob } from "./devices/update-devices-job";
import type { EdgeXOptions } from "./edgex-props";
import type { Export } from "./exports/export";
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

/** What an EdgeX is told of where it is. */
export interface EdgeXSurroundings {
  /** Name of the site: brokers tell clients of several sites apart by it. @default - none */
  readonly site?: string;
  /** Asks for the namespace of Prometheus; undefined where nothing is known of one. @default - nothing is known */
  readonly prometheus?: () => string | undefined;
}

/** What an EdgeX is made of, as far as it was told: the services, and the values of the chart. It knows nothing of Terraform. */
export class EdgeXModel {
  /** What the properties come to. */
  public readonly settings: EdgeXSettings;

  private readonly deviceServices: DeviceService[] = [];
  private readonly devices: Device[] = [];
  private readonly profiles: DeviceProfile[] = [];
  private readonly exports: Export[] = [];

  /**
   * @param path construct path for the errors
   * @param props the properties
   * @param around what it is told of where it is
   */
  public constructor(
    private readonly path: string,
    private readonly props: EdgeXOptions,
    private readonly around: EdgeXSurroundings = {},
  ) {
    this.settings = checkedEdgeX(path, props);
    props.allowedNamespaces?.forEach((namespace) => assertNamespace(path, namespace));
  }

  /**
   * Takes in a device service.
   * @throws {MecError} MEC1490 for two of one name
   */
  public addDeviceService(service: DeviceService): void {
    assertDevices(this.path, [...this.deviceServices, service], []);
    this.deviceServices.push(service);
  }

  /**
   * Takes in a profile.
   * @throws {MecError} MEC1490 for two of one name that are not the same
   */
  public addDeviceProfile(profile: DeviceProfile): void {
    profilesOf(this.devices, [...this.profiles, profile]);
    this.profiles.push(profile);
  }

  /**
   * Takes in a device.
   * @throws {MecError} MEC1490 for two of one name, and for a profile that is not the same as another of its name
   */
  public addDevice(device: Device): void {
    const devices = [...this.devices, device];
    // Its service may be added later.
    const services = devices.map(({ service }) => service).filter((one, index, all) => all.findIndex((other) => other.is(one)) === index);
    assertDevices(this.path, services, devices, this.profiles);
    this.devices.push(device);
  }

  /**
   * Takes in an export.
   * @throws {MecError} MEC1477 for two of one name
   */
  public addExport(one: Export): void {
    if (this.exports.some(({ serviceName }) => serviceName === one.serviceName)) {
      throw new MecError(
        "MEC1477",
        this.path,
        `got two services named ${one.serviceName}: a service is known by its name, so give one of the exports another name`,
      );
    }
    this.exports.push(one);
  }

  /** What is wrong with all of it together. */
  public get errors(): readonly MecError[] {
    const found: MecError[] = [];
    const attempt = (check: () => unknown) => {
      try {
        check();
      } catch (error) {
        if (!(error instanceof MecError)) {
          throw error;
        }
        found.push(error);
      }
    };
    attempt(() => assertDevices(this.path, this.deviceServices, this.devices, this.profiles));
    attempt(() => this.assertProfilesLoaded());
    attempt(() => this.values);
    return found;
  }

  /** All services and jobs. */
  public get graph(): ServiceGraph {
    const { settings } = this;
    const devices = this.deviceServiceNodes();
    const services = [...ownServices(settings, devices), ...devices, ...this.exports.map((one) => one.toNode({ site: this.around.site }))];
    const updates = updateDevicesJob(this.devices, this.profiles);
    return serviceGraph(
      this.path,
      services.map((node) => this.versioned(this.openToOthers(node))),
      [bootstrapperJob(settings, this.common), ...(updates ? [updates] : [])],
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

  /** The first one loads profiles that no device has, for devices that are added at run time. */
  private deviceServiceNodes(): readonly ServiceNode[] {
    const unused = this.profiles.filter((profile) => !this.devices.some((device) => device.profile.name === profile.name));
    const broker = { ...BUS_BROKER, secret: this.settings.secrets.broker };
    return this.deviceServices.map((service, index) =>
      service.toNode({ devices: this.devices, profiles: index === 0 ? unused : [], broker }),
    );
  }

  private assertProfilesLoaded(): void {
    const [first] = this.profiles;
    if (first !== undefined && this.deviceServices.length === 0) {
      throw new MecError(
        "MEC1478",
        this.path,
        `got the profile ${JSON.stringify(first.name)} and no device service: it is a device service that loads profiles, so write for example addDeviceService(DeviceService.virtual())`,
      );
    }
  }

  private get common() {
    return commonConfiguration(this.settings.secrets, undefined, this.props.credentialsVersion);
  }

  /** Namespace of Prometheus; undefined where there are no metrics. */
  private get monitoringNamespace(): string | undefined {
    const { monitoring } = this.props;
    const namespace = this.around.prometheus?.();
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
