import { createHash } from "node:crypto";
import { MecError, got } from "../../errors";
import type { Duration } from "../../units";
import type { Values } from "../values";
import { assertName } from "./names";
import type { ModelStore } from "./model-store";
import { assertEnv, secretEnvValues, type SecretEnv } from "./secret-env";
import type { TrainingRuntime } from "./training-runtime";

/** A training run. */
export interface TrainJobProps {
  /** Name of the run, and of its folder by custom: 1 to 36 lowercase letters, digits and dashes. */
  readonly name: string;
  /** What it runs in: one of the profile, or one that `addTrainingRuntime` gave. */
  readonly runtime: TrainingRuntime;
  /**
   * The program.
   * @default - that of the image
   */
  readonly command?: readonly string[];
  /**
   * Its arguments.
   * @default - those of the image
   */
  readonly args?: readonly string[];
  /**
   * Environment of the program. No secret belongs here: that is for `secretEnv`.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Variables that are read from existing Secrets of the namespace, such as `{ HF_TOKEN: { name: "hub", key: "token" } }`: each pod waits until
   * they are there. Only the names of Secrets and keys are in state and release.
   * A variable of the runtime's `secretEnv` is written over.
   * @default - none
   */
  readonly secretEnv?: SecretEnv;
  /**
   * Number of nodes of the run, each a pod.
   * @default 1
   */
  readonly nodes?: number;
  /**
   * Stores that the program reads and writes, by the path where it finds each.
   * @default - none
   */
  readonly stores?: Readonly<Record<string, ModelStore>>;
  /**
   * How long it may take: then it is ended, and has failed.
   * @default - any time
   */
  readonly deadline?: Duration;
}

/**
 * Longest name: with what is put behind it (a digest, and JobSet's indexes and five characters of a pod of one of up to 10,000 nodes) it is a label
 * of 63 characters, and JobSet refuses more once the run is there.
 * @see https://github.com/kubernetes-sigs/jobset/blob/v0.12.0/pkg/webhooks/jobset_webhook.go
 */
const LONGEST_NAME = 36;

/** How many items Trainer takes of a command, of arguments, and of an environment (https://github.com/kubeflow/trainer/blob/v2.3.0/pkg/apis/trainer/v1alpha1/trainjob_types.go). */
const MAX_ITEMS = 128;

/** Paths that are the pod's own. */
const TAKEN = ["/", "/tmp"];

/**
 * Refuses a run that cannot be.
 *
 * @param path construct path for the error
 * @param props the run
 * @throws {MecError} MEC1500 for the name and those of variables, MEC1510, MEC1511 and MEC1424 for its environment, MEC1509 for anything else
 */
export function assertTrainJob(path: string, props: TrainJobProps): void {
  const { name, nodes = 1, stores = {}, command = [], args = [], env = {}, secretEnv = {} } = props;
  assertName(path, "training run", name, LONGEST_NAME);
  assertEnv(path, `the training run ${name}`, env, secretEnv);
  const refuse = (detail: string): never => {
    throw new MecError("MEC1509", path, detail);
  };
  if (!(Number.isInteger(nodes) && nodes > 0)) {
    refuse(`${got(nodes)} as nodes: it is a whole number above zero, so write for example 1`);
  }
  for (const mount of Object.keys(stores)) {
    if (!/^(?:\/(?!\.\.?(?:\/|$))[\w.-]+)+$/.test(mount) || TAKEN.includes(mount)) {
      refuse(`${got(mount)} as path of a store: it is an absolute path other than ${TAKEN.join(" and ")}, so write for example "/models"`);
    }
  }
  for (const [what, items] of Object.entries({ command, args, env: Object.keys({ ...env, ...secretEnv }) })) {
    if (items.length > MAX_ITEMS) {
      refuse(`${items.length} items as ${what}: Trainer takes ${MAX_ITEMS} at most, so write a script`);
    }
  }
}

/**
 * What the library's chart makes of a run, by the name that it has in Kubernetes. A run cannot be changed: one that is written otherwise has
 * another name, so it runs again, and the one before goes.
 *
 * @param props the run
 * @param isShared whether its runtime is the whole cluster's
 */
export function trainJobValues(props: TrainJobProps, isShared: boolean): { readonly name: string; readonly values: Values } {
  const { name, runtime, command = [], args = [], env = {}, nodes = 1, stores = {}, deadline } = props;
  const values = {
    runtime: { kind: isShared ? "ClusterTrainingRuntime" : "TrainingRuntime", name: runtime.name },
    command: [...command],
    args: [...args],
    env: { ...env },
    ...secretEnvValues(props.secretEnv),
    nodes,
    stores: Object.entries(stores).map(([path, store]) => ({ path, store: store.name })),
    ...(deadline === undefined ? {} : { deadlineSeconds: Math.ceil(deadline.toSeconds()) }),
  };
  // Its runtime too: what runs is of both.
  const whole = JSON.stringify([values, runtime.toValues()]);
  assertNoTokens(name, whole);
  const digest = createHash("sha256").update(whole).digest("hex");
  return { name: `${name}-${digest.slice(0, 8)}`, values };
}

/** A run that only the apply knows would have another name at each synth: numbers of tokens change. */
function assertNoTokens(name: string, whole: string): void {
  // Texts, lists and maps that are tokens.
  if (/[$#&]\{TfToken\[/.test(whole)) {
    throw new MecError(
      "MEC1509",
      `training run ${name}`,
      "got a value that only the apply knows: its name hangs on all that it and its runtime are, so write the value itself, or have the program read it from a ConfigMap",
    );
  }
}
