import { Chart } from "./chart";
import type { PinnedChart } from "./versions";

/** A chart of the version table. */
export function pinnedChart({ chart, repository, version }: PinnedChart): Chart {
  return Chart.fromRegistry({ chart, repository, version });
}
