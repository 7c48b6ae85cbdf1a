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
import { knownNames, withEventsOfRules } from "./known-devices";
import { metricsNodes } from "./metrics/metrics";
import { telemetrySettings } from "./metrics/telemetry";
import { assertExports, assertRules } from "./rules-engine/known-names";
import type { Rule } from "./rules-engine/rule";
import type { RuleStream } from "./rules-engine/rule-stream";
import { rulesEngineNodes } from "./rules-engine/rules-engine";
import { edgexFootprint } from "./footprint";
import { KUIPER } from "./graph/addresses";
import { bootstrapperJob } from "./graph/keeper";
import { ownServices } from "./graph/own-services";
import { serviceGraph, type ServiceGraph } from "./graph/service-graph";
import type { ServiceNode } from "./graph/service-node";
import { monitoringValues } from "./monitoring";
import { assertOutbound, withSettings } from "./node-settings";
import { checkedEdgeX, type EdgeXSettings } from "./settings";
import { assertReleaseSize } from "./release-size";
import { graphValues } from "./values";

/** Name of the kind, and of namespace and release unless the user names others. */
export const EDGEX = "edgex";

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
  private readonly byName = new Map<string, Device>();
  private readonly profileByName = new Map<string, DeviceProfile>();
  private readonly exports: Export[] = [];
  private readonly streams: RuleStream[] = [];
  private readonly rules: Rule[] = [];

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
    const twin = this.profileByName.get(profile.name) ?? profile;
    profilesOf([], [twin, profile]);
    this.profiles.push(profile);
    this.profileByName.set(profile.name, twin);
  }

  /**
   * Takes in a device.
   * @throws {MecError} MEC1490 for two of one name, and for a profile that is not the same as another of its name
   */
  public addDevice(device: Device): void {
    const twin = this.byName.get(device.name);
    const profile = this.profileByName.get(device.profile.name) ?? device.profile;
    // Its service may be added later. The rest is looked at once all are there: there may be hundreds.
    const services = twin && !twin.service.is(device.service) ? [twin.service, device.service] : [device.service];
    assertDevices(this.path, services, twin ? [twin, device] : [device], [profile]);
    this.devices.push(device);
    this.byName.set(device.name, device);
    this.profileByName.set(profile.name, profile);
  }

  /**
   * Takes in an export.
   * @throws {MecError} MEC1499 for two of one name
   */
  public addExport(one: Export): void {
    // What its filter names may be added later.
    assertExports([...this.exports, one], { profiles: {}, devices: {}, others: true });
    this.exports.push(one);
  }

  /**
   * Takes in a stream.
   * @throws {MecError} MEC1478 without a rules engine
   */
  public addStream(stream: RuleStream): void {
    this.assertRulesEngine(`the stream ${JSON.stringify(stream.name)}`);
    this.streams.push(stream);
  }

  /**
   * Takes in a rule.
   * @throws {MecError} MEC1478 without a rules engine
   */
  public addRule(rule: Rule): void {
    this.assertRulesEngine(`the rule ${JSON.stringify(rule.name)}`);
    this.rules.push(rule);
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
    const known = knownNames(this.deviceServices, this.devices, this.profiles);
    attempt(() => assertExports(this.exports, withEventsOfRules(known, this.rules)));
    attempt(() => assertRules(this.streams, this.rules, known));
    attempt(() => this.values);
    attempt(() => assertOutbound(this.path, this.props.outbound, this.graph));
    attempt(() => assertReleaseSize(this.path, this.values));
    // A graph that cannot be made is found by each who needs it.
    return [...new Map(found.map((error) => [error.message, error])).values()];
  }

  /** All services and jobs. */
  public get graph(): ServiceGraph {
    const { settings } = this;
    const devices = this.deviceServiceNodes();
    const services = [
      ...ownServices(settings, devices),
      ...devices,
      ...this.exports.map((one) => one.toNode({ site: this.site })),
      ...this.rulesEngine(),
      ...(this.monitoringNamespace === undefined ? [] : metricsNodes()),
    ];
    const settingsOfAll = {
      ...this.props,
      brokerNetworks: this.deviceServices.flatMap(({ brokerNetworks }) => brokerNetworks),
      isWatched: this.monitoringNamespace !== undefined,
    };
    const updates = updateDevicesJob(this.devices, this.profiles);
    return serviceGraph(
      this.path,
      services.map((node) => withSettings(node, settingsOfAll)),
      [bootstrapperJob(settings, this.common), ...(updates ? [updates] : [])],
    );
  }

  /** The values of the chart. */
  public get values(): Values {
    const { graph } = this;
    const { ingress } = this.props;
    return {
      ...graphValues(graph),
      revision: this.common.revision,
      credentials: generatedCredentials(this.settings.generatedSecrets),
      ...(ingress ? { ingress: ingress.toValues(this.path, graph) } : {}),
      ...this.monitoring(),
    };
  }

  /** Name that brokers know it by: a cluster may have several EdgeX. */
  private get site(): string | undefined {
    const { site } = this.around;
    const { namespace = EDGEX } = this.props;
    return site === undefined || namespace === EDGEX ? site : `${site}-${namespace}`;
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
      service.toNode({ devices: this.devices, profiles: index === 0 ? unused : [], broker, site: this.site }),
    );
  }

  /** eKuiper as large as the profile has it, and the service that brings it events. */
  private rulesEngine(): readonly ServiceNode[] {
    const { profile, secrets } = this.settings;
    return profile.rulesEngine
      ? rulesEngineNodes({ streams: this.streams, rules: this.rules, brokerSecret: secrets.broker }).map((node) =>
          node.name === KUIPER.service ? { ...node, resources: profile.kuiper } : node,
        )
      : [];
  }

  private assertRulesEngine(what: string): void {
    if (!this.settings.profile.rulesEngine) {
      throw new MecError(
        "MEC1478",
        this.path,
        `got ${what} and no rules engine: nothing would run it, so write rulesEngine: true, or take EdgeXProfile.STANDARD`,
      );
    }
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
    const telemetry = this.monitoringNamespace === undefined ? undefined : telemetrySettings();
    return commonConfiguration(this.settings.secrets, telemetry, this.props.credentialsVersion);
  }

  /** What Prometheus and Grafana take. */
  private monitoring(): Values {
    const { monitoringNamespace: namespace, around } = this;
    if (namespace === undefined) {
      return {};
    }
    const { rulesEngine } = this.settings.profile;
    const { namespace: own = EDGEX } = this.props;
    return { monitoring: monitoringValues({ namespace, own, usual: EDGEX, site: around.site, rulesEngine }) };
  }

  /** Namespace of Prometheus; undefined where there are no metrics. */
  private get monitoringNamespace(): string | undefined {
    const { monitoring } = this.props;
    const namespace = this.around.prometheus?.();
    return monitoring === false ? undefined : (namespace ?? (monitoring ? "monitoring" : undefined));
  }
}
