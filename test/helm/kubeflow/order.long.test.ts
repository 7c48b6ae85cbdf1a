import { App, TerraformStack } from "cdktf";
import {
  CertManager,
  EdgeX,
  EdgeXProfile,
  HelmAddOn,
  HostpathStorage,
  Kubeflow,
  KubeflowPipelines,
  KubeflowProfile,
  LogCollector,
  Loki,
  Microk8sCluster,
  ModelRuntime,
  ModelStorage,
  Prometheus,
  PrometheusProfile,
  Size,
  TrainingRuntime,
  type IMicrok8sCluster,
} from "../../../lib";
import type { StackJson } from "../../support/synth";
import { addOnStack } from "../support/add-ons";
import { OWN_RUNTIME } from "./site";

/** API groups of custom resources that a release has, by its name. */
const USES: Readonly<Record<string, readonly string[]>> = {
  kserve: ["cert-manager.io", "serving.kserve.io"],
  "kserve-runtimes": ["serving.kserve.io"],
  "kubeflow-trainer-runtimes": ["trainer.kubeflow.org"],
  "kubeflow-training-runtimes": ["trainer.kubeflow.org"],
  "prometheus-mec": ["monitoring.coreos.com"],
};

/** The same for releases that have them where somebody brings their definitions. */
const USES_WHERE_THERE: Readonly<Record<string, string>> = {
  edgex: "monitoring.coreos.com",
  "loki-mec": "monitoring.coreos.com",
};

/** Releases that must be there before another for more than its definitions: webhooks that answer, and volumes that are made. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  kserve: ["cert-manager", "kserve-crds"],
  "kserve-runtimes": ["kserve"],
  "kubeflow-pipelines": ["hostpath-storage"],
  edgex: ["hostpath-storage"],
  loki: ["hostpath-storage"],
  "log-collector": ["loki"],
};

/** What there may be beside Kubeflow. */
const OTHERS = ["prometheus", "pipelines", "edgex", "logging"] as const;

interface Combination {
  readonly profile: KubeflowProfile;
  readonly others: readonly (typeof OTHERS)[number][];
  readonly content: boolean;
  readonly isPlatformLast: boolean;
  readonly isOneStack: boolean;
}

const bit = (number: number, index: number) => ((number >> index) & 1) === 1;

/** Every profile with every choice of others; how they are written takes turns, so that each of them is had in each way. */
const combinations: Combination[] = [KubeflowProfile.SERVING, KubeflowProfile.TRAINING, KubeflowProfile.SERVING_AND_TRAINING].flatMap(
  (profile, turn) =>
    Array.from({ length: 2 ** OTHERS.length }, (_, choice) => {
      const way = choice ^ (choice >> 1) ^ (turn * 5);
      return {
        profile,
        others: OTHERS.filter((_, index) => bit(choice, index)),
        content: bit(way, 0),
        isPlatformLast: bit(way, 1),
        isOneStack: bit(way, 2),
      };
    }),
);

function addContent(kubeflow: Kubeflow): void {
  const store = kubeflow.addStore({ name: "models", size: Size.gibibytes(1) });
  if (kubeflow.profile.hasServing) {
    kubeflow.addModel({ name: "iris", runtime: ModelRuntime.SKLEARN, storage: ModelStorage.store(store, "iris") });
  }
  if (kubeflow.profile.hasTraining) {
    kubeflow.addTrainJob({ name: "shared", runtime: TrainingRuntime.XGBOOST, stores: { "/models": store } });
    kubeflow.addTrainJob({ name: "own", runtime: kubeflow.addTrainingRuntime(OWN_RUNTIME) });
  }
}

/** The stacks of a combination, and who owns which definitions. */
function built(app: App, { profile, others, content, isPlatformLast, isOneStack }: Combination): Map<string, string> {
  const stacks = new Map<string, TerraformStack>();
  const stack = (name: string) => {
    const id = isOneStack ? "all" : name;
    stacks.set(id, stacks.get(id) ?? addOnStack(app, id));
    return stacks.get(id)!;
  };
  const clusterIn = (name: string): IMicrok8sCluster => {
    const own = stack(name);
    return (own.node.tryFindChild("Cluster") ??
      Microk8sCluster.fromClusterName(own, "Cluster", { clusterName: "boston", region: "us-east-1" })) as IMicrok8sCluster;
  };
  const platform = () => {
    new CertManager(stack("platform"), "CertManager", { cluster: clusterIn("platform") });
    new HostpathStorage(stack("platform"), "Storage", { cluster: clusterIn("platform") });
  };
  const kubeflow = () => {
    const made = new Kubeflow(stack("kubeflow"), "Kubeflow", { cluster: clusterIn("kubeflow"), profile });
    if (content) {
      addContent(made);
    }
  };
  const making: Readonly<Record<(typeof OTHERS)[number], () => unknown>> = {
    prometheus: () =>
      new Prometheus(stack("prometheus"), "Prometheus", { cluster: clusterIn("prometheus"), profile: PrometheusProfile.LITE }),
    pipelines: () => new KubeflowPipelines(stack("kubeflow"), "Pipelines", { cluster: clusterIn("kubeflow") }),
    edgex: () => new EdgeX(stack("edgex"), "EdgeX", { cluster: clusterIn("edgex"), profile: EdgeXProfile.CORE }),
    logging: () => {
      new LogCollector(stack("logging"), "Collector", { cluster: clusterIn("logging") });
      new Loki(stack("logging"), "Loki", { cluster: clusterIn("logging") });
    },
  };
  const parts = [platform, kubeflow, ...others.map((name) => making[name])];
  (isPlatformLast ? parts.reverse() : parts).forEach((part) => part());
  return new Map(
    HelmAddOn.allIn(app).flatMap(({ releaseName, definition }) => (definition.ownsCrds ?? []).map((group) => [group, releaseName])),
  );
}

