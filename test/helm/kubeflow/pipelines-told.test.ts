import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { withoutSecrets } from "../support/generated";
import { describeHelm, helmTemplate, type KubernetesObject } from "../support/helm";
import { NetworkPolicies, podsOf } from "../support/network-policies";
import { PIPELINES_CHART, PIPELINES_PARTS, PIPELINES_RELEASE, PIPELINES_VALUES, finders, renderPipelines } from "./support/pipelines-chart";

describeHelm("the chart of pipelines", () => {
  const objects = renderPipelines();
  /** The same with a root in S3. */
  const rooted = renderPipelines({ ...PIPELINES_VALUES, s3: { root: "s3://artifacts/boston", region: "us-east-1", secret: "s3" } });
  const { of, one, pod, names } = finders(objects);
  /** Secrets that are named, in another namespace. */
  const named = renderPipelines(
    { secrets: { database: "db", generateDatabase: false, artifacts: "store", generateArtifacts: false } },
    { namespace: "learning" },
  );
  /** Another file of a part, in a cluster that has the Secrets already. */
  const edited = renderEdited();

  describe("what the parts are told", () => {
    const env = (name: string): Record<string, string> =>
      Object.fromEntries((pod(name).containers[0].env ?? []).map((each: KubernetesObject) => [each.name, each.value]));
    const service = (name: string) => one("Service", name).spec.ports.map(({ port }: KubernetesObject) => port);

    const api = parse(one("ConfigMap", "ml-pipeline-config").data["config.yaml"]);

    test("of each other leads to a Service and a port of it", () => {
      expect(service(api.DBConfig.MySQLConfig.Host)).toContain(Number(api.DBConfig.MySQLConfig.Port));
      expect(service(api.ObjectStoreConfig.Host)).toContain(Number(api.ObjectStoreConfig.Port));
      const ui = env("ml-pipeline-ui");
      expect(service(ui.ML_PIPELINE_SERVICE_HOST!)).toContain(Number(ui.ML_PIPELINE_SERVICE_PORT));
      expect(service(ui.METADATA_ENVOY_SERVICE_SERVICE_HOST!)).toContain(Number(ui.METADATA_ENVOY_SERVICE_SERVICE_PORT));
      expect(service(ui.MINIO_HOST!)).toContain(Number(ui.MINIO_PORT));
      const envoy = parse(one("ConfigMap", "metadata-envoy-configmap").data["envoy.yaml"]).static_resources;
      const upstream = envoy.clusters[0].load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address;
      expect(service(upstream.address)).toContain(upstream.port_value);
      expect(service("metadata-envoy-service")).toEqual([envoy.listeners[0].address.socket_address.port_value]);
    });

    test("pipelines of version 1 are refused, whose helpers are not here, and MLflow is not looked for", () => {
      expect(api).toMatchObject({
        BLOCK_V1_PIPELINES: "true",
        DEFAULTPIPELINERUNNERSERVICEACCOUNT: "pipeline-runner",
        DBDriverName: "mysql",
      });
      expect(api).not.toHaveProperty("plugins");
      expect(env("ml-pipeline")).toEqual({
        POD_NAMESPACE: "kubeflow",
        PUBLISH_LOGS: "true",
        V2_DRIVER_IMAGE: "ghcr.io/kubeflow/kfp-driver:2.17.0",
        V2_LAUNCHER_IMAGE: "ghcr.io/kubeflow/kfp-launcher:2.17.0",
      });
    });

    test("artifacts of steps, and their logs, are in the store of the namespace, by the Secret that is named", () => {
      const other = named;
      const config = one("ConfigMap", "workflow-controller-configmap", other).data;
      const { s3, archiveLogs } = parse(config.artifactRepository);
      expect(archiveLogs).toBe(true);
      expect(s3).toMatchObject({
        endpoint: "seaweedfs.learning:9000",
        bucket: "mlpipeline",
        insecure: true,
        accessKeySecret: { name: "store", key: "accesskey" },
        secretKeySecret: { name: "store", key: "secretkey" },
      });
      const launcher = one("ConfigMap", "kfp-launcher", other).data;
      expect(launcher.defaultPipelineRoot).toBe("minio://mlpipeline/v2/artifacts");
      expect(parse(launcher.providers).minio.default).toEqual({
        endpoint: "seaweedfs.learning:9000",
        region: "minio",
        disableSSL: true,
        forcePathStyle: true,
        credentials: { fromEnv: false, secretRef: { secretName: "store", accessKeyKey: "accesskey", secretKeyKey: "secretkey" } },
      });
      const look = (pod("ml-pipeline-ui", other).containers[0].env as KubernetesObject[]).find(({ name }) => name === "ARGO_KEYFORMAT");
      expect(look?.value).toBe(s3.keyFormat);
      expect(s3.keyFormat).toMatch(/^private-artifacts\/\{\{workflow\.namespace\}\}\/.*\{\{pod\.name\}\}$/);
    });

    test("the workflow controller is told of its namespace, how many runs there may be, and how steps are run", () => {
      const { data } = one("ConfigMap", "workflow-controller-configmap");
      expect(data.parallelism).toBe("7");
      expect(parse(data.executor)).toMatchObject({
        resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
        securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      });
      expect(parse(data.workflowDefaults).spec.ttlStrategy).toEqual({ secondsAfterCompletion: 3600 });
      const { command } = pod("workflow-controller").containers[0];
      expect(command).toContain("--namespaced");
      expect(command).toContain("--configmap=workflow-controller-configmap");
      expect(command).toContain("--executor-image=quay.io/argoproj/argoexec:v4.0.5");
    });

    test("another number of runs restarts nothing, another file the part that reads it", () => {
      expect(of("Deployment", renderPipelines({ ...PIPELINES_VALUES, parallelRuns: 8 }))).toEqual(of("Deployment"));
      const isOther = (name: string) => JSON.stringify(one("Deployment", name, edited)) !== JSON.stringify(one("Deployment", name));
      expect(PIPELINES_PARTS.filter(isOther)).toEqual(["metadata-envoy-service"]);
    });
  });

  describe("with a root in S3", () => {
    test("steps keep there what they hand on, by its Secret, and logs stay", () => {
      const { defaultPipelineRoot, providers } = one("ConfigMap", "kfp-launcher", rooted).data;
      expect(defaultPipelineRoot).toBe("s3://artifacts/boston");
      expect(parse(providers)).toEqual({
        ...parse(one("ConfigMap", "kfp-launcher").data.providers),
        s3: {
          default: {
            endpoint: "s3.us-east-1.amazonaws.com",
            region: "us-east-1",
            disableSSL: false,
            credentials: { fromEnv: false, secretRef: { secretName: "s3", accessKeyKey: "accesskey", secretKeyKey: "secretkey" } },
          },
        },
      });
      expect(one("ConfigMap", "workflow-controller-configmap", rooted)).toEqual(one("ConfigMap", "workflow-controller-configmap"));
    });

    test("its Secret may be read by pipelines and the interface, which alone reaches S3", () => {
      const readers = of("Role", rooted).filter(({ rules }) =>
        rules.some(({ resourceNames = [] }: KubernetesObject) => resourceNames.includes("s3")),
      );
      expect(readers.map(({ metadata }) => metadata.name)).toEqual(["ml-pipeline-ui", "pipeline-runner"]);
      const policies = new NetworkPolicies(rooted);
      const reaching = [...podsOf(rooted, "kubeflow")].filter(([, from]) => policies.allow(from, { address: "203.0.113.7" }, 443));
      expect(reaching.map(([name]) => name)).toEqual(["ml-pipeline-ui"]);
      for (const [, from] of reaching) {
        expect(policies.allow(from, { address: "203.0.113.7" }, 80)).toBe(false);
        expect(policies.allow(from, { address: "169.254.169.254" }, 443)).toBe(false);
      }
    });

    test("nothing else is another", () => {
      const changed = rooted.filter(
        (object) => !withoutSecrets(objects).some((other) => JSON.stringify(other) === JSON.stringify(withoutSecrets([object])[0])),
      );
      expect(changed.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
        "ConfigMap kfp-launcher",
        "NetworkPolicy ml-pipeline-ui",
        "Role ml-pipeline-ui",
        "Role pipeline-runner",
      ]);
    });
  });

  describe("Secrets", () => {
    test("are made where none are named, with what nobody knew before, and outlive the release", () => {
      expect(names("Secret")).toEqual(["kubeflow-pipelines-database", "mlpipeline-minio-artifact"]);
      const text = (name: string, all = objects) =>
        Object.fromEntries(
          Object.entries<string>(one("Secret", name, all).data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
        );
      expect(text("kubeflow-pipelines-database")).toEqual({ username: "pipelines", password: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
      expect(text("mlpipeline-minio-artifact")).toEqual({ accesskey: "pipelines", secretkey: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
      expect(text("mlpipeline-minio-artifact").secretkey).not.toBe(text("mlpipeline-minio-artifact", rooted).secretkey);
      for (const { metadata } of of("Secret")) expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    });

    test("are not made where they are named, and every part mounts those that are named", () => {
      expect(of("Secret", named)).toEqual([]);
      const mounted = (name: string) =>
        pod(name, named).volumes.flatMap(({ secret }: KubernetesObject) =>
          secret ? [`${secret.secretName} ${secret.items.map(({ key }: KubernetesObject) => key)}`] : [],
        );
      expect(mounted("ml-pipeline")).toEqual(["db username,password", "store accesskey,secretkey"]);
      expect(mounted("mysql")).toEqual(["db username,password"]);
      expect(mounted("metadata-grpc-service")).toEqual(["db username,password"]);
      expect(mounted("seaweedfs")).toEqual(["store accesskey,secretkey"]);
      expect(mounted("ml-pipeline-ui")).toEqual(["store accesskey,secretkey"]);
    });

    test("that are there stay as they are", () => {
      expect(one("Secret", "kubeflow-pipelines-database", edited).data.password).toBe("b2xk");
      expect(one("Secret", "mlpipeline-minio-artifact", edited).data.secretkey).toBe("b2xlcg==");
    });

    test("are nowhere else in the release", () => {
      const secret = Buffer.from(one("Secret", "mlpipeline-minio-artifact").data.secretkey, "base64").toString();
      expect(JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"))).not.toContain(secret);
    });
  });
});

/** The objects of the chart with another file of a part, and with Secrets that are found. */
function renderEdited(): KubernetesObject[] {
  const copy = mkdtempSync(join(tmpdir(), "mec-pipelines-"));
  try {
    cpSync(PIPELINES_CHART, copy, { recursive: true });
    appendFileSync(join(copy, "files", "envoy.yaml"), "# another\n");
    const file = join(copy, "templates", "credentials.yaml");
    const text = readFileSync(file, "utf8");
    const found = text.replace(
      /lookup "v1" "Secret" \$\.Release\.Namespace \.name/,
      '(dict "data" (dict "password" "b2xk" "secretkey" "b2xlcg=="))',
    );
    expect(found).not.toBe(text);
    writeFileSync(file, found);
    return helmTemplate(copy, { values: PIPELINES_VALUES, ...PIPELINES_RELEASE });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
