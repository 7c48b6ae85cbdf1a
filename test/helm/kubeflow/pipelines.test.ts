import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import * as fc from "fast-check";
import {
  CertManager,
  HostpathStorage,
  KubeflowPipelines,
  ReclaimPolicy,
  Size,
  WavelengthInstanceType,
  type KubeflowPipelinesOptions,
  type PipelinesPart,
} from "../../../lib";
import { partResources } from "../../../lib/helm/kubeflow/pipelines/parts";
import { checkedPipelines } from "../../../lib/helm/kubeflow/pipelines/settings";
import { pipelinesValues } from "../../../lib/helm/kubeflow/pipelines/values";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { SomeAddOn, addOnStack, bostonSite } from "../support/add-ons";

/** Pipelines and their storage in one stack. */
const synthPipelines = (
  options: KubeflowPipelinesOptions = {},
  more: (pipelines: KubeflowPipelines) => void = () => undefined,
  instanceType = WavelengthInstanceType.T3_XLARGE,
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app, { controlPlane: { instanceType, rootVolume: { size: Size.gibibytes(100) } } });
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster, reclaimPolicy: ReclaimPolicy.RETAIN });
    more(new KubeflowPipelines(stack, "Pipelines", { cluster, ...options }));
  })["add-ons"]!;

const releasesOf = (json: StackJson) => Object.entries<StackJson>(json.resource.helm_release);
const releaseOf = (json: StackJson, name = "kubeflow-pipelines") => releasesOf(json).find(([, release]) => release.name === name)!;
/** The values of the chart. */
const valuesOf = (options: KubeflowPipelinesOptions = {}) =>
  pipelinesValues(checkedPipelines("p", options)) as Record<string, Record<string, unknown>>;
