import { zipSync } from "fflate";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HELM_PACKAGE, findHelm } from "./support/helm-binary";

const folders: string[] = [];
const temporary = () => folders[folders.push(mkdtempSync(join(tmpdir(), "mec-find-helm-"))) - 1];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const LINUX = { platform: "linux", arch: "x64", env: {} };
const ELF = "\x7fELF and the rest";

/** Puts a tarball like that of the package into a folder, with these files in its zip. */
function tarball(files: Record<string, string>): { download: (folder: string) => undefined; integrity: string } {
  const made = temporary();
  mkdirSync(join(made, "package", "lib"), { recursive: true });
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]));
  writeFileSync(join(made, "package", "lib", "layer.zip"), zipSync(bytes));
  expect(spawnSync("tar", ["-czf", "made.tgz", "package"], { cwd: made, timeout: 60_000 }).status).toBe(0);
  const content = readFileSync(join(made, "made.tgz"));
  return {
    download: (folder) => void writeFileSync(join(folder, "it.tgz"), content),
    integrity: `sha512-${createHash("sha512").update(content).digest("base64")}`,
  };
}

test("Helm is unpacked from the tarball, alone and executable, and is found again without it", () => {
  const cache = temporary();
  const { path } = findHelm({ ...LINUX, cache, ...tarball({ "helm/helm": ELF, "kubectl/kubectl": ELF }) });
  expect(path).toBe(join(cache, `helm-${HELM_PACKAGE.helm}`, "helm"));
  expect(readFileSync(path!, "utf8")).toBe(ELF);
  expect(statSync(path!).mode & 0o111).toBe(0o111);
  expect(readdirSync(cache, { recursive: true, encoding: "utf8" }).sort()).toEqual([
    `helm-${HELM_PACKAGE.helm}`,
    join(`helm-${HELM_PACKAGE.helm}`, "helm"),
  ]);
  const download = () => "not to be called";
  expect(findHelm({ ...LINUX, cache, download })).toEqual({ path });
});

test.each<[string, Parameters<typeof findHelm>[0], RegExp]>([
  [
    "a tarball of another digest",
    { ...tarball({ "helm/helm": ELF }), integrity: undefined },
    /has the digest sha512-.*, not sha512-ZO3nysb/,
  ],
  ["a tarball without Helm", tarball({ "kubectl/kubectl": ELF }), /has no helm\/helm$/],
  ["a tarball whose Helm is no program", tarball({ "helm/helm": "<html>" }), /has no helm\/helm$/],
  ["a registry that says no", { download: () => "npm error code E404" }, /cannot be had: npm error code E404$/],
  ["a registry that gives nothing", { download: () => undefined }, /cannot be had: no tarball came$/],
])("%s: there is no Helm, and nothing is left behind", (_, options, missing) => {
  const cache = temporary();
  expect(findHelm({ ...LINUX, cache, ...options })).toEqual({ missing: expect.stringMatching(missing) });
  expect(readdirSync(cache)).toEqual([]);
});

test.each([
  ["darwin", "arm64"],
  ["linux", "arm64"],
  ["win32", "x64"],
])("%s %s: skipped, with the way out, and nothing is downloaded", (platform, arch) => {
  const download = () => {
    throw new Error("not to be called");
  };
  expect(findHelm({ env: {}, platform, arch, download })).toEqual({
    missing: `the Helm of ${HELM_PACKAGE.name} is for linux x64, and this is ${platform} ${arch}: set MEC_HELM to a Helm 3`,
  });
});

test("a folder that cannot be made is a reason too", () => {
  const file = join(temporary(), "file");
  writeFileSync(file, "");
  expect(findHelm({ ...LINUX, cache: file }).missing).toMatch(/cannot be made: /);
});

test("MEC_HELM is taken as it is, on any platform, and must be there", () => {
  const path = join(temporary(), "helm");
  expect(findHelm({ env: { MEC_HELM: path }, platform: "darwin" })).toEqual({ missing: `MEC_HELM is ${path}, and no such file is there` });
  writeFileSync(path, "");
  expect(findHelm({ env: { MEC_HELM: path }, platform: "darwin" })).toEqual({ path });
  expect(existsSync(path)).toBe(true);
});
