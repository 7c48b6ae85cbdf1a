import type { KubernetesObject } from "../support/helm";
import { edgexFaults } from "../support/edgex-rules";
import { podFaults } from "../support/pod-rules";

const SECURITY = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
const probe = { httpGet: { path: "/", port: 80 } };
const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "1Gi" } };

const container = (changes: object = {}) => ({
  name: "a",
  image: "docker.io/library/a:1.2.3",
  ports: [{ name: "http", containerPort: 80 }],
  startupProbe: probe,
  readinessProbe: probe,
  livenessProbe: { exec: { command: ["true"] } },
  securityContext: SECURITY,
  resources,
  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
  ...changes,
});

const podSpec = (changes: object = {}) => ({
  hostname: "a",
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1, runAsGroup: 1, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container()],
  volumes: [{ name: "tmp", emptyDir: {} }],
  ...changes,
});

const deployment = (spec: object = podSpec(), changes: object = {}): KubernetesObject => ({
  kind: "Deployment",
  metadata: { name: "a" },
  spec: { replicas: 1, strategy: { type: "Recreate" }, template: { metadata: { labels: { app: "a" } }, spec }, ...changes },
});

describe("what pods must not do", () => {
  const withContainer = (changes: object) => deployment(podSpec({ containers: [container(changes)] }));

  test("nothing is found where all is in order; a job and what runs before have no probes", () => {
    expect(podFaults([deployment(), { kind: "ConfigMap", metadata: { name: "a" } }])).toEqual([]);
    const bare = { startupProbe: undefined, readinessProbe: undefined, livenessProbe: undefined };
    const job = { kind: "Job", metadata: { name: "a" }, spec: { template: { spec: podSpec({ containers: [container(bare)] }) } } };
    const before = podSpec({ initContainers: [container({ name: "before", ...bare })] });
    expect(podFaults([job, deployment(before)])).toEqual([]);
  });

  test("what a StatefulSet claims is a volume of its pods, and a probe may name its port", () => {
    const http = { httpGet: { path: "/", port: "http" } };
    const set = (volumeMounts: object[], port: object = http) => ({
      kind: "StatefulSet",
      metadata: { name: "a" },
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
        template: { spec: podSpec({ containers: [container({ volumeMounts, readinessProbe: port })] }) },
      },
    });
    const [tmp, data] = [
      { name: "tmp", mountPath: "/tmp" },
      { name: "data", mountPath: "/data" },
    ];
    expect(podFaults([set([tmp, data])])).toEqual([]);
    expect(podFaults([set([tmp])])).toEqual(["StatefulSet a: does not use its volume data"]);
    expect(podFaults([set([tmp, data, { name: "other", mountPath: "/other" }])])).toEqual([
      "StatefulSet a: mounts the volume other, which it does not have",
    ]);
    expect(podFaults([set([tmp, data], { httpGet: { path: "/", port: "https" } })])).toEqual([
      "StatefulSet a: a has a readinessProbe at port https, where it does not answer",
    ]);
  });

  test.each<[string, object, string]>([
    ["the tag latest", { image: "docker.io/library/a:latest" }, "a has an image without registry or version: docker.io/library/a:latest"],
    ["no tag", { image: "docker.io/library/a" }, "a has an image without registry or version: docker.io/library/a"],
    ["no registry", { image: "library/a:1" }, "a has an image without registry or version: library/a:1"],
    ["no probe of the start", { startupProbe: undefined }, "a has no startupProbe"],
    ["no probe of life", { livenessProbe: undefined }, "a has no livenessProbe"],
    ["an empty probe", { readinessProbe: {} }, "a has a readinessProbe that tries nothing"],
    [
      "a probe at another port",
      { readinessProbe: { tcpSocket: { port: 81 } } },
      "a has a readinessProbe at port 81, where it does not answer",
    ],
    ["no requests", { resources: { limits: { memory: "1Mi" } } }, "a has no requests"],
    ["no limit", { resources: { requests: resources.requests } }, "a has no limit of memory"],
    ["a limit below the request", { resources: { ...resources, limits: { memory: "15Mi" } } }, "a asks for more memory than it may use"],
    ["a gain of privileges", { securityContext: { ...SECURITY, allowPrivilegeEscalation: undefined } }, "a may gain privileges"],
    ["a root that is written to", { securityContext: { ...SECURITY, readOnlyRootFilesystem: false } }, "a may write to its root"],
    ["a capability", { securityContext: { ...SECURITY, capabilities: { drop: ["ALL"], add: ["CHOWN"] } } }, "a has capabilities of Linux"],
    ["all capabilities", { securityContext: { ...SECURITY, capabilities: {} } }, "a has capabilities of Linux"],
    ["the user root", { securityContext: { ...SECURITY, runAsUser: 0 } }, "a runs as root"],
    ["privileges", { securityContext: { ...SECURITY, privileged: true } }, "a runs as root"],
    ["a port of the node", { ports: [{ name: "http", containerPort: 80, hostPort: 80 }] }, "a has a port of its node"],
    [
      "a Secret in the environment",
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] },
      "a has a Secret in its environment",
    ],
    ["all of a Secret in the environment", { envFrom: [{ secretRef: { name: "s" } }] }, "a has a Secret in its environment"],
    [
      "a variable twice",
      {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      "a has a variable twice",
    ],
    [
      "two volumes at one path",
      {
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
      "a has two volumes at /tmp",
    ],
  ])("%s is found", (_, changes, fault) => {
    expect(podFaults([withContainer(changes)])).toEqual([`Deployment a: ${fault}`]);
  });

  test.each<[string, object, string]>([
    ["root", { securityContext: { runAsUser: 1, runAsGroup: 1, seccompProfile: { type: "RuntimeDefault" } } }, "may run as root"],
    [
      "a user of the number 0",
      { securityContext: { runAsNonRoot: true, runAsUser: 0, runAsGroup: 1, seccompProfile: { type: "RuntimeDefault" } } },
      "has no user",
    ],
    ["no seccomp profile", { securityContext: { runAsNonRoot: true, runAsUser: 1, runAsGroup: 1 } }, "has no seccomp profile"],
    ["a token", { automountServiceAccountToken: undefined }, "has a token of its service account"],
    ["variables of Services", { enableServiceLinks: undefined }, "has variables of every Service"],
    ["the node's network", { hostNetwork: true }, "is in a namespace of its node"],
    ["a folder of the node", { volumes: [{ name: "tmp", hostPath: { path: "/tmp" } }] }, "has a folder of its node as the volume tmp"],
    ["a volume that is not there", { volumes: [] }, "mounts the volume tmp, which it does not have"],
    [
      "a volume without use",
      {
        volumes: [
          { name: "tmp", emptyDir: {} },
          { name: "b", emptyDir: {} },
        ],
      },
      "does not use its volume b",
    ],
    ["two containers of one name", { initContainers: [container()] }, "has two containers of the name a"],
  ])("%s is found in a pod", (_, changes, fault) => {
    expect(podFaults([deployment(podSpec(changes))])).toEqual([`Deployment a: ${fault}`]);
  });

  test("is found in a container that runs before, too", () => {
    expect(podFaults([deployment(podSpec({ initContainers: [container({ name: "before", resources: {} })] }))])).toEqual([
      "Deployment a: before has no requests",
      "Deployment a: before has no limit of memory",
    ]);
  });
});

