import { Lazy, type App, type TerraformStack } from "cdktf";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CertManager,
  Duration,
  HelmAddOn,
  HostpathStorage,
  Microk8sCluster,
  PINNED_CHARTS,
  Size,
  type HelmAddOnProps,
  type OwnChartOptions,
  type Values,
} from "../../lib";
import { secretName } from "../../lib/helm/names";
import { knownPaths } from "../../lib/helm/value-paths";
import { synthApp, warnings, type StackJson } from "../support/synth";
import { SomeAddOn, addOnStack, bostonSite, importedBoston } from "./support/add-ons";

/** Add-ons in one stack, on the cluster of another. */
const synthAddOns = (build: (stack: TerraformStack, app: App, cluster: Microk8sCluster) => void): Record<string, StackJson> =>
  synthApp((app) => {
    const { cluster } = bostonSite(app);
    build(addOnStack(app), app, cluster);
  });

/** The release of a name. */
const releaseOf = (json: StackJson, name: string) =>
  Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;

/** The address of a release. */
const addressOf = (json: StackJson, name: string) =>
  `helm_release.${Object.entries<StackJson>(json.resource.helm_release).find(([, candidate]) => candidate.name === name)![0]}`;

describe("a release", () => {
  const json = synthAddOns((stack, _, cluster) => {
    const addOn = new SomeAddOn(
      stack,
      "One",
      { cluster, values: { replicas: 2, image: { tag: "${x}" } } },
      { values: [{ replicas: 1, image: { name: "one" } }, undefined, { list: [1] }], podSecurity: "privileged" },
    );
    expect(addOn.values).toEqual({ replicas: 2, image: { name: "one", tag: "${x}" }, list: [1] });
    expect(addOn).toMatchObject({ kind: "one", namespace: "one", releaseName: "one" });
    expect(addOn.release.nameInput).toBe("one");
  })["add-ons"]!;

  test("has a pinned chart, the time that a site's link needs, three revisions, and nothing half installed that is hidden", () => {
    expect(releaseOf(json, "one")).toMatchObject({
      repository: "https://charts.example.com",
      chart: "one",
      version: "1.2.3",
      namespace: "one",
      timeout: 1200,
      max_history: 3,
      cleanup_on_fail: true,
      atomic: false,
      wait: true,
      create_namespace: false,
      provider: "helm.boston",
    });
  });

  test("has its values as one text with the keys in their order, and none by another way", () => {
    const release = releaseOf(json, "one");
    expect(release.values).toEqual(['{"image":{"name":"one","tag":"$${x}"},"list":[1],"replicas":2}']);
    expect(Object.keys(release).filter((key) => key.startsWith("set"))).toEqual([]);
  });

  test("waits for its namespace, which says what its pods may do", () => {
    const [[id, namespace]] = Object.entries<StackJson>(json.resource.kubernetes_namespace_v1) as [[string, StackJson]];
    expect(namespace.metadata).toEqual({ name: "one", labels: { "pod-security.kubernetes.io/enforce": "privileged" } });
    expect(releaseOf(json, "one").depends_on).toEqual([`kubernetes_namespace_v1.${id}`]);
    expect(Object.keys(json.resource).sort()).toEqual(["helm_release", "kubernetes_namespace_v1"]);
  });

  test("is deployed after the cluster, by providers that are there once", () => {
    expect(json.dependencies).toEqual(["boston-infrastructure"]);
    expect(json.provider.helm).toHaveLength(1);
    expect(json.provider.kubernetes).toHaveLength(1);
  });

  test("takes another name, namespace, chart, repository, version and time", () => {
    const other = synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "One", {
        cluster,
        namespace: "two",
        releaseName: "three",
        repository: "oci://registry.example.com/charts",
        version: "v4.5.6",
        chart: "five",
        timeout: Duration.seconds(90.5),
      });
    })["add-ons"]!;
    expect(releaseOf(other, "three")).toMatchObject({
      namespace: "two",
      repository: "oci://registry.example.com/charts",
      version: "v4.5.6",
      chart: "five",
      timeout: 91,
    });
  });

  test("keeps of the pinned chart what is not said", () => {
    const other = synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, version: "2.0.0" }))["add-ons"]!;
    expect(releaseOf(other, "one")).toMatchObject({ repository: "https://charts.example.com", chart: "one", version: "2.0.0" });
  });
});

