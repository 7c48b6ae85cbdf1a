import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { SECRET_TEXT, secretText } from "../../../lib/helm/edgex/graph/service-node";
import { EDGEX_CHART } from "./support/chart-values";

const script = (name: string) => readFileSync(join(EDGEX_CHART, "scripts", name), "utf8");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mec-edgex-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string | Buffer, mode?: number): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

/** What the scripts call. */
const APPLETS = ["awk", "cat", "grep", "wc"];

/** A shell, and where what it calls is: those of this machine, and those of busybox as in the images, where it is installed. */
interface Shell {
  readonly command: readonly string[];
  readonly path: () => string;
}
const shells: [string, Shell][] = [["/bin/sh", { command: ["/bin/sh"], path: () => process.env.PATH! }]];
const busybox = [process.env.MEC_BUSYBOX ?? "/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
if (busybox !== undefined) {
  const path = () => {
    const applets = join(folder, "applets");
    mkdirSync(applets, { recursive: true });
    for (const name of APPLETS) if (!existsSync(join(applets, name))) symlinkSync(busybox, join(applets, name));
    return applets;
  };
  shells.push(["busybox", { command: [busybox, "sh"], path }]);
}

/** Runs a script as its container does, with the container's folder being a temporary one. */
function run(name: string, args: readonly string[], shell: Shell) {
  const text = script(name).replaceAll("/mec/", `${folder}/`);
  const [command, ...before] = shell.command;
  const { status, stdout, stderr } = spawnSync(command!, [...before, "-c", text, name, ...args], {
    encoding: "utf8",
    env: { PATH: shell.path(), LANG: "C.UTF-8" },
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

describe.each(shells)("the files of configuration, made by %s", (_, shell) => {
  /** Composes a file of one template. */
  const composed = (template: string, secrets: Readonly<Record<string, string | Buffer>> = {}) => {
    write("templates/0", template);
    for (const [path, value] of Object.entries(secrets)) write(`secrets/${path}`, value);
    const result = run("configure.sh", [join(folder, "made.yaml")], shell);
    return { ...result, text: existsSync(join(folder, "made.yaml")) ? readFileSync(join(folder, "made.yaml"), "utf8") : undefined };
  };

  test("have keys of Secrets where their places are, as often as these are there, and nothing else changed", () => {
    const value = {
      a: [secretText("edgex-database", "password"), `-${secretText("edgex-broker", "user_name")}-`],
      b: "@@ a@b.com @@x@@ & \\1",
    };
    const template = JSON.stringify({ ...value, c: secretText("edgex-database", "password").repeat(2) });
    const { status, text, stderr } = composed(template, { "edgex-database/password": "p", "edgex-broker/user_name": "u" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(text!)).toEqual({ a: ["p", "-u-"], b: value.b, c: "pp" });
  });

  test.each<[string, string]>([
    ["quotes and backslashes", `a"b\\c\\"`],
    ["several lines, the last of which ends", "-----BEGIN\n\nabc\r\n-----END\n"],
    ["several lines, the last of which does not end", "a\n\nb"],
    ["nothing but the end of a line", "\n"],
    ["nothing", ""],
    ["control characters", "\u0001\t\u001b\u001f\u007f"],
    ["what awk and the shell have a meaning for", "&\\0$HOME`id`$(id)%s*'"],
    ["the place of a secret", "@@edgex-database/other@@"],
    ["other alphabets", "pässwörd €𝄞 \u2028"],
  ])("have secrets of %s as they are", (_name, secret) => {
    const { status, text } = composed(`{"a":"${secretText("edgex-database", "password")}"}`, {
      "edgex-database/password": secret,
      "edgex-database/other": "not this",
    });
    expect(status).toBe(0);
    expect(JSON.parse(text!)).toEqual({ a: secret });
  });

  test("are, for any text and any secrets, what JSON has with the secrets in it", () => {
    const character = fc.string({ unit: "grapheme", minLength: 0, maxLength: 12 });
    const withoutNull = character.map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.dictionary(withoutNull, withoutNull, { maxKeys: 4, noNullPrototype: true }), withoutNull, (texts, secret) => {
        const place = secretText("a.b", "c-d_e.f");
        const value = (replaced: string) =>
          Object.fromEntries(Object.entries(texts).map(([key, text]) => [`k${key}`, text + replaced + text]));
        fc.pre(!JSON.stringify(texts).replaceAll(place, "").includes("@@"));
        const { status, text } = composed(JSON.stringify(value(place)), { "a.b/c-d_e.f": secret });
        expect(status).toBe(0);
        expect(JSON.parse(text!)).toEqual(value(secret));
      }),
      { numRuns: 25 },
    );
  });

  test("are one for each template, in the order of their paths, for their user alone", () => {
    write("templates/0", '{"a":1}');
    write("templates/1", "two\nlines");
    const paths = ["x.yaml", "y.yaml"].map((name) => join(folder, name));
    expect(run("configure.sh", paths, shell)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual(['{"a":1}\n', "two\nlines\n"]);
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  test("are refused, with the name and not with what is in it, where a key is missing", () => {
    const { status, stderr } = composed(`{"a":"${secretText("edgex-database", "password")}"}`, { "edgex-database/other": "x" });
    expect(status).toBe(1);
    expect(stderr).toBe("there is no key edgex-database/password of a Secret\n");
  });

  test("are refused where a template is missing or a path cannot be written", () => {
    expect(run("configure.sh", [join(folder, "made.yaml")], shell).status).toBe(1);
    write("templates/0", "{}");
    expect(run("configure.sh", [join(folder, "none", "made.yaml")], shell).status).toBe(1);
  });
});

test("the script knows the places of secrets that the code knows", () => {
  const [, pattern] = /match\(rest, \/(.*)\/\)/.exec(script("configure.sh"))!;
  const inCode = SECRET_TEXT.source.replaceAll("(", "").replaceAll(")", "").replaceAll("\\w", "A-Za-z0-9_");
  expect(pattern).toBe(inCode);
});

describe.each(shells)("the wait for the configuration, by %s", (_, shell) => {
  const REVISION = "0123456789abcdef".repeat(4);
  const answer = (value: string) =>
    JSON.stringify({
      apiVersion: "v3",
      statusCode: 200,
      response: [{ key: "edgex/v4/core-common-config-bootstrapper/mec/Revision", value }],
    });

  /** Runs the wait with these answers of core-keeper, one after the other; none is no answer. */
  const waited = (answers: readonly (string | undefined)[]) => {
    answers.forEach((text, index) => text !== undefined && write(`answers/${index}`, text));
    write("bin/wget", `#!/bin/sh\necho "$@" >>${folder}/asked\nn=$(wc -l <${folder}/asked)\ncat ${folder}/answers/$((n - 1))\n`, 0o755);
    write("bin/sleep", `#!/bin/sh\necho "$1" >>${folder}/slept\n`, 0o755);
    // A shell of busybox has all of them in it.
    const functions = `timeout() { [ "$1" = 10 ] && shift && "$@"; }\nwget() { ${folder}/bin/wget "$@"; }\nsleep() { ${folder}/bin/sleep "$@"; }\n`;
    const [command, ...before] = shell.command;
    const { status, stdout } = spawnSync(command!, [...before, "-c", functions + script("wait.sh"), "wait", REVISION], {
      encoding: "utf8",
      env: { PATH: shell.path() },
      timeout: 30_000,
    });
    const lines = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8").trim().split("\n") : []);
    return { status, stdout, asked: lines("asked"), slept: lines("slept") };
  };

  test("ends at once where the revision is there, after one question without an encoding", () => {
    const { status, stdout, asked, slept } = waited([answer(REVISION)]);
    expect({ status, stdout, slept }).toEqual({ status: 0, stdout: "", slept: [] });
    expect(asked).toEqual([
      "-q -O - http://edgex-core-keeper:59890/api/v3/kvs/key/edgex/v4/core-common-config-bootstrapper/mec/Revision?plaintext=true",
    ]);
  });

  test("goes on while there is no answer, none that has it, or the revision before", () => {
    const other = answer("f".repeat(64));
    const { status, stdout, asked, slept } = waited([undefined, '{"statusCode":404}', other, answer(`${REVISION}0`), answer(REVISION)]);
    expect(status).toBe(0);
    expect(asked).toHaveLength(5);
    expect(slept).toEqual(["2", "2", "2", "2"]);
    expect(stdout).toBe(`waiting until core-keeper has the common configuration ${REVISION}\n`);
  });
});
