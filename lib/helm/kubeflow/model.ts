import { MecError, got } from "../../errors";
import { Size } from "../../units";
import type { Port } from "../../wavelength/port";
import type { ContainerResources } from "../prometheus/resources";
import { resourceValues } from "../prometheus/resources";
import type { Values } from "../values";
import { ModelExposure } from "./model-exposure";
import type { ModelRuntime } from "./model-runtime";
import type { ModelStorage } from "./model-storage";
import { assertName } from "./names";
import { assertResources } from "./pod-resources";
import { assertEnv, secretEnvValues, type SecretEnv } from "./secret-env";

/** A model that is served. */
export interface ModelProps {
  /** Name of the model, and of its Service: 1 to 40 lowercase letters, digits and dashes. */
  readonly name: string;
  /** The server that it is for, one of the profile's. */
  readonly runtime: ModelRuntime;
  /** Where it is read from. */
  readonly storage: ModelStorage;
  /**
   * What each replica asks for, and may use. Its limit of CPU is a vCPU, or what it asks for where that is more.
   * @default - that of the runtime
   */
  readonly resources?: ContainerResources;
  /**
   * Number of GPUs of each replica: each is its own.
   * @default 0
   */
  readonly gpus?: number;
  /**
   * Number of replicas, one at least: there is no scaling to zero without Knative. What a change makes anew goes one by one and without a
   * further pod, for which the site may have no room: with one replica nothing answers meanwhile.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Environment of the server. No secret belongs here: that is for `secretEnv`.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Variables that are read from existing Secrets of the namespace, such as `{ HF_TOKEN: { name: "hub", key: "token" } }`: each pod waits until
   * they are there. Only the names of Secrets and keys are in state and release.
   * @default - none
   */
  readonly secretEnv?: SecretEnv;
  /**
   * Who reaches it from outside of the cluster.
   * @default ModelExposure.CLUSTER
   */
  readonly exposure?: ModelExposure;
}

/** What KServe's init container asks for while it downloads; a pod asks for the most of both (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers). */
const DOWNLOAD = { cpuMillis: 100, mebibytes: 100 };

/** A model that was added. */
export class Model {
  /** Name of the model. */
  public readonly name: string;
  /** URL of its Service within the cluster, without a path. */
  public readonly url: string;
  /**
   * Path that it is asked at. A model of Hugging Face that writes text is asked at `/openai/v1/completions` instead.
   * @see https://kserve.github.io/website/docs/model-serving/generative-inference/overview
   */
  public readonly path: string;
  /** Port of the nodes that devices reach it at, for `cluster.connections.allowFromCarrier`; undefined where nobody outside does. */
  public readonly port?: Port;

  /** @internal */
  public constructor(
    /** What it is. @internal */
    public readonly props: ModelProps,
    namespace: string,
  ) {
    this.name = props.name;
    this.url = `http://${props.name}.${namespace}.svc.cluster.local`;
    const { protocol } = props.runtime.settings;
    this.path = protocol === "v1" ? `/v1/models/${props.name}:predict` : `/v2/models/${props.name}/infer`;
    this.port = props.exposure?.port;
  }

  /** What each replica asks for. @internal */
  public get resources(): ContainerResources {
    return this.props.resources ?? this.props.runtime.settings.resources;
  }

  /** What its pods ask for together. @internal */
  public get footprint(): { readonly cpuMillis: number; readonly mebibytes: number; readonly gpus: number } {
    const { replicas = 1, gpus = 0, storage } = this.props;
    const download = storage.ports.length > 0 ? DOWNLOAD : { cpuMillis: 0, mebibytes: 0 };
    return {
      cpuMillis: replicas * Math.max(this.resources.cpuMillis, download.cpuMillis),
      mebibytes: replicas * Math.max(this.resources.memory.toMebibytes(), download.mebibytes),
      gpus: replicas * gpus,
    };
  }

  /** What the library's chart makes of it. @internal */
  public toValues(ingressClass: string | undefined): Values {
    const { runtime, storage, gpus = 0, replicas = 1, env = {}, exposure = ModelExposure.CLUSTER } = this.props;
    const { requests, limits } = resourceValues(this.resources) as Record<"requests" | "limits", Values>;
    const { format, servingRuntime, protocol } = runtime.settings;
    return {
      runtime: servingRuntime,
      format,
      protocol,
      storageUri: storage.uri,
      ...(storage.secret === undefined ? {} : { secret: storage.secret }),
      downloadPorts: [...storage.ports],
      // The runtime's own limit of CPU is a vCPU, and stays where nothing else is said.
      resources: { requests, limits: { cpu: `${Math.max(1000, this.resources.cpuMillis)}m`, ...limits } },
      gpus,
      replicas,
      env: { ...env },
      ...secretEnvValues(this.props.secretEnv),
      ...(exposure.nodePort === undefined ? {} : { nodePort: exposure.nodePort }),
      ...(exposure.ingress === undefined ? {} : { ingress: { className: ingressClass ?? "public", ...exposure.ingress } }),
    };
  }
}

/**
 * Refuses a model that cannot be.
 *
 * @param path construct path for the error
 * @param props the model
 * @param on the runtimes that are on
 * @throws {MecError} MEC1500 for its name and those of variables, MEC1501 for its runtime, MEC1008 for numbers, MEC1510, MEC1511 and MEC1424 for its
 *   environment
 */
export function assertModel(path: string, props: ModelProps, on: readonly ModelRuntime[]): void {
  const { name, runtime, resources, env = {}, secretEnv = {}, replicas = 1, gpus = 0 } = props;
  assertName(path, "model", name);
  assertEnv(path, `the model ${name}`, env, secretEnv);
  if (resources !== undefined) {
    assertResources(path, `the model ${name}`, resources);
  }
  if (!on.includes(runtime)) {
    throw new MecError(
      "MEC1501",
      path,
      `${got(runtime.format)} as runtime of the model ${name}: on are ${on.map(({ format }) => format).join(", ") || "none"}, and one that is off serves nothing, so write a profile with it, KubeflowProfile.of({ …, modelRuntimes: […] })`,
    );
  }
  const check = (what: string, value: number, least: number) => {
    if (!(Number.isInteger(value) && value >= least)) {
      throw new MecError(
        "MEC1008",
        path,
        `${got(value)} as ${what} of the model ${name}: it is a whole number, ${least} or more, so write for example ${Math.max(1, least)}`,
      );
    }
  };
  check("replicas", replicas, 1);
  check("gpus", gpus, 0);
}

/** The sum of sizes, where there may be none. */
export function sizeOf(mebibytes: number): Size | undefined {
  return mebibytes > 0 ? Size.mebibytes(mebibytes) : undefined;
}
