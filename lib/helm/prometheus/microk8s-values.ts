import type { Values } from "../values";
import { CONTROL_PLANE_LABEL, controlPlaneJobs } from "./control-plane-jobs";

/** Image that unpacks the definitions for the chart's job; the chart's own default is `latest`. 1.38.0 is what Grafana's chart names. */
const BUSYBOX = "1.38.0";

/** Image whose `kubectl` applies them: server-side apply is the same in all versions of Kubernetes that microk8s 1.28 and later bring. */
const KUBECTL = "v1.35.0";

/** Mounts that are no disks: what containerd and kubelet of microk8s mount for each pod, beside those the chart leaves out. */
const NO_MOUNTS =
  "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|run/snapd/.+|var/lib/docker/.+|var/lib/kubelet/.+|var/snap/microk8s/common/(run|var/lib)/.+)($|/)";

/** File systems that are no disks, as the chart has them. */
const NO_FILE_SYSTEMS =
  "--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|erofs)$";

/**
 * What the chart is told because it is microk8s: all programs of a node are one process, and the datastore is dqlite at a socket.
 *
 * @param controlPlaneMetrics whether the nodes let controller manager, scheduler and kube-proxy be read
 * @see https://github.com/canonical/microk8s/tree/master/microk8s-resources/default-args
 * @see https://github.com/canonical/microk8s-core-addons/blob/main/addons/observability/enable
 */
export function microk8sValues(controlPlaneMetrics: boolean): Values {
  // Rules and dashboards hang on `enabled`; the chart's own way to the programs needs their addresses.
  const part = controlPlaneMetrics
    ? { enabled: true, service: { enabled: false }, serviceMonitor: { enabled: false } }
    : { enabled: false };
  return {
    kubeEtcd: { enabled: false },
    kubeControllerManager: part,
    kubeScheduler: part,
    kubeProxy: part,
    defaultRules: {
      rules: {
        etcd: false,
        kubeControllerManager: controlPlaneMetrics,
        kubeSchedulerAlerting: controlPlaneMetrics,
        kubeSchedulerRecording: controlPlaneMetrics,
        kubeProxy: controlPlaneMetrics,
        windows: false,
      },
    },
    prometheus: { prometheusSpec: { additionalScrapeConfigs: controlPlaneMetrics ? controlPlaneJobs() : undefined } },
    nodeExporter: { operatingSystems: { aix: { enabled: false }, darwin: { enabled: false } } },
    "prometheus-node-exporter": { extraArgs: [NO_MOUNTS, NO_FILE_SYSTEMS] },
    // The library's rules tell a control-plane node by its label.
    "kube-state-metrics": { metricLabelsAllowlist: [`nodes=[${CONTROL_PLANE_LABEL}]`] },
    // Without webhooks an upgrade does not hang on an operator that is not there yet (https://github.com/prometheus-community/helm-charts/issues/5314).
    prometheusOperator: { admissionWebhooks: { enabled: false }, tls: { enabled: false } },
    // Helm installs definitions once and never again; the job of the chart does at each upgrade.
    crds: { upgradeJob: { enabled: true, image: { busybox: { tag: BUSYBOX }, kubectl: { tag: KUBECTL } } } },
  };
}
