import { pathOf, type Keys } from "./key-path";

/** What of a JSON schema counts here. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

/**
 * The key paths that a `values.schema.json` knows, as the lists of `lib/helm/value-paths/` write them: `.*` at the end where any
 * key goes below.
 *
 * @param text the schema
 * @returns `undefined` for a schema that allows any key at its top
 * @see https://helm.sh/docs/topics/charts/#schema-files
 */
export function schemaPaths(text: string): string[] | undefined {
  const root = JSON.parse(text) as Schema;
  const lines: string[] = [];
  const walk = (given: Schema, keys: Keys): void => {
    const schema = resolved(given, root);
    const { properties = {}, additionalProperties } = schema;
    const names = Object.keys(properties);
    for (const name of names) walk(properties[name], [...keys, name]);
    const isOpen = additionalProperties !== false && (names.length > 0 || mayBeMap(schema));
    if (isOpen) lines.push(`${pathOf(keys)}.*`);
    // Also for a map that may be something else instead.
    else if (names.length === 0 || mayBeOther(schema)) lines.push(pathOf(keys));
  };
  const top = resolved(root, root);
  if (top.additionalProperties !== false) return undefined;
  for (const [name, inner] of Object.entries(top.properties ?? {})) walk(inner, [name]);
  return lines;
}

/** A schema that names another one of the same file is that one. */
function resolved(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const names = schema.$ref.split("/").slice(1);
  return resolved(names.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], root) as Schema, root);
}

/** A schema that says nothing of the type allows a map too. */
function mayBeMap({ type, enum: values }: Schema): boolean {
  return type === undefined ? values === undefined : [type].flat().includes("object");
}

/** Whether a schema that allows a map allows something else too. */
function mayBeOther({ type }: Schema): boolean {
  return [type ?? "object"].flat().some((each) => each !== "object" && each !== "null");
}
