import { CARRIER_PATH_JOB } from "../rules/carrier-path-rules";
import { CERTIFICATES_JOB } from "../rules/certificate-rules";
import { lines, stat, type Row } from "./panels";

/** The chosen machines; Grafana puts in what is chosen. */
const CHOSEN = 'job="node-exporter",instance=~"$instance"';
const API = 'job="apiserver"';

/** The site at a glance. */
const SITE: Row = {
  title: "Site",
  panels: [
    stat("Nodes ready", "Nodes that the cluster counts on.", "short", {
      expr: 'sum(kube_node_status_condition{condition="Ready",status="true"})',
      legend: "ready",
    }),
    stat(
      "Nodes not ready",
      "Nodes that the cluster does not hear of, or that are not well.",
      "short",
      { expr: 'count(kube_node_status_condition{condition="Ready",status="true"} == 0) or vector(0)', legend: "not ready" },
      { warning: 1, critical: 1 },
    ),
    stat(
      "Way out",
      "Whether the last TLS handshake with a target outside of the site succeeded.",
      "bool_yes_no",
      { expr: `min(probe_success{job="${CARRIER_PATH_JOB}"})`, legend: "open" },
      { warning: 1, critical: 0.5 },
    ),
    stat(
      "Days until a certificate ends",
      "Of API server and kubelet on all nodes the one that ends first; they are renewed sixty days before. The front proxy's is not among them: no program shows it.",
      "short",
      { expr: `min(probe_ssl_earliest_cert_expiry{job="${CERTIFICATES_JOB}"} - time()) / 86400`, legend: "days" },
      { warning: 30, critical: 7 },
    ),
    stat(
      "Pods that do not run",
      "Pods that wait for room, an image or a volume, or that failed.",
      "short",
      { expr: 'sum(kube_pod_status_phase{phase=~"Pending|Failed|Unknown"}) or vector(0)', legend: "pods" },
      { warning: 1, critical: 5 },
    ),
    stat(
      "Alerts",
      "Alerts that fire, without the one that always does.",
      "short",
      { expr: 'count(ALERTS{alertstate="firing",alertname!~"Watchdog|InfoInhibitor"}) or vector(0)', legend: "alerts" },
      { warning: 1, critical: 3 },
    ),
  ],
};

const NODES: Row = {
  title: "Nodes",
  panels: [
    lines(
      "Processor time",
      "Part of the processors in use.",
      "percentunit",
      [{ expr: `1 - avg by (instance) (rate(node_cpu_seconds_total{${CHOSEN},mode="idle"}[5m]))`, legend: "{{instance}}" }],
      { warning: 0.8, critical: 0.95 },
    ),
    lines(
      "Stolen processor time",
      "Part that the machine was refused: a t3 without CPU credits.",
      "percentunit",
      [{ expr: `avg by (instance) (rate(node_cpu_seconds_total{${CHOSEN},mode="steal"}[5m]))`, legend: "{{instance}}" }],
      { warning: 0.05, critical: 0.2 },
    ),
    lines("Memory left", "The kubelet evicts pods below 100 MiB.", "bytes", [
      { expr: `node_memory_MemAvailable_bytes{${CHOSEN}}`, legend: "{{instance}}" },
    ]),
    lines("Traffic", "Bytes in and out, below zero.", "Bps", [
      { expr: `sum by (instance) (rate(node_network_receive_bytes_total{${CHOSEN},device=~"e.+"}[5m]))`, legend: "{{instance}} in" },
      { expr: `-sum by (instance) (rate(node_network_transmit_bytes_total{${CHOSEN},device=~"e.+"}[5m]))`, legend: "{{instance}} out" },
    ]),
  ],
};

const CARRIER_PATH: Row = {
  title: "Carrier path",
  panels: [
    lines("Handshake", "Time of a TLS handshake with each target, names included.", "s", [
      { expr: `probe_duration_seconds{job="${CARRIER_PATH_JOB}"}`, legend: "{{instance}}" },
    ]),
    lines(
      "Open",
      "Part of the tries that succeeded within a quarter of an hour.",
      "percentunit",
      [{ expr: `avg_over_time(probe_success{job="${CARRIER_PATH_JOB}"}[15m])`, legend: "{{instance}}" }],
      { warning: 1, critical: 0.9 },
    ),
    lines(
      "Segments sent again",
      "Part of the TCP segments that got lost: of the node with everybody it talks to.",
      "percentunit",
      [
        {
          expr: `rate(node_netstat_Tcp_RetransSegs{${CHOSEN}}[5m]) / rate(node_netstat_Tcp_OutSegs{${CHOSEN}}[5m])`,
          legend: "{{instance}}",
        },
      ],
      { warning: 0.02, critical: 0.05 },
    ),
  ],
};

const DATASTORE: Row = {
  title: "Datastore (dqlite)",
  panels: [
    lines(
      "Slowest requests",
      "Time within which 99 of 100 requests of the API server to dqlite are answered.",
      "s",
      [
        {
          expr: `histogram_quantile(0.99, sum by (le, instance) (rate(etcd_request_duration_seconds_bucket{${API}}[5m])))`,
          legend: "{{instance}}",
        },
      ],
      { warning: 0.5, critical: 1 },
    ),
    lines("Requests", "Requests of the API server to dqlite, and those that failed.", "ops", [
      { expr: `sum by (instance) (rate(etcd_requests_total{${API}}[5m]))`, legend: "{{instance}}" },
      { expr: `sum by (instance) (rate(etcd_request_errors_total{${API}}[5m]))`, legend: "{{instance}} failed" },
    ]),
    lines("Size", "What dqlite keeps, as the API server is told.", "bytes", [
      { expr: `max by (instance) (apiserver_storage_size_bytes{${API}})`, legend: "{{instance}}" },
    ]),
  ],
};

const VOLUMES: Row = {
  title: "Disks and volumes",
  panels: [
    lines(
      "Disks",
      "Part of each node's disk in use; images, logs and hostpath volumes are on it.",
      "percentunit",
      [
        {
          expr: `1 - node_filesystem_avail_bytes{${CHOSEN},mountpoint="/"} / node_filesystem_size_bytes{${CHOSEN},mountpoint="/"}`,
          legend: "{{instance}}",
        },
      ],
      { warning: 0.85, critical: 0.95 },
    ),
    lines(
      "Volumes",
      "Part of each volume in use, as far as Kubernetes knows: not those of hostpath.",
      "percentunit",
      [
        {
          expr: '1 - kubelet_volume_stats_available_bytes{job="kubelet",metrics_path="/metrics"} / kubelet_volume_stats_capacity_bytes{job="kubelet",metrics_path="/metrics"}',
          legend: "{{namespace}}/{{persistentvolumeclaim}}",
        },
      ],
      { warning: 0.85, critical: 0.95 },
    ),
    lines("Prometheus", "What Prometheus keeps, and the size above which the oldest goes.", "bytes", [
      { expr: "prometheus_tsdb_storage_blocks_bytes", legend: "kept" },
      { expr: "prometheus_tsdb_retention_limit_bytes", legend: "limit" },
    ]),
  ],
};

/** The rows of the dashboard, in their order. */
export const ROWS: readonly Row[] = [SITE, NODES, CARRIER_PATH, DATASTORE, VOLUMES];
