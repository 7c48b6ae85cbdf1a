import type { IConstruct } from "constructs";
import type { IMicrok8sCluster } from "../../microk8s/cluster-interface";
import { HelmAddOn } from "../add-on";
import { isMap } from "../values";

/** Kinds of add-on that logs go through. */
export const KINDS = { loki: "loki", collector: "log-collector", prometheus: "prometheus" } as const;

/** Where Loki listens, in its Service and its pods. */
export const LOKI_PORT = 3100;

/** Where a release is. */
export interface Place {
  readonly releaseName: string;
  readonly namespace: string;
}

/** What of the app has to do with logs, in one cluster, as far as it has been added. */
export class Neighbours {
  public constructor(
    private readonly scope: IConstruct,
    private readonly cluster: IMicrok8sCluster,
  ) {}

  /** The Loki that takes logs; the first, where there are several. */
  public get loki(): Place | undefined {
    return this.of(KINDS.loki)[0];
  }

  /** Whether a Loki is the one that takes logs: collectors know no other, and Grafana has a name for one. */
  public isFirst(loki: Place): boolean {
    return this.loki?.releaseName === loki.releaseName && this.loki.namespace === loki.namespace;
  }

  /** Who sends logs to a Loki. */
  public collectorsOf(loki: Place): readonly Place[] {
    return this.isFirst(loki) ? this.of(KINDS.collector) : [];
  }

  /** What reads metrics. */
  public get prometheus(): Place | undefined {
    return this.of(KINDS.prometheus)[0];
  }

  /** The Grafana that comes with Prometheus, unless it is switched off. */
  public get grafana(): Place | undefined {
    return this.of(KINDS.prometheus).find(({ values: { grafana } }) => !isMap(grafana) || grafana.enabled !== false);
  }

  private of(kind: string): readonly HelmAddOn[] {
    return HelmAddOn.allIn(this.scope.node.root, this.cluster).filter((addOn) => addOn.kind === kind);
  }
}

/** Name of Loki's Service within the cluster. */
export function lokiHost({ releaseName, namespace }: Place): string {
  return `${releaseName}.${namespace}.svc`;
}

/** URL of Loki within the cluster. */
export function lokiUrl(place: Place): string {
  return `http://${lokiHost(place)}:${LOKI_PORT}`;
}
