import { App } from "cdktf";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { StackJson } from "../../support/synth";

/** A release of a chart of the library's own, as it is synthesized. */
export interface OwnRelease {
  /** Stack and release, such as `boston-platform/hostpath-storage`. */
  readonly id: string;
  /** Absolute path of the copy of the chart that would be deployed. */
  readonly chart: string;
  readonly releaseName: string;
  readonly namespace: string;
  /** Text of its values; undefined for the chart's own. */
  readonly values?: string;
}

/** Folders of the charts that the library has. */
export function ownChartFolders(): string[] {
  const lib = join(__dirname, "..", "..", "..", "lib", "helm");
  const files = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => basename(file) === "Chart.yaml");
  return files.map((file) => dirname(join(lib, file))).sort();
}

/** Synthesizes an app; its releases whose charts are in folders, and what removes them again. */
export function ownReleases(build: (app: App) => void): { releases: OwnRelease[]; remove: () => void } {
  const outdir = mkdtempSync(join(tmpdir(), "mec-own-charts-"));
  const app = new App({ outdir });
  build(app);
  app.synth();
  const stacks = join(outdir, "stacks");
  const releases = readdirSync(stacks)
    .sort()
    .flatMap((stack) => {
      const json = JSON.parse(readFileSync(join(stacks, stack, "cdk.tf.json"), "utf8")) as StackJson;
      const all = Object.values<StackJson>(json.resource?.helm_release ?? {}).filter(({ chart }) => chart.startsWith("./"));
      return all.map((release) => ({
        id: `${stack}/${release.name}`,
        chart: join(stacks, stack, release.chart),
        releaseName: release.name,
        namespace: release.namespace,
        values: release.values?.[0],
      }));
    });
  return { releases, remove: () => rmSync(outdir, { recursive: true, force: true }) };
}
