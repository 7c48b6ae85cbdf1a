import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { builtDriver } from "./built-driver";
import { script, temporary, write } from "../../../testing/emulator/support";

const ROOT = resolve(__dirname, "../../../..");

/** How a fake command ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A call of the fake cdktf. */
export interface Call {
  readonly pid: number;
  readonly command: string;
  readonly rest: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly overrides: readonly string[];
}

/** Providers beside AWS's that a mirror of the machine has. */
export interface WorldOptions {
  readonly kubernetes?: boolean;
  readonly helm?: boolean;
}

/** A project and a machine in which everything but the runner is a stand-in; the runner is a real process. */
export class World {
  public readonly project = temporary();
  public readonly state = join(this.project, ".mec", "sandbox");
  public readonly env: NodeJS.ProcessEnv;

  public constructor(options: WorldOptions = {}) {
    const bin = temporary();
    const emulator = resolve(ROOT, "test/testing/emulator/fixtures/fake-emulator.cjs");
    write(join(this.project, "cdktf.json"), "{}");
    write(join(this.project, "package.json"), "{}");
    write(join(this.project, "node_modules/cdktf-cli/package.json"), JSON.stringify({ name: "cdktf-cli", bin: { cdktf: "cdktf.cjs" } }));
    write(
      join(this.project, "node_modules/cdktf-cli/cdktf.cjs"),
      `require(${JSON.stringify(join(__dirname, "fixtures/fake-cdktf.cjs"))});`,
    );
    const terraform = script(
      join(bin, "terraform"),
      `case "$*" in *-json*) echo '{"terraform_version":"1.11.4","platform":"linux_amd64"}';; *plan*) echo "Plan: 1 to change"; exit "\${FAKE_PLAN:-0}";; *) echo Terraform;; esac`,
    );
    const python = script(
      join(bin, "python"),
      `[ "$1" = -c ] && echo '{"version":"3.12.0","moto":"5.2.1"}' && exit 0\nshift\nexec "${process.execPath}" "${emulator}" "$@"`,
    );
    const mirror = join(this.project, "mirror/registry.terraform.io/hashicorp");
    write(join(mirror, "aws/5.100.0/linux_amd64/provider"), "");
    if (options.kubernetes) write(join(mirror, "kubernetes/2.38.0/linux_amd64/provider"), "");
    if (options.helm) write(join(mirror, "helm/3.1.1/linux_amd64/provider"), "");
    this.env = {
      PATH: process.env.PATH,
      HOME: temporary(),
      TERRAFORM_BINARY_NAME: terraform,
      MEC_PYTHON: python,
      MEC_PROVIDER_MIRROR: join(this.project, "mirror"),
      // The registry is out of reach, at once.
      HTTPS_PROXY: "http://127.0.0.1:9",
      AWS_PROFILE: "production",
    };
  }

  /** Starts the command. */
  public start(args: readonly string[], env: NodeJS.ProcessEnv = {}): { readonly pid: number; readonly ended: Promise<Ended> } {
    const child = spawn(process.execPath, [builtDriver(), this.project, ...args], {
      cwd: ROOT,
      // The file is far from the packages that it asks for.
      env: { NODE_PATH: join(ROOT, "node_modules"), ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = new Promise<Ended>((done) => child.on("close", (code) => done({ code, output })));
    return { pid: child.pid!, ended };
  }

  /** Runs the command to its end. */
  public run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** What the fake cdktf was called with so far. */
  public calls(): Call[] {
    const path = join(this.project, "calls.jsonl");
    return existsSync(path)
      ? readFileSync(path, "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Call)
      : [];
  }

  public read<T>(name: string): T | undefined {
    const path = join(this.state, name);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    // A file is there before its text is.
    return text === "" ? undefined : (JSON.parse(text) as T);
  }
}
