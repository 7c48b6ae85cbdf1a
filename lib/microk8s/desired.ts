import { Fn, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { withoutTemplates } from "../tokens";
import type { AgentSource } from "./agent-source";
import type { ClusterRoster } from "./cluster-roster";
import { PROTOCOL } from "./parameters";

/** Number of hexadecimal digits of a generation: enough to tell changes of one cluster apart. */
const DIGITS = 8;

/** A node as the others know it. */
export interface DesiredNode {
  /** Name of the node in its cluster. */
  readonly name: string;
  /** `control-plane` or `worker`. */
  readonly role: string;
  /** Private IP of the node. */
  readonly privateIp: string;
}

/** A group of workers as the nodes know it. */
export interface DesiredWorkers {
  /** Name of the group; its nodes are `<name>-0` and so on. */
  readonly name: string;
  /** Number of its nodes, those that are to leave included. */
  readonly count: number;
  /** Generation of what its nodes shall be. */
  readonly generation: string;
  /** Labels of its nodes. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints of its nodes, such as `gpu=true:NoSchedule`. @default - none */
  readonly taints?: readonly string[];
  /** Arguments of the kubelet, in place of those of the launch configuration. @default - those of the launch configuration */
  readonly kubeletArgs?: Readonly<Record<string, string | null>>;
}

/** What a node does about security patches of its system. */
export interface DesiredOsPatches {
  /** `security` or `none`. */
  readonly mode: string;
  /** When the machine may be rebooted for them, in UTC, such as `03:30`. @default - never */
  readonly rebootAt?: string;
}

/** Where a node sends its logs. */
export interface DesiredLogs {
  /** Name of the log group. */
  readonly group: string;
}

/** Properties of {@link Desired}. */
export interface DesiredProps {
  /** Where the agent is. */
  readonly agent: AgentSource;
  /** Name of the channel. */
  readonly channel: string;
  /** ARN of the KMS key of the secret parameters. */
  readonly keyArn: string;
  /** How long a node may take, in seconds. */
  readonly readySeconds: number;
  /** Instance id on which the lost cluster was born, where a second birth is allowed. @default - it is not */
  readonly reinitialise?: string;
  /** How much longer each node may take than the one before it, in seconds. */
  readonly joinSeconds: number;
  /** The nodes; groups may come after. */
  readonly roster: ClusterRoster;
  /** Whether the user means fewer than three control-plane nodes where there were three. @default - not said */
  readonly belowThree?: true;
  /** The launch configuration. */
  readonly launchConfiguration: Readonly<Record<string, unknown>>;
  /** Names of parameters with credentials, by registry. @default - none */
  readonly registryCredentials?: Readonly<Record<string, string>>;
  /** Add-ons beside dns, in the order they are enabled. @default - none */
  readonly addOns?: readonly string[];
  /** Security patches of the system. @default - not the agent's business */
  readonly osPatches?: DesiredOsPatches;
  /** Where logs go. @default - nowhere */
  readonly logs?: DesiredLogs;
}

/**
 * What the nodes of a cluster shall be: the value of `/mec/<cluster>/desired`, and the generation of it.
 *
 * The generation stands for all that a living node acts upon. It is part of the waiting stacks' names, so a change is waited for, and
 * nothing else is: neither another patience, nor another key, nor the consent to a second birth, nor nodes that come or go.
 */
export class Desired extends Construct {
  /** Opaque text of 8 characters; a token where something that it stands for is known to the apply alone. */
  public readonly generation: string;

  private readonly actedUpon: Readonly<Record<string, unknown>>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DesiredProps,
  ) {
    super(scope, id);
    const { agent, channel, launchConfiguration, registryCredentials, osPatches, logs } = props;
    const addOns = orNone(props.addOns);
    this.actedUpon = { agent: agent.sha256, channel, launchConfiguration, registryCredentials, addOns, osPatches, logs };
    this.generation = generationOf(this, this.actedUpon);
  }

  /**
   * The generation of nodes that act upon something of their own too.
   *
   * @param scope scope of what Terraform needs for it
   * @param own what they alone act upon
   */
  public generationWith(scope: Construct, own: Readonly<Record<string, unknown>>): string {
    return generationOf(scope, { ...this.actedUpon, ...own });
  }

  /** The value, not yet as text: of the groups there are when it is asked for. */
  public get record(): Readonly<Record<string, unknown>> {
    const { agent, roster, launchConfiguration, registryCredentials, osPatches, logs } = this.props;
    return {
      protocol: PROTOCOL,
      generation: this.generation,
      agent: { bucket: agent.bucketName, key: agent.key, sha256: agent.sha256 },
      channel: this.props.channel,
      keyId: this.props.keyArn,
      readySeconds: this.props.readySeconds,
      joinSeconds: this.props.joinSeconds,
      reinitialise: this.props.reinitialise,
      nodes: roster.controlPlane.nodes,
      workers: orNone(roster.groups.map(({ desired }) => desired)),
      leaving: orNone(roster.leaving),
      resizing: orNone(roster.controlPlane.resizing),
      belowThree: this.props.belowThree,
      launchConfiguration,
      registryCredentials,
      addOns: this.actedUpon.addOns,
      osPatches,
      logs,
    };
  }
}

/** A list that is left out where it is empty. */
function orNone<Item>(list: readonly Item[] | undefined): readonly Item[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

/**
 * A short text that changes with what is given: computed here where all of it is known, by Terraform where it holds tokens, and the same
 * either way.
 *
 * @param scope scope of what Terraform needs for it
 * @param actedUpon all that a living node acts upon
 */
export function generationOf(scope: Construct, actedUpon: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(actedUpon);
  if (!Token.isUnresolved(text)) {
    return createHash("sha256").update(text).digest("hex").slice(0, DIGITS);
  }
  // A local, since the framework's functions take no text that has both tokens and quotes.
  const local = new TerraformLocal(scope, "ActedUpon", withoutTemplates(text));
  return Fn.substr(Fn.sha256(local.asString), 0, DIGITS);
}
