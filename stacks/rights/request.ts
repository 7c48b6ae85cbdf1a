import { MecError, got } from "../../lib/errors";
import type { PolicyCondition, Right } from "../policy-document";
import { isLiteral, pathOf, providerOf, type BlockArguments, type SynthesizedBlock, type SynthesizedStack } from "../synthesized-stack";

/** What is known of the account that a policy is for. */
export interface PolicyTarget {
  /** Partition of all ARNs, such as `aws`. */
  readonly partition: string;
  /** 12 digits, or `*` where the account is not known. */
  readonly account: string;
  /** Region, where it does not come from the provider block. */
  readonly region?: string;
}

/** Gives the rights that one block needs. */
export type RightsOf = (request: RightsRequest) => readonly Right[];

/** One block of a stack whose rights are asked for, with what its ARNs are made of. */
export class RightsRequest {
  public constructor(
    /** The stack of the block. */
    public readonly stack: SynthesizedStack,
    /** The block. */
    public readonly block: SynthesizedBlock,
    /** The account. */
    public readonly target: PolicyTarget,
  ) {}

  /** Arguments of the block. */
  public get arguments(): BlockArguments {
    return this.block.arguments;
  }

  /** Whether the block, a part of it, or its provider says tags. */
  public get tagged(): boolean {
    const provider = providerOf(this.stack, this.block);
    return hasTags(this.arguments) || JSON.stringify(provider?.default_tags ?? "").includes('"tags":{"');
  }

  /** Region of the block: its own, the one that was asked for, or its provider's. @throws {MecError} MEC1411 */
  public get region(): string {
    const region = this.arguments.region ?? this.target.region ?? providerOf(this.stack, this.block)?.region;
    if (!isLiteral(region)) {
      throw new MecError(
        "MEC1411",
        pathOf(this.block),
        `${got(region)} as Region: a policy names the Region its actions are limited to, so write region, such as "us-east-1", in the AWS provider block or in the props`,
      );
    }
    return region;
  }

  /** Another block of the same stack, with the same account. */
  public of(block: SynthesizedBlock): RightsRequest {
    return new RightsRequest(this.stack, block, this.target);
  }

  /** ARN of something in the block's Region. */
  public arn(service: string, resource: string, account = this.target.account): string {
    return `arn:${this.target.partition}:${service}:${this.region}:${account}:${resource}`;
  }

  /** ARN of something that is in no Region. */
  public globalArn(service: string, resource: string, account = this.target.account): string {
    return `arn:${this.target.partition}:${service}::${account}:${resource}`;
  }

  /** Pattern of the block's name: the name itself, or what is known of its beginning and `*`. */
  public namePattern(nameArgument = "name", prefixArgument = "name_prefix"): string {
    const name = this.arguments[nameArgument];
    if (isLiteral(name)) {
      return name;
    }
    // Without a name and a prefix the provider makes names that start so.
    const beginning = name ?? this.arguments[prefixArgument] ?? "terraform-";
    return `${String(beginning).split(/[$%]\{/)[0]!}*`;
  }

  /** Actions that IAM limits by Region, not by resource. */
  public regional(sid: string, actions: readonly string[]): Right {
    return this.on(sid, actions, ["*"], { StringEquals: { "aws:RequestedRegion": this.region } });
  }

  /** Actions on resources; none at all where there are no actions. */
  public on(sid: string, actions: readonly string[], resources: readonly string[], condition?: PolicyCondition): Right {
    return { sid, actions, resources, condition };
  }

  /** The actions, where the argument is said; otherwise none. */
  public when(argument: string, actions: readonly string[]): readonly string[] {
    const value = this.arguments[argument];
    return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : actions;
  }

  /** The actions, where there are tags; otherwise none. */
  public whenTagged(actions: readonly string[]): readonly string[] {
    return this.tagged ? actions : [];
  }
}

/** Several actions of one service, written as words. */
export function actions(service: string, names: string): string[] {
  return names
    .split(" ")
    .filter((name) => name !== "")
    .map((name) => `${service}:${name}`);
}

function hasTags(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return Object.entries(value).some(([key, inner]) =>
    ["tags", "volume_tags"].includes(key) ? Object.keys((inner ?? {}) as object).length > 0 : key !== "//" && hasTags(inner),
  );
}
