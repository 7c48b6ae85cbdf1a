import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  ClusterFit,
  EvictionThreshold,
  NodeTaint,
  Size,
  TaintEffect,
  WavelengthInstanceType,
  WavelengthZone,
  type Footprint,
} from "../../lib";
import { knownInstanceTypes } from "../../lib/wavelength/instance-type";
import { AddOnStack, type InfrastructureStackProps } from "../../stacks";
import { synthApp, warnings, type StackJson } from "../support/synth";
import { SomeAddOn, addOnStack, bostonSite, importedBoston } from "./support/add-ons";
import { WHY_SKIPPED, withTerraform } from "../support/with-terraform";

const node = (instanceType: string, more: object = {}) => ({
  name: "cp-0",
  role: "control-plane",
  instanceType,
  rootVolume: Size.gibibytes(50),
  ...more,
});
const asks = (cpuMillis: number, mebibytes: number, more: Partial<Footprint> = {}): Footprint => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  ...more,
});

describe("add-ons on nodes", () => {
  test("are summed with what microk8s itself takes, DaemonSets once for each node", () => {
    const fit = new ClusterFit(
      [node("t3.medium"), node("t3.large")],
      [
        { name: "one", footprint: asks(100, 128, { perNode: { cpuMillis: 10, memory: Size.mebibytes(20) } }) },
        { name: "two", footprint: asks(5, 6, { volumes: Size.gibibytes(8) }) },
      ],
    );
    expect(fit.rows).toEqual([
      { name: "one", cpuMillis: 120, memoryMebibytes: 168, volumeGibibytes: 0, gpus: 0 },
      { name: "two", cpuMillis: 5, memoryMebibytes: 6, volumeGibibytes: 8, gpus: 0 },
      { name: "microk8s", cpuMillis: 600, memoryMebibytes: 1100, volumeGibibytes: 0, gpus: 0 },
    ]);
    expect(fit.requested).toEqual({ cpuMillis: 725, memoryMebibytes: 1274, volumeGibibytes: 8, gpus: 0 });
    expect(fit.available).toEqual({ cpuMillis: 4000, memoryMebibytes: 4096 + 8192 - 200, volumeGibibytes: 80, gpus: 0 });
    expect(fit.excesses).toEqual([]);
    expect(fit.tight).toEqual([]);
  });

  test("exceed them to the last thousandth, and are tight from four fifths on", () => {
    // 2000m, of which microk8s takes 350m.
    const on = (cpuMillis: number) => new ClusterFit([node("t3.medium")], [{ name: "one", footprint: asks(cpuMillis, 1) }]);
    expect(on(1650).excesses).toEqual([]);
    expect(on(1650).tight).toEqual(["2000m of CPU where the nodes have 2000m, 100 percent"]);
    expect(on(1651).excesses).toEqual(["2001m of CPU where the nodes have 2000m"]);
    expect(on(1651).tight).toEqual([]);
    expect(on(1250).tight).toEqual([]);
    expect(on(1251).tight).toEqual(["1601m of CPU where the nodes have 2000m, 80 percent"]);
  });

  test("are compared in memory, volumes and GPUs too", () => {
    const [fit] = [
      new ClusterFit(
        [node("t3.medium", { rootVolume: Size.gibibytes(20) })],
        [{ name: "big", footprint: asks(1, 4000, { volumes: Size.gibibytes(10.5), gpus: 1 }) }],
      ),
    ];
    expect(fit.excesses).toEqual([
      "4585 MiB of memory where the nodes have 3996 MiB",
      "10.5 GiB of volumes where the nodes have 10 GiB",
      "1 of GPUs where the nodes have 0",
    ]);
    expect(fit.breakdown).toBe("big 1m 4000 MiB 10.5 GiB 1 GPUs, microk8s 350m 585 MiB");
  });

  test("GPUs count behind a taint too, which is what keeps other pods away; the rest of such a node does not", () => {
    const gpu = [{ name: "gpu", footprint: asks(1, 1, { gpus: 1 }) }];
    const fit = new ClusterFit([node("t3.medium"), node("g4dn.2xlarge", { takesPods: false })], gpu);
    expect(fit.available).toMatchObject({ cpuMillis: 2000, gpus: 1 });
    expect(fit.excesses).toEqual([]);
    // All of them may be in use.
    expect(fit.tight).toEqual([]);
  });

  test("a GPU that must be there is one that another add-on may ask for", () => {
    const operator = { name: "operator", footprint: asks(1, 1, { needsGpu: true }) };
    const user = { name: "user", footprint: asks(1, 1, { gpus: 1 }) };
    const gpuNode = node("g4dn.xlarge");
    expect(new ClusterFit([gpuNode], [operator, user]).excesses).toEqual([]);
    expect(new ClusterFit([gpuNode], [operator, user, user]).excesses).toEqual(["2 of GPUs where the nodes have 1"]);
    expect(new ClusterFit([node("t3.medium")], [operator]).excesses).toEqual(["1 of GPUs where the nodes have 0"]);
    expect(new ClusterFit([node("g9.large")], [operator]).excesses).toEqual([]);
  });

  test("are not compared with what is not known", () => {
    const entries = [{ name: "huge", footprint: asks(1e9, 1e9, { volumes: Size.gibibytes(1e6) }) }];
    expect(new ClusterFit(undefined, entries)).toMatchObject({ available: undefined, excesses: [], tight: [] });
    const strange = new ClusterFit([node("m9.large"), node("t3.medium", { rootVolume: undefined })], entries);
    expect(strange.unknownTypes).toEqual(["m9.large"]);
    expect(strange.excesses).toEqual([]);
    const gpus = new ClusterFit([node("g9.large")], [{ name: "gpu", footprint: asks(1, 1, { gpus: 9 }) }]);
    expect(gpus.excesses).toEqual([]);
  });

  test("may ask for no memory", () => {
    const fit = new ClusterFit([node("t3.medium")], [{ name: "one", footprint: { cpuMillis: 5, perNode: { cpuMillis: 7 } } }]);
    expect(fit.rows[0]).toEqual({ name: "one", cpuMillis: 12, memoryMebibytes: 0, volumeGibibytes: 0, gpus: 0 });
  });

  test.each([
    ["cpuMillis", { cpuMillis: NaN }, "a finite number"],
    ["cpuMillis", { cpuMillis: -1 }, "a finite number"],
    ["cpuMillis", { cpuMillis: Infinity }, "a finite number"],
    ["perNode.cpuMillis", { cpuMillis: 1, perNode: { cpuMillis: NaN } }, "a finite number"],
    ["gpus", { cpuMillis: 1, gpus: -1 }, "a whole number"],
    ["gpus", { cpuMillis: 1, gpus: 0.5 }, "a whole number"],
  ])("are refused with a figure that is none: %s %j", (property, footprint: Footprint, rule) => {
    const text = `as footprint.${property}: it is ${rule}`;
    const refusal = (path: string) => expect.objectContaining({ code: "MEC1008", path, message: expect.stringContaining(text) });
    const thrown = (act: () => void) => {
      try {
        act();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(thrown(() => new ClusterFit(undefined, [{ name: "one", footprint }]))).toEqual(refusal("one"));
    const inApp = () => synthApp((app) => void new SomeAddOn(addOnStack(app), "One", { cluster: bostonSite(app).cluster }, { footprint }));
    expect(thrown(inApp)).toEqual(refusal("add-ons/One"));
  });

  test("are one table", () => {
    const fit = new ClusterFit([node("t3.medium")], [{ name: "cert-manager", footprint: asks(30, 192, { volumes: Size.gibibytes(8) }) }]);
    expect(
      fit
        .toTable()
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "add-on          CPU    memory  volumes  GPUs",
      "cert-manager    30m   192 MiB    8 GiB     0",
      "microk8s       350m   585 MiB    0 GiB     0",
      "sum            380m   777 MiB    8 GiB     0",
      "nodes have    2000m  3996 MiB   40 GiB     0",
      "used           19 %      19 %     20 %     -",
    ]);
    expect(new ClusterFit(undefined, []).toTable()).toContain("unknown");
  });

  test("whatever they are: the sum is that of the rows, more nodes never make it worse for what does not run on each, and fits or not", () => {
    const footprint = fc.record({
      cpuMillis: fc.nat({ max: 4000 }),
      memory: fc.integer({ min: 1, max: 9000 }).map((amount) => Size.mebibytes(amount)),
      volumes: fc.option(
        fc.integer({ min: 1, max: 99 }).map((amount) => Size.gibibytes(amount)),
        { nil: undefined },
      ),
    });
    const types = fc.array(fc.constantFrom(...knownInstanceTypes().map(({ name }) => node(name))), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(footprint, { maxLength: 5 }), types, (footprints, nodes) => {
        const entries = footprints.map((each, index) => ({ name: `${index}`, footprint: each }));
        const fit = new ClusterFit(nodes, entries);
        for (const key of ["cpuMillis", "memoryMebibytes", "volumeGibibytes"] as const) {
          expect(fit.requested[key]).toBeCloseTo(fit.rows.reduce((sum, row) => sum + row[key], 0));
        }
        const fits = (["cpuMillis", "memoryMebibytes", "volumeGibibytes", "gpus"] as const).every(
          (key) => fit.requested[key] <= fit.available![key]!,
        );
        expect(fit.excesses.length === 0).toBe(fits);
        const larger = new ClusterFit([...nodes, node("r5.4xlarge")], entries);
        expect(larger.excesses.length).toBeLessThanOrEqual(fit.excesses.length);
      }),
    );
  });
});

