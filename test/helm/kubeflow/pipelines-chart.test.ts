import { App } from "cdktf";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { KubeflowPipelines, Size } from "../../../lib";
import { checkedPipelines } from "../../../lib/helm/kubeflow/pipelines/settings";
import { pipelinesValues } from "../../../lib/helm/kubeflow/pipelines/values";
import { addOnStack, bostonSite } from "../support/add-ons";
import { withoutSecrets } from "../support/generated";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { NetworkPolicies, podsOf, type End } from "../support/network-policies";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";
import { PIPELINES_CHART, PIPELINES_RELEASE } from "./support/pipelines-chart";

/** The values of the add-on with all that it can be told. */
const VALUES = pipelinesValues(
  checkedPipelines("p", {
    databaseVolume: Size.gibibytes(3),
    artifactVolume: Size.gibibytes(7),
    storageClass: "fast",
    readableSecrets: ["s3-root"],
    parallelRuns: 7,
    accessFrom: ["ingress", "notebooks"],
  }),
);

describeHelm("the chart of pipelines", () => {
  const render = (values: object = VALUES, more: object = {}) => helmTemplate(PIPELINES_CHART, { values, ...PIPELINES_RELEASE, ...more });
  const objects = render();
  const plain = render({});
  const of = (kind: string, all: readonly KubernetesObject[] = objects) => all.filter((object) => object.kind === kind);
  const one = (kind: string, name: string, all: readonly KubernetesObject[] = objects) => {
    const found = of(kind, all).filter(({ metadata }) => metadata.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const pod = (name: string, all = objects): KubernetesObject => one("Deployment", name, all).spec.template.spec;
  const names = (kind: string, all = objects) =>
    of(kind, all)
      .map(({ metadata }) => metadata.name as string)
      .sort();

  const PARTS = [
    "metadata-envoy-service",
    "metadata-grpc-service",
    "ml-pipeline",
    "ml-pipeline-persistenceagent",
    "ml-pipeline-scheduledworkflow",
    "ml-pipeline-ui",
    "mysql",
    "seaweedfs",
    "workflow-controller",
  ];

  test("is sound, and far from the limit of a Secret", () => {
    expect(helmLint(PIPELINES_CHART)).toMatchObject({ status: 0 });
    expect(helmLint(PIPELINES_CHART, VALUES)).toMatchObject({ status: 0 });
    expect(releaseBytes(PIPELINES_CHART, { values: VALUES, ...PIPELINES_RELEASE })).toBeLessThan(SECRET_LIMIT / 16);
  });

  test("has nine parts, each once, and a Service for each that listens, within the cluster alone", () => {
    expect(names("Deployment")).toEqual(PARTS);
    expect(names("Service")).toEqual(PARTS.filter((name) => name !== "ml-pipeline-persistenceagent"));
    for (const { spec } of of("Deployment")) expect(spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    for (const { spec } of of("Service")) {
      expect(spec.type).toBe("ClusterIP");
      const { containers } = of("Deployment").find(
        ({ spec: each }) => each.selector.matchLabels["app.kubernetes.io/name"] === spec.selector["app.kubernetes.io/name"],
      )!.spec.template.spec;
      expect(spec.ports.map(({ targetPort }: KubernetesObject) => targetPort)).toEqual(
        containers[0].ports.map(({ containerPort }: KubernetesObject) => containerPort),
      );
    }
    for (const kind of ["Ingress", "ClusterRole", "ClusterRoleBinding", "MutatingWebhookConfiguration"]) expect(of(kind)).toEqual([]);
  });

  test("has nothing that Kubernetes drops or refuses, and no pod that may more than it should", () => {
    for (const all of [objects, plain]) {
      expect(typeFaults(all)).toEqual([]);
      expect(podFaults(all)).toEqual([]);
    }
  });

  test("renders the same twice but for the Secrets it makes, and for the oldest and a newer Kubernetes", () => {
    for (const kubeVersion of ["1.31.0", "1.36.0"])
      expect(withoutSecrets(render(VALUES, { kubeVersion }))).toEqual(withoutSecrets(objects));
  });

  test("asks for what the fit table counts", () => {
    const sum = (take: (requests: Record<string, string>) => number) =>
      of("Deployment", plain).reduce((total, { spec }) => total + take(spec.template.spec.containers[0].resources.requests), 0);
    const volumes = of("PersistentVolumeClaim", plain).map(({ spec }) => parseInt(spec.resources.requests.storage, 10));
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), "mec-synth-")) });
    try {
      const { footprint } = new KubeflowPipelines(addOnStack(app), "Pipelines", { cluster: bostonSite(app).cluster });
      expect(sum(({ cpu }) => parseInt(cpu!, 10))).toBe(footprint.cpuMillis);
      expect(sum(({ memory }) => parseInt(memory!, 10))).toBe(footprint.memory!.toMebibytes());
      expect(volumes.reduce((total, size) => total + size, 0)).toBe(footprint.volumes!.toGibibytes());
    } finally {
      rmSync(app.outdir, { recursive: true, force: true });
    }
  });

  test("keeps data in two claims of the class and size that are chosen, which outlive the release", () => {
    expect(
      of("PersistentVolumeClaim").map(({ metadata, spec }) => [metadata.name, spec.storageClassName, spec.resources.requests.storage]),
    ).toEqual([
      ["mysql-data", "fast", "3072Mi"],
      ["seaweedfs-data", "fast", "7168Mi"],
    ]);
    for (const { metadata } of of("PersistentVolumeClaim")) expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    for (const { spec } of of("PersistentVolumeClaim", render({ storage: { className: "" } })))
      expect(spec).not.toHaveProperty("storageClassName");
    expect(pod("seaweedfs").containers[0].args.slice(1)).toEqual(["scripts/artifacts.sh", "16", "358"]);
  });

  describe("the custom resource definitions", () => {
    test("are those that the controllers look for, in one version, keep every field, and stay", () => {
      expect(names("CustomResourceDefinition")).toEqual([
        "clusterworkflowtemplates.argoproj.io",
        "cronworkflows.argoproj.io",
        "scheduledworkflows.kubeflow.org",
        "workflowartifactgctasks.argoproj.io",
        "workflows.argoproj.io",
        "workflowtaskresults.argoproj.io",
        "workflowtasksets.argoproj.io",
        "workflowtemplates.argoproj.io",
      ]);
      for (const { metadata, spec } of of("CustomResourceDefinition")) {
        expect(metadata).toMatchObject({ name: `${spec.names.plural}.${spec.group}`, annotations: { "helm.sh/resource-policy": "keep" } });
        expect(metadata.namespace).toBeUndefined();
        expect(spec.versions).toEqual([expect.objectContaining({ served: true, storage: true })]);
        expect(spec.versions[0].name).toBe(spec.group === "argoproj.io" ? "v1alpha1" : "v1beta1");
        expect(spec.versions[0].schema.openAPIV3Schema).toEqual({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
      }
    });

    test("have a status of their own where Argo's have", () => {
      const status = of("CustomResourceDefinition").filter(({ spec }) => spec.versions[0].subresources?.status !== undefined);
      expect(status.map(({ spec }) => spec.names.kind).sort()).toEqual(["WorkflowArtifactGCTask", "WorkflowTaskSet"]);
      const cluster = of("CustomResourceDefinition").filter(({ spec }) => spec.scope === "Cluster");
      expect(cluster.map(({ spec }) => spec.names.kind)).toEqual(["ClusterWorkflowTemplate"]);
    });

    test("are of kinds that the rights speak of by the same names", () => {
      const plurals = of("CustomResourceDefinition").map(({ spec }) => `${spec.group}/${spec.names.plural}`);
      const spoken = of("Role").flatMap(({ rules }) =>
        rules.flatMap(({ apiGroups, resources }: KubernetesObject) =>
          /^(argoproj\.io|kubeflow\.org)$/.test(apiGroups[0])
            ? resources.map((name: string) => `${apiGroups[0]}/${name.split("/")[0]}`)
            : [],
        ),
      );
      for (const kind of spoken) expect(plurals).toContain(kind);
    });
  });

  describe("rights", () => {
    const rules = (name: string): KubernetesObject[] => one("Role", name).rules;

    test("are of the namespace, bound to the accounts of the parts that ask Kubernetes and to that of pipelines, and never for everything", () => {
      const accounts = of("Deployment")
        .map(({ spec }) => spec.template.spec.serviceAccountName)
        .filter((name) => name !== undefined);
      expect(names("ServiceAccount")).toEqual([...accounts, "pipeline-runner"].sort());
      expect(names("Role")).toEqual(names("ServiceAccount"));
      for (const { metadata, roleRef, subjects } of of("RoleBinding")) {
        expect(roleRef).toEqual({ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name });
        expect(subjects).toEqual([{ kind: "ServiceAccount", name: metadata.name, namespace: "kubeflow" }]);
      }
      for (const rule of of("Role").flatMap(({ rules: all }) => all)) {
        expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain("*");
      }
    });

    test("to Secrets are for those that are named, to be read one by one", () => {
      const secrets = of("Role").flatMap(({ metadata, rules: all }) =>
        all
          .filter(({ resources }: KubernetesObject) => resources.includes("secrets"))
          .map((rule: KubernetesObject) => [metadata.name, rule.resourceNames, rule.verbs]),
      );
      expect(secrets).toEqual([
        ["ml-pipeline-ui", ["mlpipeline-minio-artifact", "s3-root"], ["get"]],
        ["pipeline-runner", ["mlpipeline-minio-artifact", "s3-root"], ["get"]],
        ["workflow-controller", ["mlpipeline-minio-artifact"], ["get"]],
      ]);
    });

    test("of pipelines are what driver, launcher and executor do", () => {
      expect(rules("pipeline-runner").map(({ resources, verbs }) => `${resources}: ${verbs}`)).toEqual([
        "pods: get",
        "configmaps: get",
        "secrets: get",
        "persistentvolumeclaims: get,create,delete",
        "workflowtaskresults: create,patch",
      ]);
    });

    test("come with a token of an hour, in the container alone and where Kubernetes' clients look for it", () => {
      for (const name of PARTS) {
        const { containers, volumes, serviceAccountName } = pod(name);
        const mount = containers[0].volumeMounts.find(
          ({ mountPath }: KubernetesObject) => mountPath === "/var/run/secrets/kubernetes.io/serviceaccount",
        );
        expect(mount === undefined).toBe(serviceAccountName === undefined);
        if (mount === undefined) continue;
        const { sources } = volumes.find(({ name: volume }: KubernetesObject) => volume === mount.name).projected;
        expect(sources[0].serviceAccountToken).toEqual({ path: "token", expirationSeconds: 3607 });
        expect(
          sources
            .slice(1)
            .flatMap((source: KubernetesObject) =>
              (source.configMap ?? source.downwardAPI).items.map(({ path }: KubernetesObject) => path),
            ),
        ).toEqual(["ca.crt", "namespace"]);
      }
      for (const [name, file] of [
        ["ml-pipeline-persistenceagent", "persistenceagent-sa-token"],
        ["ml-pipeline-scheduledworkflow", "scheduledworkflow-sa-token"],
      ] as const) {
        const { volumes } = pod(name);
        expect(volumes.find((volume: KubernetesObject) => volume.name === "token").projected.sources).toEqual([
          { serviceAccountToken: { path: file, expirationSeconds: 3600, audience: "pipelines.kubeflow.org" } },
        ]);
      }
    });
  });

  describe("the network", () => {
    const policies = new NetworkPolicies(objects);
    const pods = podsOf(objects, "kubeflow");
    const step: End = { namespace: "kubeflow", labels: { "pipelines.kubeflow.org/v2_component": "true" }, address: "10.1.9.1" };
    const ports = [
      ...new Set(
        of("Deployment").flatMap(({ spec }) =>
          (spec.template.spec.containers[0].ports ?? []).map((port: KubernetesObject) => port.containerPort as number),
        ),
      ),
    ];
    const reached = (from: End) =>
      [...pods]
        .flatMap(([to, there]) => [...ports, 22].filter((port) => policies.allow(from, there, port)).map((port) => `${to} ${port}`))
        .sort();

    test("is open between parts for what each needs, and for nothing else", () => {
      const all = [...pods].flatMap(([from, here]) => reached(here).map((to) => `${from} -> ${to}`));
      expect(all.sort()).toEqual([
        "metadata-envoy-service -> metadata-grpc-service 8080",
        "metadata-grpc-service -> mysql 3306",
        "ml-pipeline -> mysql 3306",
        "ml-pipeline -> seaweedfs 8333",
        "ml-pipeline-persistenceagent -> ml-pipeline 8887",
        "ml-pipeline-persistenceagent -> ml-pipeline 8888",
        "ml-pipeline-scheduledworkflow -> ml-pipeline 8887",
        "ml-pipeline-ui -> metadata-envoy-service 9090",
        "ml-pipeline-ui -> ml-pipeline 8888",
        "ml-pipeline-ui -> seaweedfs 8333",
      ]);
    });

    test("is open to pods of pipelines for the API, artifacts and metadata, and to no other pod of the namespace", () => {
      expect(reached(step)).toEqual(["metadata-grpc-service 8080", "ml-pipeline 8887", "ml-pipeline 8888", "seaweedfs 8333"]);
      expect(reached({ ...step, labels: { app: "other" } })).toEqual([]);
      expect(reached({ ...step, namespace: "other" })).toEqual([]);
    });

    test("is open to the namespaces that are named for interface and API, and to nobody without them", () => {
      for (const namespace of ["ingress", "notebooks"]) {
        expect(reached({ namespace, labels: { app: "any" } })).toEqual(["ml-pipeline 8887", "ml-pipeline 8888", "ml-pipeline-ui 3000"]);
      }
      const closed = new NetworkPolicies(plain);
      for (const to of podsOf(plain, "kubeflow").values()) {
        for (const port of ports) expect(closed.allow({ namespace: "ingress", labels: {} }, to, port)).toBe(false);
      }
    });

    test("is open to the API of Kubernetes for those who ask it, and to names for all", () => {
      const api: End = { address: "10.0.3.4" };
      const asking = of("Deployment")
        .filter(({ spec }) => spec.template.spec.serviceAccountName)
        .map(({ metadata }) => metadata.name);
      for (const [name, from] of pods) {
        expect([name, policies.allow(from, api, 16443)]).toEqual([name, asking.includes(name)]);
        expect(policies.allow(from, { address: "10.152.183.1" }, 443)).toBe(asking.includes(name));
        expect(policies.allow(from, { address: "203.0.113.7" }, 443)).toBe(false);
        expect(policies.allow(from, { address: "169.254.169.254" }, 80)).toBe(false);
        expect(policies.allow(from, { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } }, 53, "UDP")).toBe(true);
      }
    });
  });

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
      const other = render({ secrets: { artifacts: "store", generateArtifacts: false } }, { namespace: "learning" });
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
      expect(of("Deployment", render({ ...VALUES, parallelRuns: 8 }))).toEqual(of("Deployment"));
      const copy = mkdtempSync(join(tmpdir(), "mec-pipelines-"));
      try {
        cpSync(PIPELINES_CHART, copy, { recursive: true });
        appendFileSync(join(copy, "files", "envoy.yaml"), "# another\n");
        const others = helmTemplate(copy, { values: VALUES, ...PIPELINES_RELEASE });
        const changed = PARTS.filter((name) => JSON.stringify(one("Deployment", name, others)) !== JSON.stringify(one("Deployment", name)));
        expect(changed).toEqual(["metadata-envoy-service"]);
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });
  });

  describe("with a root in S3", () => {
    const s3 = { root: "s3://artifacts/boston", region: "us-east-1", secret: "s3" };
    const all = render({ s3 });

    test("steps keep there what they hand on, by its Secret, and logs stay", () => {
      const { defaultPipelineRoot, providers } = one("ConfigMap", "kfp-launcher", all).data;
      expect(defaultPipelineRoot).toBe("s3://artifacts/boston");
      expect(parse(providers)).toEqual({
        ...parse(one("ConfigMap", "kfp-launcher", plain).data.providers),
        s3: {
          default: {
            endpoint: "s3.us-east-1.amazonaws.com",
            region: "us-east-1",
            disableSSL: false,
            credentials: { fromEnv: false, secretRef: { secretName: "s3", accessKeyKey: "accesskey", secretKeyKey: "secretkey" } },
          },
        },
      });
      expect(one("ConfigMap", "workflow-controller-configmap", all)).toEqual(one("ConfigMap", "workflow-controller-configmap", plain));
    });

    test("its Secret may be read by pipelines and the interface, which alone reaches S3", () => {
      const readers = of("Role", all).filter(({ rules }) =>
        rules.some(({ resourceNames = [] }: KubernetesObject) => resourceNames.includes("s3")),
      );
      expect(readers.map(({ metadata }) => metadata.name)).toEqual(["ml-pipeline-ui", "pipeline-runner"]);
      const policies = new NetworkPolicies(all);
      const reaching = [...podsOf(all, "kubeflow")].filter(([, from]) => policies.allow(from, { address: "203.0.113.7" }, 443));
      expect(reaching.map(([name]) => name)).toEqual(["ml-pipeline-ui"]);
      for (const [, from] of reaching) {
        expect(policies.allow(from, { address: "203.0.113.7" }, 80)).toBe(false);
        expect(policies.allow(from, { address: "169.254.169.254" }, 443)).toBe(false);
      }
    });

    test("nothing else is another", () => {
      const changed = all.filter(
        (object) => !withoutSecrets(plain).some((other) => JSON.stringify(other) === JSON.stringify(withoutSecrets([object])[0])),
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
      expect(text("mlpipeline-minio-artifact").secretkey).not.toBe(text("mlpipeline-minio-artifact", plain).secretkey);
      for (const { metadata } of of("Secret")) expect(metadata.annotations).toEqual({ "helm.sh/resource-policy": "keep" });
    });

    test("are not made where they are named, and every part mounts those that are named", () => {
      const named = render({ secrets: { database: "db", generateDatabase: false, artifacts: "store", generateArtifacts: false } });
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
      const copy = mkdtempSync(join(tmpdir(), "mec-pipelines-"));
      try {
        cpSync(PIPELINES_CHART, copy, { recursive: true });
        const file = join(copy, "templates", "credentials.yaml");
        const text = readFileSync(file, "utf8");
        const found = text.replace(
          /lookup "v1" "Secret" \$\.Release\.Namespace \.name/,
          '(dict "data" (dict "password" "b2xk" "secretkey" "b2xlcg=="))',
        );
        expect(found).not.toBe(text);
        writeFileSync(file, found);
        const all = helmTemplate(copy, PIPELINES_RELEASE);
        expect(one("Secret", "kubeflow-pipelines-database", all).data.password).toBe("b2xk");
        expect(one("Secret", "mlpipeline-minio-artifact", all).data.secretkey).toBe("b2xlcg==");
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    });

    test("are nowhere else in the release", () => {
      const secret = Buffer.from(one("Secret", "mlpipeline-minio-artifact").data.secretkey, "base64").toString();
      expect(JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"))).not.toContain(secret);
    });
  });

  test.each<[string, object]>([
    ["a mistyped key", { parallelRun: 1 }],
    ["the latest image", { images: { ui: "ghcr.io/kubeflow/kfp-frontend:latest" } }],
    ["no runs", { parallelRuns: 0 }],
    ["a part without a limit of memory", { resources: { ui: { limits: { memory: null } } } }],
    ["a namespace that is none", { accessFrom: ["A"] }],
    ["a root that is not in S3", { s3: { root: "gs://a", region: "us-east-1", secret: "s3" } }],
    ["half a root", { s3: { root: "s3://artifacts" } }],
    ["a Secret that cannot be", { secrets: { database: "A B" } }],
  ])("refuses %s", (_, values) => {
    expect(helmLint(PIPELINES_CHART, values).status).toBe(1);
  });
});
