import { App } from "cdktf";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImageRegistry, RegistryTls, type ImageRegistryOptions } from "../../../lib";
import { addOnStack, bostonSite } from "../support/add-ons";
import { describeHelm, helmLint, helmTemplate, parseYaml, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";

const CHART = join(__dirname, "../../../lib/helm/registry/chart");
const WHERE = { releaseName: "registry", namespace: "container-registry" };

const app = new App();
const { cluster } = bostonSite(app);
let stacks = 0;
const valuesOf = (options: ImageRegistryOptions) =>
  new ImageRegistry(addOnStack(app, `stack-${stacks++}`), "Registry", { cluster, ...options }).values;
const render = (options: ImageRegistryOptions = {}) => helmTemplate(CHART, { values: valuesOf(options), ...WHERE });
const of = (kind: string, objects: readonly KubernetesObject[]) => objects.find((object) => object.kind === kind)!;
const names = (objects: readonly KubernetesObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
const containerOf = (objects: readonly KubernetesObject[]) => of("StatefulSet", objects).spec.template.spec.containers[0];
const configOf = (objects: readonly KubernetesObject[]) => parseYaml([of("ConfigMap", objects).data["config.yml"]])[0] as KubernetesObject;

describeHelm("the chart of the registry", () => {
  const plain = render();
  const secured = render({ tls: RegistryTls.clusterIssuer("site-ca"), htpasswdSecret: "people", removeUntagged: true, cleanUpAt: "23:59" });
  const given = render({ tls: RegistryTls.secret("cert") });

  test("is sound, and takes no key that it does not know", () => {
    expect(helmLint(CHART)).toMatchObject({ status: 0 });
    expect(helmLint(CHART, valuesOf({ tls: RegistryTls.issuer("ca") }))).toMatchObject({ status: 0 });
    for (const wrong of [
      { clean: 1 },
      { image: "docker.io/library/registry:latest" },
      { cleanUp: { second: 86_400 } },
      { tls: { issuer: { kind: "Issuer" } } },
    ]) {
      expect(helmLint(CHART, wrong).status).toBe(1);
    }
  });

  test("makes one pod, its Service, its policy, its configuration and a password", () => {
    expect(names(plain)).toEqual([
      "ConfigMap registry",
      "NetworkPolicy registry",
      "Secret registry-credentials",
      "Service registry",
      "StatefulSet registry",
    ]);
    expect(new Set(plain.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["container-registry"]));
  });

  test("makes a certificate where there is an issuer, and no password where there is a Secret", () => {
    expect(names(secured)).toEqual([
      "Certificate registry",
      "ConfigMap registry",
      "NetworkPolicy registry",
      "Service registry",
      "StatefulSet registry",
    ]);
    expect(of("Certificate", secured).spec).toMatchObject({
      secretName: "registry-tls",
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "site-ca" },
      ipAddresses: ["127.0.0.1", "10.152.183.5"],
      dnsNames: ["registry.container-registry.svc", "registry.container-registry.svc.cluster.local", "localhost"],
    });
    expect(names(given)).not.toContain("Certificate registry");
  });

  test.each([
    ["plain", plain],
    ["with an issuer", secured],
    ["with a certificate of one's own", given],
  ])("%s, breaks no rule for pods, and has no field that Kubernetes does not know", (_, objects) => {
    expect(podFaults(objects)).toEqual([]);
    expect(typeFaults(objects)).toEqual([]);
  });

  test("is far from the limit of a Secret", () => {
    expect(releaseBytes(CHART, { values: JSON.stringify(valuesOf({ tls: RegistryTls.issuer("ca") })), ...WHERE })).toBeLessThan(
      SECRET_LIMIT / 50,
    );
  });

  test("cleans up at the second of the day, with or without what has no tag", () => {
    const command = (objects: readonly KubernetesObject[]) => containerOf(objects).command;
    expect(command(plain)).toEqual([
      "/bin/sh",
      "/registry/config/run.sh",
      "12600",
      "/var/lib/registry",
      "/registry/config/config.yml",
      "--quiet",
    ]);
    expect(command(secured).slice(2)).toEqual([
      "86340",
      "/var/lib/registry",
      "/registry/config/config.yml",
      "--quiet",
      "--delete-untagged",
    ]);
    expect(of("ConfigMap", plain).data["run.sh"].trim()).toBe(readFileSync(join(CHART, "scripts/run.sh"), "utf8").trim());
  });

  test("waits for a clean-up as long as it may take, and for the rest of the start", () => {
    const { startupProbe } = containerOf(plain);
    const [, limit] = /timeout (\d+) registry garbage-collect/.exec(of("ConfigMap", plain).data["run.sh"])!;
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(Number(limit) + 30);
  });

  test("each path that the registry is told is one that is mounted", () => {
    for (const objects of [plain, secured, given]) {
      const { volumeMounts, command } = containerOf(objects);
      const { auth, http, storage } = configOf(objects);
      const paths = [
        auth.htpasswd.path,
        storage.filesystem.rootdirectory,
        command[1],
        command[4],
        ...(http.tls ? [http.tls.certificate, http.tls.key] : []),
      ];
      for (const path of paths) {
        expect(volumeMounts.some(({ mountPath }: KubernetesObject) => path === mountPath || path.startsWith(`${mountPath}/`))).toBe(true);
      }
    }
  });

  test("asks everybody for a password, and ends by itself when it is told to", () => {
    expect(configOf(plain)).toMatchObject({ auth: { htpasswd: { realm: "registry" } }, http: { addr: ":5000", draintimeout: "20s" } });
    expect(configOf(plain).http).not.toHaveProperty("tls");
    expect(configOf(secured).http.tls).toEqual({
      certificate: "/registry/tls/tls.crt",
      key: "/registry/tls/tls.key",
      minimumtls: "tls1.2",
    });
  });

  test("is looked at the way that it answers", () => {
    for (const [objects, scheme] of [
      [plain, "HTTP"],
      [secured, "HTTPS"],
      [given, "HTTPS"],
    ] as const) {
      const { readinessProbe, startupProbe } = containerOf(objects);
      expect([readinessProbe.httpGet.scheme, startupProbe.httpGet.scheme]).toEqual([scheme, scheme]);
    }
  });

  test("takes its Secrets from where they are made", () => {
    const secrets = (objects: readonly KubernetesObject[]) =>
      Object.fromEntries(
        of("StatefulSet", objects).spec.template.spec.volumes.map(({ name, secret }: KubernetesObject) => [name, secret?.secretName]),
      );
    expect(secrets(plain)).toEqual({ config: undefined, auth: "registry-credentials" });
    expect(secrets(secured)).toEqual({ config: undefined, auth: "people", tls: "registry-tls" });
    expect(secrets(given)).toEqual({ config: undefined, auth: "registry-credentials", tls: "cert" });
  });

  test("the password is long, its line of htpasswd is in bcrypt, and both outlive the release", () => {
    const { data, metadata } = of("Secret", plain);
    const text = (key: string) => Buffer.from(data[key], "base64").toString();
    expect(text("username")).toBe("registry");
    expect(text("password")).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(text("htpasswd")).toMatch(/^registry:\$2a\$10\$[./A-Za-z0-9]{53}$/);
    expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
  });

  test("a password that is there stays, with its line of htpasswd or a new one", () => {
    // Without a cluster Helm finds nothing, so a copy of the chart finds this.
    const copy = mkdtempSync(join(tmpdir(), "mec-registry-"));
    try {
      cpSync(CHART, copy, { recursive: true });
      const file = join(copy, "templates", "credentials.yaml");
      const text = readFileSync(file, "utf8");
      const dataWith = (found: string) => {
        const replaced = text.replace('lookup "v1" "Secret" .Release.Namespace $name', `dict "data" (dict ${found})`);
        expect(replaced).not.toBe(text);
        writeFileSync(file, replaced);
        return of("Secret", helmTemplate(copy, WHERE)).data;
      };
      expect(dataWith('"password" "b2xk" "htpasswd" "bGluZQ=="')).toEqual({
        username: "cmVnaXN0cnk=",
        password: "b2xk",
        htpasswd: "bGluZQ==",
      });
      const { password, htpasswd } = dataWith('"password" "b2xk"');
      expect(password).toBe("b2xk");
      expect(Buffer.from(htpasswd, "base64").toString()).toMatch(/^registry:\$2a\$/);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  test("is reached within the cluster alone, at its port, and asks nobody", () => {
    expect(of("Service", plain).spec).toMatchObject({
      type: "ClusterIP",
      clusterIP: "10.152.183.5",
      ports: [{ port: 5000, targetPort: "registry" }],
    });
    expect(of("NetworkPolicy", plain).spec).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ port: "registry" }] }],
      egress: [],
    });
    const labels = of("StatefulSet", plain).spec.template.metadata.labels;
    for (const selector of [of("Service", plain).spec.selector, of("NetworkPolicy", plain).spec.podSelector.matchLabels]) {
      expect(labels).toMatchObject(selector);
    }
  });

  test("keeps its images in a volume of its class and size, one pod alone", () => {
    const { spec } = of("StatefulSet", plain);
    expect(spec.replicas).toBe(1);
    expect(spec.volumeClaimTemplates[0].spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      storageClassName: "microk8s-hostpath",
      resources: { requests: { storage: "20480Mi" } },
    });
  });

  test("another configuration is another pod, and a password is not", () => {
    const sum = (objects: readonly KubernetesObject[]) => of("StatefulSet", objects).spec.template.metadata.annotations["checksum/config"];
    expect(sum(render())).toBe(sum(plain));
    expect(sum(secured)).not.toBe(sum(plain));
  });
});
