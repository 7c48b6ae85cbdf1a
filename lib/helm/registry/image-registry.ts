import type { Construct } from "constructs";
import { join } from "node:path";
import { addRule } from "../../annotations";
import { MecError } from "../../errors";
import type { RegistryService } from "../../microk8s/container-registry";
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
 *   {@link HelmAddOn} refuses; at synth MEC1416 for an issuer without cert-manager, MEC1530 for the address of another one, MEC1534 where the nodes
 *   look for it elsewhere
 * @see https://distribution.github.io/distribution/
 * @see https://microk8s.io/docs/registry-built-in
 */
export class ImageRegistry extends HelmAddOn {
  /** URL of the registry for pods that push or ask it: by its DNS name within the cluster. */
  public readonly url: string;

  private readonly service: RegistryService;

  public constructor(scope: Construct, id: string, props: ImageRegistryProps) {
    super(scope, id, props, definition(`${scope.node.path}/${id}`, props));
    const scheme = props.tls === undefined ? "http" : "https";
    this.service = { address: props.address ?? IN_CLUSTER_REGISTRY.address, isEncrypted: props.tls !== undefined };
    addRule(this, () => [...this.sharedAddress(), ...this.unlikeNodes()]);
    this.url = `${scheme}://${this.releaseName}.${this.namespace}.svc:${IN_CLUSTER_REGISTRY.port}`;
  }

  /** Two at one address: Kubernetes refuses the second when it is installed. */
  private sharedAddress(): MecError[] {
    const all = HelmAddOn.allIn(this.node.root, this.cluster).filter((addOn) => addOn instanceof ImageRegistry);
    return all
      .slice(0, all.indexOf(this))
      .filter(({ service }) => service.address === this.service.address)
      .map(
        ({ node }) =>
          new MecError(
            "MEC1530",
            this.node.path,
            `got "${this.service.address}" as address: ${node.path} has it already, and a Service has an address alone, so write another one`,
          ),
      );
  }

  /** Nodes that were told of registries in the cluster, and of none that is like this one. */
  private unlikeNodes(): MecError[] {
    const told = (this.cluster.registries ?? []).flatMap(({ service }) => service ?? []);
    const isThis = ({ address, isEncrypted }: RegistryService) =>
      address === this.service.address && isEncrypted === this.service.isEncrypted;
    return told.length === 0 || told.some(isThis)
      ? []
      : [
          new MecError(
            "MEC1534",
            this.node.path,
            `got a registry at ${textOf(this.service)} where the nodes of the cluster ${this.cluster.clusterName} look for one at ${told.map(textOf).join(" and ")}: none would pull from it, so write the same address at both, and a certificateAuthority in ContainerRegistry.inCluster where the registry has tls, and none where it has not`,
          ),
        ];
  }
}

/** A registry's place, for people. */
function textOf({ address, isEncrypted }: RegistryService): string {
  return `${isEncrypted ? "https" : "http"}://${address}`;
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
