import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a field is: another declared type, an array or a map of something, or a plain value. */
export type FieldType = { readonly declared: Declaration } | { readonly each: FieldType } | "plain";

/** A type of Kubernetes as kubernetes-models declares it: its fields, or nothing for one that is a plain value. */
export interface Declaration {
  readonly fields?: ReadonlyMap<string, FieldType>;
}

const declarations = new Map<string, Declaration>();

/**
 * Reads the declaration of a type. The package has its JSON schemas only compiled to functions, which let unknown fields pass; the names of the
 * fields are in its declarations, one type a file, all of one form.
 *
 * @param file absolute path of a `.d.ts`
 * @see https://github.com/tommy351/kubernetes-models-ts
 */
export function declarationOf(file: string): Declaration {
  const known = declarations.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, "utf8");
  const [, own, body] = /^export interface (\w+)(?: extends TypeMeta)? \{\n([^]*?)^\}/m.exec(text) ?? [];
  if (body === undefined) {
    if (!/^export declare type /m.test(text)) throw new Error(`${file} declares no type in a form that is known`);
    const plain = {};
    declarations.set(file, plain);
    return plain;
  }
  const fields = new Map<string, FieldType>();
  // There before its fields are read: a type may have itself in a field.
  const declaration = { fields };
  declarations.set(file, declaration);
  const imports = new Map([...text.matchAll(/^import \{ (\w+) \} from "([^"]+)";$/gm)].map(([, name, from]) => [name!, from!]));
  const typeOf = (written: string): FieldType => {
    const inner = /^Array<(.*)>$/s.exec(written)?.[1] ?? /^\{\s*\[key: string\]: (.*);\s*\}$/s.exec(written)?.[1];
    if (inner !== undefined) return { each: typeOf(inner) };
    if (written === own) return { declared: declaration };
    const from = imports.get(written);
    return from === undefined ? "plain" : { declared: declarationOf(fileOf(from, file)) };
  };
  const withoutComments = body.replace(/\/\*\*[^]*?\*\//g, "");
  for (const [, name, written] of withoutComments.matchAll(/^ {4}"([^"]+)"\??: ((?:\{[^]*?\n {4}\}|[^;])+);$/gm)) {
    fields.set(name!, typeOf(written!));
  }
  return declaration;
}

function fileOf(from: string, importing: string): string {
  if (from.startsWith(".")) return join(dirname(importing), `${from}.d.ts`);
  const file = join(modules(), `${from}.d.ts`);
  return existsSync(file) ? file : join(modules(), from, "index.d.ts");
}

/** The folder of the packages. */
export function modules(): string {
  return join(dirname(require.resolve("kubernetes-models/package.json")), "..");
}
