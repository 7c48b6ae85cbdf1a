import { MecError, got } from "../../../errors";
import { KEEPER } from "./addresses";
import { REGISTRY_ARG } from "./edgex-service";
import { assertOutsides } from "./outside";
import type { JobNode, ServiceNode, Talk } from "./service-node";

/** All services and jobs of an EdgeX, each talk of which has its target. */
export interface ServiceGraph {
  /** Services, by name. */
  readonly services: readonly ServiceNode[];
  /** Jobs, by name. */
  readonly jobs: readonly JobNode[];
}

/**
 * Puts services and jobs together: core-keeper looks after the health of each that registers with it, so that it talks to these too.
 *
 * @param path construct path for the error
 * @param services the services
 * @param jobs the jobs
 * @throws {MecError} MEC1483 for files that no ConfigMap holds, MEC1477 for two of one name, and for a talk to what is not there or does not answer at
 *   that port, and what {@link assertOutsides} refuses
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/internal/core/keeper/registry/registry.go
 */
export function serviceGraph(path: string, services: readonly ServiceNode[], jobs: readonly JobNode[]): ServiceGraph {
  const registered = services.filter(
    ({ args = [], ports = [] }) => (args.includes(REGISTRY_ARG) || args.includes("-r")) && ports.length > 0,
  );
  const looksAfter = registered.map(({ name, ports = [] }): Talk => ({ service: name, port: ports[0].port }));
  const graph: ServiceGraph = {
    services: services
      .map((node) => ({ ...node, talksTo: talks(node.name === KEEPER.service ? [...node.talksTo, ...looksAfter] : node.talksTo) }))
      .sort(byName),
    jobs: jobs.map((job) => ({ ...job, talksTo: talks(job.talksTo) })).sort(byName),
  };
  assertGraph(path, graph);
  const all: readonly Pick<ServiceNode, "name" | "outbound" | "inbound">[] = [...graph.services, ...graph.jobs];
  for (const { name, outbound = [], inbound = [] } of all) {
    assertOutsides(path, `outbound of ${name}`, outbound);
    assertOutsides(path, `inbound of ${name}`, inbound);
  }
  [...graph.services, ...graph.jobs].forEach((node) => assertFiles(path, node));
  return graph;
}

function assertGraph(path: string, { services, jobs }: ServiceGraph): void {
  const byNames = new Map<string, ServiceNode | JobNode>();
  for (const node of [...services, ...jobs]) {
    if (byNames.has(node.name)) {
      throw new MecError(
        "MEC1477",
        path,
        `got two services named ${node.name}: a service is known by its name, so give one of them another instance or name`,
      );
    }
    byNames.set(node.name, node);
  }
  for (const node of [...services, ...jobs]) {
    for (const { service, port } of node.talksTo) {
      const target = services.find(({ name }) => name === service);
      if (!target?.ports?.some((own) => own.port === port)) {
        throw new MecError(
          "MEC1477",
          path,
          `${got(`${service}:${port}`)} as what ${node.name} talks to: ${target ? "it does not answer at that port" : "there is no such service in this EdgeX"}, so write one of ${services.flatMap(({ name, ports = [] }) => ports.map((own) => `${name}:${own.port}`)).join(", ")}`,
        );
      }
    }
  }
}

/**
 * Bytes that a ConfigMap may hold, with something to spare for what is around.
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
 */
const MAX_FILES = 1_000_000;

function assertFiles(path: string, { name, files = [], configuration = {} }: ServiceNode | JobNode): void {
  const configured = Object.fromEntries(Object.entries(configuration).map(([file, values]) => [file, JSON.stringify(values)]));
  for (const { path: directory, files: texts } of [...files, { path: "the configuration", files: configured }]) {
    const bytes = Object.entries(texts).reduce((total, [file, text]) => total + Buffer.byteLength(file) + Buffer.byteLength(text), 0);
    if (bytes > MAX_FILES) {
      throw new MecError(
        "MEC1483",
        path,
        `got ${bytes} bytes of files for ${directory} of ${name}: Kubernetes keeps 1048576 in one object, so write fewer of them, or share them among several EdgeX`,
      );
    }
  }
}

/** Each talk once, in one order. */
function talks(all: readonly Talk[]): readonly Talk[] {
  const key = ({ service, port }: Talk) => `${service}:${port}`;
  return [...new Map(all.map((talk) => [key(talk), talk])).entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, talk]) => talk);
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