describe("what a release of EdgeX must have", () => {
  const service = (spec: object = {}) => ({
    kind: "Service",
    metadata: { name: "a" },
    spec: { type: "ClusterIP", selector: { app: "a" }, ...spec },
  });
  const withVolume = (volume: object) => deployment(podSpec({ volumes: [{ name: "tmp", ...volume }] }));

  test("nothing is found where all is in order", () => {
    expect(edgexFaults([deployment(), service()])).toEqual([]);
    const items = [{ key: "password", path: "password" }];
    const secret = withVolume({ secret: { secretName: "s", items } });
    expect(edgexFaults([secret, service(), { kind: "Secret", metadata: { name: "s" }, data: { password: "eA==" } }])).toEqual([]);
    expect(edgexFaults([secret, service()], ["s"])).toEqual([]);
  });

  test.each<[string, readonly KubernetesObject[], string]>([
    ["two instances", [deployment(podSpec(), { replicas: 2 }), service()], "a has not one instance"],
    [
      "a rolling update",
      [deployment(podSpec(), { strategy: { type: "RollingUpdate" } }), service()],
      "a may have two instances while it changes",
    ],
    ["another host name", [deployment(podSpec({ hostname: "b" })), service()], "a has pods that are called otherwise"],
    ["a missing Service", [deployment()], "a has ports and no Service"],
    ["a Service of other pods", [deployment(), service({ selector: { app: "b" } })], "a has a Service that finds other pods"],
    ["a Service outside", [deployment(), service({ type: "NodePort" })], "a can be reached from outside"],
    ["a missing ConfigMap", [withVolume({ configMap: { name: "m" } }), service()], "Deployment a needs the ConfigMap m"],
    ["a missing claim", [withVolume({ persistentVolumeClaim: { claimName: "c" } }), service()], "Deployment a needs the claim c"],
    [
      "a missing Secret",
      [withVolume({ secret: { secretName: "s", items: [{ key: "k", path: "k" }] } }), service()],
      "Deployment a needs the Secret s",
    ],
    [
      "a missing key",
      [
        withVolume({ secret: { secretName: "s", items: [{ key: "k", path: "k" }] } }),
        service(),
        { kind: "Secret", metadata: { name: "s" }, data: {} },
      ],
      "Deployment a needs the key k of the Secret s",
    ],
    [
      "a key that no file can have",
      [deployment(), service(), { kind: "ConfigMap", metadata: { name: "m" }, data: { "a b": "" } }],
      "m has the key a b, which Kubernetes refuses",
    ],
    [
      "a ConfigMap of two MiB",
      [deployment(), service(), { kind: "ConfigMap", metadata: { name: "m" }, data: { a: "x".repeat(2 ** 21) } }],
      "m has more than a MiB",
    ],
  ])("%s is found", (_, objects, fault) => {
    expect(edgexFaults(objects)).toEqual([fault]);
  });

  test("a service of EdgeX that listens at another address than its own is found", () => {
    const edgex = (env: object[], configuration?: object) => [
      deployment(podSpec({ containers: [container({ image: "docker.io/edgexfoundry/core-data:4.0.1", env })] })),
      service(),
      ...(configuration === undefined
        ? []
        : [{ kind: "ConfigMap", metadata: { name: "a-configuration" }, data: { "0": JSON.stringify(configuration) } }]),
    ];
    const host = (value: string) => [{ name: "SERVICE_HOST", value }];
    expect(edgexFaults(edgex(host("a")))).toEqual([]);
    expect(edgexFaults(edgex([], { Service: { Host: "a" } }))).toEqual([]);
    expect(edgexFaults(edgex(host("a"), { Service: { Host: "localhost" } }))).toEqual([]);
    expect(edgexFaults(edgex(host("b")))).toEqual(["a listens at the address of b"]);
    expect(edgexFaults(edgex([]))).toEqual(["a listens at the address of the host that its image says"]);
    expect(edgexFaults(edgex([], { Service: { Host: "localhost" } }))).toEqual(["a listens at the address of localhost"]);
    // The environment changes what the file has, and nothing else.
    expect(edgexFaults(edgex(host("a"), { Service: { Port: 1 } }))).toEqual(["a has a configuration without Service.Host"]);
  });

  test("a volume that PostgreSQL 18 does not use is found", () => {
    const at = (mountPath: string, image = "docker.io/library/postgres:18.1-alpine3.22") => [
      deployment(podSpec({ containers: [container({ image, volumeMounts: [{ name: "tmp", mountPath }] })] })),
      service(),
    ];
    expect(edgexFaults(at("/var/lib/postgresql"))).toEqual([]);
    expect(edgexFaults(at("/var/lib/postgresql/data", "docker.io/library/postgres:17.6"))).toEqual([]);
    expect(edgexFaults(at("/var/lib/postgresql/data"))).toEqual([
      "a has its data in no volume",
      "a has a volume at /var/lib/postgresql/data, where PostgreSQL 18 has no data",
    ]);
  });
});
