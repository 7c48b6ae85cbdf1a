import type * as Esbuild from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

let built: string | undefined;

/** The command as one file of JavaScript, made once: `tsx` in front of each of some twenty processes takes more time than all they do. */
export function builtDriver(): string {
  if (built !== undefined) return built;
  // The very one that tsx compiles with.
  const { buildSync } = createRequire(require.resolve("tsx"))("esbuild") as typeof Esbuild;
  const folder = mkdtempSync(join(tmpdir(), "mec-driver-"));
  const outfile = join(folder, "driver.cjs");
  buildSync({
    entryPoints: [join(__dirname, "fixtures/driver.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    // The driver is what runs, and not each module that could be run alone.
    define: { "require.main": "undefined" },
  });
  return (built = outfile);
}

/** Removes what {@link builtDriver} made. */
export function removeDriver(): void {
  if (built !== undefined) rmSync(join(built, ".."), { recursive: true, force: true });
  built = undefined;
}
