// Times what Helm takes to render each of the library's own charts; `npm run bench` prints it:
//   node --import tsx test/helm/support/render-time.ts
import { basename, dirname } from "node:path";
import { EdgeXProfile } from "../../../lib/helm/edgex/profile";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { Device } from "../../../lib/helm/edgex/devices/device";
import { SERVICES } from "../edgex/support/devices";
import { helmTemplateText } from "./helm";
import { helmBinary } from "./helm-binary";
import { ownChartFolders } from "./own-charts";

const RUNS = 5;

/** Everything that EdgeX can have: its chart makes nothing by itself. */
function wholeEdgeX(): object {
  const model = new EdgeXModel("bench", { profile: EdgeXProfile.STANDARD, ui: true, monitoring: true });
  for (const { service, device } of Object.values(SERVICES)) {
    model.addDeviceService(service);
    model.addDevice(Device.of({ ...device, service }));
  }
  return model.values;
}

const VALUES: Readonly<Record<string, () => object>> = { edgex: wholeEdgeX };

function secondsOf(chart: string): number {
  const values = VALUES[basename(dirname(chart))]?.();
  const started = process.hrtime.bigint();
  helmTemplateText(chart, { values });
  return Number(process.hrtime.bigint() - started) / 1e9;
}

const { missing } = helmBinary();
if (missing !== undefined) {
  console.log(`missing ${missing}`);
} else {
  for (const chart of ownChartFolders()) {
    const best = Math.min(...Array.from({ length: RUNS }, () => secondsOf(chart)));
    console.log(`render ${basename(dirname(chart))} ${best.toFixed(3)}`);
  }
}
