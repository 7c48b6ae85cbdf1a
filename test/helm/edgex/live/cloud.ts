import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageRoot } from "./image-roots";

/** A server that writes each request as a line: its authorization, a tab, its body. */
const SERVER = `require("node:http").createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part)).on("end", () => {
    console.log(request.headers.authorization + "\\t" + body.replace(/\\n/g, " "));
    response.end();
  });
}).listen(8080);`;

/** What is at the other end of the link of a site: a broker with a password, and a server. */
export class Cloud {
  /** What was published, each a line: topic, a space, message. */
  public published = "";
  /** What was sent to the server, each a line. */
  public sent = "";
  private readonly folder = mkdtempSync(join(tmpdir(), "mec-cloud-"));
  private readonly processes: ChildProcess[] = [];
  private server?: ChildProcess;

  /**
   * @param netns network namespace that it is in
   * @param user user of the broker
   * @param password the password
   */
  public constructor(
    private readonly netns: string,
    user: string,
    password: string,
  ) {
    const root = imageRoot("eclipse-mosquitto")!.folder;
    writeFileSync(join(this.folder, "passwords"), `${user}:${password}\n`, { mode: 0o600 });
    writeFileSync(join(this.folder, "mosquitto.conf"), "listener 1883\nallow_anonymous false\npassword_file /tmp/passwords\nuser root\n");
    const inRoot = (...command: string[]): [string, ...string[]] => [
      ...(["bwrap", "--ro-bind", root, "/", "--dev", "/dev", "--bind", this.folder, "/tmp"] as const),
      ...["--die-with-parent", ...command],
    ];
    const [bwrap, ...hash] = inRoot("/usr/bin/mosquitto_passwd", "-U", "/tmp/passwords");
    spawnSync(bwrap, hash, { timeout: 20_000 });
    this.start(inRoot("/usr/sbin/mosquitto", "-c", "/tmp/mosquitto.conf"));
    const subscribe = inRoot("/usr/bin/mosquitto_sub", "-h", "127.0.0.1", "-u", user, "-P", password, "-t", "#", "-v");
    const listener = this.start(["sh", "-c", 'sleep 1; exec "$@"', "sh", ...subscribe]);
    listener.stdout!.on("data", (part: Buffer) => (this.published += part.toString()));
    this.startServer();
  }

  /** Has the server answer. */
  public startServer(): void {
    this.server = this.start([process.execPath, "-e", SERVER]);
    this.server.stdout!.on("data", (part: Buffer) => (this.sent += part.toString()));
  }

  /** Has it answer no more. */
  public stopServer(): void {
    this.server?.kill("SIGKILL");
  }

  /** Ends all of it. */
  public remove(): void {
    this.processes.forEach((child) => child.kill("SIGKILL"));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(command: readonly string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.netns, ...command], { stdio: ["ignore", "pipe", "ignore"] });
    this.processes.push(child);
    return child;
  }
}
