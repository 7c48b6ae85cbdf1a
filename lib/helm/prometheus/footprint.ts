import { Size } from "../../units";
import type { Footprint, Requests } from "../footprint";
import { sumOf } from "../resources";
import { ALERTMANAGER_VOLUME } from "./alertmanager-values";
import type { PrometheusSettings } from "./settings";

/** What the pods of an installation ask for, and its volumes. */
export function prometheusFootprint({ profile, volume, grafana, alertmanager }: PrometheusSettings): Footprint & Requests {
  const { sidecar } = profile;
  return {
    ...sumOf(
      ...[profile.prometheus, sidecar, profile.operator, profile.kubeStateMetrics, profile.probe],
      ...(grafana ? [profile.grafana, sidecar, sidecar] : []),
      ...(alertmanager ? [profile.alertmanagerPod, sidecar] : []),
    ),
    perNode: sumOf(profile.nodeExporter),
    volumes: alertmanager ? Size.mebibytes(volume.toMebibytes() + ALERTMANAGER_VOLUME.toMebibytes()) : volume,
  };
}
