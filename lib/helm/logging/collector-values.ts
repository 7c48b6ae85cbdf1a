import { resourceValues, type ContainerResources } from "../prometheus/resources";
import type { Values } from "../values";
import type { Place } from "./neighbours";
import { METRICS_PORT, NODE_NAME, STATE_FOLDER, pipelineText, type LogPipeline } from "./pipeline";

/** Name of the configuration in the chart's ConfigMap. */
const CONFIG_FILE = "mec.yaml";

/** The chart's configuration in the older form, which nothing would read. */
const CLASSIC = { service: "", inputs: "", filters: "", outputs: "", customParsers: "" };

/** Folder of the container with the credentials of the export. */
const CREDENTIALS_FOLDER = "/fluent-bit/aws";

/**
 * Values of the chart fluent-bit 0.58.1: a pod on each node, whatever its taints, that reads and changes nothing of the node but a folder of its
 * own. Logs are root's, so it runs as root, without any capability.
 *
 * @see https://github.com/fluent/helm-charts/blob/fluent-bit-0.58.1/charts/fluent-bit/values.yaml
 */
export function collectorValues(
  { releaseName }: Pick<Place, "releaseName">,
  resources: ContainerResources,
  credentialsSecret?: string,
): Values {
  const ofNode = (name: string, path: string, type: string, mount: object = { readOnly: true }) => ({
    volume: { name, hostPath: { path, type } },
    mount: { name, mountPath: path, ...mount },
  });
  const paths = [
    ofNode("logs", "/var/log", "Directory"),
    // Which journal is the node's own is a matter of this.
    ofNode("machine-id", "/etc/machine-id", "File"),
    ofNode("state", STATE_FOLDER, "DirectoryOrCreate", {}),
  ];
  return {
    kind: "DaemonSet",
    fullnameOverride: releaseName,
    testFramework: { enabled: false },
    // Names of pods come from names of files: the API server is not asked.
    rbac: { create: false },
    serviceAccount: { create: true, automountServiceAccountToken: false },
    podSecurityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    resources: resourceValues(resources),
    tolerations: [{ operator: "Exists" }],
    metricsPort: METRICS_PORT,
    // Not whether a destination takes lines: an apply must not wait for one that is away.
    readinessProbe: { httpGet: { path: "/", port: "http" } },
    daemonSetVolumes: paths.map(({ volume }) => volume),
    daemonSetVolumeMounts: paths.map(({ mount }) => mount),
    args: ["--workdir=/fluent-bit/etc", `--config=/fluent-bit/etc/conf/${CONFIG_FILE}`],
    env: [
      { name: NODE_NAME, valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ...(credentialsSecret === undefined
        ? []
        : [
            { name: "AWS_SHARED_CREDENTIALS_FILE", value: `${CREDENTIALS_FOLDER}/credentials` },
            { name: "AWS_CONFIG_FILE", value: `${CREDENTIALS_FOLDER}/config` },
          ]),
    ],
    ...(credentialsSecret === undefined
      ? {}
      : {
          extraVolumes: [{ name: "aws", secret: { secretName: credentialsSecret, defaultMode: 0o400 } }],
          extraVolumeMounts: [{ name: "aws", mountPath: CREDENTIALS_FOLDER, readOnly: true }],
        }),
  };
}

/** Values that depend on what else is in the app. */
export function lateCollectorValues(pipeline: LogPipeline, prometheus: Place | undefined): Values {
  const from = prometheus && [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": prometheus.namespace } },
      podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
    },
  ];
  return {
    // The chart takes texts as templates of Helm.
    config: { ...CLASSIC, extraFiles: { [CONFIG_FILE]: pipelineText(pipeline).replaceAll("{{", '{{ "{{" }}') } },
    networkPolicy: { enabled: true, ...(from === undefined ? {} : { ingress: { from } }) },
    serviceMonitor: { enabled: prometheus !== undefined, interval: "60s" },
  };
}