describe("pipelines", () => {
  test("are a chart of the library's own, after their storage class, in a namespace whose pods may be root but not the machine", () => {
    const json = synthPipelines();
    const [, release] = releaseOf(json);
    expect(release).toMatchObject({ chart: expect.stringMatching(/^\.\/assets\//), namespace: "kubeflow", wait: true });
    expect(release.depends_on).toContain(`helm_release.${releaseOf(json, "hostpath-storage")[0]}`);
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toEqual([
      { name: "kubeflow", labels: { "pod-security.kubernetes.io/enforce": "baseline" } },
    ]);
  });

  test("say where they are, and what pipelines run as", () => {
    synthPipelines({ namespace: "learning" }, (pipelines) => {
      expect(pipelines.apiUrl).toBe("http://ml-pipeline.learning.svc:8888");
      expect(pipelines.uiUrl).toBe("http://ml-pipeline-ui.learning.svc");
      expect(pipelines).toMatchObject({ kind: "kubeflow-pipelines", runnerServiceAccount: "pipeline-runner" });
    });
  });

  test("have two volumes, two runs at once and Secrets of their own, unless told otherwise", () => {
    expect(valuesOf()).toMatchObject({
      storage: { className: "microk8s-hostpath", database: "5120Mi", artifacts: "20480Mi", artifactFile: 1024, artifactFiles: 16 },
      secrets: { readable: [] },
      parallelRuns: 2,
      accessFrom: [],
    });
    expect(valuesOf().secrets).not.toHaveProperty("database");
    expect(
      valuesOf({
        databaseVolume: Size.gibibytes(2),
        artifactVolume: Size.gibibytes(4),
        databaseSecret: "db",
        artifactSecret: "store",
        readableSecrets: ["s3-root", "s3-root"],
        parallelRuns: 5,
        accessFrom: ["ingress", "notebooks", "ingress"],
      }),
    ).toMatchObject({
      storage: { database: "2048Mi", artifacts: "4096Mi", artifactFile: 204, artifactFiles: 16 },
      secrets: { database: "db", generateDatabase: false, artifacts: "store", generateArtifacts: false, readable: ["s3-root"] },
      parallelRuns: 5,
      accessFrom: ["ingress", "notebooks"],
    });
  });

  test("ask for what the fit table says, and for what resources changes", () => {
    const changed = { cpuMillis: 500, memory: Size.mebibytes(1024), memoryLimit: Size.mebibytes(2048) };
    synthPipelines({}, ({ footprint }) => {
      expect(footprint.cpuMillis).toBe(370);
      expect(footprint.memory?.toMebibytes()).toBe(1552);
      expect(footprint.volumes?.toGibibytes()).toBe(25);
    });
    synthPipelines({ resources: { database: changed } }, ({ footprint }) => {
      expect(footprint.cpuMillis).toBe(370 - 100 + 500);
      expect(footprint.memory?.toMebibytes()).toBe(1552 - 512 + 1024);
    });
    expect(valuesOf({ resources: { database: changed } }).resources!.database).toEqual({
      requests: { cpu: "500m", memory: "1024Mi" },
      limits: { memory: "2048Mi" },
    });
  });

  test("take the user's values last, and refuse a key that the chart does not have", () => {
    const [, release] = releaseOf(synthPipelines({ values: { parallelRuns: 9 } }));
    expect(JSON.parse(release.values[0])).toEqual({ ...valuesOf(), parallelRuns: 9 });
    expect(() => synthPipelines({ values: { parallelRun: 9 } })).toThrow(/MEC1470.*got the value key "parallelRun".*write "parallelRuns"/);
  });

  test("bring definitions that no other may bring", () => {
    expect(() =>
      synthApp((app) => {
        const { cluster } = bostonSite(app);
        const stack = addOnStack(app);
        new HostpathStorage(stack, "Storage", { cluster });
        new SomeAddOn(stack, "Argo", { cluster }, { ownsCrds: ["argoproj.io"] });
        new KubeflowPipelines(stack, "Pipelines", { cluster });
      }),
    ).toThrow(/MEC1415.*custom resource definitions of argoproj\.io/);
  });

  test("need a storage class that is there, and nothing else", () => {
    const without = (className?: string) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app);
        new KubeflowPipelines(addOnStack(app), "Pipelines", { cluster, storageClass: className });
      });
    expect(() => without()).toThrow(/MEC1419.*"microk8s-hostpath" as storageClass/);
    expect(() => without("ebs")).toThrow(/MEC1419.*"ebs" as storageClass/);
  });

  test("leave other add-ons as they are", () => {
    const others = (withPipelines: boolean) =>
      synthApp((app) => {
        const { cluster } = bostonSite(app);
        const stack = addOnStack(app);
        new HostpathStorage(stack, "Storage", { cluster });
        new CertManager(stack, "CertManager", { cluster });
        if (withPipelines) new KubeflowPipelines(stack, "Pipelines", { cluster, artifactVolume: Size.gibibytes(4) });
      })["add-ons"]!;
    const [without, all] = [others(false), others(true)];
    for (const [id, release] of releasesOf(without)) expect(all.resource.helm_release[id]).toEqual(release);
    expect(releasesOf(all)).toHaveLength(releasesOf(without).length + 1);
  });

  test("that do not fit are refused with the table, and on several nodes what one disk means is said", () => {
    const huge = { cpuMillis: 6000, memory: Size.gibibytes(20), memoryLimit: Size.gibibytes(20) };
    expect(() => synthPipelines({ resources: { database: huge } })).toThrow(/MEC1420.*CPU.*memory.*kubeflow-pipelines/s);
    expect(() => synthPipelines({ artifactVolume: Size.gibibytes(200) })).toThrow(/MEC1420.*volumes/);
    const three = synthApp((app) => {
      const { cluster } = bostonSite(app, { controlPlane: { count: 3, rootVolume: { size: Size.gibibytes(100) } } });
      const stack = addOnStack(app);
      new HostpathStorage(stack, "Storage", { cluster });
      new KubeflowPipelines(stack, "Pipelines", { cluster });
    })["add-ons"]!;
    expect(warnings(three).filter((text) => text.includes("MEC1923"))).toEqual([
      expect.stringContaining("kubeflow-pipelines stays Pending"),
    ]);
  });
});

/** A place in S3. */
const ROOT = { bucket: "artifacts", region: "us-east-1", secret: "s3" };

