import { terraformErrors } from "./terraform-errors";

/**
 * How the Helm provider says that it has no chart: version 3 and 2.
 *
 * @see https://github.com/hashicorp/terraform-provider-helm/blob/main/helm/resource_helm_release.go (`getChart`)
 */
const NO_CHART = /unable to locate chart|could not download chart/i;

/**
 * Why: Helm's own texts about repositories of both kinds, and those of Go's network.
 *
 * @see https://github.com/helm/helm/blob/main/pkg/repo/v1/chartrepo.go (`FindChartInRepoURL`)
 */
const OUT_OF_REACH =
  /is not a valid chart repository or cannot be reached|failed to (?:download|fetch|do request|perform)|no such host|dial tcp|proxyconnect|tls: |i\/o timeout|connection (?:refused|reset|timed out)|deadline exceeded/i;

/** What is wrong with the pin and not with the way: a chart or a version that is not there. */
const NOT_THERE = /not found|\b404\b/i;

/**
 * Whether a command of cdktf failed for nothing but charts whose registry cannot be reached from here. A chart that the registry does not have
 * is a mistake and no such failure.
 *
 * @param output all that the command wrote
 */
export function chartsOutOfReach(output: string): boolean {
  const errors = terraformErrors(output);
  return errors.length > 0 && errors.every((text) => NO_CHART.test(text) && OUT_OF_REACH.test(text) && !NOT_THERE.test(text));
}