describe("values that are known late", () => {
  test("are those of the last moment, between the add-on's and the user's, in one order", () => {
    const added: string[] = [];
    const late = { lateValues: () => ({ names: [...added], tag: "late", z: 1, a: "${x}" }), values: [{ tag: "early", kept: true }] };
    const json = synthAddOns((stack, _, cluster) => {
      const addOn = new SomeAddOn(stack, "One", { cluster, values: { z: 2 } }, late);
      expect(addOn.values.names).toEqual([]);
      added.push("one", "two");
      expect(addOn.values).toEqual({ names: ["one", "two"], tag: "late", kept: true, z: 2, a: "${x}" });
    })["add-ons"]!;
    expect(releaseOf(json, "one").values).toEqual(['{"a":"$${x}","kept":true,"names":["one","two"],"tag":"late","z":2}']);
  });

  test("may hold what only the apply knows", () => {
    const json = synthAddOns((stack, _, cluster) => {
      const token = Lazy.stringValue({ produce: () => "${aws_thing.one.id}" });
      new SomeAddOn(stack, "One", { cluster }, { lateValues: () => ({ id: token }) });
    })["add-ons"]!;
    expect(releaseOf(json, "one").values).toEqual(['{"id":${jsonencode(aws_thing.one.id)}}']);
  });

  test("are refused where no chart can take them", () => {
    const late = { lateValues: () => ({ broken: Number.NaN }) };
    expect(() => synthAddOns((stack, _, cluster) => new SomeAddOn(stack, "One", { cluster }, late))).toThrow(/MEC1421/);
  });
});

describe("what comes first where it is there", () => {
  test("is installed before, in whatever order of the code, and not missed where it is not", () => {
    const json = synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "Two", { cluster }, { after: ["one", "three"] });
      new SomeAddOn(stack, "One", { cluster });
    })["add-ons"]!;
    expect(releaseOf(json, "two").depends_on).toContain(addressOf(json, "one"));
  });
});

