import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Writes a chart of these files into a temporary folder, which is the caller's to remove; `Chart.yaml` is given when left out. */
export function chartFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "mec-chart-"));
  const all = { "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.2.3\nicon: https://example.com/icon.png\n", ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}
