import { MecError, got } from "../../errors";
import type { Size } from "../../units";
import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import { assertNoLiteralSecrets } from "./literal-secrets";
import { assertPathTargets } from "./path-targets";
import type { PrometheusProfileProps } from "./profile";
import type { PrometheusOptions } from "./prometheus-props";
import { checkedRetention, type Retention } from "./retention";

/** What the properties come to, checked, with their defaults. */
export interface PrometheusSettings {
  readonly profile: PrometheusProfileProps;
  readonly retention: Retention;
  readonly volume: Size;
  readonly storageClass: string;
  readonly grafana: boolean;
  readonly alertmanager: boolean;
  readonly controlPlaneMetrics: boolean;
  readonly pathTargets: readonly string[];
}

/** What the settings depend on beside the properties. */
export interface PrometheusContext {
  /** Construct path for the errors. */
  readonly path: string;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the release. */
  readonly releaseName: string;
  /** Region of the cluster. @default - it has none */
  readonly region?: string;
  /** Whether the cluster lets controller manager and the rest be read; undefined where that is not known at synth. */
  readonly hasControlPlaneMetrics?: boolean;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @throws {MecError} MEC1430 and MEC1431 for retention, MEC1432 for metrics that the cluster does not tell, MEC1434 for a setting of a part
 *   that is off, MEC1435 for targets of the probe, MEC1437 for secrets in `values`
 */
export function checkedPrometheus(
  props: PrometheusOptions,
  { path, clusterName, region, hasControlPlaneMetrics }: PrometheusContext,
): PrometheusSettings {
  const { settings: profile } = props.profile;
  const {
    retention = profile.retention,
    retentionSize,
    volume = profile.volume,
    storageClass = HOSTPATH_STORAGE_CLASS,
    grafana = true,
    alertmanager = profile.alertmanager,
    controlPlaneMetrics = hasControlPlaneMetrics ?? false,
    pathTargets = region ? [`ssm.${region}.amazonaws.com:443`] : [],
  } = props;
  assertPathTargets(path, pathTargets);
  assertNoLiteralSecrets(path, props.values);
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
    pathTargets,
  };
}
