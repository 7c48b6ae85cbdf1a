import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { helmBinary } from "./helm-binary";

/** `describe` for what needs a real Helm: skipped, with the reason in its name, where there is none. */
export function describeHelm(name: string, body: () => void): void {
  const { missing } = helmBinary();
  if (missing !== undefined) {
    describe.skip(`${name} (skipped: ${missing})`, () => test("needs Helm", () => undefined));
  } else {
    describe(name, body);
  }
}

/** Outcome of a run of Helm. */
export interface HelmResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Helm without the settings, the plugins and the cluster of whoever runs the tests, and without network. */
export function helm(args: readonly string[]): HelmResult {
  const { path, missing } = helmBinary();
  if (path === undefined) throw new Error(missing);
  const home = mkdtempSync(join(tmpdir(), "mec-helm-"));
  try {
    const folders = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, HELM_PLUGINS: home, HOME: home };
    const env = { PATH: process.env.PATH, KUBECONFIG: join(home, "none"), ...folders };
    const { status, stdout, stderr, error } = spawnSync(path, args, {
      encoding: "utf8",
      env,
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, stdout, stderr: error?.message ?? stderr };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What a chart is rendered with. */
export interface RenderOptions {
  /** Values text (YAML, so JSON too), or an object; as the release has them. @default - those of the chart */
  readonly values?: string | object;
  /** @default "release" */
  readonly releaseName?: string;
  /** @default "default" */
  readonly namespace?: string;
  /** Kubernetes version that the chart sees. @default "1.35.0" */
  readonly kubeVersion?: string;
  /** API versions that the chart sees beside the built-in ones, such as `monitoring.coreos.com/v1`. */
  readonly apiVersions?: readonly string[];
}

/** A rendered Kubernetes object. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- rendered YAML has no static shape
export type KubernetesObject = Record<string, any>;

/** Renders a chart folder or archive, hooks included; the text as `helm template` prints it. @throws what Helm says */
export function helmTemplateText(chart: string, options: RenderOptions = {}): string {
  return withValues(options.values, (files) => {
    const apis = (options.apiVersions ?? []).flatMap((version) => ["--api-versions", version]);
    const where = ["--namespace", options.namespace ?? "default", "--kube-version", options.kubeVersion ?? "1.35.0"];
    return succeeded(helm(["template", options.releaseName ?? "release", chart, ...where, ...apis, ...files]));
  });
}

/** The objects of {@link helmTemplateText}. */
export function helmTemplate(chart: string, options: RenderOptions = {}): KubernetesObject[] {
  const documents = helmTemplateText(chart, options).split(/^---$/m);
  return parseYaml(documents.filter((text) => /^[^#\s]/m.test(text))) as KubernetesObject[];
}

/** Lints a chart folder, warnings counted as errors; gives what Helm found. */
export function helmLint(chart: string, values?: string | object): HelmResult {
  return withValues(values, (files) => helm(["lint", chart, "--strict", ...files]));
}

/**
 * Parses YAML texts, each an object, with Helm's own parser: the one that will read them.
 *
 * @throws the parser's message
 */
export function parseYaml(texts: readonly string[]): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), "mec-yaml-"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  try {
    write("Chart.yaml", "apiVersion: v2\nname: reader\nversion: 0.0.0\n");
    texts.forEach((text, index) => write(`texts/${index}`, text));
    const parsed = texts.map((_, index) => `{{ .Files.Get "texts/${index}" | fromYaml | toJson }}`);
    write("templates/parsed.yaml", `parsed:\n${parsed.map((expression) => `- ${expression}\n`).join("")}`);
    const rendered = texts.length === 0 ? "" : succeeded(helm(["template", folder]));
    const objects = [...rendered.matchAll(/^- (.*)$/gm)].map(([, json]) => JSON.parse(json) as { Error?: string });
    for (const object of objects) {
      // What `fromYaml` answers for a text that is no YAML object.
      if (Object.keys(object).length === 1 && typeof object.Error === "string") throw new Error(object.Error);
    }
    return objects;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withValues<T>(values: string | object | undefined, run: (args: readonly string[]) => T): T {
  if (values === undefined) return run([]);
  const folder = mkdtempSync(join(tmpdir(), "mec-values-"));
  try {
    const file = join(folder, "values.json");
    writeFileSync(file, typeof values === "string" ? values : JSON.stringify(values));
    return run(["--values", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function succeeded({ status, stdout, stderr }: HelmResult): string {
  if (status !== 0) throw new Error(`helm ended with ${status}: ${stderr.trim()}`);
  return stdout;
}