describe("namespaces", () => {
  test("are made once for all add-ons of a stack, with what the pods of all need; those of Kubernetes are not made", () => {
    const json = synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "One", { cluster, namespace: "shared" }, { podSecurity: "baseline" });
      new SomeAddOn(stack, "Two", { cluster, namespace: "shared" }, { podSecurity: "privileged" });
      new SomeAddOn(stack, "Three", { cluster, namespace: "kube-system" });
      new SomeAddOn(stack, "Four", { cluster, namespace: "default" });
    })["add-ons"]!;
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toEqual([
      { name: "shared", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    ]);
    expect(releaseOf(json, "three").depends_on).toEqual([]);
  });

  test("say nothing of pods where no add-on does, and need the kubernetes provider alone where one is made", () => {
    const json = synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, namespace: "default" }))["add-ons"]!;
    expect(Object.keys(json.provider).sort()).toEqual(["aws", "helm"]);
    const other = synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster }))["add-ons"]!;
    expect(Object.values<StackJson>(other.resource.kubernetes_namespace_v1)[0]!.metadata).toEqual({ name: "one" });
  });

  test("are not made, nor waited for, where they are made apart", () => {
    const json = synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "One", { cluster, createNamespace: false }, { podSecurity: "privileged" });
      new SomeAddOn(stack, "Two", { cluster, createNamespace: undefined });
    })["add-ons"]!;
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata.name)).toEqual(["two"]);
    expect(releaseOf(json, "one")).toMatchObject({ namespace: "one", create_namespace: false, depends_on: [] });
  });

  test.each([
    ["both add-ons of one stack", true, true, true, true],
    ["nobody of one stack", false, false, true, true],
    ["nobody of two stacks", false, false, false, true],
    ["the first of one stack", true, false, true, false],
    ["the second of one stack", false, true, true, false],
    ["the first of two stacks", true, false, false, false],
    ["the second of two stacks", false, true, false, false],
    ["both of two stacks", true, true, false, false],
  ])("made by %s are shared as nobody loses them", (_, ofOne, ofTwo, isOneStack, isTaken) => {
    const synthesized = () =>
      synthAddOns((stack, app, cluster) => {
        new SomeAddOn(stack, "One", { cluster, namespace: "shared", createNamespace: ofOne });
        const other = isOneStack ? stack : addOnStack(app, "more");
        new SomeAddOn(other, "Two", { cluster, namespace: "shared", createNamespace: ofTwo });
      });
    if (isTaken) {
      expect(Object.keys(synthesized()["add-ons"]!.resource.kubernetes_namespace_v1 ?? {})).toHaveLength(ofOne ? 1 : 0);
    } else {
      expect(synthesized).toThrow(/\[MEC1415\] .*Two: got "shared" as namespace: .* createNamespace: false at both/);
    }
  });

  test("of two clusters in one stack are two, whatever dashes the names have", () => {
    const named = (stack: TerraformStack, clusterName: string) =>
      Microk8sCluster.fromClusterName(stack, `Cluster-${clusterName}`, { clusterName, region: "us-east-1" });
    const json = synthApp((app) => {
      const stack = addOnStack(app);
      new SomeAddOn(stack, "One", { cluster: named(stack, "edge"), namespace: "boston--mqtt" });
      new SomeAddOn(stack, "Two", { cluster: named(stack, "edge-boston"), namespace: "mqtt" });
      new SomeAddOn(stack, "Three", { cluster: named(stack, "edge-boston-1"), namespace: "a--b" });
      new SomeAddOn(stack, "Four", { cluster: named(stack, "edge-boston-1-a"), namespace: "b" });
      new SomeAddOn(stack, "Five", { cluster: named(stack, "edgy"), namespace: "boston-mqtt" });
      new SomeAddOn(stack, "Six", { cluster: named(stack, "edgy-boston"), namespace: "mqtt" });
    })["add-ons"]!;
    expect(
      Object.values<StackJson>(json.resource.kubernetes_namespace_v1)
        .map(({ provider, metadata }) => `${provider} ${metadata.name}`)
        .sort(),
    ).toEqual([
      "kubernetes.edge boston--mqtt",
      "kubernetes.edge-boston mqtt",
      "kubernetes.edge-boston-1 a--b",
      "kubernetes.edge-boston-1-a b",
      "kubernetes.edgy boston-mqtt",
      "kubernetes.edgy-boston mqtt",
    ]);
  });

  test("of two stacks are refused: one would take away what the other is in", () => {
    expect(() =>
      synthAddOns((stack, app, cluster) => {
        new SomeAddOn(stack, "One", { cluster, namespace: "shared" });
        new SomeAddOn(addOnStack(app, "more"), "Two", { cluster, namespace: "shared" });
      }),
    ).toThrow(/\[MEC1415\] more\/Two: got "shared" as namespace: add-ons\/One has it already, in the stack add-ons/);
  });
});

