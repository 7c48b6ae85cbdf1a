import { alert, type RuleGroup } from "../prometheus/rule";

/**
 * Alerts on the way of logs: what Loki refuses, what collectors give up or cannot deliver.
 *
 * @see https://docs.fluentbit.io/manual/administration/monitoring
 * @see https://grafana.com/docs/loki/latest/operations/observability/
 */
export const LOGGING_RULES: RuleGroup = {
  name: "mec-logging",
  rules: [
    alert(
      "MecLogsOverLimit",
      'sum by (reason) (rate(loki_discarded_bytes_total{reason="rate_limited"}[15m])) > 0',
      "30m",
      "warning",
      "More logs come than Loki takes in a day",
      "Collectors keep what is refused on the disks of their nodes while there is room, then the oldest goes: look for the pod that writes so much, drop its lines, or raise dailyLimit with the volume.",
    ),
    alert(
      "MecLogsRefused",
      'sum by (reason) (increase(loki_discarded_samples_total{reason!="rate_limited"}[15m])) > 0',
      "15m",
      "warning",
      "Loki refuses lines for good: {{ $labels.reason }}",
      "They are lost. Lines that come hours late, beside others of their stream, are too far behind.",
    ),
    alert(
      "MecLogsLost",
      "sum by (pod, name) (increase(fluentbit_output_dropped_records_total[15m])) > 0",
      "0m",
      "warning",
      "The collector {{ $labels.pod }} gave up lines for {{ $labels.name }}",
      "The destination refused them, or the room on the disk of the node was full and the oldest went.",
    ),
    alert(
      "MecLogsNotDelivered",
      "sum by (pod, name) (increase(fluentbit_output_retries_total[30m])) > 0 and sum by (pod, name) (increase(fluentbit_output_proc_records_total[30m])) == 0",
      "15m",
      "warning",
      "The collector {{ $labels.pod }} delivers nothing to {{ $labels.name }}",
      "Lines wait on the disk of its node. Look whether Loki is ready, or whether the credentials of the export are still good.",
    ),
    alert(
      "MecLokiGone",
      "absent(loki_build_info) == 1",
      "15m",
      "warning",
      "Loki tells no metrics",
      "It is not there, or its pod waits for the node that its volume is on.",
    ),
  ],
};
