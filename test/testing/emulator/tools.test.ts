import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../../lib/testing/emulator/command";
import type { CommandRunner } from "../../../lib/testing/emulator/command";
import { missingToolLine } from "../../../lib/testing/emulator/missing-tool";
import { checkNodeVersion } from "../../../lib/testing/emulator/node-version";
import { MOTO_REQUIREMENT, cacheDirectory, findPython } from "../../../lib/testing/emulator/python";
import { findTerraform } from "../../../lib/testing/emulator/terraform";
import { findToolchain } from "../../../lib/testing/emulator/toolchain";
import { compareVersions } from "../../../lib/testing/emulator/version";
import { removeTemporary, script, temporary } from "./support";

afterEach(removeTemporary);

const terraform = (folder: string, name: string, version: string, banner = "Terraform") =>
  script(
    join(folder, name),
    `case "$*" in *-json*) echo '{"terraform_version":"${version}","platform":"linux_arm64"}';; *) echo '${banner} v${version}';; esac`,
  );

/** Absolute shell utilities stay out of PATH, so that the machine's own tools are never found. */
const only = (...folders: string[]): NodeJS.ProcessEnv => ({ PATH: folders.join(":"), HOME: "/nonexistent" });

test.each([
  ["1.11.0", "1.11.0", 0],
  ["1.9.8", "1.11.0", -1],
  ["1.11.0-beta1", "1.11.0", -1],
  ["6.25.0", "6.4.0", 1],
])("versions: %s against %s", (left, right, sign) => expect(Math.sign(compareVersions(left, right))).toBe(sign));

describe("Node.js", () => {
  test.each(["v20.9.0", "v20.20.2", "v22.12.0"])("%s runs the sandbox", (version) => expect(checkNodeVersion(version)).toBeUndefined());
  test.each(["v18.20.0", "v20.8.1", "v24.1.0", "v23.0.0"])("%s is refused in one sentence", (version) => {
    const line = missingToolLine(checkNodeVersion(version)!);
    expect(line).toContain(version);
    expect(line).toContain("20.9");
    expect(line).toContain("nvm install 22");
    expect(line).not.toContain("\n");
  });
});

describe("Terraform", () => {
  test("is found with its version, platform and registry", async () => {
    const folder = temporary();
    const path = terraform(folder, "terraform", "1.12.1");
    expect(await findTerraform({ env: only(folder) })).toEqual({
      path,
      flavor: "terraform",
      version: "1.12.1",
      platform: "linux_arm64",
      registryHost: "registry.terraform.io",
    });
  });

  test("gives way to OpenTofu when it is too old", async () => {
    const folder = temporary();
    terraform(folder, "terraform", "1.5.7");
    const path = terraform(folder, "tofu", "1.11.0", "OpenTofu");
    expect(await findTerraform({ env: only(folder) })).toMatchObject({ path, flavor: "tofu", registryHost: "registry.opentofu.org" });
  });

  test("TERRAFORM_BINARY_NAME is the only candidate", async () => {
    const folder = temporary();
    terraform(folder, "terraform", "1.12.1");
    const old = terraform(join(folder, "old"), "tf", "1.10.5");
    const found = await findTerraform({ env: { ...only(folder), TERRAFORM_BINARY_NAME: old } });
    expect(found).toMatchObject({ name: "terraform", reason: expect.stringContaining("is version 1.10.5") });
  });

  test.each([
    ["linux", "snap install opentofu"],
    ["darwin", "brew install opentofu"],
  ] as const)("missing on %s says how to get it", async (platform, command) => {
    const found = await findTerraform({ env: only(temporary()), platform });
    const line = missingToolLine(found as never);
    expect(line).toContain("terraform is not there and tofu is not there");
    expect(line).toContain(command);
  });

  test("one that hangs is told apart from one that is not there", async () => {
    const folder = temporary();
    terraform(folder, "terraform", "1.12.1");
    const run: CommandRunner = () => Promise.resolve({ stdout: "", stderr: "", timedOut: true });
    expect(await findTerraform({ env: only(folder), run })).toMatchObject({ reason: expect.stringContaining("did not answer") });
  });
});

