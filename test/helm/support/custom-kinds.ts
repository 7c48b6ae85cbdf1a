/** What a field of a custom resource may hold: fields of its own, in a map or in each of a list, or anything. */
export type Shape = "any" | { readonly [field: string]: Shape };

const ANY = "any";

const SELECTOR: Shape = { matchLabels: ANY, matchExpressions: ANY };

const RELABELING: Shape = {
  action: ANY,
  modulus: ANY,
  regex: ANY,
  replacement: ANY,
  separator: ANY,
  sourceLabels: ANY,
  targetLabel: ANY,
};

const ENDPOINT: Shape = {
  port: ANY,
  path: ANY,
  interval: ANY,
  scrapeTimeout: ANY,
  honorLabels: ANY,
  scheme: ANY,
  params: ANY,
  metricRelabelings: RELABELING,
  relabelings: RELABELING,
};

/** A TrainingRuntime, whether of a namespace or of the cluster; the pods in it are Kubernetes' own. */
const TRAINING_RUNTIME: Shape = {
  mlPolicy: { numNodes: ANY, torch: ANY, jax: ANY, xgboost: ANY },
  template: {
    spec: { replicatedJobs: { name: ANY, template: { metadata: { labels: ANY }, spec: { template: { spec: ANY } } } } },
  },
};

/**
 * The fields that the library's own charts use of kinds that Kubernetes itself does not have, by `apiVersion` and `kind`. A field that is not here
 * is looked up in the documentation and added.
 *
 * @see https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/Documentation/api-reference/api.md
 * @see https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/
 * @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/apis/serving/v1beta1/predictor.go
 * @see https://github.com/kubeflow/trainer/blob/v2.3.0/pkg/apis/trainer/v1alpha1/trainjob_types.go
 */
export const CUSTOM_KINDS: Readonly<Record<string, Shape>> = {
  "monitoring.coreos.com/v1 ServiceMonitor": {
    endpoints: ENDPOINT,
    jobLabel: ANY,
    namespaceSelector: { any: ANY, matchNames: ANY },
    selector: SELECTOR,
  },
  "monitoring.coreos.com/v1 PodMonitor": {
    jobLabel: ANY,
    namespaceSelector: { any: ANY, matchNames: ANY },
    podMetricsEndpoints: ENDPOINT,
    selector: SELECTOR,
  },
  "monitoring.coreos.com/v1 PrometheusRule": {
    groups: {
      name: ANY,
      interval: ANY,
      rules: { alert: ANY, record: ANY, expr: ANY, for: ANY, keep_firing_for: ANY, labels: ANY, annotations: ANY },
    },
  },
  "monitoring.coreos.com/v1 Probe": {
    interval: ANY,
    jobName: ANY,
    module: ANY,
    prober: { url: ANY, path: ANY, scheme: ANY },
    scrapeTimeout: ANY,
    targets: { staticConfig: { static: ANY, labels: ANY, relabelingConfigs: RELABELING } },
  },
  "monitoring.coreos.com/v1alpha1 ScrapeConfig": {
    jobName: ANY,
    kubernetesSDConfigs: { role: ANY, namespaces: ANY, selectors: ANY },
    metricsPath: ANY,
    params: ANY,
    relabelings: RELABELING,
    scrapeInterval: ANY,
    scrapeTimeout: ANY,
    staticConfigs: { targets: ANY, labels: ANY },
  },
  "cert-manager.io/v1 Certificate": {
    dnsNames: ANY,
    ipAddresses: ANY,
    issuerRef: { group: ANY, kind: ANY, name: ANY },
    privateKey: { algorithm: ANY, size: ANY, rotationPolicy: ANY },
    secretName: ANY,
    usages: ANY,
  },
  "traefik.io/v1alpha1 Middleware": {
    basicAuth: { secret: ANY, realm: ANY, removeHeader: ANY, headerField: ANY },
    chain: { middlewares: { name: ANY, namespace: ANY } },
    stripPrefix: { prefixes: ANY },
  },
  "serving.kserve.io/v1beta1 InferenceService": {
    predictor: {
      automountServiceAccountToken: ANY,
      deploymentStrategy: { type: ANY, rollingUpdate: { maxSurge: ANY, maxUnavailable: ANY } },
      enableServiceLinks: ANY,
      maxReplicas: ANY,
      minReplicas: ANY,
      model: {
        env: { name: ANY, value: ANY },
        modelFormat: { name: ANY, version: ANY },
        protocolVersion: ANY,
        resources: { requests: ANY, limits: ANY },
        runtime: ANY,
        storageUri: ANY,
      },
      runtimeClassName: ANY,
      securityContext: { runAsNonRoot: ANY, seccompProfile: { type: ANY } },
      serviceAccountName: ANY,
      tolerations: { key: ANY, operator: ANY },
    },
  },
  "trainer.kubeflow.org/v1alpha1 TrainingRuntime": TRAINING_RUNTIME,
  "trainer.kubeflow.org/v1alpha1 ClusterTrainingRuntime": TRAINING_RUNTIME,
  "trainer.kubeflow.org/v1alpha1 TrainJob": {
    activeDeadlineSeconds: ANY,
    runtimePatches: {
      manager: ANY,
      trainingRuntimeSpec: {
        template: {
          spec: {
            replicatedJobs: {
              name: ANY,
              template: {
                spec: {
                  template: {
                    spec: {
                      volumes: { name: ANY, persistentVolumeClaim: { claimName: ANY } },
                      containers: { name: ANY, volumeMounts: { name: ANY, mountPath: ANY } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    runtimeRef: { apiGroup: ANY, kind: ANY, name: ANY },
    trainer: { args: ANY, command: ANY, env: { name: ANY, value: ANY }, numNodes: ANY },
  },
};
