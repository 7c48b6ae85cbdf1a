import type { Construct } from "constructs";
import { LogCollector } from "../lib/helm/logging/log-collector";
import type { LogCollectorOptions } from "../lib/helm/logging/collector-props";
import { Loki } from "../lib/helm/logging/loki";
import type { LokiOptions } from "../lib/helm/logging/loki-props";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link LoggingStack}: a switch for each of its add-ons. */
export interface LoggingStackProps extends AddOnStackProps {
  /**
   * Loki: `false` for none, or what there is to say of it. Without it the collector needs an `export`.
   * @default true
   */
  readonly loki?: boolean | LokiOptions;

  /**
   * The collector on each node: `false` for none, or what there is to say of it.
   * @default true
   */
  readonly collector?: boolean | LogCollectorOptions;
}

/**
 * The logs of a site as a stack of its own, `<site>-logging` by custom: Loki, and a collector on each node. The volume is of the class
 * `microk8s-hostpath`, which a `PlatformStack` of the app brings: that one is deployed first. So is a `PrometheusStack` where there is one, whose
 * Grafana then shows the logs.
 *
 * @throws {MecError} what {@link Loki}, {@link LogCollector}, `aws` and `backend` refuse
 */
export class LoggingStack extends AddOnStack {
  /** Loki; undefined where it is switched off. */
  public readonly loki?: Loki;

  /** The collector; undefined where it is switched off. */
  public readonly collector?: LogCollector;

  public constructor(scope: Construct, id: string, props: LoggingStackProps) {
    super(scope, id, props);
    const { cluster, loki = true, collector = true } = props;
    if (loki !== false) {
      this.loki = new Loki(this, "Loki", { ...(loki === true ? {} : loki), cluster });
    }
    if (collector !== false) {
      this.collector = new LogCollector(this, "Collector", { ...(collector === true ? {} : collector), cluster });
    }
  }
}
