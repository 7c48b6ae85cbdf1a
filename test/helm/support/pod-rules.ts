import type { KubernetesObject } from "./helm";

/** A template of pods, and the object that makes them. */
export interface PodTemplate {
  /** Kind and name of the object, such as `Deployment edgex-ui-go`. */
  readonly owner: string;
  readonly kind: string;
  readonly metadata: KubernetesObject;
  readonly spec: KubernetesObject;
  /** Names of the volumes that a StatefulSet claims for its pods. */
  readonly claims: readonly string[];
}

/** The templates of pods in rendered objects. */
export function podTemplates(objects: readonly KubernetesObject[]): PodTemplate[] {
  return objects.flatMap((object) => {
    const owner = `${object.kind} ${object.metadata?.name}`;
    const claims = ((object.spec?.volumeClaimTemplates ?? []) as KubernetesObject[]).map(({ metadata }) => metadata.name as string);
    if (object.kind === "Pod") return [{ owner, kind: object.kind, metadata: object.metadata, spec: object.spec, claims }];
    const template = object.kind === "CronJob" ? object.spec.jobTemplate.spec.template : object.spec?.template;
    if (template?.spec === undefined) return [];
    return [{ owner, kind: object.kind, metadata: template.metadata ?? {}, spec: template.spec, claims }];
  });
}

/**
 * What pods of rendered objects do that they should not, a line for each: images without an exact version, containers without probes (but for
 * those that run before others and those of jobs), requests and limits, and what Kubernetes' level `restricted` refuses, with a root that is
 * written to on top.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function podFaults(objects: readonly KubernetesObject[]): string[] {
  return podTemplates(objects).flatMap((template) => {
    const { spec, owner, kind, claims } = template;
    const running = (spec.containers ?? []) as KubernetesObject[];
    const before = (spec.initContainers ?? []) as KubernetesObject[];
    const faults = [
      ...podItself(spec),
      ...volumes(spec, claims),
      ...[...before, ...running].flatMap((container) => containerItself(container).map((fault) => `${container.name} ${fault}`)),
      ...(kind === "Job" || kind === "CronJob" ? [] : running.flatMap((container) => probes(container))),
      ...repeated([...before, ...running].map(({ name }) => name)).map((name) => `has two containers of the name ${name}`),
    ];
    return faults.map((fault) => `${owner}: ${fault}`);
  });
}

function podItself(spec: KubernetesObject): string[] {
  const security = spec.securityContext ?? {};
  const checks: [boolean, string][] = [
    [security.runAsNonRoot === true, "may run as root"],
    [Number.isInteger(security.runAsUser) && security.runAsUser > 0, "has no user"],
    [Number.isInteger(security.runAsGroup) && security.runAsGroup > 0, "has no group"],
    [security.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"],
    [spec.automountServiceAccountToken === false, "has a token of its service account"],
    [spec.enableServiceLinks === false, "has variables of every Service"],
    [!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, "is in a namespace of its node"],
    [(spec.ephemeralContainers ?? []).length === 0, "has ephemeral containers"],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, fault]) => fault);
}

function containerItself(container: KubernetesObject): string[] {
  const security = container.securityContext ?? {};
  const { requests = {}, limits = {} } = container.resources ?? {};
  const env = (container.env ?? []) as KubernetesObject[];
  const checks: [boolean, string][] = [
    [IMAGE.test(container.image) && !/:latest$/.test(container.image), `has an image without registry or version: ${container.image}`],
    [isQuantity(requests.cpu) && isQuantity(requests.memory), "has no requests"],
    [isQuantity(limits.memory), "has no limit of memory"],
    [!(bytes(limits.memory) < bytes(requests.memory)), "asks for more memory than it may use"],
    [security.allowPrivilegeEscalation === false, "may gain privileges"],
    [security.readOnlyRootFilesystem === true, "may write to its root"],
    [security.privileged !== true && (security.runAsUser ?? 1) > 0 && security.runAsNonRoot !== false, "runs as root"],
    [
      JSON.stringify(security.capabilities?.drop) === '["ALL"]' && (security.capabilities?.add ?? []).length === 0,
      "has capabilities of Linux",
    ],
    [(container.ports ?? []).every(({ hostPort }: KubernetesObject) => hostPort === undefined), "has a port of its node"],
    [
      container.envFrom === undefined && env.every(({ valueFrom }) => valueFrom?.secretKeyRef === undefined),
      "has a Secret in its environment",
    ],
    [repeated(env.map(({ name }) => name)).length === 0, "has a variable twice"],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, fault]) => fault);
}

function probes(container: KubernetesObject): string[] {
  const ports = (container.ports ?? []).flatMap(({ containerPort, name }: KubernetesObject) => [containerPort, ...(name ? [name] : [])]);
  return ["startupProbe", "readinessProbe", "livenessProbe"].flatMap((kind) => {
    const probe = container[kind];
    if (probe === undefined) return [`${container.name} has no ${kind}`];
    const port = probe.httpGet?.port ?? probe.tcpSocket?.port;
    if (port === undefined) return probe.exec?.command?.length > 0 ? [] : [`${container.name} has a ${kind} that tries nothing`];
    return ports.includes(port) ? [] : [`${container.name} has a ${kind} at port ${port}, where it does not answer`];
  });
}

/** Volumes that are missing, not used, or on a disk of the node; two at one path. What a StatefulSet claims is a volume of its pods too. */
function volumes(spec: KubernetesObject, claims: readonly string[]): string[] {
  const all = (spec.volumes ?? []) as KubernetesObject[];
  const containers = [...(spec.initContainers ?? []), ...spec.containers] as KubernetesObject[];
  const mounted = new Set<string>(containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }: KubernetesObject) => name)));
  const names = [...all.map(({ name }) => name as string), ...claims];
  return [
    ...[...mounted].filter((name) => !names.includes(name)).map((name) => `mounts the volume ${name}, which it does not have`),
    ...names.filter((name) => !mounted.has(name)).map((name) => `does not use its volume ${name}`),
    ...repeated(names).map((name) => `has two volumes of the name ${name}`),
    ...all.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => `has a folder of its node as the volume ${name}`),
    ...containers.flatMap(({ name, volumeMounts = [] }) =>
      repeated(volumeMounts.map(({ mountPath }: KubernetesObject) => mountPath)).map((path) => `${name} has two volumes at ${path}`),
    ),
  ];
}

const IMAGE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\/[^:@]+(?::[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})$/;

function isQuantity(value: unknown): boolean {
  return (typeof value === "string" && /^\d/.test(value)) || typeof value === "number";
}

/** Bytes of a quantity of memory; not a number for another one. */
function bytes(quantity: unknown): number {
  const [, value, unit = ""] = /^(\d+)(Ki|Mi|Gi|Ti)?$/.exec(String(quantity)) ?? [];
  return Number(value) * 1024 ** ["", "Ki", "Mi", "Gi", "Ti"].indexOf(unit);
}

function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
