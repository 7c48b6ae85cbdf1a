import { createHash } from "node:crypto";
import { edgexFaults } from "../support/edgex-rules";
import { withoutSecrets } from "../support/generated";
import { describeHelm, helmLint, helmTemplate } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";
import { renderedChart } from "./support/chart";
import { CHART_VALUES, EDGEX_CHART, EDGEX_RELEASE } from "./support/chart-values";

const APIS = ["monitoring.coreos.com/v1", "traefik.io/v1alpha1"];

describeHelm("the chart of EdgeX", () => {
  const { render, objects, of, one, podOf } = renderedChart();

  test("is sound, with its own values and with those that use all of it", () => {
    expect(helmLint(EDGEX_CHART)).toMatchObject({ status: 0 });
    expect(helmLint(EDGEX_CHART, CHART_VALUES)).toMatchObject({ status: 0 });
    expect(helmTemplate(EDGEX_CHART, EDGEX_RELEASE)).toEqual([]);
  });

  test("makes these objects, each in the namespace and with the labels of all", () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`.replace(/-[0-9a-f]{8}$/, "-HASH")).sort();
    const services = Object.keys(CHART_VALUES.services);
    expect(names).toEqual(
      [
        ...services.flatMap((name) => [`Deployment ${name}`, `Service ${name}`, `NetworkPolicy ${name}`]),
        ...Object.keys(CHART_VALUES.jobs).flatMap((name) => [`Job ${name}-HASH`, `NetworkPolicy ${name}`]),
        "NetworkPolicy edgex",
        "ConfigMap edgex-core-common-config-bootstrapper-configuration",
        "ConfigMap edgex-core-keeper-configuration",
        "ConfigMap edgex-device-rest-files-0",
        "ConfigMap edgex-device-rest-files-1",
        "ConfigMap edgex-mqtt-broker-files-0",
        "ConfigMap edgex-update-devices-files-0",
        "ConfigMap edgex-dashboard-edgex",
        "PersistentVolumeClaim edgex-postgres-data",
        "Secret edgex-broker",
        "Secret edgex-database",
        "Ingress edgex",
        "Middleware edgex-basic-auth",
        "PrometheusRule edgex",
        "ServiceMonitor edgex-influxdb-exporter",
      ].sort(),
    );
    for (const { metadata } of objects) {
      expect(metadata.namespace).toBe("edgex");
      expect(metadata.labels).toMatchObject({
        "app.kubernetes.io/name": expect.stringMatching(/^edgex/),
        "app.kubernetes.io/instance": "edgex",
        "app.kubernetes.io/part-of": "edgex",
        "app.kubernetes.io/managed-by": "Helm",
      });
    }
  });

  test("makes nothing that Kubernetes does not know, that pods must not do, or that would not work", () => {
    expect(typeFaults(objects)).toEqual([]);
    expect(podFaults(objects)).toEqual([]);
    expect(edgexFaults(objects)).toEqual([]);
  });

  test("makes the same twice, but for Secrets, and for two versions of Kubernetes", () => {
    for (const kubeVersion of ["1.31.0", "1.36.0"]) {
      const again = render(CHART_VALUES, { kubeVersion, apiVersions: APIS });
      expect(withoutSecrets(again)).toEqual(withoutSecrets(objects));
    }
  });

  test("fits a Secret of Helm many times over", () => {
    expect(releaseBytes(EDGEX_CHART, { values: CHART_VALUES })).toBeLessThan(SECRET_LIMIT / 10);
  });

  test("takes words as they are that YAML has another meaning for", () => {
    const ui = CHART_VALUES.services["edgex-ui-go"];
    const no = {
      ...ui,
      command: ["yes", "1", "null", "~", "a: b #"],
      env: { NO: "off", Y: "1e3", A: 'a"\\b\nc' },
      files: [{ path: "/1", files: { "1": "null", true: "- a" } }],
      secrets: [{ secret: "null", path: "/on", keys: ["1", "true"] }],
      configuration: { "/2/0": "@@null/1@@" },
      configurationSecrets: [{ secret: "null", keys: ["1"] }],
      volumes: [{ name: "0", path: "/off", size: "1024", claim: true, storageClass: "1" }],
      init: [{ name: "0", command: ["no"] }],
      talksTo: [],
    };
    const all = render(
      { services: { no }, jobs: {}, credentials: { null: { username: "1", generate: ["1", "true"] } } },
      { releaseName: "123", namespace: "1e3" },
    );
    expect(typeFaults(all)).toEqual([]);
    expect(podFaults(all)).toEqual([]);
    expect(edgexFaults(all)).toEqual([]);
    const { metadata } = one("Deployment", "no", all);
    expect([metadata.namespace, metadata.labels["app.kubernetes.io/instance"]]).toEqual(["1e3", "123"]);
    const [container] = podOf("no", all).containers;
    expect(container.command).toEqual(no.command);
    expect(container.env).toEqual(
      Object.entries(no.env)
        .map(([name, value]) => ({ name, value }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect(one("ConfigMap", "no-files-0", all).data).toEqual(no.files[0]!.files);
    expect(one("PersistentVolumeClaim", "no-0", all).spec).toMatchObject({
      storageClassName: "1",
      resources: { requests: { storage: "1024" } },
    });
  });

  test("has scripts in which Kubernetes finds nothing to replace", () => {
    // https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    for (const { initContainers = [] } of of("Deployment").map(({ spec }) => spec.template.spec)) {
      for (const { command } of initContainers) expect(command.join(" ")).not.toMatch(/\$\$|\$\([A-Z_]+\)/);
    }
  });

  test("the digest of the files is that of what the values have", () => {
    const { files } = CHART_VALUES.services["edgex-mqtt-broker"];
    const digest = createHash("sha256").update(JSON.stringify({ files: [{ files: files[0]!.files, path: files[0]!.path }] }));
    expect(one("Deployment", "edgex-mqtt-broker").spec.template.metadata.annotations).toEqual({ "checksum/files": digest.digest("hex") });
  });
});
