import type { Construct } from "constructs";
import { join } from "node:path";
import { IN_CLUSTER_REGISTRY, assertRegistryAddress } from "../../microk8s/in-cluster-registry";
import { quantity } from "../../microk8s/quantities";
import { Size } from "../../units";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { Chart } from "../chart";
import { secretName } from "../names";
import { requests, resourcesOf } from "../resources";
import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import { secondOfDay } from "./clean-up-time";
import type { ImageRegistryOptions, ImageRegistryProps } from "./image-registry-props";

/** Name of the release, unless the user names another. */
const RELEASE = "registry";

/** What the registry requests: it hands files through. A figure of this library's own, not measured on a node. */
const REGISTRY = requests(20, 64);

/** Memory above which it is killed, so that nobody's uploads push others off the node. A figure of this library's own. */
const LIMIT = Size.mebibytes(512);

/** Size of the volume: that of microk8s' own add-on. */
const VOLUME = Size.gibibytes(20);

/**
 * A registry of container images within the cluster, so that a site pulls its own images from its own disk: distribution 3, with a password, a
 * volume and a clean-up each day.
 *
 * Nothing of it is open to anybody outside of the cluster. Nodes pull at the address of its Service, by any name that `ContainerRegistry.inCluster`
 * among the cluster's `registries` gives it, `localhost:32000` by default; whoever pushes does so over `kubectl port-forward`, by the same name. As
 * long as it does not run nobody pulls from it: what the site cannot start without is better in a registry elsewhere, too.
 *
 * Its images are in the volume of one node, see {@link HostpathStorage}. They go with the namespace; with `createNamespace: false` claim and password stay. Do
 * not enable microk8s' own registry add-on beside it: both make the same Service.
 *
 * @throws {MecError} MEC1530 for an address that is not free, MEC1533 for what is no time of day, MEC1424 for what is no name of a Secret, and what
 *   {@link HelmAddOn} refuses; at synth MEC1416 for an issuer without cert-manager
 * @see https://distribution.github.io/distribution/
 * @see https://microk8s.io/docs/registry-built-in
 */
export class ImageRegistry extends HelmAddOn {
  /** URL of the registry for pods that push or ask it: by its DNS name within the cluster. */
  public readonly url: string;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id, props, definition(`${scope.node.path}/${id}`, props));
    const scheme = props.tls === undefined ? "http" : "https";
    this.url = `${scheme}://${this.releaseName}.${this.namespace}.svc:${IN_CLUSTER_REGISTRY.port}`;
  }
}

function definition(path: string, props: ImageRegistryOptions): AddOnDefinition {
  const { volume = VOLUME, storageClass = HOSTPATH_STORAGE_CLASS, address = IN_CLUSTER_REGISTRY.address, tls } = props;
  assertRegistryAddress(path, address);
  const secret = (property: string, name: string | undefined) => (name === undefined ? undefined : secretName(path, property, name));
  return {
    kind: "registry",
    chart: Chart.fromFolder(join(__dirname, "chart")),
    // The namespace that microk8s' own add-on has.
    namespace: "container-registry",
    releaseName: RELEASE,
    values: [
      {
        storage: { className: storageClass, size: quantity(volume) },
        service: { address },
        auth: { secret: secret("htpasswdSecret", props.htpasswdSecret) },
        tls: { secret: secret("tls", tls?.secretName), issuer: tls?.issuer && { ...tls.issuer } },
        cleanUp: { second: secondOfDay(path, props.cleanUpAt ?? "03:30"), untagged: props.removeUntagged ?? false },
        resources: { ...resourcesOf(REGISTRY), limits: { memory: quantity(LIMIT) } },
      },
    ],
    requires: tls?.issuer === undefined ? [] : ["cert-manager"],
    storageClass,
    footprint: { ...REGISTRY, volumes: volume },
    isStateful: true,
    openMaps: ["resources"],
    podSecurity: "restricted",
  };
}
