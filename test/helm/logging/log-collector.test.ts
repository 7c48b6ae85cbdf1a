import { App, DefaultTokenResolver, StringConcat, Tokenization, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import {
  Duration,
  HostpathStorage,
  LogCollector,
  LogExport,
  Loki,
  Microk8sCluster,
  Prometheus,
  PrometheusProfile,
  Size,
  type IMicrok8sCluster,
  type LogCollectorProps,
} from "../../../lib";
import { UNITS } from "../../../lib/helm/logging/pipeline";
import { deployerPolicy } from "../../../stacks";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite, importedBoston } from "../support/add-ons";

type More = (stack: TerraformStack, cluster: IMicrok8sCluster) => void;

const loki: More = (stack, cluster) => {
  new HostpathStorage(stack, "Storage", { cluster });
  new Loki(stack, "Loki", { cluster });
};
const prometheus: More = (stack, cluster) =>
  void new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE, namespace: "watch" });

const synthCollector = (props: Partial<LogCollectorProps> = {}, more: readonly More[] = [loki]): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app);
    const stack = addOnStack(app);
    new LogCollector(stack, "Collector", { cluster, ...props });
    more.forEach((add) => add(stack, cluster));
  })["add-ons"]!;

/** The collector on a cluster of another app, not synthesized. */
const madeCollector = (props: Partial<LogCollectorProps> = {}, more: readonly More[] = []): LogCollector => {
  const stack = addOnStack(new App(), "add-ons");
  const cluster = importedBoston(stack);
  const collector = new LogCollector(stack, "Collector", { cluster, ...props });
  more.forEach((add) => add(stack, cluster));
  return collector;
};
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- values of a chart have no static shape
const madeValues = (props: Partial<LogCollectorProps> = {}, more?: readonly More[]): any => madeCollector(props, more).values;
const madePipeline = (props: Partial<LogCollectorProps>): string => madeValues(props).config.extraFiles["mec.yaml"];

const entry = (json: StackJson, name: string) =>
  Object.entries<StackJson>(json.resource.helm_release).find(([, candidate]) => candidate.name === name)!;
const releaseOf = (json: StackJson, name = "log-collector") => entry(json, name)[1];
/** Values as Helm gets them: Terraform has taken its escapes away. */
const valuesOf = (json: StackJson, name = "log-collector") =>
  JSON.parse(releaseOf(json, name).values[0].replaceAll("$${", "${").replaceAll("%%{", "%{"));
const pipelineOf = (json: StackJson): string => valuesOf(json).config.extraFiles["mec.yaml"];

/** A text as its stack has it. */
const resolved = (scope: IConstruct, text: string): string => {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(text, { scope, resolver, preparing: false }) as string;
};

const toCloudWatch = LogExport.toCloudWatch({ credentialsSecret: "log-writer" });

