import { describeHelm, type KubernetesObject } from "../support/helm";
import { changed, renderedChart } from "./support/chart";
import { CHART_VALUES } from "./support/chart-values";

describeHelm("the chart of EdgeX: services", () => {
  const { render, of, one, renderFinding, podOf } = renderedChart();

  test("are one instance, which goes before the next one comes (trap 8)", () => {
    for (const { spec } of of("Deployment")) {
      expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    }
  });

  test("are known by their name, in the cluster and to themselves, and get no variables of others (traps 2 and 6)", () => {
    for (const [name, { ports }] of Object.entries(CHART_VALUES.services)) {
      expect(podOf(name)).toMatchObject({ hostname: name, enableServiceLinks: false });
      const { spec } = one("Service", name);
      expect(spec.type).toBe("ClusterIP");
      expect(spec.ports).toEqual(
        ports.map(({ name: port, port: number }) => ({ name: port, port: number, targetPort: number, protocol: "TCP" })),
      );
      expect(spec.selector).toEqual({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "edgex" });
    }
    // Another release would have the same names.
    expect(render(CHART_VALUES, { releaseName: "other" }).map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(Object.keys(CHART_VALUES.services)),
    );
  });

  test("have what their values say: image, command, arguments, environment, user, requests", () => {
    const broker = podOf("edgex-mqtt-broker");
    expect(broker.containers).toEqual([
      expect.objectContaining({
        name: "edgex-mqtt-broker",
        image: "docker.io/library/eclipse-mosquitto:2.0.22",
        command: ["/usr/sbin/mosquitto", "-c", "/edgex/broker/mosquitto.conf"],
        ports: [{ name: "mqtt", containerPort: 1883, protocol: "TCP" }],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
      }),
    ]);
    expect(broker.containers[0].args).toBeUndefined();
    expect(broker.securityContext).toMatchObject({ runAsUser: 2002, runAsGroup: 2001, fsGroup: 2001 });
    const [metadata] = podOf("edgex-core-metadata").containers;
    expect(metadata.args).toEqual(["-cp=keeper.http://edgex-core-keeper:59890", "--registry"]);
    expect(metadata.command).toBeUndefined();
    expect(metadata.env).toEqual([
      { name: "EDGEX_SECURITY_SECRET_STORE", value: "false" },
      { name: "SERVICE_HOST", value: "edgex-core-metadata" },
    ]);
  });

  test("are probed as they say, with eleven minutes to start, which is more than EdgeX waits for what it needs (trap 9)", () => {
    const [metadata] = podOf("edgex-core-metadata").containers;
    expect(metadata.startupProbe).toEqual({
      httpGet: { path: "/api/v3/ping", port: 59881 },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 132,
    });
    for (const kind of ["readinessProbe", "livenessProbe"]) expect(metadata[kind].httpGet).toEqual(metadata.startupProbe.httpGet);
    const { startupProbe } = podOf("edgex-mqtt-broker").containers[0];
    expect(startupProbe.tcpSocket).toEqual({ port: 1883 });
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(660);
    const [database] = podOf("edgex-postgres").containers;
    expect(database.livenessProbe.exec.command).toEqual(["pg_isready", "-U", "postgres", "-d", "edgex_db"]);
  });

  test("have their volumes where they say, and nothing else that is written to but /tmp (traps 1 and 4)", () => {
    const database = podOf("edgex-postgres");
    expect(database.containers[0].volumeMounts).toEqual([
      { name: "tmp", mountPath: "/tmp" },
      { name: "volume-data", mountPath: "/var/lib/postgresql" },
      { name: "volume-run", mountPath: "/var/run/postgresql" },
      { name: "secret-0", mountPath: "/edgex/database", readOnly: true },
    ]);
    expect(database.volumes).toEqual([
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      { name: "volume-data", persistentVolumeClaim: { claimName: "edgex-postgres-data" } },
      { name: "volume-run", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
      { name: "secret-0", secret: { secretName: "edgex-database", defaultMode: 0o440, items: [{ key: "password", path: "password" }] } },
    ]);
    expect(one("PersistentVolumeClaim", "edgex-postgres-data")).toMatchObject({
      metadata: { annotations: { "helm.sh/resource-policy": "keep" } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "microk8s-hostpath",
        resources: { requests: { storage: "4Gi" } },
      },
    });
    const ofDefaultClass = changed(({ services }) => delete services["edgex-postgres"].volumes[0].storageClass);
    expect(one("PersistentVolumeClaim", "edgex-postgres-data", render(ofDefaultClass)).spec.storageClassName).toBeUndefined();
  });

  test("keep the size and the class of a claim that is there, which Kubernetes would not change", () => {
    const lookup = /lookup "v1" "PersistentVolumeClaim" \$\.Release\.Namespace \$claim/;
    const there = '(dict "spec" (dict "storageClassName" "older" "resources" (dict "requests" (dict "storage" "2Gi"))))';
    const { spec } = one("PersistentVolumeClaim", "edgex-postgres-data", renderFinding("claims.yaml", lookup, there, CHART_VALUES));
    expect(spec).toMatchObject({ storageClassName: "older", resources: { requests: { storage: "2Gi" } } });
  });

  test("have files from a ConfigMap of each directory, with templates of others in them, read-only", () => {
    expect(one("ConfigMap", "edgex-device-rest-files-0").data).toEqual({ "sensor.json": '{"name":"sensor {{ .Values }}"}' });
    expect(one("ConfigMap", "edgex-device-rest-files-1").data).toEqual({ "devices.json": "[]" });
    expect(podOf("edgex-device-rest").containers[0].volumeMounts).toEqual([
      { name: "tmp", mountPath: "/tmp" },
      { name: "files-0", mountPath: "/edgex/profiles", readOnly: true },
      { name: "files-1", mountPath: "/edgex/devices", readOnly: true },
    ]);
  });

  test("start anew when a file of theirs is another one, and only then", () => {
    const template = (name: string, all?: readonly KubernetesObject[]) => one("Deployment", name, all).spec.template;
    const other = render(changed(({ services }) => (services["edgex-device-rest"].files[1].files["devices.json"] = "[{}]")));
    expect(template("edgex-device-rest", other)).not.toEqual(template("edgex-device-rest"));
    expect(template("edgex-mqtt-broker", other)).toEqual(template("edgex-mqtt-broker"));
    const keeper = render(
      changed(({ services }) => (services["edgex-core-keeper"].configuration["/edgex/config/configuration.yaml"] = "{}")),
    );
    expect(template("edgex-core-keeper", keeper)).not.toEqual(template("edgex-core-keeper"));
    const reached = render(changed(({ services }) => (services["edgex-device-rest"].inbound = [])));
    expect(template("edgex-device-rest", reached)).toEqual(template("edgex-device-rest"));
  });
});
