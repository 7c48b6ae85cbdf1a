// One process, one measurement: `node apps.js twin|library|load-cdktf|load-library` does it and prints its peak memory.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What can be measured; each in a process of its own. */
export const MEASUREMENTS = [
  "twin",
  "library",
  "load-cdktf",
  "load-library",
  "twin-10",
  "library-10",
  "twin-100",
  "library-100",
  "library-helm",
] as const;

function synth(build: (app: import("cdktf").App) => void): void {
  const { App } = require("cdktf") as typeof import("cdktf");
  const outdir = mkdtempSync(join(tmpdir(), "mec-bench-"));
  const app = new App({ outdir });
  build(app);
  app.synth();
  rmSync(outdir, { recursive: true, force: true });
}

/** The sandbox's infrastructure by the library. */
function library(app: import("cdktf").App): import("../stacks").InfrastructureStack {
  const { InfrastructureStack } = require("../stacks") as typeof import("../stacks");
  const { ApiAccess, Microk8sChannel, WavelengthZone } = require("../lib") as typeof import("../lib");
  return new InfrastructureStack(app, "sandbox-infrastructure", {
    zone: WavelengthZone.US_EAST_1_WL1_BOS,
    clusterName: "sandbox",
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    tags: { "mec:site": "sandbox" },
  });
}

/** The same with a group of workers. */
export function libraryWithWorkers(app: import("cdktf").App, count: number): void {
  const { WavelengthInstanceType } = require("../lib") as typeof import("../lib");
  library(app).cluster.addWorkers("web", { count, instanceType: WavelengthInstanceType.T3_XLARGE });
}

/** The same with three stacks of Helm add-ons. */
export function libraryWithAddOns(app: import("cdktf").App): void {
  const { PlatformStack, PrometheusStack } = require("../stacks") as typeof import("../stacks");
  const { PrometheusProfile } = require("../lib") as typeof import("../lib");
  const { cluster } = library(app);
  new PlatformStack(app, "sandbox-certificates", { cluster, storage: false });
  new PlatformStack(app, "sandbox-storage", { cluster, certManager: false });
  new PrometheusStack(app, "sandbox-prometheus", { cluster, profile: PrometheusProfile.LITE });
}

const measurements: Record<string, () => void> = {
  twin: () => synth((app) => void (require("./twin") as typeof import("./twin")).twin(app)),
  library: () => synth((app) => void library(app)),
  ...Object.fromEntries(
    [10, 100].flatMap((count) => [
      [`twin-${count}`, () => synth((app) => void (require("./workers-twin") as typeof import("./workers-twin")).workersTwin(app, count))],
      [`library-${count}`, () => synth((app) => void libraryWithWorkers(app, count))],
    ]),
  ),
  "library-helm": () => synth(libraryWithAddOns),
  "load-cdktf": () => void require("cdktf"),
  // Its index loads what is read: a cluster is what most apps have.
  "load-library": () => void (require("../lib") as typeof import("../lib")).Microk8sCluster,
};

if (require.main === module) {
  measurements[process.argv[2]]();
  process.stdout.write(`${process.resourceUsage().maxRSS}\n`);
}
