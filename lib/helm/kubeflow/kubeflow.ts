import { Construct } from "constructs";
import { addRule, warn } from "../../annotations";
import { MecError, got } from "../../errors";
import type { IMicrok8sCluster } from "../../microk8s/cluster-interface";
import type { HelmAddOnOptions } from "../add-on-props";
import { checkStorage } from "../storage-rules";
import { contentErrors, refusePortTwice, refuseServiceTwice } from "./content-rules";
import { gpuGuard } from "./gpu-guard";
import { KServe, type KServeOptions } from "./kserve";
import { KServeCrds } from "./kserve-crds";
import { KServeRuntimes } from "./kserve-runtimes";
import { Model, assertModel, type ModelProps } from "./model";
import { ModelStore, type ModelStoreProps } from "./model-store";
import { assertName } from "./names";
import type { KubeflowProfile } from "./profile";
import { assertTrainJob, type TrainJobProps } from "./train-job";
import { KubeflowTrainer, type KubeflowTrainerOptions } from "./trainer";
import { TrainingRuntime, type TrainingRuntimeProps } from "./training-runtime";
import { KubeflowTrainingRuntimes } from "./training-runtimes";
import { KubeflowWorkloads } from "./workloads";

/** What a person chooses about {@link Kubeflow}, wherever it is installed. */
export interface KubeflowOptions {
  /** Which parts there are. */
  readonly profile: KubeflowProfile;

  /**
   * Namespace of models, training runs and volumes.
   * @default "kubeflow-workloads"
   */
  readonly namespace?: string;

  /**
   * Whether the stack makes that namespace; see `HelmAddOnOptions.createNamespace`. One that is made apart needs Pod Security `restricted` at most.
   * @default true
   */
  readonly createNamespace?: boolean;

  /**
   * What there is to say of KServe.
   * @default - nothing
   */
  readonly kserve?: KServeOptions;

  /**
   * What there is to say of Trainer; its runtimes are the profile's.
   * @default - nothing
   */
  readonly trainer?: Omit<KubeflowTrainerOptions, "runtimes">;
}

/** Properties of {@link Kubeflow}. */
export interface KubeflowProps extends KubeflowOptions, Pick<HelmAddOnOptions, "timeout"> {
  /** The cluster it is installed in. */
  readonly cluster: IMicrok8sCluster;
}

/**
 * Kubeflow as it fits an edge node: KServe for models, Trainer for training runs, either or both. It is none of Kubeflow's platform: no dashboard,
 * no notebooks, no users; docs/kubeflow.md tells what that would take.
 *
 * @throws {MecError} what its add-ons refuse; MEC1500 to MEC1511 for what is added; at synth MEC1416 without cert-manager, MEC1420 where it does not
 *   fit, MEC1502 (at plan for a cluster made elsewhere) and MEC1503 for GPUs
 */
export class Kubeflow extends Construct {
  /** The cluster. */
  public readonly cluster: IMicrok8sCluster;
  /** Which parts there are. */
  public readonly profile: KubeflowProfile;
  /** Namespace of models, training runs and volumes. */
  public readonly namespace: string;
  /** KServe's definitions; undefined where the profile serves no models. */
  public readonly kserveCrds?: KServeCrds;
  /** KServe's controller; undefined where the profile serves no models. */
  public readonly kserve?: KServe;
  /** The model servers; undefined where the profile serves no models. */
  public readonly kserveRuntimes?: KServeRuntimes;
  /** Trainer; undefined where the profile trains none. */
  public readonly trainer?: KubeflowTrainer;

