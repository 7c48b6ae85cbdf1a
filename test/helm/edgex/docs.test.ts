import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeviceService, EdgeXProfile, Export, ExportCredentials } from "../../../lib";
import { graphTable } from "../../../lib/helm/edgex/graph/graph-table";
import { EdgeXModel } from "../../../lib/helm/edgex/model";

const FILE = join(__dirname, "..", "..", "..", "docs", "edgex.md");

/** The graph that is documented: everything, and of what there may be several one of each. */
function documented(): EdgeXModel {
  const model = new EdgeXModel("docs", { profile: EdgeXProfile.STANDARD, ui: true, monitoring: true });
  model.addDeviceService(DeviceService.virtual());
  const credentials = ExportCredentials.anonymous();
  model.addExport(Export.mqtt({ name: "name", broker: "mqtts://broker.example.com", topic: "line", credentials }));
  model.addExport(Export.http({ name: "name", endpoints: [{ url: "https://example.com", credentials }] }));
  return model;
}

/** A row of what pods ask for with each profile, without devices and exports. */
function footprintRow(): string {
  const of = (profile: EdgeXProfile) => {
    const { cpuMillis, memory, volumes } = new EdgeXModel("docs", { profile }).footprint;
    return `${cpuMillis}m of CPU, ${memory!.toMebibytes()} MiB; a volume of ${volumes!.toGibibytes()} GiB`;
  };
  return `| what pods ask for, without devices and exports | ${of(EdgeXProfile.CORE)} | ${of(EdgeXProfile.STANDARD)} |`;
}

const text = () => readFileSync(FILE, "utf8");

/** The text with what is between two marks, or behind one in a table, made anew. */
function renewed(): string {
  const table = `<!-- graph -->\n\n${graphTable(documented().graph)}\n\n<!-- /graph -->`;
  return text()
    .replace(/<!-- graph -->[^]*<!-- \/graph -->/, table)
    .replace(/^\| what pods ask for.*$/m, footprintRow());
}

test("docs/edgex.md has the graph and the figures of the code; MEC_UPDATE_DOCS=1 writes them anew", () => {
  const wanted = renewed();
  if (process.env.MEC_UPDATE_DOCS === "1") {
    writeFileSync(FILE, wanted);
  }
  expect(text()).toBe(wanted);
  expect(text()).toContain("| `edgex-core-keeper` | configuration and registry |");
  expect(text()).toContain(footprintRow());
});
