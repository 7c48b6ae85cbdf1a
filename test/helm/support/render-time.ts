// Times what Helm takes to render each of the library's own charts; `npm run bench` prints it:
//   node --import tsx test/helm/support/render-time.ts
import { basename, dirname } from "node:path";
import { helmTemplateText } from "./helm";
import { helmBinary } from "./helm-binary";
import { ownChartFolders } from "./own-charts";

const RUNS = 5;

function secondsOf(chart: string): number {
  const started = process.hrtime.bigint();
  helmTemplateText(chart);
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
