import { describeHelm } from "../support/helm";
import { changed, renderedChart } from "./support/chart";
import { CHART_VALUES } from "./support/chart-values";

describeHelm("the chart of EdgeX: monitoring", () => {
  const { render, of, one } = renderedChart();

  test("is what Prometheus and Grafana take, with their own templates in it", () => {
    expect(one("ServiceMonitor", "edgex-influxdb-exporter").spec).toEqual({
      jobLabel: "app.kubernetes.io/name",
      selector: { matchLabels: { "app.kubernetes.io/name": "edgex-influxdb-exporter", "app.kubernetes.io/instance": "edgex" } },
      endpoints: [{ port: "http", path: "/metrics", interval: "30s" }],
    });
    expect(one("PrometheusRule", "edgex").spec.groups).toEqual(CHART_VALUES.monitoring.rules);
    const dashboard = one("ConfigMap", "edgex-dashboard-edgex");
    expect(dashboard.metadata.labels.grafana_dashboard).toBe("1");
    expect(dashboard.data).toEqual({ "edgex.json": CHART_VALUES.monitoring.dashboards.edgex });
  });

  test("is nothing where it is not switched on: its kinds may not be known there", () => {
    const all = render(changed(({ monitoring }) => (monitoring.enabled = false)));
    expect(all.filter(({ apiVersion }) => apiVersion.startsWith("monitoring.coreos.com"))).toEqual([]);
    expect(of("ConfigMap", all).map(({ metadata }) => metadata.name)).not.toContain("edgex-dashboard-edgex");
  });
});
