import { Aspects, TerraformStack, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { warn } from "../annotations";

/** Elastic IP addresses an account has in a Region unless it asked for more (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html). */
const DEFAULT_QUOTA = 5;

/** Stacks with a network, by app and Region. */
const STACKS = new WeakMap<IConstruct, Map<string, Set<TerraformStack>>>();

/**
 * Warns, at synth, when the stacks of an app that have a network in one Region make more Elastic IPs together than an account's
 * default quota: carrier IPs and the NAT gateway's count.
 *
 * @param construct a network
 * @param region its parent Region
 */
export function watchElasticIps(construct: IConstruct, region: string): void {
  const { root } = construct.node;
  const regions = STACKS.get(root) ?? new Map<string, Set<TerraformStack>>();
  STACKS.set(root, regions);
  const stacks = regions.get(region) ?? new Set();
  regions.set(region, stacks);
  const stack = TerraformStack.of(construct);
  if (!stacks.has(stack)) {
    stacks.add(stack);
    Aspects.of(stack).add(new QuotaAspect(stack, region, stacks));
  }
}

class QuotaAspect implements IAspect {
  public constructor(
    private readonly stack: TerraformStack,
    private readonly region: string,
    private readonly stacks: ReadonlySet<TerraformStack>,
  ) {}

  public visit(node: IConstruct): void {
    // Once for the stack, and for all stacks at the first of them.
    if (node !== this.stack || [...this.stacks][0] !== this.stack) {
      return;
    }
    const count = [...this.stacks]
      .flatMap((stack) => stack.node.findAll())
      .filter((child) => (child as { terraformResourceType?: string }).terraformResourceType === "aws_eip").length;
    if (count > DEFAULT_QUOTA) {
      warn(
        this.stack,
        "MEC1901",
        `got ${count} Elastic IPs in ${this.region}: an account has ${DEFAULT_QUOTA} there by default and the apply fails at the next one, so ask for more with ` +
          `\`aws service-quotas request-service-quota-increase --region ${this.region} --service-code ec2 --quota-code L-0263D0A3 --desired-value ${count}\` unless you did`,
      );
    }
  }
}
