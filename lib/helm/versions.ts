/** A chart of a public repository in one exact version. */
export interface PinnedChart {
  /** Name of the chart in its repository, such as `cert-manager`. */
  readonly chart: string;
  /** Repository, `https://…` or `oci://…`. */
  readonly repository: string;
  /** Version as the repository has it: some begin with a v, some do not. */
  readonly version: string;
  /** Public page that shows the version. */
  readonly source: string;
  /** Day on which the version was looked up, such as `2026-11-23`. */
  readonly date: string;
}

/**
 * The charts that add-ons install unless they are told otherwise: one table, each version the one that the library's values are tested
 * against. A newer one is a matter of `version`, and of reading its notes.
 */
export const PINNED_CHARTS = {
  /** Prometheus, its operator, Grafana and their parts; operator v0.93.1. */
  kubePrometheusStack: {
    chart: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "88.5.3",
    source: "https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/Chart.yaml",
    date: "2026-11-23",
  },
  /** Certificates as Kubernetes objects. */
  certManager: {
    chart: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.21.1",
    source: "https://github.com/cert-manager/cert-manager/releases/tag/v1.21.1",
    date: "2026-11-23",
  },
  /** NVIDIA's drivers, container toolkit and device plugin, in the version that microk8s' own add-on installs. */
  gpuOperator: {
    chart: "gpu-operator",
    repository: "https://helm.ngc.nvidia.com/nvidia",
    version: "v25.10.0",
    source: "https://github.com/canonical/microk8s-core-addons/blob/f68981151ad19ec08f6d2bce6538cc80bdddbf8b/addons/nvidia/enable",
    date: "2026-11-25",
  },
  /**
   * Loki 3.7.6: the chart that its makers handed to the community; theirs is for their enterprise logs alone. Its release is 448 556 bytes of the
   * 1 048 576 of a Secret, with the values of `Loki` and without its subcharts, which are off: gzip and base64 of the record of Helm 3.17.3.
   */
  loki: {
    chart: "loki",
    repository: "https://grafana-community.github.io/helm-charts",
    version: "18.11.0",
    source: "https://github.com/grafana-community/helm-charts/blob/loki-18.11.0/charts/loki/Chart.yaml",
    date: "2026-11-25",
  },
  /** Fluent Bit 5.1.1. Its release is 37 724 bytes, measured in the same way, with the values of `LogCollector` and an export. */
  fluentBit: {
    chart: "fluent-bit",
    repository: "https://fluent.github.io/helm-charts",
    version: "0.58.1",
    source: "https://github.com/fluent/helm-charts/blob/fluent-bit-0.58.1/charts/fluent-bit/Chart.yaml",
    date: "2026-11-25",
  },
  /**
   * Definitions of KServe without descriptions and validation. The release's Secret is 5,808 bytes of 1,048,576, where that of `kserve-crd` is
   * 401,356: the record that Helm 3.17.3 would keep, gzip and base64, of the chart at that tag with the library's values.
   */
  kserveCrds: {
    chart: "kserve-crd-minimal",
    repository: "oci://ghcr.io/kserve/charts",
    version: "v0.20.0",
    source: "https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-crd-minimal/Chart.yaml",
    date: "2026-11-25",
  },
  /** KServe's controller and its webhooks. The release's Secret is 51,656 bytes of 1,048,576, measured the same way. */
  kserve: {
    chart: "kserve-resources",
    repository: "oci://ghcr.io/kserve/charts",
    version: "v0.20.0",
    source: "https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-resources/Chart.yaml",
    date: "2026-11-25",
  },
  /** KServe's model servers. The release's Secret is 69,488 bytes of 1,048,576, measured the same way. */
  kserveRuntimes: {
    chart: "kserve-runtime-configs",
    repository: "oci://ghcr.io/kserve/charts",
    version: "v0.20.0",
    source: "https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-runtime-configs/Chart.yaml",
    date: "2026-11-25",
  },
  /**
   * Kubeflow Trainer with JobSet 0.12.0. The release's Secret is 879,580 bytes of 1,048,576, measured the same way, with its definitions; later
   * ones are larger (https://github.com/kubeflow/trainer/pull/3552), so another version may not be installable by Helm at all.
   */
  kubeflowTrainer: {
    chart: "kubeflow-trainer",
    repository: "oci://ghcr.io/kubeflow/charts",
    version: "2.3.0",
    source: "https://github.com/kubeflow/trainer/blob/v2.3.0/charts/kubeflow-trainer/Chart.yaml",
    date: "2026-11-25",
  },
} as const satisfies Readonly<Record<string, PinnedChart>>;
