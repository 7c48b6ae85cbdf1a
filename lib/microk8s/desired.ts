import { Fn, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import { createHash } from "node:crypto";
import { withoutTemplates } from "../tokens";
import type { AgentSource } from "./agent-source";
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
  /** The nodes. */
  readonly nodes: readonly DesiredNode[];
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
 * nothing else is: neither another patience, nor another key, nor the consent to a second birth.
 */
export class Desired extends Construct {
  /** Opaque text of 8 characters; a token where something that it stands for is known to the apply alone. */
  public readonly generation: string;

  /** The value, not yet as text. */
  public readonly record: Readonly<Record<string, unknown>>;

  public constructor(scope: Construct, id: string, props: DesiredProps) {
    super(scope, id);
    const { agent, channel, launchConfiguration, registryCredentials, osPatches, logs } = props;
    const addOns = props.addOns !== undefined && props.addOns.length > 0 ? props.addOns : undefined;
    this.generation = generationOf(this, {
      agent: agent.sha256,
      channel,
      launchConfiguration,
      registryCredentials,
      addOns,
      osPatches,
      logs,
    });
    this.record = {
      protocol: PROTOCOL,
      generation: this.generation,
      agent: { bucket: agent.bucketName, key: agent.key, sha256: agent.sha256 },
      channel,
      keyId: props.keyArn,
      readySeconds: props.readySeconds,
      reinitialise: props.reinitialise,
      nodes: props.nodes,
      launchConfiguration,
      registryCredentials,
      addOns,
      osPatches,
      logs,
    };
  }
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
