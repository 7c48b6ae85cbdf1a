import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { PIPELINES_CHART } from "./support/pipelines-chart";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mec-pipelines-"));
  mkdirSync(join(folder, "mec/run"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string, mode?: number): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

/** A program that tells what it is started with. */
const program = (path: string, variables: readonly string[] = []) =>
  write(
    path,
    `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done\n${variables.map((name) => `printf '%s\\n' "${name}=$${name}"`).join("\n")}\n`,
    0o755,
  );

/** Runs a script as its container does, with the container's folders in a temporary one. */
function run(name: string, args: readonly string[] = [], shell = "/bin/sh") {
  const text = readFileSync(join(PIPELINES_CHART, "scripts", name), "utf8").replaceAll(
    /(?<=[ (=])\/(?=mec\/|bin\/|usr\/|server)|(?<=>)\/(?=mec\/)/g,
    `${folder}/`,
  );
  const { status, stdout, stderr } = spawnSync(shell, ["-c", text, name, ...args], {
    encoding: "utf8",
    // Bash takes a socket for a remote shell, and reads its settings.
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: `${folder}/path:${process.env.PATH}` },
    timeout: 30_000,
  });
  return { status, lines: stdout.split("\n").slice(0, -1), stderr };
}

/** What a person may write into a Secret on one line. */
const SECRET = fc
  .string({ minLength: 1, maxLength: 24, unit: fc.constantFrom(..."aZ9 \"\\'$`{}/:;&|<>#!%*~") })
  .filter((text) => text.trim() === text);

describe("the object store", () => {
  const start = (accesskey: string, secretkey: string) => {
    write("mec/artifacts/accesskey", accesskey);
    write("mec/artifacts/secretkey", secretkey);
    program("usr/bin/weed");
    return run("artifacts.sh", ["16", "358"]);
  };

  test("lets in whoever has the key, whatever is in it, as a file that nobody else reads", () => {
    fc.assert(
      fc.property(SECRET, SECRET, (accesskey, secretkey) => {
        expect(start(accesskey, secretkey)).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(readFileSync(join(folder, "mec/run/s3.json"), "utf8"))).toEqual({
          identities: [{ name: "pipelines", credentials: [{ accessKey: accesskey, secretKey: secretkey }], actions: ["Admin"] }],
        });
        expect(statSync(join(folder, "mec/run/s3.json")).mode & 0o077).toBe(0);
      }),
      { numRuns: 15 },
    );
  });

  test("listens within the pod but for S3, and takes as many files as it is told", () => {
    const { lines } = start("a", "b");
    expect(lines).toEqual(
      expect.arrayContaining([
        "-ip.bind=127.0.0.1",
        "-s3.ip.bind=0.0.0.0",
        "-volume.max=16",
        "-master.volumeSizeLimitMB=358",
        `-s3.config=${folder}/mec/run/s3.json`,
      ]),
    );
    expect(lines.join("\n")).not.toMatch(/secretKey/);
  });

  test("does not start without its key", () => {
    program("usr/bin/weed");
    const { status, lines } = run("artifacts.sh", ["16", "358"]);
    expect(status).not.toBe(0);
    expect(lines).toEqual([]);
  });
});

describe("the metadata store", () => {
  const start = (user: string, password: string, refusals = 0) => {
    write("mec/database/username", user);
    write("mec/database/password", password);
    program("bin/metadata_store_server");
    // In place of the connection to the database.
    write("path/timeout", `#!/bin/sh\necho x >>${folder}/tries\n[ $(wc -l <${folder}/tries) -gt ${refusals} ]\n`, 0o755);
    write("path/sleep", "#!/bin/sh\n", 0o755);
    return run("metadata.sh", [], "/bin/bash");
  };
  /** The value of a field of a text protocol buffer. */
  const field = (text: string, name: string) => JSON.parse(new RegExp(`${name}: ("(?:[^"\\\\]|\\\\.)*")`).exec(text)![1]!) as string;

  test("gets user and password, whatever is in them, as a file that nobody else reads and not as arguments", () => {
    fc.assert(
      fc.property(SECRET, SECRET, (user, password) => {
        const { status, stderr, lines } = start(user, password);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const text = readFileSync(join(folder, "mec/run/server.pbtxt"), "utf8");
        expect([field(text, "user"), field(text, "password"), field(text, "host"), field(text, "database")]).toEqual([
          user,
          password,
          "mysql",
          "metadb",
        ]);
        expect(statSync(join(folder, "mec/run/server.pbtxt")).mode & 0o077).toBe(0);
        expect(lines.slice(0, 2)).toEqual(["--grpc_port=8080", `--metadata_store_server_config_file=${folder}/mec/run/server.pbtxt`]);
      }),
      { numRuns: 15 },
    );
  });

  test("waits for the database", () => {
    const { lines } = start("a", "b", 2);
    expect(lines.filter((line) => line === "waiting for the database")).toHaveLength(2);
    expect(lines.at(2)).toBe("--grpc_port=8080");
  });
});

describe.each<[string, string, string[], Record<string, string>]>([
  [
    "api-server.sh",
    "bin/apiserver",
    ["DBCONFIG_MYSQLCONFIG_USER", "DBCONFIG_MYSQLCONFIG_PASSWORD", "OBJECTSTORECONFIG_ACCESSKEY", "OBJECTSTORECONFIG_SECRETACCESSKEY"],
    { "database/username": "u", "database/password": "p $x", "artifacts/accesskey": "a", "artifacts/secretkey": "s`x`" },
  ],
  ["ui.sh", "path/node", ["MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"], { "artifacts/accesskey": "a", "artifacts/secretkey": "s $(x)" }],
])("%s", (script, started, variables, files) => {
  beforeEach(() => {
    mkdirSync(join(folder, "server"));
    program(started, variables);
    for (const [name, text] of Object.entries(files)) write(`mec/${name}`, text);
  });

  test("gives its program what the Secrets hold, as it is", () => {
    const { status, lines } = run(script);
    expect(status).toBe(0);
    expect(lines.slice(-variables.length)).toEqual(variables.map((name, index) => `${name}=${Object.values(files)[index]}`));
  });

  test.each(Object.keys(files))("does not start without %s", (name) => {
    rmSync(join(folder, "mec", name));
    const { status, lines } = run(script);
    expect(status).not.toBe(0);
    expect(lines).toEqual([]);
  });
});

test("a new database has two databases, which its user has and nothing else", () => {
  const text = readFileSync(join(PIPELINES_CHART, "scripts/grants.sh"), "utf8");
  const { stdout, status } = spawnSync("/bin/bash", ["-c", `docker_process_sql() { echo "$@"; cat; }\n${text}`], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { MYSQL_USER: "pipelines", PATH: process.env.PATH },
  });
  expect(status).toBe(0);
  expect(stdout.trim().split("\n")).toEqual([
    "--database=mysql",
    "CREATE DATABASE IF NOT EXISTS mlpipeline;",
    "CREATE DATABASE IF NOT EXISTS metadb;",
    "GRANT ALL ON mlpipeline.* TO 'pipelines'@'%';",
    "GRANT ALL ON metadb.* TO 'pipelines'@'%';",
  ]);
});