describe("a site", () => {
  const synthSite = (
    props: Partial<InfrastructureStackProps>,
    footprint: Footprint,
    workers?: (site: ReturnType<typeof bostonSite>) => void,
  ) =>
    synthApp((app) => {
      const site = bostonSite(app, props);
      new SomeAddOn(addOnStack(app), "One", { cluster: site.cluster }, { footprint });
      new SomeAddOn(addOnStack(app, "more"), "Two", { cluster: site.cluster });
      workers?.(site);
    });
  const medium = { controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM } };

  test("of too small a machine is refused with all figures, once", () => {
    expect(() => synthSite(medium, asks(1800, 100))).toThrow(
      /\[MEC1420\] add-ons\/One: got 2250m of CPU where the nodes have 2000m, on the cluster boston \(one 1800m 100 MiB, two 100m 128 MiB, microk8s 350m 585 MiB\): pods that do not fit stay Pending, so write a larger instanceType/,
    );
  });

  test("of a small machine is warned of, with what is left", () => {
    const stacks = synthSite(medium, asks(1400, 100));
    expect(warnings(stacks["add-ons"]!)).toEqual([
      expect.stringMatching(/^\[MEC1920\] add-ons\/One: got 1850m of CPU where the nodes have 2000m, 93 percent/),
    ]);
    expect(warnings(stacks.more!)).toEqual([]);
  });

  test("of which all is known and enough is not spoken of", () => {
    const stacks = synthSite({}, asks(100, 100));
    expect([...warnings(stacks["add-ons"]!), ...warnings(stacks.more!)]).toEqual([]);
  });

  test("has room on workers that are added afterwards, but for those with a taint and those that leave", () => {
    const footprint = asks(3000, 100);
    const group = { count: 1, instanceType: WavelengthInstanceType.T3_XLARGE };
    const withWorkers = (more: object) => () =>
      synthSite({ ...medium, existing: undefined }, footprint, ({ cluster }) => void cluster.addWorkers("gpu", { ...group, ...more }));
    expect(withWorkers({})).not.toThrow();
    expect(withWorkers({ leaving: 1 })).toThrow(/MEC1420/);
    expect(withWorkers({ taints: [NodeTaint.of("a", "b")] })).toThrow(/MEC1420/);
    expect(withWorkers({ taints: [NodeTaint.of("a", "b", TaintEffect.PREFER_NO_SCHEDULE)] })).not.toThrow();
  });

  test("has for pods what its kubelets do not keep from them, by group, and publishes it where it is not the default", () => {
    const group = { count: 1, instanceType: WavelengthInstanceType.T3_MEDIUM };
    const kubelet = {
      systemReserved: { cpu: 0.5, memory: Size.mebibytes(512) },
      kubeReserved: { cpu: 0.25, memory: Size.mebibytes(256.5) },
      evictionHard: { memoryAvailable: EvictionThreshold.percent(10) },
    };
    let fit: ClusterFit | undefined;
    const stacks = synthApp((app) => {
      const { cluster } = bostonSite(app, { ...medium, nodeArguments: { kubelet } });
      cluster.addWorkers("like", { ...group, instanceType: WavelengthInstanceType.T3_XLARGE });
      cluster.addWorkers("own", { ...group, kubelet: { evictionHard: { memoryAvailable: EvictionThreshold.size(Size.mebibytes(300)) } } });
      cluster.addWorkers("plain", { ...group, kubelet: { maxPods: 50 } });
      new SomeAddOn(addOnStack(app), "One", { cluster });
      fit = ClusterFit.of(app, cluster);
    });
    // A tenth of 4096 and of 16384 MiB, and 768.5 MiB, which is a MiB begun.
    const [ofCluster, ofLike] = [409 + 769, 1638 + 769];
    expect(fit!.available).toMatchObject({
      cpuMillis: 1250 + 3250 + 2000 + 2000,
      memoryMebibytes: 4096 - ofCluster + (16384 - ofLike) + (4096 - 300) + (4096 - 100),
    });
    const published = Object.values<StackJson>(stacks["boston-infrastructure"]!.resource.aws_ssm_parameter).find(
      ({ name }) => name === "/mec/boston/capabilities",
    )!;
    const { nodes } = JSON.parse(published.insecure_value);
    expect(nodes.map(({ group: name, reserved }: { group: string; reserved?: object }) => [name, reserved])).toEqual([
      ["cp", { cpuMillis: 750, mebibytes: ofCluster }],
      ["like", { cpuMillis: 750, mebibytes: ofLike }],
      ["own", { cpuMillis: 0, mebibytes: 300 }],
      ["plain", undefined],
    ]);
  });

  test("is known to all add-ons of its cluster, whichever of them has the one that is made here", () => {
    const synthBoth = (cpuMillis: number) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app, medium);
        const stack = addOnStack(app, "imported");
        new SomeAddOn(stack, "First", { cluster: importedBoston(stack) }, { footprint: asks(cpuMillis, 1) });
        new SomeAddOn(addOnStack(app), "Second", { cluster });
      });
    expect(() => synthBoth(1800)).toThrow(/\[MEC1420\] imported\/First: got 2250m of CPU where the nodes have 2000m/);
    expect(warnings(synthBoth(100).imported!)).toEqual([]);
  });

  test("holds no volumes that are elsewhere", () => {
    const withClass = (isNodeLocal: boolean) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app);
        const stack = new AddOnStack(app, "volumes", { cluster });
        new SomeAddOn(stack, "Class", { cluster }, { storageClasses: [{ name: "class", isNodeLocal }] });
        new SomeAddOn(stack, "Data", { cluster }, { storageClass: "class", footprint: asks(1, 1, { volumes: Size.gibibytes(500) }) });
      });
    expect(() => withClass(true)).toThrow(/MEC1420.*500 GiB of volumes where the nodes have 40 GiB/);
    const { add_ons: described } = withClass(false).volumes!.output;
    expect(described.value.data.volume_gibibytes).toBe(0);
  });

  test("has no GPU of workers that leave, tainted or not, and publishes none", () => {
    const instanceType = WavelengthInstanceType.G4DN_2XLARGE;
    const synthGpus = (count: number, leaving: number) =>
      synthSite({}, asks(1, 1, { gpus: 1 }), ({ cluster }) => {
        cluster.addWorkers("gpu", { count, leaving, instanceType, taints: [NodeTaint.of("nvidia.com/gpu", "yes")] });
      });
    expect(() => synthGpus(1, 1)).toThrow(/MEC1420.*1 of GPUs where the nodes have 0/);
    const { resource } = synthGpus(2, 1)["boston-infrastructure"]!;
    const parameter = Object.values<StackJson>(resource.aws_ssm_parameter).find(({ name }) => name === "/mec/boston/capabilities")!;
    const published = JSON.parse(parameter.insecure_value);
    expect(published.gpu).toBe(true);
    expect(published.nodes.slice(1)).toEqual([
      { group: "gpu", role: "worker", instanceType: "g4dn.2xlarge", takesPods: false, count: 1 },
      { group: "gpu", role: "worker", instanceType: "g4dn.2xlarge", takesPods: false, leaves: true, count: 1 },
    ]);
  });

  test("that has GPUs on leaving workers alone publishes none", () => {
    const json = synthApp((app) => {
      const { cluster } = bostonSite(app);
      cluster.addWorkers("gpu", { count: 1, leaving: 1, instanceType: WavelengthInstanceType.G4DN_2XLARGE });
    })["boston-infrastructure"]!;
    const parameter = Object.values<StackJson>(json.resource.aws_ssm_parameter).find(({ name }) => name === "/mec/boston/capabilities")!;
    expect(JSON.parse(parameter.insecure_value).gpu).toBe(false);
  });

  test("of a type that this release does not know is warned of", () => {
    const instanceType = WavelengthInstanceType.of("m9.large");
    const zone = WavelengthZone.of("us-east-1-wl1-bos-wlz-1", { instanceTypes: [instanceType] });
    const stacks = synthSite({ zone, controlPlane: { instanceType } }, asks(1e6, 100));
    expect(warnings(stacks["add-ons"]!)).toEqual([expect.stringMatching(/^\[MEC1922\] add-ons\/One: got nodes of the type m9\.large/)]);
  });

  test("publishes its nodes, like ones together", () => {
    const json = synthSite({}, asks(1, 1))["boston-infrastructure"]!;
    const parameter = Object.values<StackJson>(json.resource.aws_ssm_parameter).find(({ name }) => name === "/mec/boston/capabilities")!;
    expect(JSON.parse(parameter.insecure_value).nodes).toEqual([
      { group: "cp", role: "control-plane", instanceType: "t3.xlarge", count: 1 },
    ]);
  });
});

