import { alert, type RuleGroup } from "../rule";

/** Control-plane nodes, by the label that microk8s gives them; kube-state-metrics is told to tell it. */
const MEMBERS = 'kube_node_labels{label_node_kubernetes_io_microk8s_controlplane!=""}';

/**
 * Alerts on dqlite, the datastore of microk8s. It listens for metrics on its own machine alone, so the API server is asked, which waits for it
 * and calls it etcd.
 *
 * @see https://kubernetes.io/docs/reference/instrumentation/metrics/
 * @see https://github.com/canonical/microk8s/issues/3227
 */
export const DQLITE_RULES: RuleGroup = {
  name: "mec-dqlite",
  rules: [
    alert(
      "MecDatastoreSlow",
      'histogram_quantile(0.99, sum by (le, instance) (rate(etcd_request_duration_seconds_bucket{job="apiserver"}[10m]))) > 1',
      "15m",
      "warning",
      "One in a hundred requests to the datastore takes {{ $value | humanizeDuration }}",
      "k8s-dqlite has too little processor time or a slow disk: look at the node's load and disk, and for controllers that write without end.",
    ),
    alert(
      "MecDatastoreErrors",
      'sum by (instance) (rate(etcd_request_errors_total{job="apiserver"}[10m])) / sum by (instance) (rate(etcd_requests_total{job="apiserver"}[10m])) > 0.05',
      "10m",
      "critical",
      "{{ $value | humanizePercentage }} of the requests to the datastore fail",
      "Without a majority of its members nothing is written: look at `microk8s status`, then at the log of k8s-dqlite on each control-plane node.",
    ),
    alert(
      "MecDatastoreLarge",
      'max by (instance) (apiserver_storage_size_bytes{job="apiserver"}) > 1073741824',
      "1h",
      "warning",
      "The datastore has grown to {{ $value | humanize1024 }}B",
      "k8s-dqlite keeps all of it in memory. Look for releases, events or custom resources that nobody cleans up.",
    ),
    alert(
      "MecDatastoreMemberLost",
      `count(${MEMBERS}) - sum(kube_node_status_condition{condition="Ready",status="true"} * on (node) group_left () ${MEMBERS}) > 0 and count(${MEMBERS}) > 2`,
      "10m",
      "critical",
      "{{ $value }} of the control-plane nodes are lost",
      "With three nodes, one more stops the cluster. Replace the lost one by `controlPlane.replacements` before anything else.",
    ),
    alert(
      "MecKubeliteRestarts",
      'changes(process_start_time_seconds{job="apiserver"}[1h]) > 3',
      "0m",
      "warning",
      "Kubernetes on {{ $labels.instance }} has started {{ $value }} times within an hour",
      "All programs of a node are one process: `journalctl -u snap.microk8s.daemon-kubelite` says why it ends.",
    ),
  ],
};
