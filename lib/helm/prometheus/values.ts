import { mergeValues, type Values } from "../values";
import { WITHOUT_ALERTMANAGER, alertmanagerValues } from "./alertmanager-values";
import { grafanaValues } from "./grafana-values";
import { microk8sValues } from "./microk8s-values";
import type { PrometheusOptions } from "./prometheus-props";
import { remoteWriteValues } from "./remote-write";
import { resourceValues } from "./resources";
import { durationText } from "./retention";
import type { PrometheusContext, PrometheusSettings } from "./settings";
import { shortRangeValues } from "./short-ranges";
import { volumeClaim } from "./volume-claim";

/**
 * Values of kube-prometheus-stack 88.5.3.
 *
 * @throws {MecError} MEC1424 for names of Secrets, MEC1433 for receivers
 * @see https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
 */
export function prometheusValues(props: PrometheusOptions, settings: PrometheusSettings, context: PrometheusContext): Values {
  const { profile, grafana, alertmanager } = settings;
  const interval = durationText(profile.scrapeInterval);
  return mergeValues(
    microk8sValues(settings.controlPlaneMetrics),
    {
      prometheus: {
        prometheusSpec: {
          replicas: 1,
          retention: settings.retention.time,
          retentionSize: settings.retention.size,
          scrapeInterval: interval,
          evaluationInterval: interval,
          walCompression: true,
          resources: resourceValues(profile.prometheus),
          externalLabels: props.externalLabels ?? { cluster: context.clusterName },
          remoteWrite: props.remoteWrite && remoteWriteValues(context.path, props.remoteWrite),
          storageSpec: volumeClaim(settings.storageClass, settings.volume),
          // Monitors of other releases are found whatever their labels.
          serviceMonitorSelectorNilUsesHelmValues: false,
          podMonitorSelectorNilUsesHelmValues: false,
          ruleSelectorNilUsesHelmValues: false,
          probeSelectorNilUsesHelmValues: false,
          scrapeConfigSelectorNilUsesHelmValues: false,
        },
      },
      // Every container's processor time and memory each ten seconds is most of the load otherwise.
      kubelet: { serviceMonitor: { cAdvisorInterval: interval } },
      prometheusOperator: {
        resources: resourceValues(profile.operator),
        prometheusConfigReloader: { resources: resourceValues(profile.sidecar) },
      },
      defaultRules: {
        rules: {
          kubeApiserverAvailability: profile.apiServerObjectives,
          kubeApiserverBurnrate: profile.apiServerObjectives,
          kubeApiserverHistogram: profile.apiServerObjectives,
          kubeApiserverSlos: profile.apiServerObjectives,
        },
      },
      "kube-state-metrics": { resources: resourceValues(profile.kubeStateMetrics) },
      "prometheus-node-exporter": { resources: resourceValues(profile.nodeExporter) },
    },
    shortRangeValues(profile.scrapeInterval),
    grafana ? grafanaValues(props, settings, context) : { grafana: { enabled: false } },
    alertmanager ? alertmanagerValues(props, settings, context) : WITHOUT_ALERTMANAGER,
  );
}
