import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { helmTemplate, type KubernetesObject } from "../../support/helm";
import { CHART_VALUES, EDGEX_CHART, EDGEX_RELEASE } from "./chart-values";

/** The values with a change. */
export function changed(change: (values: KubernetesObject) => void): KubernetesObject {
  const values = JSON.parse(JSON.stringify(CHART_VALUES)) as KubernetesObject;
  change(values);
  return values;
}

/** The chart as a real Helm renders it, and what finds its objects: those of {@link CHART_VALUES}, unless it is told others. */
export function renderedChart() {
  const render = (values: object = CHART_VALUES, more: object = {}) => helmTemplate(EDGEX_CHART, { values, ...EDGEX_RELEASE, ...more });
  const objects = render();
  const of = (kind: string, all: readonly KubernetesObject[] = objects) => all.filter((object) => object.kind === kind);
  const one = (kind: string, name: string, all: readonly KubernetesObject[] = objects) => {
    const found = of(kind, all).filter(({ metadata }) => metadata.name === name);
    expect(found.map(({ metadata }) => metadata.name)).toEqual([name]);
    return found[0]!;
  };
  /** Objects where `lookup` of a template finds something: without a cluster Helm finds nothing, so a copy of the chart does. */
  const renderFinding = (template: string, lookup: RegExp, found: string, values: object): readonly KubernetesObject[] => {
    const copy = mkdtempSync(join(tmpdir(), "mec-edgex-"));
    try {
      cpSync(EDGEX_CHART, copy, { recursive: true });
      const file = join(copy, "templates", template);
      const text = readFileSync(file, "utf8");
      expect(text).toMatch(lookup);
      writeFileSync(file, text.replace(lookup, found));
      return helmTemplate(copy, { values, ...EDGEX_RELEASE });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  };
  const podOf = (name: string, all: readonly KubernetesObject[] = objects): KubernetesObject =>
    one("Deployment", name, all).spec.template.spec;
  const jobOf = (name: string, all: readonly KubernetesObject[] = objects): KubernetesObject => {
    const [job, ...others] = of("Job", all).filter(({ metadata }) => metadata.name.startsWith(`${name}-`));
    expect(others).toEqual([]);
    return job!;
  };
  return { render, objects, of, one, renderFinding, podOf, jobOf };
}
