import type { Construct } from "constructs";
import { CertManager, type CertManagerOptions } from "../lib/helm/cert-manager/cert-manager";
import { GpuOperator, type GpuOperatorOptions } from "../lib/helm/gpu/gpu-operator";
import { ImageRegistry } from "../lib/helm/registry/image-registry";
import type { ImageRegistryOptions } from "../lib/helm/registry/image-registry-props";
import { HostpathStorage, type HostpathStorageOptions } from "../lib/helm/storage/hostpath-storage";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link PlatformStack}: a switch for each of its add-ons. */
export interface PlatformStackProps extends AddOnStackProps {
  /**
   * cert-manager: `false` for none, or what there is to say of it.
   * @default true
   */
  readonly certManager?: boolean | CertManagerOptions;

  /**
   * The storage class `microk8s-hostpath`, with volumes on the nodes' own disks: `false` for none, or what there is to say of it.
   * @default true
   */
  readonly storage?: boolean | HostpathStorageOptions;

  /**
   * NVIDIA's GPU operator: `true`, or what there is to say of it.
   * @default false
   */
  readonly gpu?: boolean | GpuOperatorOptions;

  /**
   * A registry of container images within the cluster: `true`, or what there is to say of it. Its nodes pull from it where the cluster has
   * `ContainerRegistry.inCluster(…)` among its `registries`.
   * @default false
   */
  readonly registry?: boolean | ImageRegistryOptions;
}

/**
 * What other add-ons stand on, as a stack of its own, `<site>-platform` by custom: certificates, storage, GPUs, images.
 *
 * Nothing that another needs goes when one of them is switched off: while an add-on of the app requires it, or has volumes of its class, synth
 * fails (MEC1416, MEC1419); stacks that need it are deployed after this one and destroyed before it; each add-on has a release of its own.
 *
 * When one of them goes, custom resource definitions stay, and so do volumes on the nodes' disks and certificates in other namespaces. A namespace
 * that the stack made goes with all that it holds: of cert-manager the keys of each ClusterIssuer. `createNamespace: false` leaves it. An add-on
 * with data loses its claims the same way when it goes, and the data unless `storage` says `ReclaimPolicy.RETAIN`; docs/add-ons.md tells how a
 * retained volume is found again. What another app installs in the same cluster is not known here.
 *
 * @throws {MecError} what its add-ons, `aws` and `backend` refuse
 */
export class PlatformStack extends AddOnStack {
  /** cert-manager; undefined where it is switched off. */
  public readonly certManager?: CertManager;

  /** The storage class `microk8s-hostpath`; undefined where it is switched off. */
  public readonly storage?: HostpathStorage;

  /** NVIDIA's GPU operator; undefined where it is switched off. */
  public readonly gpu?: GpuOperator;

  /** The registry of container images; undefined where it is switched off. */
  public readonly registry?: ImageRegistry;

  public constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { cluster, certManager = true, storage = true, gpu = false, registry = false } = props;
    if (certManager !== false) {
      this.certManager = new CertManager(this, "CertManager", { ...optionsOf(certManager), cluster });
    }
    if (storage !== false) {
      this.storage = new HostpathStorage(this, "Storage", { ...optionsOf(storage), cluster });
    }
    if (gpu !== false) {
      this.gpu = new GpuOperator(this, "Gpu", { ...optionsOf(gpu), cluster });
    }
    if (registry !== false) {
      this.registry = new ImageRegistry(this, "Registry", { ...optionsOf(registry), cluster });
    }
  }
}

/** What is said of an add-on that is switched on: nothing, with the switch alone. */
function optionsOf<Options extends object>(given: true | Options): Options | undefined {
  return given === true ? undefined : given;
}
