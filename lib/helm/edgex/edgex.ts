import type { Construct } from "constructs";
import { join } from "node:path";
import { addRule } from "../../annotations";
import { MecError } from "../../errors";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { Chart } from "../chart";
import { ClusterAddOns } from "../cluster-add-ons";
import { Device, type DeviceProps } from "./devices/device";
import { DeviceProfile } from "./devices/device-profile";
import type { DeviceProfileProps } from "./devices/device-profile-props";
import type { DeviceService } from "./devices/device-service";
import type { EdgeXProps } from "./edgex-props";
import type { Export } from "./exports/export";
import { BROKER } from "./graph/addresses";
import type { ServiceGraph } from "./graph/service-graph";
import { EDGEX, EdgeXModel } from "./model";
import type { Rule } from "./rules-engine/rule";
import type { RuleStream } from "./rules-engine/rule-stream";

/**
 * EdgeX 4.0 of the Odesa release, by a chart of the library's own: the core services with their database and message bus, and what is added to it
 * of device services, devices, exports and rules. All of it is code: what was changed at run time in the configuration of a service is set back
 * when it starts.
 *
 * It is EdgeX' open mode: services ask nobody who they are. Instead, policies of the network let in and out what the graph of services says and
 * nothing else, the message bus wants a name and a password, and nothing is open to anybody outside of EdgeX unless `ingress` or
 * `allowedNamespaces` say so. docs/edgex.md tells what that protects.
 *
 * @throws {MecError} MEC1475 for secure mode, MEC1477 for a service that talks to what is not there, MEC1479 for an ingress to it, MEC1482 for a
 *   setting that EdgeX does not have, and what {@link HelmAddOn} refuses; at synth MEC1476 for a second one in the namespace
 * @see https://docs.edgexfoundry.org/4.0/
 */
export class EdgeX extends HelmAddOn {
  /** Host name of the message bus within the cluster; port 1883. Who may connect `allowedNamespaces` says. */
  public readonly brokerHost: string;

  /** Name of the Secret in the namespace with the name and the password for the message bus, under `username` and `password`. */
  public readonly brokerSecret: string;

  private readonly model: EdgeXModel;

  public constructor(scope: Construct, id: string, props: EdgeXProps) {
    const path = `${scope.node.path}/${id}`;
    const model = new EdgeXModel(path, props, {
      site: props.cluster.clusterName,
      prometheus: () => prometheusNamespace(scope, props),
    });
    super(scope, id, props, definition(model));
    this.model = model;
    this.brokerSecret = model.settings.secrets.broker;
    this.brokerHost = `${BROKER.service}.${this.namespace}.svc`;
    addRule(this, () => [...this.twins(), ...model.errors]);
  }

  /**
   * Adds a device service.
   *
   * @param service the service
   * @returns the same, for `addDevice`
   * @throws {MecError} MEC1490 for two of one name
   */
  public addDeviceService(service: DeviceService): DeviceService {
    this.model.addDeviceService(service);
    return service;
  }

  /**
   * Adds a profile of devices; that of a device is added with the device.
   *
   * @param profile the profile, or what it is made of
   * @returns the profile, for `addDevice`
   * @throws {MecError} MEC1485 and MEC1486 for what EdgeX refuses, MEC1490 for two of one name that are not the same; at synth MEC1478 where there
   *   is no device service that could load it
   */
  public addDeviceProfile(profile: DeviceProfile | DeviceProfileProps): DeviceProfile {
    const one = profile instanceof DeviceProfile ? profile : DeviceProfile.of(profile);
    this.model.addDeviceProfile(one);
    return one;
  }

  /**
   * Adds a device.
   *
   * @param device the device, or what it is made of
   * @returns the device
   * @throws {MecError} MEC1487 and MEC1488 for what EdgeX refuses, MEC1490 for two of one name, MEC1491 for a device that its service cannot speak
   *   to, and at synth for a service that is not added
   */
  public addDevice(device: Device | DeviceProps): Device {
    const one = device instanceof Device ? device : Device.of(device);
    this.model.addDevice(one);
    return one;
  }

  /**
   * Adds an export of events.
   *
   * @param one the export
   * @returns the same
   * @throws {MecError} MEC1499 for two of one kind and name; at synth MEC1497 for a filter that names what is not there
   */
  public addExport(one: Export): Export {
    this.model.addExport(one);
    return one;
  }

  /**
   * Adds a stream of events that rules read.
   *
   * @param stream the stream
   * @returns the same
   * @throws {MecError} MEC1478 without a rules engine; at synth MEC1497 for a device or a profile that is not there, MEC1499 for two of one name
   */
  public addStream(stream: RuleStream): RuleStream {
    this.model.addStream(stream);
    return stream;
  }

  /**
   * Adds a rule.
   *
   * @param rule the rule
   * @returns the same
   * @throws {MecError} MEC1478 without a rules engine; at synth MEC1497 for a stream, a device or a resource that is not there, MEC1498 for a command
   *   that writes nothing, MEC1499 for two of one name
   */
  public addRule(rule: Rule): Rule {
    this.model.addRule(rule);
    return rule;
  }

  /** All services and jobs, with whom each talks to. */
  public get graph(): ServiceGraph {
    return this.model.graph;
  }

  /** URL within the cluster by name of each service with an interface by HTTP. Which of them pods of others reach `allowedNamespaces` says. */
  public get restEndpoints(): Readonly<Record<string, string>> {
    const withHttp = this.graph.services.filter(({ ports = [] }) => ports.some(({ name }) => name === "http"));
    return Object.fromEntries(
      withHttp.map(({ name, ports = [] }) => [
        name,
        `http://${name}.${this.namespace}.svc:${ports.find((port) => port.name === "http")!.port}`,
      ]),
    );
  }

  /** Its services know each other by their names in the namespace. */
  private twins(): MecError[] {
    const { addOns } = ClusterAddOns.of(this, this.cluster);
    const before = addOns.slice(0, addOns.indexOf(this)).filter(({ kind, namespace }) => kind === EDGEX && namespace === this.namespace);
    return before.map(
      ({ node }) =>
        new MecError(
          "MEC1476",
          this.node.path,
          `got the namespace ${this.namespace}, where ${node.path} is: services of EdgeX know each other by fixed names, so write another namespace`,
        ),
    );
  }
}

function definition(model: EdgeXModel): AddOnDefinition {
  return {
    kind: EDGEX,
    chart: Chart.fromFolder(join(__dirname, "chart")),
    namespace: EDGEX,
    releaseName: EDGEX,
    values: [],
    lateValues: () => model.values,
    after: ["prometheus"],
    storageClass: model.settings.storageClass,
    footprint: footprintOf(model),
    isStateful: true,
    podSecurity: "restricted",
    openMaps: ["services", "jobs", "credentials", "ingress", "monitoring.dashboards"],
  };
}

/** Figures that grow with what is added. */
function footprintOf(model: EdgeXModel): AddOnDefinition["footprint"] {
  return {
    get cpuMillis() {
      return model.footprint.cpuMillis;
    },
    get memory() {
      return model.footprint.memory;
    },
    get volumes() {
      return model.footprint.volumes;
    },
  };
}

/** Namespace of the Prometheus of the app for the same cluster. */
function prometheusNamespace(scope: Construct, { cluster }: EdgeXProps): string | undefined {
  return ClusterAddOns.of(scope, cluster).addOns.find(({ kind }) => kind === "prometheus")?.namespace;
}
