import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..");
const depcruise = join(root, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");

/** Looks at folders of a project with the rules of this one. */
function cruise(cwd: string, folders: readonly string[]): { status: number | null; output: string } {
  const args = [depcruise, "--config", join(root, ".dependency-cruiser.cjs"), ...folders];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8", timeout: 60_000 });
  return { status, output: stdout + stderr };
}

test("no layer uses one above it", () => {
  const { status, output } = cruise(root, ["lib", "stacks", "examples"]);
  expect(output).toMatch(/no dependency violations found \(\d{2,} modules/);
  expect(status).toBe(0);
}, 60_000);

const VIOLATIONS: [string, string, string][] = [
  ["lib/wavelength/a.ts", "lib/microk8s/b.ts", "lib-wavelength-is-below"],
  ["lib/microk8s/c.ts", "lib/access/d.ts", "lib-microk8s-is-below"],
  ["lib/access/e.ts", "stacks/f.ts", "lib-access-is-below"],
  ["lib/helm/o.ts", "stacks/p.ts", "lib-helm-is-below"],
  ["lib/access/q.ts", "lib/helm/r.ts", "lib-access-is-below"],
  ["lib/errors.ts", "lib/wavelength/g.ts", "foundation-is-lowest"],
  ["lib/wavelength/h.ts", "lib/index.ts", "no-way-up-to-the-root"],
  ["stacks/i.ts", "lib/testing/j.ts", "emulator-stands-alone"],
  ["lib/testing/k.ts", "lib/microk8s/l.ts", "emulator-needs-no-layer"],
  ["stacks/m.ts", "test/n.ts", "library-without-tests"],
];

describe("is refused:", () => {
  const project = mkdtempSync(join(tmpdir(), "mec-layers-"));
  let output: string;

  beforeAll(() => {
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), text);
    };
    write("tsconfig.json", "{}");
    for (const [from, to] of VIOLATIONS) {
      const target = `${"../".repeat(from.split("/").length - 1)}${to.replace(/\.ts$/, "")}`;
      write(from, `import { b } from "${target}";\nexport const a = b;\n`);
      write(to, "export const b = 1;\n");
    }
    output = cruise(project, ["lib", "stacks"]).output;
  }, 60_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test.each(VIOLATIONS)("%s using %s", (from, to, rule) => {
    expect(output).toContain(`${rule}: ${from} → ${to}`);
  });
});