describe("what an add-on requires", () => {
  const required = (order: "before" | "after") =>
    synthAddOns((stack, _, cluster) => {
      const parts = [
        () => new SomeAddOn(stack, "Base", { cluster }),
        () => new SomeAddOn(stack, "Top", { cluster }, { requires: ["base"] }),
      ];
      for (const part of order === "before" ? parts : parts.reverse()) {
        part();
      }
    })["add-ons"]!;

  test.each(["before", "after"] as const)("is installed first in the same stack, also where it is written %s it", (order) => {
    const json = required(order);
    expect(releaseOf(json, "top").depends_on).toContain(addressOf(json, "base"));
    expect(releaseOf(json, "base").depends_on).not.toContain(addressOf(json, "top"));
  });

  test.each(["before", "after"] as const)("has its stack deployed first, also where that is written %s the other", (order) => {
    const stacks = synthApp((app) => {
      const { cluster } = bostonSite(app);
      const parts = [
        () => new SomeAddOn(addOnStack(app, "lower"), "Base", { cluster }),
        () => new SomeAddOn(addOnStack(app, "upper"), "Top", { cluster }, { requires: ["base"] }),
      ];
      for (const part of order === "before" ? parts : parts.reverse()) {
        part();
      }
    });
    expect(stacks.upper!.dependencies.sort()).toEqual(["boston-infrastructure", "lower"]);
    expect(stacks.lower!.dependencies).toEqual(["boston-infrastructure"]);
    expect(JSON.stringify(stacks.upper)).not.toContain("terraform_remote_state");
  });

  test("may be installed in the same cluster as another import of it", () => {
    const stacks = synthApp((app) => {
      const [lower, upper] = [addOnStack(app, "lower"), addOnStack(app, "upper")] as const;
      new SomeAddOn(lower, "Base", { cluster: importedBoston(lower) });
      new SomeAddOn(upper, "Top", { cluster: importedBoston(upper) }, { requires: ["base"] });
    });
    expect(stacks.upper!.dependencies).toEqual(["lower"]);
  });

  test("is refused where it is missing, or in another cluster, with what to do", () => {
    expect(() => synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "Top", { cluster }, { requires: ["base"] }))).toThrow(
      /\[MEC1416\] add-ons\/Top: got no base for the cluster boston: top requires it, so add base to the app/,
    );
    expect(() =>
      synthAddOns((stack, _, cluster) => {
        const other = Microk8sCluster.fromClusterName(stack, "Other", { clusterName: "other", region: "us-east-1" });
        new SomeAddOn(stack, "Base", { cluster: other });
        new SomeAddOn(stack, "Top", { cluster }, { requires: ["base"] });
      }),
    ).toThrow(/MEC1416/);
  });

  test("is refused in a circle, with the way around it", () => {
    expect(() =>
      synthAddOns((stack, _, cluster) => {
        new SomeAddOn(stack, "A", { cluster }, { requires: ["b"] });
        new SomeAddOn(stack, "B", { cluster }, { requires: ["c"] });
        new SomeAddOn(stack, "C", { cluster }, { requires: ["a"] });
      }),
    ).toThrow(/\[MEC1417\] add-ons\/\w: got (?:a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c): each is installed after/);
  });

  test("is refused of itself", () => {
    expect(() => synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "A", { cluster }, { requires: ["a"] }))).toThrow(
      /\[MEC1417\] add-ons\/A: got a -> a/,
    );
  });

  test("is refused between stacks that would wait for each other, though no add-on does", () => {
    expect(() =>
      synthAddOns((stack, app, cluster) => {
        const more = addOnStack(app, "more");
        new SomeAddOn(stack, "A", { cluster }, { requires: ["b"] });
        new SomeAddOn(more, "B", { cluster });
        new SomeAddOn(more, "C", { cluster }, { requires: ["d"] });
        new SomeAddOn(stack, "D", { cluster });
      }),
    ).toThrow(/\[MEC1417\] more\/C: got c in the stack more, which requires d of the stack add-ons: .* write both add-ons into one stack/);
  });
});

