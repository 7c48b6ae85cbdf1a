import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { helmTemplateText, parseYaml, type RenderOptions } from "./helm";

/**
 * What a Secret may hold; a release over it cannot be installed.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
 */
export const SECRET_LIMIT = 1_048_576;

/**
 * Bytes of the Secret in which Helm keeps a release: its record (chart, values, manifest) as JSON, compressed and written as
 * base64. Helm 3 makes the record only with a cluster at hand, so it is put together here; the few fields that are left out
 * are shorter than a line.
 *
 * @see https://github.com/helm/helm/blob/v3.17.3/pkg/storage/driver/util.go
 */
export function releaseBytes(chart: string, options: RenderOptions = {}): number {
  const manifest = helmTemplateText(chart, options);
  const values = typeof options.values === "object" ? options.values : JSON.parse(options.values ?? "{}");
  const record = {
    name: options.releaseName ?? "release",
    namespace: options.namespace,
    chart: chartRecord(chart),
    config: values,
    manifest,
  };
  return gzipSync(JSON.stringify(record), { level: 9 }).toString("base64").length;
}

/** A chart as a release record holds it: templates and files as base64, subcharts apart from the rest. */
function chartRecord(folder: string): object {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !name.startsWith(`charts${sep}`))
    .sort();
  const text = (name: string) => readFileSync(join(folder, name), "utf8");
  const data = (name: string) => ({ name, data: readFileSync(join(folder, name)).toString("base64") });
  const isTemplate = (name: string) => name.startsWith(`templates${sep}`);
  const [metadata, values] = parseYaml([text("Chart.yaml"), files.includes("values.yaml") ? text("values.yaml") || "{}" : "{}"]);
  const plain = ["Chart.yaml", "values.yaml", ".helmignore"];
  return {
    metadata,
    values,
    templates: files.filter(isTemplate).map(data),
    files: files.filter((name) => !isTemplate(name) && !plain.includes(name)).map(data),
  };
}
