import { TerraformStack } from "cdktf";

/** Arguments of a block of synthesized Terraform. */
export type BlockArguments = Readonly<Record<string, unknown>>;

/** Blocks by type and name, as Terraform's JSON has them. */
type Blocks = Readonly<Record<string, Readonly<Record<string, BlockArguments>>>>;

/**
 * A synthesized stack: the parsed `cdk.tf.json`, as far as this library reads it.
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export interface SynthesizedStack {
  /** Provider blocks by provider; several of one provider are a list. */
  readonly provider?: Readonly<Record<string, unknown>>;
  /** Resources. */
  readonly resource?: Blocks;
  /** Data sources. */
  readonly data?: Blocks;
  /** Ephemeral resources. */
  readonly ephemeral?: Blocks;
  /** Outputs. */
  readonly output?: Readonly<Record<string, BlockArguments>>;
  /** Settings of Terraform itself, among them the backend. */
  readonly terraform?: { readonly backend?: Readonly<Record<string, BlockArguments>> };
}

/** One resource, data source or ephemeral resource of a stack. */
export interface SynthesizedBlock {
  /** Which kind of block it is. */
  readonly kind: "resource" | "data" | "ephemeral";
  /** Type, such as `aws_vpc`. */
  readonly type: string;
  /** Name of the block in its stack. */
  readonly name: string;
  /** Arguments, with unresolved expressions as `${…}`. */
  readonly arguments: BlockArguments;
}

/**
 * Gives a stack as synthesized JSON; a `TerraformStack` is rendered first.
 *
 * @param stack parsed `cdk.tf.json`, or the stack itself once all its constructs are there
 */
export function synthesized(stack: TerraformStack | SynthesizedStack): SynthesizedStack {
  return TerraformStack.isStack(stack) ? (stack.toTerraform() as SynthesizedStack) : (stack as SynthesizedStack);
}

/** All blocks of a stack, resources first. */
export function blocksOf(stack: SynthesizedStack): SynthesizedBlock[] {
  return (["resource", "data", "ephemeral"] as const).flatMap((kind) =>
    Object.entries(stack[kind] ?? {}).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, args]) => ({ kind, type, name, arguments: args })),
    ),
  );
}

/** Path of the construct that made a block, or the block's address where the JSON does not tell. */
export function pathOf(block: SynthesizedBlock): string {
  const { metadata } = (block.arguments["//"] ?? {}) as { metadata?: { path?: string } };
  return metadata?.path ?? `${block.kind === "resource" ? "" : `${block.kind}.`}${block.type}.${block.name}`;
}

/** The block an expression such as `${aws_iam_role.Role.name}` refers to; undefined for any other value. */
export function referred(stack: SynthesizedStack, value: unknown): SynthesizedBlock | undefined {
  const match = /^\$\{(data\.)?(\w+)\.([\w-]+)\.\w+\}$/.exec(String(value));
  if (match === null) {
    return undefined;
  }
  const [, data, type, name] = match as unknown as [string, string | undefined, string, string];
  const kind = data === undefined ? "resource" : "data";
  const args = stack[kind]?.[type]?.[name];
  return args && { kind, type, name, arguments: args };
}

/** The provider block of a block: the one it names by `provider`, otherwise the one without an alias. */
export function providerOf(stack: SynthesizedStack, block: SynthesizedBlock): BlockArguments | undefined {
  const named = block.arguments.provider === undefined ? undefined : String(block.arguments.provider).split(".")[1];
  const all = stack.provider?.aws ?? [];
  return (Array.isArray(all) ? all : [all]).find((provider: BlockArguments) => provider.alias === named) as BlockArguments | undefined;
}

/** Whether a value is known at synth: a text without an expression in it. */
export function isLiteral(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/[$%]\{/.test(value);
}
