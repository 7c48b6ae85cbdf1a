import Table from "cli-table3";
import type { BillableResource } from "../../../stacks/billable-resources";
import type { NodeStatus } from "./node-status";
import type { InfrastructureOutputs } from "./outputs";

/** What the summary tells. */
export interface Summary {
  readonly outputs: InfrastructureOutputs;
  readonly statuses: readonly NodeStatus[];
  /** What the add-ons ask for and the nodes have: a table for each cluster with add-ons. */
  readonly fit: readonly string[];
  /** What the deployed stacks would cost money for on AWS. */
  readonly billable: readonly BillableResource[];
  readonly stateDirectory: string;
  readonly logsDirectory: string;
  /** Versions of what was real, such as `Terraform 1.11.4`. */
  readonly real: readonly string[];
  /** What was emulated and by what. */
  readonly emulated: readonly string[];
  /** Sentences about what was done differently from AWS or left out. */
  readonly notes: readonly string[];
}

/** The table of nodes; colours only where asked for. */
export function renderTable(outputs: InfrastructureOutputs, statuses: readonly NodeStatus[], colors = false): string {
  const table = new Table({
    head: ["node", "zone", "private IP", "carrier IP", "phase", "seconds"],
    colAligns: ["left", "left", "left", "left", "left", "right"],
    style: colors ? {} : { head: [], border: [] },
  });
  for (const [node, { private_ip: privateIp, carrier_ip: carrierIp }] of Object.entries(outputs.nodes)) {
    const status = statuses.find((entry) => entry.node === node && entry.cluster === outputs.cluster_name);
    const phase = status === undefined ? "unknown" : status.state === "failed" ? `failed in ${status.phase}` : status.phase;
    table.push([node, outputs.zone, privateIp ?? "-", carrierIp ?? "-", phase, status?.seconds?.toFixed(1) ?? "-"]);
  }
  return table.toString();
}

/** The whole summary, for people. */
export function renderSummary(summary: Summary, colors = false): string {
  const { outputs } = summary;
  return [
    renderTable(outputs, summary.statuses, colors),
    ...summary.fit,
    `cluster    ${outputs.cluster_name} (${outputs.region})`,
    `endpoint   ${outputs.endpoint}`,
    ...ownTimes(summary.statuses).map((text) => `time       ${text}`),
    `billable   on AWS: ${describeBillable(summary.billable)}`,
    `state      ${summary.stateDirectory}`,
    `logs       ${summary.logsDirectory}`,
    ...summary.notes.map((note) => `note       ${note}`),
    `Real: ${summary.real.join(", ")}. Emulated: ${summary.emulated.join(", ")}.`,
  ].join("\n");
}

/** Billable resources in one line: by size where they have one, otherwise by count. */
function describeBillable(resources: readonly BillableResource[]): string {
  const items = resources.map(({ name, count, gibibytes }) =>
    gibibytes === undefined ? `${count} x ${name}` : `${gibibytes} GiB ${name}`,
  );
  return items.join(", ") || "nothing";
}

/** What of a node's time was its agent's own, and what passed in the commands it ran. */
function ownTimes(statuses: readonly NodeStatus[]): string[] {
  return statuses.flatMap(({ node, seconds, commandSeconds }) =>
    seconds === undefined || commandSeconds === undefined
      ? []
      : [
          `${node}: ${commandSeconds.toFixed(1)} s in snap, microk8s and openssl, ${(seconds - commandSeconds).toFixed(1)} s the agent's own`,
        ],
  );
}
