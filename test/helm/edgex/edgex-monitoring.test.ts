import { ClusterFit, EdgeX, EdgeXProfile, HostpathStorage, Prometheus, PrometheusProfile, type EdgeXProps } from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { EdgeXStack, PlatformStack, PrometheusStack } from "../../../stacks";
import { synthApp } from "../../support/synth";
import { addOnStack, bostonSite } from "../support/add-ons";
import { synthEdgeX, valuesOf } from "./support/synth-edgex";

describe("EdgeX beside Prometheus", () => {
  const synthBoth = (isFirst: boolean, props: Partial<EdgeXProps> = {}) =>
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      new PlatformStack(app, "platform", { cluster });
      const prometheus = () => new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE, namespace: "watching" });
      if (isFirst) prometheus();
      new EdgeXStack(app, "edgex", { cluster, profile: EdgeXProfile.CORE, ...props });
      if (!isFirst) prometheus();
    });

  test.each([true, false])("is watched by it and installed after it, in whatever order of the code (%s)", (isFirst) => {
    const { edgex } = synthBoth(isFirst);
    expect(edgex!.dependencies).toEqual(expect.arrayContaining(["prometheus", "platform"]));
    const { monitoring, services } = valuesOf(edgex!);
    expect(monitoring).toMatchObject({ enabled: true, namespace: "watching" });
    expect(Object.keys(monitoring.dashboards)).toEqual(["edgex"]);
    const elsewhere = new EdgeXModel("line/EdgeX", { profile: EdgeXProfile.CORE, monitoring: true, namespace: "line" }).values;
    expect(elsewhere.monitoring).toMatchObject({ dashboards: { "edgex-line": expect.stringContaining('namespace=\\"line\\"') } });
    expect(monitoring.rules.length).toBeGreaterThan(0);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(["edgex-app-metrics", "edgex-metrics"]));
  });

  test("has core-data tell its metrics too, where it is there", () => {
    const { services } = valuesOf(synthBoth(true, { coreData: true }).edgex!);
    expect(services["edgex-core-data"].env).toMatchObject({ WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED: "true" });
    expect(valuesOf(synthEdgeX({ coreData: true })).services["edgex-core-data"].env).not.toHaveProperty(
      "WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED",
    );
  });

  test("is not watched where that is switched off, and can be where Prometheus is another's", () => {
    expect(valuesOf(synthBoth(true, { monitoring: false }).edgex!)).not.toHaveProperty("monitoring");
    expect(valuesOf(synthEdgeX({ monitoring: true })).monitoring).toMatchObject({ enabled: true, namespace: "monitoring" });
  });

  test("fits with LITE on a t3.xlarge with half of it to spare", () => {
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      const stack = addOnStack(app);
      new HostpathStorage(stack, "Storage", { cluster });
      new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE });
      new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE });
      const { requested, available } = ClusterFit.of(app, cluster);
      expect(requested.cpuMillis).toBeLessThanOrEqual(available!.cpuMillis! / 2);
      expect(requested.memoryMebibytes).toBeLessThanOrEqual(available!.memoryMebibytes! / 2);
    });
  });

  test("counts what is switched on", () => {
    const cpu = (props: Partial<EdgeXProps>) => {
      let millis = 0;
      synthEdgeX(props, (edgex) => (millis = edgex.footprint.cpuMillis));
      return millis;
    };
    const { cpuMillis } = EdgeXProfile.CORE.settings.service;
    expect(cpu({ coreData: true }) - cpu({})).toBe(cpuMillis);
    expect(EdgeXProfile.of({ ...EdgeXProfile.CORE.settings, name: "mine" }).name).toBe("mine");
  });
});
