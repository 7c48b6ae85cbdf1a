import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { appendFileSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync, closeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KubernetesObject } from "../../support/helm";
import { imageRoot } from "./image-roots";
import type { Host } from "./network";

/** What the pods of a namespace are given. */
export interface PodWorld {
  /** Folder for what they write. */
  readonly folder: string;
  /** Text of `/etc/hosts`. */
  readonly hosts: string;
  /** Files of ConfigMaps and Secrets by `<kind>/<name>`. */
  readonly files: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A container that ran to its end. */
interface Outcome {
  readonly status: number | null;
}

/**
 * A pod as processes: its containers see the root of their image, read-only, and what the pod mounts; they run as its user, without capabilities,
 * in its network namespace.
 */
export class Pod {
  /** File with what its containers wrote. */
  public readonly log: string;
  /** How often its containers ended and were started anew. */
  public restarts = 0;
  private readonly folder: string;
  private process?: ChildProcess;
  private isStopped = false;
  private readonly ended: Promise<void>;

  public constructor(
    public readonly name: string,
    public readonly spec: KubernetesObject,
    public readonly host: Host,
    private readonly world: PodWorld,
    private readonly isJob: boolean,
  ) {
    this.folder = join(world.folder, name);
    mkdirSync(this.folder, { recursive: true });
    this.log = join(this.folder, "log");
    writeFileSync(this.log, "");
    this.tellHosts(world.hosts);
    for (const volume of (spec.volumes ?? []) as KubernetesObject[]) {
      this.makeVolume(volume);
    }
    this.ended = this.run();
  }

  /** Has it know other hosts, also while it runs. */
  public tellHosts(text: string): void {
    writeFileSync(join(this.folder, "hosts"), text);
  }

  /** Waits for a job's end. */
  public async end(): Promise<void> {
    await this.ended;
  }

  /** Ends its processes. */
  public async stop(): Promise<void> {
    this.isStopped = true;
    if (this.process?.pid !== undefined && this.process.exitCode === null) {
      this.process.kill("SIGTERM");
      const child = this.process;
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
    }
    await this.ended;
  }

  /** Runs a command beside a container, as `kubectl exec` does. */
  public exec(command: readonly string[], input = ""): { status: number | null; stdout: string; stderr: string } {
    const [program, ...args] = this.command(this.spec.containers[0], command);
    return spawnSync(program!, args, { encoding: "utf8", input, timeout: 30_000 });
  }

  private async run(): Promise<void> {
    for (const container of (this.spec.initContainers ?? []) as KubernetesObject[]) {
      while (!this.isStopped && (await this.start(container)).status !== 0) {
        this.restarts++;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
    const [container] = this.spec.containers as KubernetesObject[];
    while (!this.isStopped) {
      const { status } = await this.start(container!);
      if (this.isJob && status === 0) {
        return;
      }
      this.restarts++;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  private start(container: KubernetesObject): Promise<Outcome> {
    const { config } = imageRoot(container.image as string)!;
    const command = (container.command as string[] | undefined) ?? config.Entrypoint ?? [];
    const args = (container.args as string[] | undefined) ?? (container.command === undefined ? (config.Cmd ?? []) : []);
    const [program, ...rest] = this.command(container, [...command, ...args]);
    appendFileSync(this.log, `--- ${container.name}: ${[...command, ...args].join(" ").slice(0, 300)}\n`);
    const output = openSync(this.log, "a");
    this.process = spawn(program!, rest, { stdio: ["ignore", output, output] });
    closeSync(output);
    return new Promise((resolve, reject) => {
      this.process!.once("error", reject);
      this.process!.once("exit", (status) => {
        appendFileSync(this.log, `--- ${container.name} ended with ${status}\n`);
        resolve({ status });
      });
    });
  }

  /** The whole command of a container. */
  private command(container: KubernetesObject, command: readonly string[]): string[] {
    const { folder, config } = imageRoot(container.image as string)!;
    const shadow = join(this.folder, `root-${container.name}`);
    const mounts = [...((container.volumeMounts ?? []) as KubernetesObject[])].sort(
      (one, other) => one.mountPath.length - other.mountPath.length,
    );
    // Hard links: a runtime makes the mount points in a layer over the image too.
    spawnSync("cp", ["--archive", "--link", "--no-clobber", `${folder}/.`, shadow]);
    for (const path of ["/proc", "/dev", "/etc", ...mounts.filter(({ subPath }) => !subPath).map(({ mountPath }) => mountPath as string)]) {
      mkdirSync(join(shadow, path), { recursive: true });
    }
    const hosts = join(this.folder, "hosts");
    writeFileSync(join(shadow, "etc", "hosts"), "");
    const { securityContext: pod = {} } = this.spec;
    const { securityContext: own = {} } = container;
    const environment = [
      ...(config.Env ?? ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]).map((text) => text.split(/=(.*)/s)),
      ...((container.env ?? []) as KubernetesObject[]).map(({ name, value }) => [name as string, value as string]),
    ];
    return [
      "ip",
      ...["netns", "exec", this.host.netns, "bwrap"],
      ...["--unshare-user", "--uid", String(own.runAsUser ?? pod.runAsUser), "--gid", String(own.runAsGroup ?? pod.runAsGroup)],
      ...["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", (this.spec.hostname as string | undefined) ?? this.name],
      ...[own.readOnlyRootFilesystem === true ? "--ro-bind" : "--bind", shadow, "/"],
      ...["--proc", "/proc", "--dev", "/dev", "--ro-bind", hosts, "/etc/hosts"],
      ...mounts.flatMap(({ name, mountPath, subPath, readOnly }) => [
        readOnly === true ? "--ro-bind" : "--bind",
        join(this.folder, "volumes", name as string, (subPath as string | undefined) ?? ""),
        mountPath as string,
      ]),
      ...["--die-with-parent", "--clearenv", "--chdir", config.WorkingDir || "/"],
      ...environment.flatMap(([name, value]) => ["--setenv", name!, value ?? ""]),
      "--",
      ...command,
    ];
  }

  /** Makes a volume; files are links into a folder of their own, as the kubelet has them. */
  private makeVolume(volume: KubernetesObject): void {
    const folder = join(this.folder, "volumes", volume.name as string);
    if (volume.persistentVolumeClaim === undefined) {
      // A pod before this one may have left it.
      rmSync(folder, { recursive: true, force: true });
    }
    mkdirSync(folder, { recursive: true });
    const source =
      volume.configMap !== undefined
        ? `ConfigMap/${volume.configMap.name}`
        : volume.secret !== undefined
          ? `Secret/${volume.secret.secretName}`
          : undefined;
    if (source === undefined) {
      return;
    }
    const files = this.world.files.get(source);
    if (files === undefined) {
      throw new Error(`${this.name}: there is no ${source}`);
    }
    const items =
      ((volume.configMap ?? volume.secret).items as KubernetesObject[] | undefined) ??
      Object.keys(files).map((key) => ({ key, path: key }));
    mkdirSync(join(folder, "..first"));
    symlinkSync("..first", join(folder, "..data"));
    for (const { key, path } of items) {
      if (!(key in files)) {
        throw new Error(`${this.name}: ${source} has no ${key}`);
      }
      mkdirSync(dirname(join(folder, "..first", path as string)), { recursive: true });
      writeFileSync(join(folder, "..first", path as string), files[key as string]!);
      symlinkSync(join("..data", path as string), join(folder, path as string));
    }
  }
}