describe("the collector", () => {
  const json = synthCollector();

  test("is the pinned chart, in a namespace where it may read folders of the machine, after Loki", () => {
    expect(releaseOf(json)).toMatchObject({
      chart: "fluent-bit",
      repository: "https://fluent.github.io/helm-charts",
      version: "0.58.1",
      namespace: "logging",
    });
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toEqual([
      { name: "logging", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    ]);
    expect(releaseOf(json).depends_on).toEqual(
      expect.arrayContaining([`helm_release.${entry(json, "loki")[0]}`, `helm_release.${entry(json, "loki-mec")[0]}`]),
    );
    expect(warnings(json)).toEqual([]);
  });

  test("is on each node, reads logs and changes a folder of its own alone, as root without a capability", () => {
    const values = valuesOf(json);
    expect(values).toMatchObject({
      kind: "DaemonSet",
      tolerations: [{ operator: "Exists" }],
      rbac: { create: false },
      serviceAccount: { automountServiceAccountToken: false },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      resources: { requests: { cpu: "20m", memory: "48Mi" }, limits: { memory: "160Mi" } },
    });
    expect(values.daemonSetVolumes.map(({ hostPath }: StackJson) => hostPath.path)).toEqual([
      "/var/log",
      "/etc/machine-id",
      "/var/lib/mec-logs",
    ]);
    expect(values.daemonSetVolumeMounts).toEqual([
      { name: "logs", mountPath: "/var/log", readOnly: true },
      { name: "machine-id", mountPath: "/etc/machine-id", readOnly: true },
      { name: "state", mountPath: "/var/lib/mec-logs" },
    ]);
  });

  test("knows the node, whose variable Terraform leaves as it is, and Loki", () => {
    expect(valuesOf(json).env).toEqual([{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }]);
    expect(pipelineOf(json)).toContain("node=${NODE_NAME}");
    expect(releaseOf(json).values[0]).not.toMatch(/(?<!\$)\$\{/);
    expect(pipelineOf(json)).toContain("host: loki.logging.svc");
    expect(pipelineOf(json)).not.toContain("cloudwatch");
  });

  test("sends to the Loki of another stack, wherever it is", () => {
    const stacks = synthApp((app) => {
      const { cluster } = bostonSite(app);
      new LogCollector(addOnStack(app, "first"), "Collector", { cluster, namespace: "agents" });
      const stack = addOnStack(app, "second");
      new HostpathStorage(stack, "Storage", { cluster });
      new Loki(stack, "Loki", { cluster, releaseName: "logs", namespace: "keep" });
    });
    expect(stacks.first!.dependencies).toContain("second");
    expect(pipelineOf(stacks.first!)).toContain("host: logs.keep.svc");
    expect(pipelineOf(stacks.first!)).toContain("log-collector-*_agents_*.log");
  });

  test("tells Prometheus alone how much it delivers, and nobody where there is none", () => {
    expect(valuesOf(json)).toMatchObject({ serviceMonitor: { enabled: false }, networkPolicy: { enabled: true } });
    expect(valuesOf(json).networkPolicy).not.toHaveProperty("ingress");
    const beside = madeValues({}, [prometheus]);
    expect(beside.serviceMonitor).toMatchObject({ enabled: true });
    expect(beside.networkPolicy.ingress.from).toEqual([
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "watch" } },
        podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
      },
    ]);
  });

  test("leaves out what it is told to", () => {
    const text = madePipeline({
      excludedNamespaces: ["noisy"],
      dropLines: ["GET /healthz"],
      journal: false,
      buffer: Size.gibibytes(1),
      export: toCloudWatch,
    });
    expect(text).toContain("/var/log/containers/*_noisy_*.log");
    expect(text).toContain("exclude: log GET /healthz");
    expect(text).not.toContain("systemd");
    expect(text).toContain("storage.total_limit_size: 1024M");
    expect(() => madeCollector({ buffer: Size.mebibytes(32), journal: UNITS })).not.toThrow();
    expect(() => madeCollector({ dropLines: ["/", "/healthz", "/var/lib", "[/]healthz/"] })).not.toThrow();
    expect(madePipeline({ journal: ["ssh.service"] })).toContain("_SYSTEMD_UNIT=ssh.service");
  });

  test("counts on each node where it is asked whether all fits", () => {
    const { footprint } = madeCollector();
    expect(footprint).toMatchObject({ cpuMillis: 0, perNode: { cpuMillis: 20 } });
    expect(footprint.perNode?.memory?.toMebibytes()).toBe(48);
  });

  test("without a Loki and without an export is refused", () => {
    expect(() => synthCollector({}, [])).toThrow(/\[MEC1522\] add-ons\/Collector: got no loki for the cluster boston and no export/);
    expect(() => synthCollector({ export: toCloudWatch }, [])).not.toThrow();
  });

  test("is once in a cluster, since two would share a folder of each node", () => {
    expect(() =>
      synthCollector({}, [
        loki,
        (stack, cluster) => void new LogCollector(stack, "Second", { cluster, releaseName: "second", namespace: "second" }),
      ]),
    ).toThrow(/MEC1418\] add-ons\/Second: got log-collector beside log-collector/);
  });

  test.each<[string, Partial<LogCollectorProps>, RegExp]>([
    ["no pattern", { dropLines: ["a", " "] }, /MEC1524.*got " " as dropLines\[1\]: every line has nothing in it/],
    ["a pattern that all lines match", { dropLines: ["a*"] }, /MEC1524.*all would be dropped/],
    ["no regular expression", { dropLines: ["("] }, /MEC1524.*got "\(" as dropLines\[0\]: it is no regular expression/],
    ["a variable", { dropLines: ["${HOME}x"] }, /MEC1524.*would take for a variable/],
    ["marks around a pattern", { dropLines: ["/healthz/"] }, /MEC1524.*got "\/healthz\/" as dropLines\[0\].*for marks around the pattern/],
    ["marks around nothing", { dropLines: ["//"] }, /MEC1524.*for marks around the pattern/],
    ["marks with an option", { dropLines: ["/a/i"] }, /MEC1524.*for marks around the pattern/],
    ["two lines", { dropLines: ["a\nb"] }, /MEC1524.*it is one line/],
    ["too long a pattern", { dropLines: ["a".repeat(513)] }, /MEC1524.*it has 513 characters/],
    ["a unit without its kind", { journal: ["kubelite"] }, /MEC1525.*got "kubelite" as journal\[0\].*write for example "snap\.microk8s/],
    ["a unit that is none", { journal: ["a.service", "b c.service"] }, /MEC1525.*as journal\[1\]/],
    ["a small buffer", { buffer: Size.mebibytes(31.5) }, /MEC1526.*got 31\.5 MiB as buffer.*at least Size\.mebibytes\(32\)/],
    [
      "half a thousandth of a processor",
      { resources: { cpuMillis: 0.5, memory: Size.mebibytes(64), memoryLimit: Size.mebibytes(64) } },
      /MEC1527.*got 0\.5 as resources\.cpuMillis/,
    ],
    ["no namespace", { excludedNamespaces: ["*"] }, /MEC1414/],
    [
      "no name of a Secret",
      { export: LogExport.toCloudWatch({ credentialsSecret: "AKIA/Secret" }) },
      /^(?!.*AKIA).*MEC1424.*export\.credentialsSecret/s,
    ],
    [
      "days that CloudWatch does not have",
      { export: LogExport.toCloudWatch({ credentialsSecret: "a", retention: Duration.days(2) }) },
      /MEC1023.*got 2 days/,
    ],
    [
      "no key",
      { export: LogExport.toCloudWatch({ credentialsSecret: "a", encryptionKeyArn: "alias/x" }) },
      /MEC1030.*export\.encryptionKeyArn/,
    ],
  ])("refuses %s", (_, props, message) => {
    expect(() => madeCollector(props)).toThrow(message);
  });
});