describe("what a cluster has once", () => {
  const both = (one: Partial<HelmAddOnProps>, other: Partial<HelmAddOnProps>, crds: readonly string[] = []) =>
    synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "One", { cluster, ...one }, { ownsCrds: ["example.com", ...crds] });
      new SomeAddOn(stack, "Two", { cluster, ...other }, { ownsCrds: ["example.org", ...crds] });
    });

  test("custom resource definitions have one owner", () => {
    expect(() => both({}, {}, ["monitoring.coreos.com"])).toThrow(
      /\[MEC1415\] add-ons\/Two: got the custom resource definitions of monitoring\.coreos\.com: add-ons\/One has it already/,
    );
    expect(() => both({}, {})).not.toThrow();
  });

  test("a release has one add-on", () => {
    expect(() => both({ namespace: "a", releaseName: "b" }, { namespace: "a", releaseName: "b" })).toThrow(
      /\[MEC1415\] add-ons\/Two: got the release b of the namespace a: add-ons\/One has it already/,
    );
    expect(() => both({ namespace: "a", releaseName: "b" }, { namespace: "c", releaseName: "b" })).not.toThrow();
  });

  test("a storage class has one add-on, whatever its release is called", () => {
    const classes = (...names: string[]) => ({ storageClasses: names.map((name) => ({ name, isNodeLocal: true })) });
    const offers = (ofOne: string[], ofTwo: string[]) => () =>
      synthAddOns((stack, _, cluster) => {
        new SomeAddOn(stack, "One", { cluster }, classes(...ofOne));
        new SomeAddOn(stack, "Two", { cluster }, classes(...ofTwo));
      });
    expect(offers(["slow", "fast"], ["other", "fast"])).toThrow(
      /\[MEC1415\] add-ons\/Two: got the storage class fast: add-ons\/One has it already, and a cluster has it once/,
    );
    expect(offers(["slow"], ["fast"])).not.toThrow();
    expect(() =>
      synthAddOns((stack, _, cluster) => {
        new HostpathStorage(stack, "One", { cluster });
        new HostpathStorage(stack, "Two", { cluster, releaseName: "more-storage" });
      }),
    ).toThrow(/\[MEC1415\] add-ons\/Two: got the storage class microk8s-hostpath/);
  });

  test.each([
    ["the first", ["two"], []],
    ["the second", [], ["one"]],
    ["both", ["two"], ["one"]],
  ])("a conflict that %s declares is refused, once", (_, ofOne, ofTwo) => {
    let message = "";
    try {
      synthAddOns((stack, __, cluster) => {
        new SomeAddOn(stack, "One", { cluster }, { conflicts: ofOne });
        new SomeAddOn(stack, "Two", { cluster }, { conflicts: ofTwo });
      });
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message.match(/MEC1418/g)).toHaveLength(1);
    expect(message).toContain("[MEC1418] add-ons/Two: got two beside one (add-ons/One) in the cluster boston");
  });
});

describe("storage", () => {
  const storage = { kind: "disks", storageClasses: [{ name: "fast", isNodeLocal: true }] };
  const wanting = { storageClass: "fast", isStateful: true };

  test("of a class that an add-on brings has that installed first", () => {
    const json = synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "Data", { cluster }, wanting);
      new SomeAddOn(stack, "Disks", { cluster }, storage);
    })["add-ons"]!;
    expect(releaseOf(json, "data").depends_on).toContain(addressOf(json, "disks"));
    expect(warnings(json)).toEqual([]);
  });

  test("of a class that is nowhere is refused, with those that there are", () => {
    expect(() => synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "Data", { cluster }, wanting))).toThrow(
      /\[MEC1419\] add-ons\/Data: got "fast" as storageClass: the cluster boston has none, so write an add-on that brings it/,
    );
    expect(() =>
      synthAddOns((stack, _, cluster) => {
        new SomeAddOn(stack, "Data", { cluster }, { ...wanting, storageClass: "fats" });
        new SomeAddOn(stack, "Disks", { cluster }, storage);
      }),
    ).toThrow(/got "fats" as storageClass: the cluster boston has "fast", so write one of these/);
  });

  test("of a cluster that is made elsewhere is warned of, unless an add-on brings it", () => {
    const json = (withDisks: boolean) =>
      synthApp((app) => {
        const stack = addOnStack(app);
        const cluster = importedBoston(stack);
        new SomeAddOn(stack, "Data", { cluster }, wanting);
        if (withDisks) {
          new SomeAddOn(stack, "Disks", { cluster }, storage);
        }
      })["add-ons"]!;
    expect(warnings(json(false)).filter((text) => text.startsWith("[MEC1924] add-ons/Data"))).toHaveLength(1);
    expect(warnings(json(true)).filter((text) => text.includes("MEC1924"))).toEqual([]);
  });

  test("on the disk of one node of several is warned of, where data is kept", () => {
    const json = (isStateful: boolean, count: number) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app, { controlPlane: { count } });
        const stack = addOnStack(app);
        new SomeAddOn(stack, "Data", { cluster }, { ...wanting, isStateful });
        new SomeAddOn(stack, "Disks", { cluster }, storage);
      })["add-ons"]!;
    expect(warnings(json(true, 3))).toEqual([
      expect.stringMatching(
        /^\[MEC1923\] add-ons\/Data: got volumes of the class fast on a cluster of 3 nodes: .* data stays Pending until the node is back.* the data is lost/,
      ),
    ]);
    expect(warnings(json(false, 3))).toEqual([]);
    expect(warnings(json(true, 1))).toEqual([]);
  });
});