  private readonly models = new Map<string, Model>();
  private readonly runtimes = new Map<string, TrainingRuntime>();
  private readonly jobs = new Map<string, TrainJobProps>();
  private readonly stores = new Map<string, ModelStore>();
  private madeWorkloads?: KubeflowWorkloads;
  private madeRuntimes?: KubeflowTrainingRuntimes;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: KubeflowProps,
  ) {
    super(scope, id);
    const { cluster, profile, timeout, namespace = "kubeflow-workloads" } = props;
    this.cluster = cluster;
    this.profile = profile;
    this.namespace = namespace;
    if (profile.hasServing) {
      const { namespace: ofKServe, createNamespace } = props.kserve ?? {};
      const beside = { cluster, timeout, namespace: ofKServe, createNamespace };
      this.kserveCrds = new KServeCrds(this, "KServeCrds", beside);
      this.kserve = new KServe(this, "KServe", { timeout, ...props.kserve, cluster });
      this.kserveRuntimes = new KServeRuntimes(this, "KServeRuntimes", { ...beside, runtimes: profile.modelRuntimes });
    }
    if (profile.hasTraining) {
      this.trainer = new KubeflowTrainer(this, "Trainer", { timeout, ...props.trainer, cluster, runtimes: profile.trainingRuntimes });
    }
    if (profile.settings.needsGpu) {
      gpuGuard(this, cluster);
    }
    const { models, jobs, stores } = this;
    addRule(this, () => contentErrors(this, { models, jobs, stores }));
  }

  /** The release of training runtimes; undefined before the first of them is added. */
  public get trainingRuntimes(): KubeflowTrainingRuntimes | undefined {
    return this.madeRuntimes;
  }

  /** The release of models, training runs and volumes; undefined before the first of them is added. */
  public get workloads(): KubeflowWorkloads | undefined {
    return this.madeWorkloads;
  }

  /**
   * Serves a model.
   *
   * @param props the model
   * @returns where it is reached
   * @throws {MecError} MEC1500 for its name, MEC1501 where its runtime is off, MEC1504 for a store that is not of this construct, MEC1505 where the
   *   profile serves no models, MEC1506 for a name that is taken, MEC1507 for a port that is taken, MEC1008 for numbers,
   *   MEC1510, MEC1511 and MEC1424 for its environment
   */
  public addModel(props: ModelProps): Model {
    const { path } = this.node;
    this.requirePart(this.profile.hasServing, `the model ${props.name}`, "KubeflowProfile.SERVING");
    assertModel(path, props, this.profile.modelRuntimes);
    this.refuseTaken("model", props.name, this.models);
    refuseServiceTwice(path, props.name, this.models);
    const { store } = props.storage;
    if (store !== undefined) {
      this.requireStore(store, `the model ${props.name}`);
    }
    refusePortTwice(path, props, this.models);
    this.makeWorkloads();
    const model = new Model(props, this.namespace);
    this.models.set(props.name, model);
    if ((props.gpus ?? 0) > 0) {
      gpuGuard(this, this.cluster);
    }
    const { isOpen, port } = props.exposure ?? {};
    if (isOpen) {
      warn(
        this,
        "MEC1970",
        `got the model ${props.name} in plain HTTP at ${port}: whoever reaches the port is answered, and whoever is on the way reads along, so write ModelExposure.ingress with a tlsSecret, or acknowledgePlainHttp: true where that is meant`,
      );
    }
    return model;
  }

  /**
   * Makes a volume that training runs write to and models are read from. Its claim goes with the release, or before where it is taken out of the
   * code, and its data unless the class has `ReclaimPolicy.RETAIN`.
   *
   * @param props name and size
   * @throws {MecError} MEC1500 for its name, MEC1506 for one that is taken; at synth MEC1504 for one that nothing uses
   */
  public addStore(props: ModelStoreProps): ModelStore {
    assertName(this.node.path, "store", props.name);
    this.refuseTaken("store", props.name, this.stores);
    const store = new ModelStore(props);
    const isFirst = this.stores.size === 0;
    this.stores.set(props.name, store);
    const isThere = this.madeWorkloads !== undefined;
    const workloads = this.makeWorkloads();
    if (isFirst && isThere) {
      // It was made when there was no volume yet.
      checkStorage(workloads);
    }
    return store;
  }

  /**
   * Adds a training runtime of one's own, for runs of this construct.
   *
   * @param runtime what it is
   * @throws {MecError} MEC1500, MEC1508, MEC1509 and MEC1511 as `TrainingRuntime.of`, MEC1505 where the profile has no Trainer, MEC1506 for a name that is taken
   */
  public addTrainingRuntime(runtime: TrainingRuntime | TrainingRuntimeProps): TrainingRuntime {
    const added = runtime instanceof TrainingRuntime ? runtime : TrainingRuntime.of(runtime);
    this.requirePart(this.profile.hasTraining, `the training runtime ${added.name}`, "KubeflowProfile.TRAINING");
    const shared = new Map(this.profile.trainingRuntimes.map((one) => [one.name, one]));
    this.refuseTaken("training runtime", added.name, new Map([...shared, ...this.runtimes]));
    const { cluster, timeout, createNamespace } = this.props;
    const { namespace, runtimes } = this;
    this.madeRuntimes ??= new KubeflowTrainingRuntimes(this, "TrainingRuntimes", {
      cluster,
      timeout,
      namespace,
      createNamespace,
      runtimes,
    });
    this.runtimes.set(added.name, added);
    return added;
  }

  /**
   * Has a training run made: it runs once, and again when it, or its runtime, is written otherwise. The deploy does not wait for its end.
   *
   * @param props the run
   * @throws {MecError} MEC1500 for its name, MEC1504 for a store that is not of this construct, MEC1505 where the profile has no Trainer, MEC1506 for a
   *   name that is taken, MEC1509 for what cannot run, MEC1510, MEC1511 and MEC1424 for its environment
   */
  public addTrainJob(props: TrainJobProps): void {
    const { path } = this.node;
    this.requirePart(this.profile.hasTraining, `the training run ${props.name}`, "KubeflowProfile.TRAINING");
    assertTrainJob(path, props);
    this.refuseTaken("training run", props.name, this.jobs);
    const known = [...this.profile.trainingRuntimes, ...this.runtimes.values()];
    if (!known.includes(props.runtime)) {
      throw new MecError(
        "MEC1509",
        path,
        `${got(props.runtime.name)} as runtime of the training run ${props.name}: it is none of ${known.map(({ name }) => name).join(", ") || "none"}, so add it by addTrainingRuntime, or write a profile with it`,
      );
    }
    Object.values(props.stores ?? {}).forEach((store) => this.requireStore(store, `the training run ${props.name}`));
    this.makeWorkloads();
    this.jobs.set(props.name, props);
    if ((props.runtime.props.gpus ?? 0) > 0) {
      gpuGuard(this, this.cluster);
    }
  }

  private makeWorkloads(): KubeflowWorkloads {
    const { cluster, timeout, createNamespace } = this.props;
    const { namespace, models, jobs, stores } = this;
    this.madeWorkloads ??= new KubeflowWorkloads(this, "Workloads", {
      cluster,
      timeout,
      namespace,
      createNamespace,
      content: { models, jobs, stores, sharedRuntimes: this.profile.trainingRuntimes },
      requires: [...(this.profile.hasServing ? ["kserve-runtimes"] : []), ...(this.profile.hasTraining ? ["kubeflow-trainer"] : [])],
    });
    return this.madeWorkloads;
  }

  private requirePart(isThere: boolean, what: string, profile: string): void {
    if (!isThere) {
      throw new MecError(
        "MEC1505",
        this.node.path,
        `got ${what} with the profile ${this.profile}, which leaves that part of Kubeflow out: write ${profile} or KubeflowProfile.SERVING_AND_TRAINING`,
      );
    }
  }

  private refuseTaken(what: string, name: string, taken: ReadonlyMap<string, unknown>): void {
    if (taken.has(name)) {
      throw new MecError(
        "MEC1506",
        this.node.path,
        `${got(name)} as name of a ${what}: there is one of that name already, so write another name`,
      );
    }
  }

  private requireStore(store: ModelStore, what: string): void {
    if (this.stores.get(store.name) !== store) {
      throw new MecError(
        "MEC1504",
        this.node.path,
        `got the store ${store.name} for ${what}: it is none of ${[...this.stores.keys()].join(", ") || "none"}, so write what addStore of this construct gave`,
      );
    }
  }
}
