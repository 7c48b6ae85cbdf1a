import type { TerraformStack } from "cdktf";
import { BILLABLE_TYPES, FREE_TYPES, type Charge } from "./billable-types";
import { blocksOf, synthesized, type SynthesizedStack } from "./synthesized-stack";

/** Resources of one kind that AWS charges for. */
export interface BillableResource {
  /** What it is, for people, such as `EC2 instance t3.xlarge` or `gp2 volume`. */
  readonly name: string;
  /** How many there are. */
  readonly count: number;
  /** Size of all of them together in GiB, for volumes whose size is said. */
  readonly gibibytes?: number;
  /** AWS page with the prices. */
  readonly source: string;
}

/** Where the prices of a type are that this library does not know. */
const ALL_PRICES = "https://aws.amazon.com/pricing/";

/**
 * What AWS charges for in the given stacks, by kind and count; the largest part of the bill, not all of it: traffic, requests
 * and stored data are charged by use. No prices, since they change; each kind names the page that has them.
 *
 * What is free is left out, such as VPCs, IAM, CloudFormation and standard parameters. A type that is not known is told by its
 * name, with a question mark.
 *
 * @param stacks stacks once all their constructs are there, or parsed `cdk.tf.json`
 * @returns kinds in the order in which they matter, instances first
 */
export function billableResources(
  stacks: TerraformStack | SynthesizedStack | readonly (TerraformStack | SynthesizedStack)[],
): BillableResource[] {
  const charges = [stacks].flat().flatMap((stack) => chargesOf(synthesized(stack as TerraformStack | SynthesizedStack)));
  const byName = new Map<string, BillableResource>();
  for (const { name, gibibytes, source } of charges) {
    const other = byName.get(name);
    const size = gibibytes === undefined ? other?.gibibytes : gibibytes + (other?.gibibytes ?? 0);
    byName.set(name, { name, count: (other?.count ?? 0) + 1, ...(size === undefined ? {} : { gibibytes: size }), source });
  }
  return [...byName.values()];
}

function chargesOf(stack: SynthesizedStack): Charge[] {
  const blocks = blocksOf(stack).filter(({ kind, type }) => kind === "resource" && type.startsWith("aws_"));
  const order = [...Object.keys(BILLABLE_TYPES)];
  const known = order.flatMap((type) => blocks.filter((block) => block.type === type));
  const unknown = blocks.filter(({ type }) => !order.includes(type) && !FREE_TYPES.includes(type));
  return [
    ...known.flatMap((block) => BILLABLE_TYPES[block.type]!(block.arguments, blocks)),
    ...unknown.map(({ type }) => ({ name: `${type} (?)`, source: ALL_PRICES })),
  ];
}