describe("Python", () => {
  const python = (folder: string, answer: object, name = "python3"): string =>
    script(join(folder, name), `[ "$1" = -c ] && echo '${JSON.stringify(answer)}' && exit 0; exit 9`);
  const good = { version: "3.11.7", moto: "5.2.1" };

  test("with moto is used as it is", async () => {
    const folder = temporary();
    const path = python(folder, good);
    expect(await findPython({ env: only(folder), cache: temporary() })).toEqual({
      path,
      version: "3.11.7",
      moto: "5.2.1",
      ownEnvironment: false,
    });
  });

  test("another on PATH that has moto comes before making an environment", async () => {
    const folder = temporary();
    python(folder, { version: "3.12.0" });
    const path = python(folder, good, "python3.11");
    expect(await findPython({ env: only(folder), cache: temporary() })).toMatchObject({ path });
  });

  test.each([
    [{ version: "3.9.2", moto: "5.2.1" }, "is version 3.9.2"],
    [undefined, "none is there"],
  ])("%j is not enough", async (answer, reason) => {
    const folder = temporary();
    if (answer !== undefined) python(folder, answer);
    const found = await findPython({ env: only(folder), platform: "darwin", cache: temporary() });
    expect(found).toMatchObject({
      name: "python",
      reason: expect.stringContaining(reason),
      command: expect.stringContaining("brew install python"),
    });
  });

  /** Stands for venv and pip: makes an interpreter that has moto, or fails as told. */
  const maker = (fail?: "venv" | "pip"): { run: CommandRunner; calls: string[] } => {
    const calls: string[] = [];
    const run: CommandRunner = async (file, args, options) => {
      calls.push(args.join(" "));
      if (args[1] === "venv") {
        if (fail === "venv") return { status: 1, stdout: "", stderr: "ensurepip is not available", timedOut: false };
        python(join(args[2]!, "bin"), { version: "3.12.0", ...(fail ? {} : { moto: "5.2.1" }) }, "python");
        return { status: 0, stdout: "", stderr: "", timedOut: false };
      }
      if (args[1] === "pip")
        return { status: fail ? 1 : 0, stdout: "", stderr: fail ? "ERROR: No matching distribution" : "", timedOut: false };
      return runCommand(file, args, options);
    };
    return { run, calls };
  };

  test.each([
    ["no moto", { version: "3.12.0" }],
    ["another moto", { version: "3.12.0", moto: "4.1.0" }],
    ["a moto that cannot be imported", { version: "3.12.0", moto: "5.2.1", error: "ModuleNotFoundError: flask" }],
  ])("with %s gets a virtual environment with the pinned one, once", async (_what, answer) => {
    const [folder, cache] = [temporary(), temporary()];
    python(folder, answer);
    const { run, calls } = maker();
    const found = await findPython({ env: only(folder), run, cache });
    expect(found).toMatchObject({ ownEnvironment: true, moto: "5.2.1", path: expect.stringContaining(cache) });
    expect(calls.filter((call) => call.includes("pip install"))).toEqual([expect.stringContaining(MOTO_REQUIREMENT)]);
    calls.length = 0;
    expect(await findPython({ env: only(folder), run, cache })).toEqual(found);
    expect(calls.filter((call) => /venv|pip/.test(call))).toEqual([]);
  });

  test.each([
    ["venv", "ensurepip is not available", "python3-venv"],
    ["pip", "No matching distribution", "pip install 'moto["],
  ] as const)("says what to do when %s fails, and leaves nothing half-made", async (step, reason, command) => {
    const [folder, cache] = [temporary(), temporary()];
    python(folder, { version: "3.12.0" });
    const found = await findPython({ env: only(folder), run: maker(step).run, cache, platform: "linux" });
    expect(found).toMatchObject({ name: "moto", reason: expect.stringContaining(reason), command: expect.stringContaining(command) });
    const { run, calls } = maker();
    expect(await findPython({ env: only(folder), run, cache })).toMatchObject({ moto: "5.2.1" });
    expect(calls.some((call) => call.includes("venv"))).toBe(true);
  });

  test("the cache is under XDG_CACHE_HOME or ~/.cache", () => {
    expect(cacheDirectory({ XDG_CACHE_HOME: "/x", HOME: "/h" })).toBe("/x/cdktf-wavelength-mec");
    expect(cacheDirectory({ HOME: "/h" })).toBe("/h/.cache/cdktf-wavelength-mec");
  });
});

test("everything that is missing is told at once", async () => {
  const { tools, missing } = await findToolchain({ env: only(temporary()), nodeVersion: "v24.0.0", platform: "linux" });
  expect(tools).toBeUndefined();
  expect(missing.map(({ name }) => name)).toEqual(["node", "terraform", "python"]);
});

test("nothing is missing where all is there", async () => {
  const folder = temporary();
  terraform(folder, "terraform", "1.12.1");
  script(join(folder, "python3"), `echo '{"version":"3.13.0","moto":"5.2.0"}'`);
  const result = await findToolchain({ env: only(folder), nodeVersion: "v22.12.0", platform: "linux" });
  expect(result.missing).toEqual([]);
  expect(result.tools).toMatchObject({ terraform: { version: "1.12.1" }, python: { version: "3.13.0" } });
});

test("a command that does not end is killed with its children", async () => {
  const folder = temporary();
  const path = script(join(folder, "slow"), `(sleep 2; touch ${folder}/late) & echo begun; wait`);
  const result = await runCommand(path, [], { timeoutSeconds: 0.5 });
  expect(result).toMatchObject({ timedOut: true, status: undefined, stdout: "begun\n" });
  await new Promise((resolve) => setTimeout(resolve, 2200));
  expect(existsSync(join(folder, "late"))).toBe(false);
});