describe("an own chart of an add-on", () => {
  const folder = mkdtempSync(join(tmpdir(), "mec-chart-"));
  beforeAll(() => writeFileSync(join(folder, "Chart.yaml"), "name: extras\nversion: 0.1.0\n"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const json = () =>
    synthAddOns((stack, _, cluster) => {
      new SomeAddOn(stack, "Top", { cluster }, { requires: ["base"] });
      new SomeAddOn(stack, "Base", { cluster }).withChart("Extras", folder, { b: 1, a: 2 });
    })["add-ons"]!;

  test("is installed after the add-on's, and before what requires the add-on", () => {
    const synthesized = json();
    const extras = releaseOf(synthesized, "base-extras");
    expect(extras).toMatchObject({ namespace: "base", values: ['{"a":2,"b":1}'], max_history: 3, timeout: 1200 });
    expect(extras.chart).toMatch(/^\.\/assets\/Base_ExtrasChart_\w+\//);
    expect(extras).not.toHaveProperty("version");
    expect(extras.depends_on).toContain(addressOf(synthesized, "base"));
    expect(releaseOf(synthesized, "top").depends_on).toEqual(
      expect.arrayContaining([addressOf(synthesized, "base"), addressOf(synthesized, "base-extras")]),
    );
  });

  test("has values that hang on what is added later, where they are a function", () => {
    const made = (values: () => Values) =>
      synthApp((app) => {
        const stack = addOnStack(app);
        const cluster = importedBoston(stack);
        const base = new SomeAddOn(stack, "Base", { cluster }).withChart("Extras", folder, values);
        kinds = () => HelmAddOn.allIn(stack).map(({ kind }) => kind);
        releaseName = base.release.name;
        new SomeAddOn(stack, "Later", { cluster });
      })["add-ons"]!;
    let kinds: () => string[] = () => [];
    let releaseName = "";
    expect(
      releaseOf(
        made(() => ({ kinds: kinds(), brace: "${x}" })),
        "base-extras",
      ).values,
    ).toEqual(['{"brace":"$${x}","kinds":["base","later"]}']);
    // What the apply alone knows is put in by Terraform.
    expect(
      releaseOf(
        made(() => ({ of: releaseName })),
        "base-extras",
      ).values,
    ).toEqual([expect.stringMatching(/\$\{.*helm_release\./)]);
    expect(() => made(() => ({ broken: Number.NaN }))).toThrow(/\[MEC1421\] add-ons\/Base: got "NaN" as values\.broken/);
  });

  test("is a release that nobody else has: no other add-on, no chart of another, and no second of the same", () => {
    const twice = /\[MEC1415\] add-ons\/(?:Two|Base): got the release base-extras of the namespace base: add-ons\/Base has it already/;
    const beside = (props: Partial<HelmAddOnProps>, options?: OwnChartOptions) => () =>
      synthAddOns((stack, _, cluster) => {
        new SomeAddOn(stack, "Base", { cluster }).withChart("Extras", folder);
        const two = new SomeAddOn(stack, "Two", { cluster, ...props });
        if (options) {
          two.withChart("Extras", folder, {}, options);
        }
      });
    expect(beside({ namespace: "base", releaseName: "base-extras" })).toThrow(twice);
    expect(beside({}, { namespace: "base", releaseName: "base-extras" })).toThrow(twice);
    expect(beside({}, { namespace: "base" })).not.toThrow();
    expect(() =>
      synthAddOns((stack, _, cluster) => {
        new SomeAddOn(stack, "Base", { cluster }).withChart("Extras", folder).withChart("More", folder, {}, { releaseName: "base-extras" });
      }),
    ).toThrow(twice);
  });

  test("is not in a namespace of another stack, and no add-on of another stack in its own", () => {
    const shared = (ofOne: OwnChartOptions, ofTwo: OwnChartOptions) => () =>
      synthAddOns((stack, app, cluster) => {
        new SomeAddOn(stack, "One", { cluster }).withChart("Extras", folder, {}, ofOne);
        new SomeAddOn(addOnStack(app, "more"), "Two", { cluster }).withChart("Extras", folder, {}, ofTwo);
      });
    const refusal = (name: string) =>
      new RegExp(`\\[MEC1415\\] more/Two: got "${name}" as namespace: add-ons/One has it already, in the stack add-ons`);
    expect(shared({ namespace: "two" }, {})).toThrow(refusal("two"));
    expect(shared({}, { namespace: "one" })).toThrow(refusal("one"));
    expect(shared({ namespace: "both" }, { namespace: "both" })).toThrow(refusal("both"));
    expect(shared({ namespace: "default" }, { namespace: "default" })).not.toThrow();
    expect(shared({}, {})).not.toThrow();
  });

  test("refuses a name that no release can have", () => {
    expect(() =>
      synthAddOns(
        (stack, _, cluster) => void new SomeAddOn(stack, "Base", { cluster, releaseName: "b".repeat(50) }).withChart("Extras", folder),
      ),
    ).toThrow(
      /\[MEC1414\] add-ons\/Base: got "b+" as releaseName, of 50 characters: a second release of this add-on has "-extras" behind it, .* so write one of at most 46$/,
    );
  });
});

describe("names", () => {
  const named = (props: Partial<HelmAddOnProps>) => () =>
    synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, ...props }));

  test("a release has 53 characters at most, a namespace 63", () => {
    expect(named({ releaseName: "r".repeat(53), namespace: "n".repeat(63) })).not.toThrow();
    expect(named({ releaseName: "r".repeat(54) })).toThrow(
      /\[MEC1414\] add-ons\/One: got "r+" as releaseName, of 54 characters: it has 1 to 53 lowercase letters/,
    );
    expect(named({ namespace: "n".repeat(64) })).toThrow(/as namespace, of 64 characters: it has 1 to 63/);
  });

  test.each(["", "Upper", "-a", "a-", "a_b", "a.b", "ä"])("%p is refused", (name) => {
    expect(named({ releaseName: name })).toThrow(/MEC1414/);
    expect(named({ namespace: name })).toThrow(/MEC1414/);
  });

  test("a token is refused: the ids of the stack hang on it", () => {
    expect(() =>
      synthAddOns(
        (stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, namespace: Lazy.stringValue({ produce: () => "one" }) }),
      ),
    ).toThrow(/\[MEC1414\] add-ons\/One: got a token as namespace/);
  });

  test("a Secret is named, and what may be a secret itself is not repeated", () => {
    expect(secretName("stack/One", "adminSecret", "grafana-admin.v2")).toBe("grafana-admin.v2");
    const secret = "Hunter2!";
    expect(() => secretName("stack/One", "adminSecret", secret)).toThrow(/^\[MEC1424\] stack\/One: got 8 characters as adminSecret/);
    expect(() => secretName("stack/One", "adminSecret", secret)).not.toThrow(new RegExp(secret));
    expect(() => secretName("stack/One", "adminSecret", "a".repeat(254))).toThrow(/MEC1424/);
  });
});

