import { Duration } from "../../units";
import type { Values } from "../values";
import { durationText } from "./retention";

/** Time between two looks at a machine, at most: the chart's alerts on machines look at two minutes, such as `NodeNetworkReceiveErrs`. */
const MACHINES = Duration.seconds(30);

/**
 * The chart's alert that looks at a single minute. `KubeAggregatedAPIDown` looks at ten, and stays.
 * @see https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/templates/prometheus/rules-1.14/kubernetes-system-apiserver.yaml
 */
const OF_A_MINUTE = { name: "KubeAggregatedAPIErrors", range: Duration.minutes(1) };

/**
 * What the chart is told because of alerts that look at little time: a rate needs two looks within it, and is nothing otherwise, so that such
 * an alert would be there and never fire.
 *
 * @param scrapeInterval time between two looks at what is no machine
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
export function shortRangeValues(scrapeInterval: Duration): Values {
  const seconds = scrapeInterval.toSeconds();
  return {
    "prometheus-node-exporter": {
      prometheus: { monitor: { interval: durationText(seconds < MACHINES.toSeconds() ? scrapeInterval : MACHINES) } },
    },
    ...(OF_A_MINUTE.range.toSeconds() < 2 * seconds ? { defaultRules: { disabled: { [OF_A_MINUTE.name]: true } } } : {}),
  };
}
