import { Size } from "../../units";
import { secretName } from "../names";
import type { Values } from "../values";
import type { PrometheusOptions } from "./prometheus-props";
import { resourceValues } from "./resources";
import type { PrometheusContext, PrometheusSettings } from "./settings";
import { volumeClaim } from "./volume-claim";

/** Size of Alertmanager's volume: it keeps silences and what it told already. */
export const ALERTMANAGER_VOLUME = Size.gibibytes(1);

/**
 * What the chart is told of Alertmanager.
 *
 * @throws {MecError} MEC1424 for what is no name of a Secret
 */
export function alertmanagerValues(
  { alertmanagerSecret }: PrometheusOptions,
  { profile, storageClass }: PrometheusSettings,
  { path }: PrometheusContext,
): Values {
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

/** What the chart is told where there is no Alertmanager: the alert that Prometheus reaches none would fire for ever. */
export const WITHOUT_ALERTMANAGER: Values = {
  alertmanager: { enabled: false },
  defaultRules: { rules: { alertmanager: false }, disabled: { PrometheusNotConnectedToAlertmanagers: true } },
};
