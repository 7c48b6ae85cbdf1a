import type { TerraformStack } from "cdktf";
import { type App } from "cdktf";
import {
  CertManager,
  HelmAddOn,
  HostpathStorage,
  Kubeflow,
  KubeflowProfile,
  Microk8sCluster,
  ModelRuntime,
  ModelStorage,
  Prometheus,
  PrometheusProfile,
  Size,
  TrainingRuntime,
  type IMicrok8sCluster,
} from "../../../lib";
import { synthApp, type StackJson } from "../../support/synth";
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

/** Releases that must be there before another for more than its definitions: webhooks that answer, and runtimes that are named. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  kserve: ["cert-manager", "kserve-crds"],
  "kserve-runtimes": ["kserve"],
};

interface Combination {
  readonly profile: KubeflowProfile;
  readonly prometheus: boolean;
  readonly content: boolean;
  readonly isPlatformLast: boolean;
  readonly isOneStack: boolean;
}

const booleans = [false, true];
const combinations: Combination[] = [KubeflowProfile.SERVING, KubeflowProfile.TRAINING, KubeflowProfile.SERVING_AND_TRAINING].flatMap(
  (profile) =>
    booleans.flatMap((prometheus) =>
      booleans.flatMap((content) =>
        booleans.flatMap((isPlatformLast) => booleans.map((isOneStack) => ({ profile, prometheus, content, isPlatformLast, isOneStack }))),
      ),
    ),
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
function built(app: App, { profile, prometheus, content, isPlatformLast, isOneStack }: Combination): Map<string, string> {
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
  const rest = () => {
    const kubeflow = new Kubeflow(stack("kubeflow"), "Kubeflow", { cluster: clusterIn("kubeflow"), profile });
    if (prometheus) {
      new Prometheus(stack("prometheus"), "Prometheus", { cluster: clusterIn("prometheus"), profile: PrometheusProfile.LITE });
    }
    if (content) {
      addContent(kubeflow);
    }
  };
  (isPlatformLast ? [rest, platform] : [platform, rest]).forEach((part) => part());
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

test("these are all combinations", () => {
  expect(combinations).toHaveLength(48);
});

/** In words. */
const named = combinations.map((combination): [string, Combination] => {
  const { profile, prometheus, content, isPlatformLast, isOneStack } = combination;
  const words = [
    prometheus && "with Prometheus",
    content && "with content",
    isPlatformLast && "platform last",
    isOneStack && "in one stack",
  ];
  return [[profile.name, ...words.filter((word) => word !== false)].join(", "), combination];
});

test.each(named)("%s: whoever has custom resources comes after whoever brings their definitions", (_, combination) => {
  let owners!: Map<string, string>;
  const stacks = synthApp((app) => {
    owners = built(app, combination);
  });
  const before = installedBefore(stacks);
  const { profile, content, prometheus } = combination;
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
    for (const group of uses[name] ?? []) {
      expect([name, group, [...there]]).toEqual([name, group, expect.arrayContaining([owners.get(group)])]);
      compared += 1;
    }
    for (const other of needed[name] ?? []) {
      expect([name, other, [...there]]).toEqual([name, other, expect.arrayContaining([other])]);
    }
    expect(there.has(name)).toBe(false);
  }
  expect(compared).toBeGreaterThanOrEqual(1 + (content ? 1 : 0) + (prometheus ? 1 : 0));
  expect(before.has("kubeflow-workloads")).toBe(content);
});
