import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "../../support/helm";
import { imageRoot } from "./image-roots";
import { PodNetwork } from "./network";
import { Pod } from "./pod";

/** Answer of an HTTP request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A namespace whose Deployments and Jobs run as processes of this machine, each on a host of its own, under its NetworkPolicies. */
export class LiveNamespace {
  /** The pods by the name of their Deployment or Job. */
  public readonly pods = new Map<string, Pod>();
  /** Images that there is no root of: their pods do not run. */
  public readonly missing = new Map<string, string>();
  private readonly folder = mkdtempSync(join(tmpdir(), "mec-edgex-live-"));
  private readonly network = new PodNetwork(String(process.pid % 10_000));
  private readonly workloads = new Map<string, KubernetesObject>();
  private readonly files = new Map<string, Record<string, string>>();

  /**
   * @param objects what Helm rendered
   * @param outsiders names of hosts that are no pods: a cloud, a thing
   */
  public constructor(
    objects: readonly KubernetesObject[],
    private readonly outsiders: readonly string[] = [],
  ) {
    this.take(objects);
    for (const name of this.workloads.keys()) {
      this.start(name);
    }
  }

  /**
   * Brings what runs to a later rendering, as an upgrade does: what changed ends before it starts anew, with its claims; jobs that were not there
   * run; what is no longer there ends. Secrets that are there stay, as the chart has it.
   *
   * @param objects what Helm rendered
   * @param secrets Secrets that somebody changed meanwhile
   * @returns names of what was started
   */
  public async upgrade(objects: readonly KubernetesObject[], secrets: readonly KubernetesObject[] = []): Promise<string[]> {
    const before = new Map([...this.workloads].map(([name, { spec }]) => [name, JSON.stringify(spec)]));
    const known = [...this.files.keys()].filter((key) => key.startsWith("Secret/"));
    this.take([...objects.filter(({ kind, metadata }) => !known.includes(`${kind}/${metadata.name}`)), ...secrets]);
    const changed = [...this.workloads].filter(([name, { spec }]) => before.get(name) !== JSON.stringify(spec)).map(([name]) => name);
    const gone = [...before.keys()].filter((name) => !this.workloads.has(name));
    await Promise.all([...changed, ...gone].map((name) => this.pods.get(name)?.stop()));
    gone.forEach((name) => this.pods.delete(name));
    changed.forEach((name) => this.start(name));
    return changed;
  }

  /** Takes in what is rendered: hosts, files and policies are then as it says. */
  private take(objects: readonly KubernetesObject[]): void {
    const ofKind = (...kinds: string[]) => objects.filter(({ kind }) => kinds.includes(kind as string));
    this.workloads.clear();
    for (const workload of ofKind("Deployment", "StatefulSet", "Job")) {
      const name = workload.metadata.name as string;
      const image = workload.spec.template.spec.containers[0].image as string;
      if (imageRoot(image) === undefined) {
        this.missing.set(name, image);
      } else {
        this.workloads.set(name, workload);
      }
    }
    const labels = new Map(
      [...this.workloads.values()].map(({ metadata, spec }) => [
        hostOf(metadata, spec),
        spec.template.metadata.labels as Record<string, string>,
      ]),
    );
    [...labels.keys(), ...this.outsiders].forEach((name) => this.network.host(name));
    for (const [name, own] of labels) {
      this.network.enforce(name, own, ofKind("NetworkPolicy"), labels);
    }
    for (const object of ofKind("ConfigMap", "Secret")) {
      this.files.set(`${object.kind}/${object.metadata.name}`, contents(object));
    }
    this.pods.forEach((pod) => pod.tellHosts(this.network.hostsFile));
  }

  private start(name: string): void {
    const { kind, metadata, spec } = this.workloads.get(name)!;
    const world = { folder: this.folder, hosts: this.network.hostsFile, files: this.files };
    this.pods.set(name, new Pod(name, spec.template.spec, this.network.host(hostOf(metadata, spec)), world, kind === "Job"));
  }

  /** Address of a host. */
  public address(name: string): string {
    return this.network.host(name).address;
  }

  /** Name of the network namespace of a host. */
  public netns(name: string): string {
    return this.network.host(name).netns;
  }

  /** What the containers of a pod wrote. */
  public log(name: string): string {
    return readFileSync(this.pods.get(name)!.log, "utf8");
  }

  /** Asks a service from the machine, as its kubelet may. */
  public ask(
    service: string,
    port: number,
    path: string,
    { method = "GET", body, type = "application/json" }: { method?: string; body?: string; type?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        { host: this.address(service), port, path, method, timeout: 5_000, headers: body ? { "content-type": type } : {} },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("end", () => resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() }));
        },
      );
      call.on("timeout", () => call.destroy(new Error(`${service}:${port} does not answer`)));
      call.on("error", reject);
      call.end(body);
    });
  }

  /** Waits until each pod's readiness probe is content, and each job has ended. @throws who is not, with the end of its log */
  public async ready(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1_000;
    for (const { kind, metadata, spec } of this.workloads.values()) {
      const name = metadata.name as string;
      const pod = this.pods.get(name)!;
      if (kind === "Job") {
        await Promise.race([pod.end(), later(deadline, () => `job ${name}: ${this.tail(name)}`)]);
        continue;
      }
      const { readinessProbe } = spec.template.spec.containers[0];
      while (!(await this.passes(pod, readinessProbe))) {
        if (Date.now() > deadline) {
          throw new Error(`${name} is not ready: ${this.tail(name)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  }

  /** Ends all of it. */
  public async remove(): Promise<void> {
    await Promise.all([...this.pods.values()].map((pod) => pod.stop()));
    this.network.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async passes(pod: Pod, probe: KubernetesObject): Promise<boolean> {
    const number = (port: number | string) =>
      typeof port === "number"
        ? port
        : ((pod.spec.containers[0].ports as KubernetesObject[]).find(({ name }) => name === port)!.containerPort as number);
    try {
      if (probe.httpGet !== undefined) {
        const call = { host: pod.host.address, port: number(probe.httpGet.port), path: probe.httpGet.path, timeout: 5_000 };
        const status = await new Promise<number>((resolve, reject) => {
          const asked = request(call, (response) => resolve(response.resume().statusCode!));
          asked.on("timeout", () => asked.destroy(new Error("late")));
          asked.on("error", reject).end();
        });
        return status >= 200 && status < 400;
      }
      if (probe.tcpSocket !== undefined) {
        return await new Promise<boolean>((resolve) => {
          const socket = connect(number(probe.tcpSocket.port), pod.host.address, () => resolve(socket.destroy() && true));
          socket.on("error", () => resolve(false)).setTimeout(5_000, () => resolve(socket.destroy() && false));
        });
      }
      return pod.exec(probe.exec.command).status === 0;
    } catch {
      return false;
    }
  }

  private tail(name: string): string {
    return this.log(name).slice(-3_000);
  }
}

/** Name by which others reach a workload: that of its Service is its own. */
function hostOf(metadata: KubernetesObject, spec: KubernetesObject): string {
  return (spec.template.spec.hostname as string | undefined) ?? (metadata.name as string);
}

function contents({ data = {}, stringData = {}, kind }: KubernetesObject): Record<string, string> {
  const decoded = Object.entries(data as Record<string, string>).map(([key, value]) => [
    key,
    kind === "Secret" ? Buffer.from(value, "base64").toString() : value,
  ]);
  return { ...(Object.fromEntries(decoded) as Record<string, string>), ...(stringData as Record<string, string>) };
}

async function later(deadline: number, text: () => string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, deadline - Date.now())).unref());
  throw new Error(text());
}
