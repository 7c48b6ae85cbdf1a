import type { KubernetesObject } from "./helm";
import { podTemplates } from "./pod-rules";

/** Names that a ConfigMap and a Secret take as keys (https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object). */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/**
 * EdgeX listens at the address of the host of its configuration, which the environment changes where the file has it at all. Where that is another
 * name no probe reaches it.
 * @see https://github.com/edgexfoundry/go-mod-bootstrap/blob/v4.0.1/bootstrap/handlers/httpserver.go
 * @see https://github.com/edgexfoundry/go-mod-bootstrap/blob/v4.0.1/bootstrap/environment/variables.go
 */
function listening(name: string, container: KubernetesObject, configuration: KubernetesObject | undefined): string[] {
  if (!/\/edgexfoundry\/(?:core|support|device|app)-/.test(container.image)) return [];
  const texts = Object.values((configuration?.data ?? {}) as Record<string, string>);
  const inFile = texts.map((text) => JSON.parse(text) as KubernetesObject).find(({ Service }) => Service !== undefined)?.Service.Host;
  if (configuration !== undefined && inFile === undefined) return [`${name} has a configuration without Service.Host`];
  const host = container.env?.find((variable: KubernetesObject) => variable.name === "SERVICE_HOST")?.value ?? inFile;
  return host === name ? [] : [`${name} listens at the address of ${host ?? "the host that its image says"}`];
}

/**
 * From version 18 on the data is in a folder of the version below the volume, and what is mounted at the old place is left empty.
 * @see https://github.com/docker-library/postgres/blob/master/18/alpine3.22/Dockerfile
 */
function database(name: string, spec: KubernetesObject): string[] {
  const [container] = spec.containers;
  const version = Number(/\/postgres:(\d+)/.exec(container.image)?.[1]);
  if (!(version >= 18)) return [];
  const paths = (container.volumeMounts ?? []).map(({ mountPath }: KubernetesObject) => mountPath as string);
  const below = paths.filter((path: string) => path.startsWith("/var/lib/postgresql/"));
  return [
    ...(paths.includes("/var/lib/postgresql") ? [] : [`${name} has its data in no volume`]),
    ...below.map((path: string) => `${name} has a volume at ${path}, where PostgreSQL ${version} has no data`),
  ];
}

/**
 * What of a release of EdgeX would not work in a cluster, a line for each: a service that is not known by its own name, two instances of one, an
 * object that a pod needs and that is not there, a port outside of the cluster.
 *
 * @param objects rendered objects
 * @param secrets names of Secrets that are there without the release
 */
export function edgexFaults(objects: readonly KubernetesObject[], secrets: readonly string[] = []): string[] {
  const named = (kind: string) => new Map(objects.filter((object) => object.kind === kind).map((object) => [object.metadata.name, object]));
  const services = named("Service");
  const configMaps = named("ConfigMap");
  const claims = named("PersistentVolumeClaim");
  const made = named("Secret");
  const faults: string[] = [];
  for (const deployment of named("Deployment").values()) {
    const { name } = deployment.metadata;
    if (deployment.spec.replicas !== 1) faults.push(`${name} has not one instance`);
    if (deployment.spec.strategy?.type !== "Recreate") faults.push(`${name} may have two instances while it changes`);
    const { template } = deployment.spec;
    if (template.spec.hostname !== name) faults.push(`${name} has pods that are called otherwise`);
    const [container] = template.spec.containers;
    const service = services.get(name);
    if (container.ports !== undefined && service === undefined) faults.push(`${name} has ports and no Service`);
    const selected = Object.entries(service?.spec.selector ?? {});
    if (selected.some(([label, value]) => template.metadata.labels[label] !== value))
      faults.push(`${name} has a Service that finds other pods`);
    faults.push(...listening(name, container, configMaps.get(`${name}-configuration`)), ...database(name, template.spec));
  }
  for (const service of services.values()) {
    if (service.spec.type !== "ClusterIP") faults.push(`${service.metadata.name} can be reached from outside`);
    if (service.spec.externalIPs !== undefined) faults.push(`${service.metadata.name} has addresses outside`);
  }
  for (const { owner, spec } of podTemplates(objects)) {
    for (const { configMap, secret, persistentVolumeClaim } of (spec.volumes ?? []) as KubernetesObject[]) {
      if (configMap !== undefined && !configMaps.has(configMap.name)) faults.push(`${owner} needs the ConfigMap ${configMap.name}`);
      const claim = persistentVolumeClaim?.claimName;
      if (claim !== undefined && !claims.has(claim)) faults.push(`${owner} needs the claim ${claim}`);
      if (secret === undefined) continue;
      const data = made.get(secret.secretName)?.data;
      if (data === undefined && !secrets.includes(secret.secretName)) faults.push(`${owner} needs the Secret ${secret.secretName}`);
      const keys = (secret.items ?? []).map(({ key }: KubernetesObject) => key as string);
      if (keys.length === 0) faults.push(`${owner} has all keys of the Secret ${secret.secretName}`);
      for (const key of data === undefined ? [] : keys.filter((each: string) => !Object.hasOwn(data, each))) {
        faults.push(`${owner} needs the key ${key} of the Secret ${secret.secretName}`);
      }
    }
  }
  for (const map of configMaps.values()) {
    const wrong = Object.keys(map.data ?? {}).filter((key) => !KEY.test(key));
    faults.push(...wrong.map((key) => `${map.metadata.name} has the key ${key}, which Kubernetes refuses`));
    // https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
    if (Buffer.byteLength(JSON.stringify(map.data ?? {})) > 1_048_576) faults.push(`${map.metadata.name} has more than a MiB`);
  }
  return faults;
}