describe("a root in S3", () => {
  test("is none unless it is given", () => {
    expect(valuesOf().s3).toBeUndefined();
  });

  test("is what pipelines write, with its Region and Secret", () => {
    expect(valuesOf({ s3Root: { ...ROOT, prefix: "boston/runs" } }).s3).toEqual({
      root: "s3://artifacts/boston/runs",
      region: "us-east-1",
      secret: "s3",
    });
    expect(valuesOf({ s3Root: ROOT }).s3).toMatchObject({ root: "s3://artifacts" });
  });

  test("may be a bucket that Terraform makes", () => {
    const json = synthApp((app) => {
      const { cluster } = bostonSite(app);
      const stack = addOnStack(app);
      const bucket = new S3Bucket(stack, "Bucket");
      new HostpathStorage(stack, "Storage", { cluster });
      new KubeflowPipelines(stack, "Pipelines", { cluster, artifactVolume: Size.gibibytes(4), s3Root: { ...ROOT, bucket: bucket.bucket } });
    })["add-ons"]!;
    expect(releaseOf(json)[1].values[0]).toMatch(/"root":"s3:\/\/\$\{[^,]*aws_s3_bucket\.Bucket\.bucket/);
  });
});

describe("what pipelines refuse", () => {
  const checked = (options: KubeflowPipelinesOptions) => () => checkedPipelines("stack/Pipelines", options);

  test.each<[string, KubeflowPipelinesOptions, RegExp]>([
    [
      "a small database",
      { databaseVolume: Size.mebibytes(512) },
      /MEC1515\] stack\/Pipelines: got 512 MiB as databaseVolume.*gibibytes\(1\)/,
    ],
    ["a small object store", { artifactVolume: Size.gibibytes(1) }, /MEC1515.*got 1024 MiB as artifactVolume.*gibibytes\(2\)/],
    ["no runs", { parallelRuns: 0 }, /MEC1516.*got 0 as parallelRuns/],
    ["half a run", { parallelRuns: 1.5 }, /MEC1516.*got 1\.5/],
    ["runs that are no number", { parallelRuns: Number.NaN }, /MEC1516/],
    ["too many runs", { parallelRuns: 1001 }, /MEC1516.*got 1001/],
    ["a namespace that is none", { accessFrom: ["ingress", "My Notebooks"] }, /MEC1517.*got "My Notebooks" in accessFrom/],
    ["a namespace without a name", { accessFrom: [""] }, /MEC1517/],
    ["a long namespace", { accessFrom: ["a".repeat(64)] }, /MEC1517/],
    ["a password as a Secret", { databaseSecret: "Pa55 word" }, /MEC1424.*got 9 characters as databaseSecret \(they are not shown/],
    ["a key as a Secret", { artifactSecret: "A/B" }, /MEC1424.*as artifactSecret/],
    ["another key as a Secret", { readableSecrets: ["fine", "A/B"] }, /MEC1424.*as readableSecrets/],
    [
      "no processor",
      { resources: { ui: { cpuMillis: 0, memory: Size.mebibytes(100), memoryLimit: Size.mebibytes(100) } } },
      /MEC1518.*got 0 as resources\.ui\.cpuMillis/,
    ],
    [
      "a limit below the request",
      { resources: { ui: { cpuMillis: 1, memory: Size.mebibytes(100), memoryLimit: Size.mebibytes(99) } } },
      /MEC1518.*got 99 MiB as resources\.ui\.memoryLimit for a request of 100 MiB.*at least 100 MiB/,
    ],
    [
      "a part that there is none of",
      { resources: { cache: { cpuMillis: 1, memory: Size.mebibytes(1), memoryLimit: Size.mebibytes(1) } } as never },
      /MEC1518.*got "cache" as a part.*apiServer, /,
    ],
    ["a URL as a bucket", { s3Root: { ...ROOT, bucket: "s3://artifacts" } }, /MEC1519.*got "s3:\/\/artifacts" as s3Root\.bucket/],
    ["a prefix that ends with a slash", { s3Root: { ...ROOT, prefix: "boston/" } }, /MEC1519.*got "boston\/" as s3Root\.prefix/],
    ["a zone as a Region", { s3Root: { ...ROOT, region: "us-east-1a" } }, /MEC1519.*got "us-east-1a" as s3Root\.region/],
    ["a key as the Secret of S3", { s3Root: { ...ROOT, secret: "AKIA/1" } }, /MEC1424.*as s3Root\.secret/],
  ])("%s", (_, options, message) => {
    expect(checked(options)).toThrow(message);
  });

  test("the smallest that is taken", () => {
    expect(
      checked({ databaseVolume: Size.gibibytes(1), artifactVolume: Size.gibibytes(2), parallelRuns: 1, accessFrom: ["a".repeat(63)] })(),
    ).toMatchObject({ parallelRuns: 1, databaseSecret: undefined });
  });
});

describe("how far the object store fills its volume", () => {
  test("is between 70 and 80 percent of it, in files that it can be told of, for a volume of any size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 * 1024, max: 16 * 1024 * 1024 }), (mebibytes) => {
        const settings = checkedPipelines("p", { artifactVolume: Size.mebibytes(mebibytes) });
        const { artifactFile, artifactFiles } = pipelinesValues(settings).storage as { artifactFile: number; artifactFiles: number };
        expect(Number.isInteger(artifactFile) && Number.isInteger(artifactFiles)).toBe(true);
        expect(artifactFile).toBeGreaterThanOrEqual(1);
        expect(artifactFile).toBeLessThanOrEqual(30_000);
        expect(artifactFiles).toBeGreaterThanOrEqual(16);
        expect(artifactFile * artifactFiles).toBeLessThanOrEqual(0.8 * mebibytes);
        expect(artifactFile * artifactFiles).toBeGreaterThanOrEqual(0.7 * mebibytes);
      }),
    );
  });
});

test("no part may use less than it asks for", () => {
  for (const name of Object.keys(partResources("p")) as PipelinesPart[]) {
    const { memory, memoryLimit } = partResources("p")[name];
    expect(memoryLimit.toMebibytes()).toBeGreaterThanOrEqual(memory.toMebibytes());
  }
});
