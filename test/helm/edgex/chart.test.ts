import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgexFaults } from "../support/edgex-rules";
import { withoutSecrets } from "../support/generated";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";
import { CHART_VALUES, EDGEX_CHART, EDGEX_RELEASE } from "./support/chart-values";

type ChartValues = typeof CHART_VALUES;

const APIS = ["monitoring.coreos.com/v1", "traefik.io/v1alpha1"];

/** The values with a change. */
function changed(change: (values: KubernetesObject) => void): KubernetesObject {
  const values = JSON.parse(JSON.stringify(CHART_VALUES)) as KubernetesObject;
  change(values);
  return values;
}

describeHelm("the chart of EdgeX", () => {
  const render = (values: object = CHART_VALUES, more: object = {}) => helmTemplate(EDGEX_CHART, { values, ...EDGEX_RELEASE, ...more });
  const objects = render();
  const of = (kind: string, all: readonly KubernetesObject[] = objects) => all.filter((object) => object.kind === kind);
  const one = (kind: string, name: string, all: readonly KubernetesObject[] = objects) => {
    const found = of(kind, all).filter(({ metadata }) => metadata.name === name);
    expect(found.map(({ metadata }) => metadata.name)).toEqual([name]);
    return found[0]!;
  };
  /** Objects where `lookup` of a template finds something: without a cluster Helm finds nothing, so a copy of the chart does. */
  const renderFinding = (template: string, lookup: RegExp, found: string, values: object): readonly KubernetesObject[] => {
    const copy = mkdtempSync(join(tmpdir(), "mec-edgex-"));
    try {
      cpSync(EDGEX_CHART, copy, { recursive: true });
      const file = join(copy, "templates", template);
      const text = readFileSync(file, "utf8");
      expect(text).toMatch(lookup);
      writeFileSync(file, text.replace(lookup, found));
      return helmTemplate(copy, { values, ...EDGEX_RELEASE });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  };
  const podOf = (name: string, all: readonly KubernetesObject[] = objects): KubernetesObject =>
    one("Deployment", name, all).spec.template.spec;
  const jobOf = (name: string, all: readonly KubernetesObject[] = objects): KubernetesObject => {
    const [job, ...others] = of("Job", all).filter(({ metadata }) => metadata.name.startsWith(`${name}-`));
    expect(others).toEqual([]);
    return job!;
  };

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

  describe("services", () => {
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

  describe("what runs before a service", () => {
    const before = (name: string, all?: readonly KubernetesObject[]) => (podOf(name, all).initContainers ?? []) as KubernetesObject[];

    test("waits for the configuration of this release, where the service is to, so that a change of it starts the service anew", () => {
      const waiting = Object.entries(CHART_VALUES.services as Record<string, { waitsForConfiguration?: boolean }>);
      for (const [name, { waitsForConfiguration = false }] of waiting) {
        expect(
          before(name)
            .map(({ name: init }) => init)
            .includes("wait-for-configuration"),
        ).toBe(waitsForConfiguration);
      }
      const [wait] = before("edgex-core-metadata");
      expect(wait.image).toBe("docker.io/edgexfoundry/core-metadata:4.0.1");
      expect(wait.command.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
      expect(wait.command.slice(3)).toEqual(["wait", CHART_VALUES.revision]);
      const [other] = before("edgex-core-metadata", render(changed((values) => (values.revision = "1".repeat(64)))));
      expect(other.command.at(-1)).toBe("1".repeat(64));
    });

    test("is, last of all, what puts Secrets into files in memory, so that what the service brings does not overwrite them", () => {
      const values = changed(({ services }) => {
        services["edgex-core-keeper"].init = [{ name: "seed", command: ["/bin/true", "$(id)"] }];
        services["edgex-core-keeper"].volumes = [{ name: "etc", path: "/edgex/etc", size: "8Mi" }];
        services["edgex-core-keeper"].configuration["/edgex/etc/own.yaml"] = "{}";
        services["edgex-core-keeper"].configuration["/edgex/etc/sources/other.yaml"] = "{}";
      });
      const all = render(values);
      expect(typeFaults(all)).toEqual([]);
      expect(podFaults(all)).toEqual([]);
      const pod = podOf("edgex-core-keeper", all);
      expect(before("edgex-core-keeper", all).map(({ name }) => name)).toEqual(["seed", "configure"]);
      const [seed, configure] = before("edgex-core-keeper", all);
      expect(seed!.command).toEqual(["/bin/true", "$(id)"]);
      const paths = ["/edgex/config/configuration.yaml", "/edgex/etc/own.yaml", "/edgex/etc/sources/other.yaml"];
      expect(configure!.command.slice(3)).toEqual(["configure", ...paths]);
      expect(one("ConfigMap", "edgex-core-keeper-configuration", all).data).toEqual({
        "0": CHART_VALUES.services["edgex-core-keeper"].configuration["/edgex/config/configuration.yaml"],
        "1": "{}",
        "2": "{}",
      });
      // A directory that is a volume of the service already is not made again.
      const own = [
        { name: "tmp", mountPath: "/tmp" },
        { name: "volume-etc", mountPath: "/edgex/etc" },
        { name: "configuration-0", mountPath: "/edgex/config" },
        { name: "configuration-1", mountPath: "/edgex/etc/sources" },
      ];
      expect(pod.containers[0].volumeMounts).toEqual(own);
      expect(seed!.volumeMounts).toEqual(own);
      expect(configure!.volumeMounts).toEqual([
        ...own,
        { name: "templates", mountPath: "/mec/templates", readOnly: true },
        { name: "template-secret-0", mountPath: "/mec/secrets/edgex-database", readOnly: true },
      ]);
      expect(pod.volumes.filter(({ name }: KubernetesObject) => name.startsWith("configuration-"))).toEqual(
        [0, 1].map((number) => ({ name: `configuration-${number}`, emptyDir: { medium: "Memory", sizeLimit: "8Mi" } })),
      );
    });

    test("has what is asked for before a service, and what the service has mounted", () => {
      const [passwords] = before("edgex-mqtt-broker");
      expect(passwords).toMatchObject({ image: "docker.io/library/eclipse-mosquitto:2.0.22", resources: CHART_VALUES.initResources });
      expect(passwords!.command[3]).toBe("/edgex/credentials/password");
      expect(passwords!.volumeMounts).toEqual(podOf("edgex-mqtt-broker").containers[0].volumeMounts);
      expect(before("edgex-ui-go")).toEqual([]);
    });
  });

  describe("jobs", () => {
    const BOOTSTRAPPER = "edgex-core-common-config-bootstrapper";

    test("end: they run their own command, with no probe, and have no Service (trap 3)", () => {
      const { spec } = jobOf(BOOTSTRAPPER);
      const pod = spec.template.spec;
      expect(pod).toMatchObject({ restartPolicy: "OnFailure", hostname: BOOTSTRAPPER });
      expect(pod.containers[0].command).toEqual(["/core-common-config-bootstrapper"]);
      expect(Object.keys(pod.containers[0]).filter((key) => key.endsWith("Probe") || key === "ports")).toEqual([]);
      expect(of("Service").map(({ metadata }) => metadata.name)).not.toContain(BOOTSTRAPPER);
      // Hooks would wait for services that wait for them.
      expect(objects.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] !== undefined)).toEqual([]);
    });

    test.each<[string, (values: KubernetesObject) => void]>([
      ["configuration", ({ jobs }) => (jobs[BOOTSTRAPPER].configuration["/edgex/config/configuration.yaml"] = "{}")],
      ["image", ({ jobs }) => (jobs[BOOTSTRAPPER].image = "docker.io/edgexfoundry/core-common-config-bootstrapper:4.0.2")],
      ["environment", ({ jobs }) => (jobs[BOOTSTRAPPER].env.A = "1")],
      ["requests", ({ jobs }) => (jobs[BOOTSTRAPPER].resources.requests.cpu = "20m")],
      ["requests of what runs before", ({ initResources }) => (initResources.requests.cpu = "20m")],
    ])("are made anew, under another name, where the %s of one is another, and others stay", (_, change) => {
      const all = render(changed(change));
      expect(jobOf(BOOTSTRAPPER, all).metadata.name).not.toBe(jobOf(BOOTSTRAPPER).metadata.name);
      expect(jobOf("edgex-update-devices", all)).toEqual(jobOf("edgex-update-devices"));
    });

    test("are not made anew where what may reach others is another", () => {
      const all = render(changed(({ services }) => (services["edgex-device-rest"].inbound = [])));
      expect(of("Job", all)).toEqual(of("Job"));
    });
  });

  describe("credentials", () => {
    test("are the user that is given and a password of 32 letters and digits, another one each time nothing is there, and stay", () => {
      const [first, second] = [objects, render()].map((all) => one("Secret", "edgex-broker", all));
      for (const secret of [first!, second!]) {
        expect(secret).toMatchObject({ type: "Opaque", metadata: { annotations: { "helm.sh/resource-policy": "keep" } } });
        expect(Object.keys(secret.data)).toEqual(["password", "username"]);
        expect(Buffer.from(secret.data.username, "base64").toString()).toBe("edgex");
        expect(Buffer.from(secret.data.password, "base64").toString()).toMatch(/^[A-Za-z0-9]{32}$/);
      }
      expect(second!.data.password).not.toBe(first!.data.password);
      expect(one("Secret", "edgex-database").data.password).not.toBe(first!.data.password);
    });

    test("stay as they are in the cluster, but for the user and for keys that are new", () => {
      const found = '(dict "data" (dict "password" "b2xk" "username" "b2xk"))';
      const values = changed(({ credentials }) => credentials["edgex-broker"].generate.push("other"));
      const all = renderFinding("credentials.yaml", /lookup "v1" "Secret" \$\.Release\.Namespace \$name/, found, values);
      const { data } = one("Secret", "edgex-broker", all);
      expect(data.password).toBe("b2xk");
      expect(Buffer.from(data.username, "base64").toString()).toBe("edgex");
      expect(Buffer.from(data.other, "base64").toString()).toMatch(/^[A-Za-z0-9]{32}$/);
    });

    test("are nowhere else in the release: not in the environment, not in a ConfigMap", () => {
      const passwords = of("Secret").map(({ data }) => Buffer.from(data.password, "base64").toString());
      const others = JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"));
      for (const password of passwords) expect(others).not.toContain(password);
    });
  });

  describe("the ingress", () => {
    test("leads by TLS and after a password to the paths that are given", () => {
      expect(one("Ingress", "edgex")).toMatchObject({
        metadata: {
          annotations: {
            "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
            "traefik.ingress.kubernetes.io/router.middlewares": "edgex-edgex-basic-auth@kubernetescrd",
          },
        },
        spec: {
          ingressClassName: "public",
          tls: [{ hosts: ["edgex.example.com"], secretName: "edgex-tls" }],
          rules: [
            {
              host: "edgex.example.com",
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "edgex-ui-go", port: { number: 4000 } } } }],
              },
            },
          ],
        },
      });
      expect(one("Middleware", "edgex-basic-auth").spec).toEqual({ basicAuth: { secret: "edgex-users", removeHeader: true } });
    });

    test("has middlewares of its annotations behind the password", () => {
      const name = "traefik.ingress.kubernetes.io/router.middlewares";
      const all = render(changed(({ ingress }) => (ingress.annotations[name] = "edgex-strip@kubernetescrd")));
      expect(one("Ingress", "edgex", all).metadata.annotations[name]).toBe(
        "edgex-edgex-basic-auth@kubernetescrd,edgex-strip@kubernetescrd",
      );
    });

    test("is not there unless it is asked for, and has no middleware of Traefik where another controller asks for the password", () => {
      const none = render(changed((values) => delete values.ingress));
      expect([...of("Ingress", none), ...of("Middleware", none)]).toEqual([]);
      const annotations = { "nginx.ingress.kubernetes.io/auth-type": "basic", "nginx.ingress.kubernetes.io/auth-secret": "edgex-users" };
      const nginx = render(
        changed(({ ingress }) => {
          delete ingress.basicAuthMiddlewareSecret;
          ingress.annotations = annotations;
        }),
      );
      expect(of("Middleware", nginx)).toEqual([]);
      expect(one("Ingress", "edgex", nginx).metadata.annotations).toEqual(annotations);
    });
  });

  describe("monitoring", () => {
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

  describe("values that are refused", () => {
    const service = (change: (service: KubernetesObject) => void, name: keyof ChartValues["services"] = "edgex-device-rest") =>
      changed(({ services }) => change(services[name]));

    test.each<[string, object]>([
      ["a mistyped key", changed((values) => (values.service = {}))],
      ["a mistyped key of a service", service((it) => (it.talkTo = []))],
      ["a mistyped key of a port", service((it) => (it.ports[0].number = 1))],
      ["a mistyped key of a job", changed(({ jobs }) => (jobs["edgex-update-devices"].ports = []))],
      ["the tag latest", service((it) => (it.image = "docker.io/edgexfoundry/device-rest:latest"))],
      ["an image without a registry", service((it) => (it.image = "device-rest:4.0.1"))],
      ["an image without a tag", service((it) => (it.image = "docker.io/edgexfoundry/device-rest"))],
      ["a service without a probe", service((it) => delete it.probe)],
      ["a service with two probes", service((it) => (it.probe.tcp = { port: 59986 }))],
      ["a service without a limit", service((it) => delete it.resources.limits)],
      ["a service without a user", service((it) => delete it.user)],
      ["the user root", service((it) => (it.user.uid = 0))],
      ["a name that is no host name", changed(({ services }) => (services.Edgex_UI = services["edgex-ui-go"]))],
      ["a variable that is a number", service((it) => (it.env.PORT = 1))],
      ["a file name with a slash", service((it) => (it.files[0].files["a/b.json"] = ""))],
      ["a directory of the chart's own", service((it) => (it.files[0].path = "/mec/secrets"))],
      ["a path that leads up", service((it) => (it.files[0].path = "/edgex/../etc"))],
      ["a relative path", service((it) => (it.files[0].path = "edgex"))],
      ["a configuration in no directory", service((it) => (it.configuration = { "/configuration.yaml": "{}" }))],
      ["a claim in memory", service((it) => (it.volumes[0].inMemory = true), "edgex-postgres")],
      ["a storage class without a claim", service((it) => (it.volumes[1].storageClass = "a"), "edgex-postgres")],
      ["what is outside twice", service((it) => (it.inbound[0].namespace = "sensors"))],
      ["what is outside nowhere", service((it) => delete it.inbound[0].cidrs)],
      ["a network that is none", service((it) => (it.inbound[0].cidrs = ["device.example.com"]))],
      ["a port of no number", service((it) => (it.ports[0].port = 65536))],
      ["a revision that is no digest", changed((values) => (values.revision = "1"))],
      ["a password that is given", changed(({ credentials }) => (credentials["edgex-broker"].password = "edgex"))],
      ["a user that is generated", changed(({ credentials }) => (credentials["edgex-broker"].generate = ["username"]))],
      ["an ingress without authentication", changed(({ ingress }) => delete ingress.basicAuthMiddlewareSecret)],
      ["an ingress without TLS", changed(({ ingress }) => delete ingress.tlsSecret)],
      ["a dashboard that is no JSON", changed(({ monitoring }) => (monitoring.dashboards.edgex = "title: EdgeX"))],
      ["a job with a name that has no room for its digest", changed(({ jobs }) => (jobs["a".repeat(55)] = jobs["edgex-update-devices"]))],
    ])("%s, by the schema", (_, values) => {
      const { status, stdout, stderr } = helmLint(EDGEX_CHART, values);
      expect(status).toBe(1);
      expect(stdout + stderr).toContain("values don't meet the specifications of the schema");
    });

    test.each<[string, object, string]>([
      [
        "a talk to who is not there",
        service((it) => it.talksTo.push({ service: "edgex-core-data", port: 59880 })),
        "edgex-device-rest talks to edgex-core-data at port 59880, where no service of this EdgeX answers",
      ],
      [
        "a talk to a port that is not there",
        service((it) => (it.talksTo[0].port = 59891)),
        "edgex-device-rest talks to edgex-core-keeper at port 59891, where no service of this EdgeX answers",
      ],
      ["a wait for nothing", changed((values) => delete values.revision), "waits for the configuration, and no revision is given"],
      [
        "a wait for who is not talked to",
        service((it) => (it.talksTo = [])),
        "edgex-device-rest waits for the configuration, and does not talk to edgex-core-keeper at port 59890",
      ],
      [
        "a place of a Secret that is not given",
        service((it) => (it.configurationSecrets = []), "edgex-core-keeper"),
        "/edgex/config/configuration.yaml of edgex-core-keeper has @@edgex-database/password@@, which is not among its configurationSecrets",
      ],
      [
        "metrics at no port",
        service((it) => (it.metrics.port = 1), "edgex-influxdb-exporter"),
        "edgex-influxdb-exporter has metrics at port 1, which is not among its ports",
      ],
      [
        "an ingress that leads nowhere",
        changed(({ ingress }) => (ingress.paths[0].service = "edgex-ui")),
        "the ingress leads to edgex-ui at port 4000, where no service of this EdgeX answers",
      ],
      [
        "a job with the name of a service",
        changed(({ jobs }) => (jobs["edgex-ui-go"] = jobs["edgex-update-devices"])),
        "edgex-ui-go is a service and a job, and is to be one of them",
      ],
    ])("%s, by the templates", (_, values, message) => {
      expect(() => render(values)).toThrow(message);
    });
  });

  test("the digest of the files is that of what the values have", () => {
    const { files } = CHART_VALUES.services["edgex-mqtt-broker"];
    const digest = createHash("sha256").update(JSON.stringify({ files: [{ files: files[0]!.files, path: files[0]!.path }] }));
    expect(one("Deployment", "edgex-mqtt-broker").spec.template.metadata.annotations).toEqual({ "checksum/files": digest.digest("hex") });
  });
});