describe("an export to CloudWatch Logs", () => {
  const json = synthCollector({ export: LogExport.toCloudWatch({ credentialsSecret: "log-writer", retention: Duration.days(7) }) });
  const [[groupId, group]] = Object.entries<StackJson>(json.resource.aws_cloudwatch_log_group) as [[string, StackJson]];

  test("makes the group in the parent Region before there is anything to write", () => {
    expect(group).toMatchObject({ name: "/mec/boston/containers", retention_in_days: 7 });
    expect(releaseOf(json).depends_on).toContain(`aws_cloudwatch_log_group.${groupId}`);
    expect(pipelineOf(json)).toContain("region: us-east-1");
    expect(pipelineOf(json)).toContain("log_group_name: /mec/boston/containers");
    // It goes to Loki too.
    expect(pipelineOf(json)).toContain("host: loki.logging.svc");
  });

  test("reads its credentials from a file of an existing Secret, and has none in its environment", () => {
    const { env, extraVolumes, extraVolumeMounts } = valuesOf(json);
    expect(extraVolumes).toEqual([{ name: "aws", secret: { secretName: "log-writer", defaultMode: 0o400 } }]);
    expect(extraVolumeMounts).toEqual([{ name: "aws", mountPath: "/fluent-bit/aws", readOnly: true }]);
    expect(env.map(({ name }: StackJson) => name)).toEqual(["NODE_NAME", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"]);
    expect(JSON.stringify(json)).not.toMatch(/secretKeyRef|AWS_SECRET_ACCESS_KEY/);
  });

  test("needs rights to write to that group alone, and none to make one or to read", () => {
    const { exportPolicy, logGroup } = madeCollector({ export: toCloudWatch });
    const arn = `\${aws_cloudwatch_log_group.${logGroup!.friendlyUniqueId}.arn}`;
    expect(JSON.parse(resolved(logGroup!, exportPolicy!))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "WriteLogs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: [arn, `${arn}:*`] },
      ],
    });
    expect(madeCollector().exportPolicy).toBeUndefined();
  });

  test("is within what the deployer may do", () => {
    const statements = deployerPolicy(json as never, { accountId: "123456789012" }).flatMap(({ Statement }) => Statement);
    const rights = statements.filter(({ Action }) => Action.includes("logs:CreateLogGroup"));
    expect(rights.flatMap(({ Resource }) => Resource)).toContain("arn:aws:logs:us-east-1:123456789012:log-group:/mec/boston/containers");
  });

  test("of a cluster without a Region is refused", () => {
    const stack = addOnStack(new App());
    const cluster = Microk8sCluster.fromKubeconfig(stack, "Cluster", {
      path: "/nowhere/config",
      context: "microk8s",
      clusterName: "laptop",
    });
    expect(() => new LogCollector(stack, "Collector", { cluster, export: toCloudWatch })).toThrow(
      /\[MEC1523\] add-ons\/Collector: got an export to CloudWatch Logs for the cluster laptop, which is in no Region/,
    );
  });
});
