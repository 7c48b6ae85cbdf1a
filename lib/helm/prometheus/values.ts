import { MecError, got } from "../../errors";
import { quantity } from "../../microk8s/quantities";
import { Size } from "../../units";
import { secretName } from "../names";
import { mergeValues, type Values } from "../values";
import { microk8sValues } from "./microk8s-values";
import type { PrometheusProfileProps } from "./profile";
import type { PrometheusOptions } from "./prometheus-props";
import { remoteWriteValues } from "./remote-write";
import { resourceValues } from "./resources";
import { checkedRetention, durationText, type Retention } from "./retention";

/** Size of Alertmanager's volume: it keeps silences and what it told already. */
export const ALERTMANAGER_VOLUME = Size.gibibytes(1);

/** What the properties come to, checked, with their defaults. */
export interface PrometheusSettings {
  readonly profile: PrometheusProfileProps;
  readonly retention: Retention;
  readonly volume: Size;
  readonly storageClass: string;
  readonly grafana: boolean;
  readonly alertmanager: boolean;
  readonly controlPlaneMetrics: boolean;
}

/** What the settings depend on beside the properties. */
export interface PrometheusContext {
  /** Construct path for the errors. */
  readonly path: string;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Whether the cluster lets controller manager and the rest be read; undefined where that is not known at synth. */
  readonly hasControlPlaneMetrics?: boolean;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @throws {MecError} MEC1430 and MEC1431 for retention, MEC1432 for metrics that the cluster does not tell, MEC1434 for a setting of a part
 *   that is off
 */
export function checkedPrometheus(props: PrometheusOptions, { path, clusterName, hasControlPlaneMetrics }: PrometheusContext): PrometheusSettings {
  const { settings: profile } = props.profile;
  const {
    retention = profile.retention,
    retentionSize,
    volume = profile.volume,
    storageClass = "microk8s-hostpath",
    grafana = true,
    alertmanager = profile.alertmanager,
    controlPlaneMetrics = hasControlPlaneMetrics ?? false,
  } = props;
  if (controlPlaneMetrics && hasControlPlaneMetrics === false) {
    throw new MecError(
      "MEC1432",
      path,
      `got true as controlPlaneMetrics: the nodes of the cluster ${clusterName} tell them to nobody, so write controlPlaneMetrics: true at the cluster too, or leave it out here`,
    );
  }
  const needs = (property: "grafanaAdminSecret" | "alertmanagerSecret", part: "grafana" | "alertmanager", isOn: boolean) => {
    if (props[property] !== undefined && !isOn) {
      throw new MecError(
        "MEC1434",
        path,
        `${got(props[property])} as ${property} without ${part}: nothing would read it, so write ${part}: true, or leave it out`,
      );
    }
  };
  needs("grafanaAdminSecret", "grafana", grafana);
  needs("alertmanagerSecret", "alertmanager", alertmanager);
  return {
    profile,
    retention: checkedRetention(path, { retention, retentionSize, volume }),
    volume,
    storageClass,
    grafana,
    alertmanager,
    controlPlaneMetrics,
  };
}

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
      crds: { upgradeJob: { resources: resourceValues(profile.sidecar) } },
      "kube-state-metrics": { resources: resourceValues(profile.kubeStateMetrics) },
      "prometheus-node-exporter": { resources: resourceValues(profile.nodeExporter) },
    },
    grafana ? grafanaValues(props, settings, context) : { grafana: { enabled: false } },
    alertmanager ? alertmanagerValues(props, settings, context) : { alertmanager: { enabled: false }, defaultRules: { rules: { alertmanager: false } } },
  );
}

function grafanaValues({ grafanaAdminSecret }: PrometheusOptions, { profile, alertmanager }: PrometheusSettings, { path }: PrometheusContext): Values {
  return {
    grafana: {
      enabled: true,
      admin:
        grafanaAdminSecret === undefined
          ? undefined
          : { existingSecret: secretName(path, "grafanaAdminSecret", grafanaAdminSecret), userKey: "admin-user", passwordKey: "admin-password" },
      resources: resourceValues(profile.grafana),
      // Neither its own dashboards nor its users are worth a volume: both come from objects of the cluster.
      persistence: { enabled: false },
      testFramework: { enabled: false },
      sidecar: {
        resources: resourceValues(profile.sidecar),
        // ConfigMaps alone, so that Grafana need not read every Secret of the cluster.
        dashboards: { enabled: true, label: "grafana_dashboard", labelValue: "1", searchNamespace: "ALL", resource: "configmap" },
        datasources: { resource: "configmap", alertmanager: { enabled: alertmanager } },
      },
      // Nothing is asked for at Grafana's makers over the link of the site.
      "grafana.ini": { analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false } },
    },
  };
}

function alertmanagerValues({ alertmanagerSecret }: PrometheusOptions, { profile, storageClass }: PrometheusSettings, { path }: PrometheusContext): Values {
  return {
    alertmanager: {
      enabled: true,
      alertmanagerSpec: {
        resources: resourceValues(profile.alertmanagerPod),
        storage: volumeClaim(storageClass, ALERTMANAGER_VOLUME),
        ...(alertmanagerSecret === undefined
          ? {}
          : { useExistingSecret: true, configSecret: secretName(path, "alertmanagerSecret", alertmanagerSecret) }),
      },
    },
  };
}

function volumeClaim(storageClassName: string, size: Size): Values {
  return {
    volumeClaimTemplate: { spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: quantity(size) } } } },
  };
}

/**
 * Maps of the values that the chart takes any key in, or whose keys it has no defaults for.
 * @see https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
 */
export const OPEN_MAPS: readonly string[] = [
  "prometheus.prometheusSpec.resources",
  "prometheus.prometheusSpec.storageSpec",
  "prometheus.prometheusSpec.externalLabels",
  "prometheusOperator.resources",
  "prometheusOperator.prometheusConfigReloader.resources",
  "crds.upgradeJob.resources",
  "kube-state-metrics.resources",
  "prometheus-node-exporter.resources",
  "grafana.resources",
  "grafana.sidecar.resources",
  "grafana.grafana.ini",
  "alertmanager.alertmanagerSpec.resources",
  "alertmanager.alertmanagerSpec.storage",
  "alertmanager.alertmanagerSpec.configSecret",
];
