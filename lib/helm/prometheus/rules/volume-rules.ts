import { alert, type RuleGroup } from "../rule";

/** File system that a node's images, logs and hostpath volumes are on. */
const ROOT = '{job="node-exporter",mountpoint="/"}';

/** The kubelet alone: other programs of the same process tell its metrics too. */
const KUBELET = '{job="kubelet",metrics_path="/metrics"}';

/** What Prometheus has written: blocks, the log, and what it maps of the newest data. */
const WRITTEN =
  "prometheus_tsdb_storage_blocks_bytes + prometheus_tsdb_wal_storage_size_bytes + prometheus_tsdb_head_chunks_storage_size_bytes";

/**
 * Alerts on disks and volumes. Kubernetes knows nothing of how full a hostpath volume is, and nothing keeps it from filling the disk of its
 * node; so the disks are watched, and Prometheus' own volume by what it wrote.
 *
 * @param volumeBytes size of Prometheus' own volume
 * @see https://prometheus.io/docs/prometheus/latest/storage/
 */
export function volumeRules(volumeBytes: number): RuleGroup {
  return {
    name: "mec-volumes",
    rules: [
      alert(
        "MecDiskFilling",
        `node_filesystem_avail_bytes${ROOT} / node_filesystem_size_bytes${ROOT} < 0.15`,
        "15m",
        "warning",
        "The disk of {{ $labels.instance }} has {{ $value | humanizePercentage }} left",
        "The kubelet removes unused images from here on. A disk that was full once leaves dqlite at full load: make the root volume larger.",
      ),
      alert(
        "MecDiskFull",
        `node_filesystem_avail_bytes${ROOT} < 2147483648`,
        "5m",
        "critical",
        "The disk of {{ $labels.instance }} has {{ $value | humanize1024 }}B left",
        "Below 1 GiB the kubelet evicts pods. Remove data, or make the root volume larger.",
      ),
      alert(
        "MecDiskFillsWithinADay",
        `predict_linear(node_filesystem_avail_bytes${ROOT}[6h], 86400) < 0 and node_filesystem_avail_bytes${ROOT} / node_filesystem_size_bytes${ROOT} < 0.4`,
        "1h",
        "warning",
        "The disk of {{ $labels.instance }} is full within a day, as it goes",
        "Look for volumes and logs that grow.",
      ),
      alert(
        "MecVolumeFilling",
        `kubelet_volume_stats_available_bytes${KUBELET} / kubelet_volume_stats_capacity_bytes${KUBELET} < 0.1`,
        "15m",
        "warning",
        "The volume {{ $labels.persistentvolumeclaim }} of {{ $labels.namespace }} has {{ $value | humanizePercentage }} left",
        "Of volumes that Kubernetes knows the size of; those of hostpath are not among them.",
      ),
      alert(
        "MecPrometheusVolumeFilling",
        `(${WRITTEN}) / ${volumeBytes} > 0.95`,
        "30m",
        "warning",
        "Prometheus has written {{ $value | humanizePercentage }} of its volume",
        "Its log and newest data came on top of what retentionSize allows: lower retentionSize, or read fewer metrics.",
      ),
    ],
  };
}