describe("add-ons are found", () => {
  test("below an app or a stack, of one cluster or of all, in the order of the code", () => {
    synthAddOns((stack, app, cluster) => {
      const more = addOnStack(app, "more");
      const other = Microk8sCluster.fromClusterName(more, "Other", { clusterName: "other", region: "us-east-1" });
      const one = new SomeAddOn(stack, "One", { cluster });
      const two = new SomeAddOn(more, "Two", { cluster: other });
      const three = new SomeAddOn(more, "Three", { cluster });
      expect(HelmAddOn.allIn(app, cluster)).toEqual([one, three]);
      expect(HelmAddOn.allIn(app)).toEqual(expect.arrayContaining([one, two, three]));
      expect(HelmAddOn.allIn(stack)).toEqual([one]);
      expect(HelmAddOn.allIn(more, other)).toEqual([two]);
    });
  });
});

test("an add-on is not written into the cluster's own stack", () => {
  expect(() =>
    synthApp((app) => {
      const site = bostonSite(app);
      new SomeAddOn(site, "One", { cluster: site.cluster });
    }),
  ).toThrow(/MEC1110/);
});

test("values that no chart can take are refused with their path", () => {
  expect(() => synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, values: { a: { b: NaN } } }))).toThrow(
    /\[MEC1421\] add-ons\/One: got "NaN" as values\.a\.b/,
  );
});

