import { alert, type RuleGroup } from "../rule";

/** Name of the job that tries the way out of the site. */
export const CARRIER_PATH_JOB = "mec-carrier-path";

/**
 * Alerts on the way out of a site, over carrier gateway and the carrier's network.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
 * @see https://github.com/prometheus/blackbox_exporter
 */
export const CARRIER_PATH_RULES: RuleGroup = {
  name: "mec-carrier-path",
  rules: [
    alert(
      "MecCarrierPathDown",
      `probe_success{job="${CARRIER_PATH_JOB}"} == 0`,
      "5m",
      "critical",
      "No way from the site to {{ $labels.instance }}",
      "No TLS handshake for five minutes: the carrier's network, the carrier IP, a route, or packets of full size that are lost on the way (the path takes 1300 bytes).",
    ),
    alert(
      "MecCarrierPathFlapping",
      `changes(probe_success{job="${CARRIER_PATH_JOB}"}[1h]) > 6`,
      "0m",
      "warning",
      "The way from the site to {{ $labels.instance }} comes and goes",
      "It changed {{ $value }} times within an hour: ask the carrier, and look at the node's security group and routes.",
    ),
    alert(
      "MecCarrierPathSlow",
      `avg_over_time(probe_duration_seconds{job="${CARRIER_PATH_JOB}"}[15m]) > 1 and on (instance) probe_success{job="${CARRIER_PATH_JOB}"} == 1`,
      "30m",
      "warning",
      "A handshake from the site with {{ $labels.instance }} takes {{ $value | humanizeDuration }}",
      "Images, logs and the agents' calls of AWS take that much longer; the mean of a quarter of an hour was above a second for half an hour.",
    ),
    alert(
      "MecCarrierPathLosesPackets",
      'rate(node_netstat_Tcp_RetransSegs{job="node-exporter"}[15m]) / rate(node_netstat_Tcp_OutSegs{job="node-exporter"}[15m]) > 0.05 and rate(node_netstat_Tcp_OutSegs{job="node-exporter"}[15m]) > 10',
      "15m",
      "warning",
      "{{ $labels.instance }} sends {{ $value | humanizePercentage }} of its TCP segments again",
      "Packets are lost between the node and whom it talks to. Where large ones alone are lost, look at the MTU of pods (1250) and of the path (1300).",
    ),
  ],
};
