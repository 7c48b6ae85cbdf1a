import type { Construct } from "constructs";
import { join } from "node:path";
import { addRule } from "../../annotations";
import { MecError } from "../../errors";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { Chart } from "../chart";
import { ClusterAddOns } from "../cluster-add-ons";
import type { EdgeXProps } from "./edgex-props";
import { BROKER } from "./graph/addresses";
import type { ServiceGraph } from "./graph/service-graph";
import { EdgeXModel } from "./model";

/** Name of the kind, and of namespace and release unless the user names others. */
const KIND = "edgex";

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

  private readonly model: EdgeXModel;

  public constructor(scope: Construct, id: string, props: EdgeXProps) {
    const path = `${scope.node.path}/${id}`;
    const model = new EdgeXModel(path, props, () => prometheusNamespace(scope, props));
    super(scope, id, props, definition(model));
    this.model = model;
    this.brokerHost = `${BROKER.service}.${this.namespace}.svc`;
    addRule(this, () => this.twins());
  }

  /** All services and jobs, with whom each talks to. */
  public get graph(): ServiceGraph {
    return this.model.graph;
  }

  /** URL within the cluster by name of each service with an interface by HTTP. */
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
    const before = addOns.slice(0, addOns.indexOf(this)).filter(({ kind, namespace }) => kind === KIND && namespace === this.namespace);
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
    kind: KIND,
    chart: Chart.fromFolder(join(__dirname, "chart")),
    namespace: KIND,
    releaseName: KIND,
    values: [],
    lateValues: () => model.values,
    after: ["prometheus"],
    storageClass: model.settings.storageClass,
    footprint: footprintOf(model),
    isStateful: true,
    podSecurity: "restricted",
    openMaps: ["services", "jobs", "credentials", "ingress", "monitoring"],
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
