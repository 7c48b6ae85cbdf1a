import type { ServiceGraph } from "./service-graph";
import type { JobNode, ServiceNode } from "./service-node";

/**
 * The services of a graph as a Markdown table: name, purpose, image, ports and whom each talks to.
 * @param graph the graph
 */
export function graphTable({ services, jobs }: ServiceGraph): string {
  const rows = [
    ...services.map((node) =>
      row(
        node,
        node.ports?.map(({ port }) => port),
      ),
    ),
    ...jobs.map((job) => row(job, undefined)),
  ];
  return ["| service | what it is for | image | port | talks to |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

function row({ name, purpose, image, talksTo, outbound = [] }: ServiceNode | JobNode, ports: readonly number[] | undefined): string {
  const talks = [...talksTo.map(({ service, port }) => `${service}:${port}`), ...(outbound.length > 0 ? ["what it is told to"] : [])];
  const short = image.replace(/^docker\.io\/(?:library\/)?/, "");
  return `| \`${name}\` | ${purpose} | \`${short}\` | ${ports?.join(", ") ?? "none, ends"} | ${talks.join(", ") || "nobody"} |`;
}