/** For each release those that are installed before it, by what Terraform and the deploy of stacks are told. */
function installedBefore(stacks: Record<string, StackJson>): Map<string, Set<string>> {
  const names = (json: StackJson) => Object.values<StackJson>(json.resource?.helm_release ?? {}).map(({ name }) => name as string);
  const before = new Map<string, Set<string>>();
  for (const json of Object.values(stacks)) {
    const releases: Record<string, StackJson> = json.resource?.helm_release ?? {};
    const earlier = (json.dependencies as string[]).flatMap((stack) => names(stacks[stack]!));
    const visit = (id: string): string[] =>
      ((releases[id]!.depends_on ?? []) as string[])
        .filter((address) => address.startsWith("helm_release."))
        .map((address) => address.split(".")[1]!)
        .flatMap((other) => [releases[other]!.name as string, ...visit(other)]);
    for (const [id, { name }] of Object.entries(releases)) {
      before.set(name, new Set([...earlier, ...visit(id)]));
    }
  }
  return before;
}

/** Stacks as they are written, without their files and checks. */
function written(app: App): Record<string, StackJson> {
  const stacks = app.node.findAll().filter((one) => TerraformStack.isStack(one));
  stacks.forEach((stack) => stack.prepareStack());
  return Object.fromEntries(
    stacks.map((stack) => [stack.node.id, { ...stack.toTerraform(), dependencies: stack.dependencies.map(({ node }) => node.id) }]),
  );
}

test("these are all combinations, and each of the others is had in each way", () => {
  expect(combinations).toHaveLength(48);
  const ways = (name: (typeof OTHERS)[number]) =>
    new Set(
      combinations
        .filter(({ others }) => others.includes(name))
        .map(({ content, isPlatformLast, isOneStack }) => `${content} ${isPlatformLast} ${isOneStack}`),
    );
  expect(OTHERS.map((name) => ways(name).size)).toEqual([8, 8, 8, 8]);
});

/** In words. */
const named = combinations.map((combination): [string, Combination] => {
  const { profile, others, content, isPlatformLast, isOneStack } = combination;
  const words = [...others, content && "content", isPlatformLast && "written backwards", isOneStack && "in one stack"];
  return [[profile.name, ...words.filter((word) => word !== false)].join(", "), combination];
});

test.each(named)("%s: whoever has custom resources comes after whoever brings their definitions", (_, combination) => {
  const app = new App();
  const owners = built(app, combination);
  const before = installedBefore(written(app));
  const { profile, content, others } = combination;
  const uses: Record<string, readonly string[]> = {
    ...USES,
    "kubeflow-workloads": [...(profile.hasServing ? ["serving.kserve.io"] : []), ...(profile.hasTraining ? ["trainer.kubeflow.org"] : [])],
  };
  const needed: Record<string, readonly string[]> = {
    ...BEFORE,
    "kubeflow-workloads": [
      "hostpath-storage",
      ...(profile.hasServing ? ["kserve-runtimes"] : []),
      ...(profile.hasTraining ? ["kubeflow-trainer-runtimes", "kubeflow-training-runtimes"] : []),
    ],
  };
  let compared = 0;
  for (const [name, there] of before) {
    const whereThere = USES_WHERE_THERE[name];
    const groups = [...(uses[name] ?? []), ...(whereThere !== undefined && owners.has(whereThere) ? [whereThere] : [])];
    for (const group of groups) {
      expect([name, group, [...there]]).toEqual([name, group, expect.arrayContaining([owners.get(group)])]);
      compared += 1;
    }
    for (const other of needed[name] ?? []) {
      expect([name, other, [...there]]).toEqual([name, other, expect.arrayContaining([other])]);
    }
    expect(there.has(name)).toBe(false);
  }
  const has = (name: (typeof OTHERS)[number]) => others.includes(name);
  const monitored = has("prometheus") ? 1 + Number(has("edgex")) + Number(has("logging")) : 0;
  expect(compared).toBeGreaterThanOrEqual(1 + Number(content) + monitored);
  expect([...before.keys()]).toEqual(
    expect.arrayContaining([
      ...(content ? ["kubeflow-workloads"] : []),
      ...(has("pipelines") ? ["kubeflow-pipelines"] : []),
      ...(has("edgex") ? ["edgex"] : []),
      ...(has("logging") ? ["loki", "loki-mec", "log-collector"] : []),
    ]),
  );
});
