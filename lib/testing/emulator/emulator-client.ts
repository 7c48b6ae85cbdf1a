import { EmulatorError } from "./emulator-error";

/** Everything in the emulated account that a deploy could have made. */
export interface EmulatorInventory {
  /** Identifiers by Terraform resource type, such as `aws_vpc`. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
  /** Names of the parameters under `/mec/`. */
  readonly parameters: readonly string[];
  /** Process ids of simulated machines. */
  readonly processes: readonly number[];
}

/** A parameter of the emulated Parameter Store. */
export interface EmulatedParameter {
  /** `String` or `SecureString`. */
  readonly type: string;
  /** Plain value; `null` for a SecureString, whose value never leaves the emulator this way. */
  readonly value: string | null;
}

/** Faults to inject, by cluster name; every field is optional and absent means none. */
export interface EmulatorFaults {
  readonly clusters: Readonly<Record<string, ClusterFaults>>;
}

/** Faults of the machines of one cluster. */
export interface ClusterFaults {
  /** Seconds that snapd seeds on first boot. */
  readonly seedSeconds?: number;
  /** Seconds that `snap install microk8s` takes. */
  readonly installSeconds?: number;
  /** First so many `snap install` tries fail, or all of them. */
  readonly snapStore?: { readonly failures?: number; readonly down?: boolean };
  /** The next so many Parameter Store calls of the machines are throttled. */
  readonly throttle?: number;
  /** Phases in which the agent is killed once each. */
  readonly killAgentIn?: readonly string[];
  /** Phase, or phases, in which the machine is rebooted once each. */
  readonly rebootIn?: string | readonly string[];
  /** Beginnings of commands, such as `snap refresh`, whose first call hangs until it is killed, or the faults are others. */
  readonly hang?: readonly string[];
  /** Beginnings of commands whose every call hangs until it is killed, or the faults are others. */
  readonly hangAlways?: readonly string[];
  /** How often commands, by their beginnings, fail. */
  readonly failCommand?: Readonly<Record<string, number>>;
  /** AWS calls of the machines, such as `ssm:PutParameter`, that fail so often, or `always`. */
  readonly awsFail?: Readonly<Record<string, number | "always">>;
  /** Kubernetes minor version, such as `1.36`, whose node never becomes Ready. */
  readonly badRelease?: string;
  /** How often installations by apt-get fail. */
  readonly aptFailures?: number;
  /** How many `microk8s join` say success and do nothing. */
  readonly lyingJoin?: number;
  /** How many `microk8s join` are refused by the node they contact. */
  readonly failJoin?: number;
  /** Seconds that the next `microk8s join` takes longer. */
  readonly slowJoin?: number;
  /** Seconds that a `microk8s join` takes besides restarts of services. */
  readonly joinSeconds?: number;
  /** Seconds that a `microk8s join` waits for dqlite before it says success all the same. */
  readonly joinWaitSeconds?: number;
  /** Seconds after which a connection to a machine without power fails. */
  readonly connectSeconds?: number;
  /** Seconds between two looks of dqlite's nodes at their roles. */
  readonly rolesSeconds?: number;
  /** Seconds that a kubelet may be silent before its Node is not Ready. */
  readonly nodeGraceSeconds?: number;
  /** Days that microk8s' leaf certificates live. */
  readonly leafDays?: number;
}

/** Client of the emulator's control API; every call is bounded. */
export class EmulatorClient {
  /**
   * @param endpoint URL of the emulator, without a slash at the end
   * @param timeoutSeconds limit of each call. @default 20
   */
  public constructor(
    public readonly endpoint: string,
    private readonly timeoutSeconds = 20,
  ) {}

  /** Whether it answers, within two seconds. */
  public async healthy(): Promise<boolean> {
    try {
      await this.call("GET", "/_mec/health", undefined, 2);
      return true;
    } catch {
      return false;
    }
  }

  /** See {@link EmulatorInventory}. @throws EmulatorError when it does not answer */
  public async inventory(): Promise<EmulatorInventory> {
    const answer = (await this.call("GET", "/_mec/inventory")) as Partial<EmulatorInventory>;
    return { resources: answer.resources ?? {}, parameters: answer.parameters ?? [], processes: answer.processes ?? [] };
  }

  /** The simulated machines, as the emulator describes them. @throws EmulatorError when it does not answer */
  public async machines(): Promise<unknown> {
    return this.call("GET", "/_mec/machines");
  }

  /**
   * Parameters by name.
   *
   * @param prefix such as `/mec/sandbox/nodes/`
   * @throws EmulatorError when it does not answer
   */
  public async parameters(prefix: string): Promise<Readonly<Record<string, EmulatedParameter>>> {
    const answer = await this.call("GET", `/_mec/parameters?prefix=${encodeURIComponent(prefix)}`);
    return answer as Record<string, EmulatedParameter>;
  }

  /** Replaces the faults to inject. @throws EmulatorError when it does not answer or refuses them */
  public async setFaults(faults: EmulatorFaults): Promise<void> {
    await this.call("POST", "/_mec/faults", faults);
  }

  /**
   * Cuts a machine's power, or gives it back, without EC2 noticing.
   *
   * @param instanceId such as `i-0123456789abcdef0`
   * @param on false cuts it
   * @throws EmulatorError when it does not answer
   */
  public async setPower(instanceId: string, on: boolean): Promise<void> {
    await this.call("POST", "/_mec/power", { instanceId, on });
  }

  /** Asks it to end itself and its machines; it may be gone before it answers. */
  public async requestStop(): Promise<void> {
    await this.call("POST", "/_mec/stop", {}, 5).catch(() => undefined);
  }

  private async call(method: string, path: string, body?: unknown, timeoutSeconds = this.timeoutSeconds): Promise<unknown> {
    const what = `${method} ${this.endpoint}${path.split("?")[0]}`;
    try {
      const response = await fetch(`${this.endpoint}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutSeconds * 1000),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      const text = await response.text();
      if (!response.ok) throw new EmulatorError(`${what} answered ${response.status}: ${text.slice(0, 300)}`);
      return text === "" ? {} : (JSON.parse(text) as unknown);
    } catch (error) {
      if (error instanceof EmulatorError) throw error;
      throw new EmulatorError(`${what} failed: ${(error as Error).message}`);
    }
  }
}