test("values that are no map, or that hold themselves, are refused before they are merged", () => {
  const circular: Record<string, unknown> = {};
  circular.a = circular;
  const installed = (values: unknown) => () =>
    synthAddOns((stack, _, cluster) => void new SomeAddOn(stack, "One", { cluster, values: values as HelmAddOnProps["values"] }));
  expect(installed(["x"])).toThrow(/\[MEC1421\] add-ons\/One: got a list as values/);
  expect(installed(circular)).toThrow(/\[MEC1421\] add-ons\/One: got a map within itself as values\.a/);
  expect(installed({ "": 1 })).toThrow(/\[MEC1421\] add-ons\/One: got an empty key in values:/);
});

test("the size of what an add-on asks for is its own", () => {
  synthAddOns((stack, _, cluster) => {
    const footprint = { cpuMillis: 5, memory: Size.mebibytes(6) };
    expect(new SomeAddOn(stack, "One", { cluster }, { footprint }).footprint).toBe(footprint);
  });
});

describe("values with a key that the pinned chart does not know", () => {
  const installed = (props: Partial<HelmAddOnProps>) => () =>
    synthAddOns((stack, _, cluster) => void new CertManager(stack, "CertManager", { cluster, ...props }));

  test("are refused with the key that was meant", () => {
    expect(installed({ values: { webhok: { replicaCount: 2 } } })).toThrow(/\[MEC1470\] add-ons\/CertManager: .*"webhok".*write "webhook"/);
    expect(installed({ values: { webhook: { replicaCount: 2, resources: { limits: { memory: "64Mi" } } } } })).not.toThrow();
  });

  test("are refused in a mirror of the chart, and pass in a version that this release has no list of", () => {
    const values = { webhok: {} };
    expect(installed({ values, repository: "oci://registry.example.com/charts" })).toThrow(/MEC1470/);
    expect(installed({ values, version: "v9.9.9" })).not.toThrow();
  });

  test.each(Object.values(PINNED_CHARTS))("are found for $chart $version", ({ chart, version }) => {
    expect(knownPaths(chart, version)).toBeDefined();
  });
});
