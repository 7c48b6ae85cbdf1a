import type { Construct } from "constructs";
import { Prometheus } from "../lib/helm/prometheus/prometheus";
import type { PrometheusOptions } from "../lib/helm/prometheus/prometheus-props";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link PrometheusStack}: those of the add-on, and where and how it is deployed. */
export interface PrometheusStackProps extends AddOnStackProps, PrometheusOptions {}

/**
 * Prometheus as a stack of its own, `<site>-prometheus` by custom. Its volumes are of the class `microk8s-hostpath`, which a `PlatformStack` of
 * the app brings: that one is deployed first.
 *
 * @throws {MecError} what {@link Prometheus}, `aws` and `backend` refuse
 */
export class PrometheusStack extends AddOnStack {
  /** The add-on. */
  public readonly prometheus: Prometheus;

  public constructor(scope: Construct, id: string, props: PrometheusStackProps) {
    super(scope, id, props);
    this.prometheus = new Prometheus(this, "Prometheus", props);
  }
}