describe("a cluster that is made elsewhere", () => {
  const footprint = asks(1000, 2000, { perNode: { cpuMillis: 100, memory: Size.mebibytes(50) }, gpus: 1 });
  const stacks = synthApp((app) => {
    const [one, two] = [addOnStack(app, "one"), addOnStack(app, "two")] as const;
    const cluster = importedBoston(one);
    new SomeAddOn(one, "A", { cluster }, { footprint });
    new SomeAddOn(one, "B", { cluster }, { footprint: asks(200, 100) });
    new SomeAddOn(two, "C", { cluster: importedBoston(two) });
  });
  const [check] = Object.values<StackJson>(stacks.one!.data.aws_ssm_parameter).filter(({ name }) => name === "/mec/boston/capabilities");
  const [{ condition, error_message: message }] = check!.lifecycle.postcondition;

  test("is warned of once, and read once in each stack", () => {
    expect(warnings(stacks.one!)).toEqual([expect.stringMatching(/^\[MEC1921\] one\/A: got a cluster whose nodes are not known at synth/)]);
    expect(warnings(stacks.two!)).toEqual([]);
    for (const json of [stacks.one!, stacks.two!]) {
      const names = Object.values<StackJson>(json.data.aws_ssm_parameter).map(({ name }) => name);
      expect(names.filter((name) => name === "/mec/boston/capabilities")).toHaveLength(1);
    }
  });

  /** What Terraform makes of a template, in JSON as it is synthesized, where a parameter holds this. */
  const evaluatedWith = (template: string, published: string) => {
    const folder = mkdtempSync(join(tmpdir(), "fit-"));
    try {
      const locals = { published: published.replaceAll("${", "$${"), found: template.replaceAll("self.insecure_value", "local.published") };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ locals }));
      const { stdout, stderr } = spawnSync("terraform", ["console"], {
        input: "local.found\n",
        encoding: "utf8",
        cwd: folder,
        timeout: 60_000,
      });
      return stdout.trim() || stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  /** The same where the published capabilities are these. */
  const evaluated = (template: string, nodes: readonly string[], gpu: boolean) => {
    const tainted = { instanceType: "r5.2xlarge", count: 9, takesPods: false };
    const likes = [...nodes.map((instanceType) => ({ instanceType, count: 1 })), tainted];
    return evaluatedWith(template, JSON.stringify({ nodes: likes, gpu }));
  };

  withTerraform.each([
    // 2000m - 250m - 100m (CoreDNS) - 100m of the DaemonSet: 1550m where 1200m are asked for; memory 4096 - 100 - 515 - 70 - 50 = 3361 MiB.
    ["a machine that is large enough", ["t3.medium"], true, "true"],
    ["no GPU", ["t3.medium"], false, "false"],
    ["two machines", ["t3.medium", "t3.medium"], true, "true"],
    ["a type that is not known", ["m9.large"], true, "true"],
  ])(`Terraform plans or not, for %s${WHY_SKIPPED}`, (_, nodes, gpu, expected) => {
    expect(evaluated(condition, nodes, gpu)).toBe(expected);
  });

  withTerraform.each([
    ["no count, which is one node", { nodes: [{ instanceType: "t3.medium" }] }, "true"],
    ["no count, of one that is too small", { nodes: [{ instanceType: "c5.xlarge", takesPods: false }] }, "false"],
    ["no type", { nodes: [{ count: 1 }] }, "true"],
    // 1550m are free where 1200m are asked for, and 3361 MiB beside the 100 of the default where 2100 are.
    [
      "as much reserved as there is room for",
      { nodes: [{ instanceType: "t3.medium", reserved: { cpuMillis: 350, mebibytes: 1361 } }] },
      "true",
    ],
    ["one MiB too much reserved", { nodes: [{ instanceType: "t3.medium", reserved: { cpuMillis: 0, mebibytes: 1362 } }] }, "false"],
    ["one thousandth too much reserved", { nodes: [{ instanceType: "t3.medium", reserved: { cpuMillis: 351, mebibytes: 100 } }] }, "false"],
    ["no nodes", { nodes: [] }, "true"],
    ["nodes that are null", { nodes: null }, "true"],
    ["nothing of nodes", {}, "true"],
    ["what is no map", "later", "true"],
  ])("Terraform plans or not, where the cluster publishes %s", (_, published, expected) => {
    expect(evaluatedWith(condition, JSON.stringify(published))).toBe(expected);
  });

  withTerraform(`Terraform names no figure where there is none${WHY_SKIPPED}`, () => {
    const found = evaluated(message, ["m9.large"], false);
    expect(found).toContain(
      "have an unknown amount of CPU and an unknown amount of memory for pods and, by its capabilities, a GPU: false",
    );
    expect(evaluatedWith(message, "{}")).not.toMatch(/\d{7}/);
  });

  withTerraform(`Terraform refuses what does not fit, with the figures of both sides${WHY_SKIPPED}`, () => {
    const json = synthApp((app) => {
      const stack = addOnStack(app);
      new SomeAddOn(stack, "A", { cluster: importedBoston(stack) }, { footprint: asks(1651, 100) });
    })["add-ons"]!;
    const [block] = Object.values<StackJson>(json.data.aws_ssm_parameter).filter(({ name }) => name === "/mec/boston/capabilities");
    const [{ condition: strict, error_message: text }] = block!.lifecycle.postcondition;
    expect(evaluated(strict, ["t3.medium"], false)).toBe("false");
    expect(evaluated(strict, ["t3.large", "t3.medium"], false)).toBe("true");
    const found = evaluated(text, ["t3.medium"], false);
    expect(found).toContain("got 1651m of CPU, 100 MiB of memory of the add-ons of this stack");
    expect(found).toContain("have 1650m and 3411 MiB for pods");
  });

  test("the condition counts the add-ons of its stack, and what runs on each node once for each", () => {
    expect(condition).toMatch(
      /^\$\{sum\(concat\(\[length\(.*, 1000000000\) - 100 - try\(like\.reserved\.cpuMillis, 0\)\) : 0\]\)\) >= 1200 && sum\(.*- 50 - try\(like\.reserved\.mebibytes, 100\)\) : 0\]\)\) >= 2100 && try\(/,
    );
    expect(message).toMatch(/^\[MEC1420\] one\/Fit-boston: got 1200m of CPU, 2100 MiB of memory and 1 GPUs of the add-ons of this stack/);
  });
});
