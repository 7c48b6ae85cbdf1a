import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localMicrok8s } from "../../examples/local-microk8s/app";
import { DeviceService, EdgeXProfile, Microk8sCluster, Size, type EdgeXOptions } from "../../lib";
import { EdgeXStack } from "../../stacks";
import { describeHelm, helm, type KubernetesObject } from "../helm/support/helm";
import { ownReleases } from "../helm/support/own-charts";
import { describeEmulated, testTools } from "./support/emulated";

const ROOT = join(__dirname, "..", "..");
const CHART = join(__dirname, "helm", "chart");
const UNDEFINED_KIND = join(__dirname, "helm", "undefined-kind");

// The Kubernetes API of a simulated machine by itself, and a real Helm.
describeEmulated("A real Helm on the simulated Kubernetes API", () => {
  describeHelm("of a machine", () => {
    const folder = mkdtempSync(join(tmpdir(), "mec-helm-api-"));
    let server: ChildProcess;

    beforeAll(async () => {
      const python = join(ROOT, "lib/testing/emulator/python");
      server = spawn(testTools().python.path, ["-B", join(__dirname, "helm/api_server.py"), folder, python], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      await new Promise<void>((resolve, reject) => {
        server.stdout!.once("data", () => resolve());
        server.once("exit", (code) => reject(new Error(`the API server ended with ${code}`)));
      });
    }, 60_000);

    afterAll(async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.stdin!.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);

    const run = (...args: string[]): string => {
      const { status, stdout, stderr } = helm([...args, "--kubeconfig", join(folder, "kubeconfig"), "--kube-context", "microk8s"]);
      if (status !== 0) throw new Error(`helm ${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    /** Keys of all objects, as `<plural>/<namespace>/<name>`. */
    const objects = () =>
      (JSON.parse(readFileSync(join(folder, "objects.json"), "utf8")) as { objects: Record<string, KubernetesObject> }).objects;
    const keysIn = (namespace: string) => Object.keys(objects()).filter((key) => key.split("/")[1] === namespace);
    const wait = ["--wait", "--timeout", "40s"];

    test("is told what is missing: a namespace, the definition of a kind", () => {
      expect(() => run("install", "zero", CHART, "--namespace", "nowhere")).toThrow(/namespaces "nowhere" not found/);
      expect(() => run("install", "zero", UNDEFINED_KIND, "--namespace", "default")).toThrow(/no matches for kind "Unheard"/);
    }, 120_000);

    test("installs what it waits for, upgrades it part by part, and takes it away", () => {
      run("install", "one", CHART, "--namespace", "default", ...wait);
      expect(keysIn("default").sort()).toEqual([
        "daemonsets/default/each",
        "deployments/default/web",
        "jobs/default/before",
        "persistentvolumeclaims/default/data",
        "replicasets/default/web-1",
        "rules/default/rule",
        "secrets/default/sh.helm.release.v1.one.v1",
        "services/default/web",
        "statefulsets/default/store",
      ]);
      run("upgrade", "one", CHART, "--namespace", "default", "--set", "image=three", ...wait);
      const { containers } = objects()["deployments/default/web"]!.spec.template.spec;
      expect(containers.map(({ name, image }: { name: string; image: string }) => [name, image])).toEqual([
        ["web", "three"],
        ["helper", "two"],
      ]);
      const releases = JSON.parse(run("list", "--namespace", "default", "--output", "json")) as { revision: string; status: string }[];
      expect(releases).toMatchObject([{ name: "one", revision: "2", status: "deployed" }]);
      run("uninstall", "one", "--namespace", "default", ...wait);
      // Helm keeps the objects of hooks.
      expect(keysIn("default")).toEqual(["jobs/default/before"]);
      expect(Object.keys(objects())).toContain("customresourcedefinitions/-/rules.example.com");
    }, 300_000);

    test("installs the library's own charts with the values of the stacks", () => {
      const { releases, remove } = ownReleases((app) => void localMicrok8s(app, { path: join(folder, "kubeconfig") }));
      try {
        expect(releases.map(({ id }) => id).sort()).toEqual(["laptop-platform/hostpath-storage", "laptop-prometheus/prometheus-mec"]);
        for (const { releaseName, chart, values } of releases) {
          const file = join(folder, `${releaseName}.json`);
          writeFileSync(file, values ?? "{}");
          run("install", releaseName, chart, "--namespace", "kube-system", "--values", file, ...wait);
        }
        const made = Object.keys(objects());
        expect(made).toContain("storageclasses/-/microk8s-hostpath");
        expect(made.filter((key) => key.startsWith("prometheusrules/kube-system/"))).toHaveLength(1);
        for (const { releaseName } of releases) run("uninstall", releaseName, "--namespace", "kube-system", ...wait);
        expect(keysIn("kube-system")).toEqual([]);
      } finally {
        remove();
      }
    }, 300_000);

    test("installs EdgeX, keeps its passwords when it is upgraded, and makes its jobs anew where something of them changed", () => {
      const edgex = (more: Partial<EdgeXOptions> = {}) =>
        ownReleases((app) => {
          const cluster = Microk8sCluster.fromKubeconfig(app, "Laptop", { path: join(folder, "kubeconfig"), context: "microk8s" });
          const stack = new EdgeXStack(app, "laptop-edgex", { cluster, profile: EdgeXProfile.STANDARD, ...more });
          stack.edgex.addDeviceService(DeviceService.virtual());
        });
      const apply = (verb: string, { releases: [release], remove }: ReturnType<typeof edgex>) => {
        const file = join(folder, "edgex.json");
        writeFileSync(file, release!.values!);
        run(verb, release!.releaseName, release!.chart, "--namespace", "kube-system", "--values", file, ...wait);
        remove();
      };
      const secret = (name: string) => objects()[`secrets/kube-system/${name}`]!.data as Record<string, string>;
      const jobs = () => keysIn("kube-system").filter((key) => key.startsWith("jobs/"));
      apply("install", edgex());
      const before = { database: secret("edgex-database"), broker: secret("edgex-broker"), jobs: jobs() };
      const password = Buffer.from(before.database.password!, "base64").toString();
      expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(before.broker.password).not.toBe(before.database.password);
      apply("upgrade", edgex());
      expect({ database: secret("edgex-database"), broker: secret("edgex-broker"), jobs: jobs() }).toEqual(before);
      apply("upgrade", edgex({ credentialsVersion: "2" }));
      expect(secret("edgex-database")).toEqual(before.database);
      expect(jobs()).toHaveLength(before.jobs.length);
      expect(jobs()).not.toEqual(before.jobs);
      run("uninstall", "edgex", "--namespace", "kube-system", ...wait);
      // The database is found by who installs it again, and so is its password.
      const kept = ["persistentvolumeclaims/kube-system/edgex-postgres-data", "secrets/kube-system/edgex-broker"];
      expect(keysIn("kube-system").sort()).toEqual([...kept, "secrets/kube-system/edgex-database"]);
      // The claim keeps its size: Kubernetes would refuse another one.
      const sizeOf = () => objects()["persistentvolumeclaims/kube-system/edgex-postgres-data"]!.spec.resources.requests.storage as string;
      expect(sizeOf()).toBe("10240Mi");
      apply("install", edgex({ databaseVolume: Size.gibibytes(20) }));
      expect(sizeOf()).toBe("10240Mi");
      expect(secret("edgex-database")).toEqual(before.database);
    }, 300_000);
  });
});
