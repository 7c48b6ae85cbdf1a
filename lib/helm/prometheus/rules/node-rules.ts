import { alert, type RuleGroup } from "../rule";

/**
 * Alerts on the machines of a site.
 * @see https://github.com/prometheus/node_exporter#collectors
 */
export const NODE_RULES: RuleGroup = {
  name: "mec-nodes",
  rules: [
    alert(
      "MecNodeNotReady",
      'kube_node_status_condition{condition="Ready",status="true"} == 0',
      "5m",
      "critical",
      "Node {{ $labels.node }} is not ready",
      "Its pods move to other nodes after five minutes; those with a volume on its disk wait for it. Look at `microk8s status` and at the node's log group.",
    ),
    alert(
      "MecNodeCpuStolen",
      'avg by (instance) (rate(node_cpu_seconds_total{job="node-exporter",mode="steal"}[15m])) > 0.2',
      "30m",
      "warning",
      "A fifth of the processor time of {{ $labels.instance }} is withheld",
      "The machine has used up its CPU credits, as types of the family t3 do. Choose a larger type, or one of the family r5.",
    ),
    alert(
      "MecNodeCpuBusy",
      '1 - avg by (instance) (rate(node_cpu_seconds_total{job="node-exporter",mode="idle"}[15m])) > 0.9',
      "30m",
      "warning",
      "The processors of {{ $labels.instance }} are busy at {{ $value | humanizePercentage }}",
      "The datastore shares them: choose a larger type, or add workers.",
    ),
    alert(
      "MecNodeMemoryLow",
      'node_memory_MemAvailable_bytes{job="node-exporter"} < 268435456',
      "10m",
      "critical",
      "{{ $labels.instance }} has {{ $value | humanize1024 }}B of memory left",
      "The kubelet evicts pods below 100 MiB. Choose a larger type, or a lighter profile of an add-on.",
    ),
    alert(
      "MecNodeOutOfMemory",
      'increase(node_vmstat_oom_kill{job="node-exporter"}[15m]) > 0',
      "0m",
      "warning",
      "A process on {{ $labels.instance }} was ended for want of memory",
      "It reached its own limit, or the machine had none left: `journalctl -k` on the node names it.",
    ),
    alert(
      "MecNodeClockWrong",
      'node_timex_sync_status{job="node-exporter"} == 0 and node_timex_maxerror_seconds{job="node-exporter"} >= 16',
      "10m",
      "warning",
      "The clock of {{ $labels.instance }} is not kept",
      "Certificates and the datastore need it. Time comes from 169.254.169.123: a carrier gateway lets no NTP through.",
    ),
  ],
};
