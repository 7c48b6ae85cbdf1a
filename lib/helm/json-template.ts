import { Token, type IResolveContext } from "cdktf";
import { templatePieces, type TemplatePiece } from "./template-pieces";

/** Where a token is in a text; in a group of its own, so that a split keeps it. */
const TEXT_TOKEN = /(\$\{TfToken\[[\w:.-]+\]\})/;

/**
 * JSON of values with tokens in them, as a template of Terraform: what is known is written as it is, and each token is put in by
 * `jsonencode`. The framework's own `Fn.jsonencode` would leave quotes, backslashes and `%{` of what is known unescaped.
 *
 * @param value the values
 * @param context what tokens are resolved by
 * @returns the text; undefined for a token that stands for nothing
 * @see https://developer.hashicorp.com/terraform/language/syntax/json#string-templates
 * @see https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
export function jsonTemplate(value: unknown, context: IResolveContext): string | undefined {
  if (typeof value === "string") {
    const pieces = value.split(TEXT_TOKEN).filter((piece) => piece !== "");
    return pieces.length === 1 && Token.isUnresolved(value) ? resolvedJson(context.resolve(value)) : textJson(value, context);
  }
  if (Token.isUnresolved(value)) {
    return resolvedJson(context.resolve(value));
  }
  return compositeJson(
    value,
    (inner) => jsonTemplate(inner, context),
    (key) => textJson(key, context),
  );
}

/** JSON of a text or key that may have tokens within. */
function textJson(text: string, context: IResolveContext): string {
  const pieces = text.split(TEXT_TOKEN).map((piece, index) => (index % 2 === 0 ? literal(piece) : within(context.resolve(piece))));
  return `"${pieces.join("")}"`;
}

/** JSON of what a token stands for: its texts are templates of Terraform. */
function resolvedJson(value: unknown): string | undefined {
  if (typeof value !== "string") {
    return compositeJson(value, resolvedJson, (key) => `"${within(key)}"`);
  }
  const [piece, ...more] = templatePieces(value);
  // An expression alone keeps its type: a list, a number.
  return piece !== undefined && "expression" in piece && more.length === 0 ? `\${jsonencode(${piece.expression})}` : `"${within(value)}"`;
}

/** JSON of lists and maps, the latter by their keys; of anything else but texts too. */
function compositeJson(value: unknown, inner: (value: unknown) => string | undefined, key: (key: string) => string): string | undefined {
  if (Array.isArray(value)) {
    return `[${value
      .map(inner)
      .filter((item) => item !== undefined)
      .join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, item]): [string, string | undefined] => [key(name), inner(item)]);
    const present = entries.filter(([, item]) => item !== undefined).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${present.map((entry) => entry.join(":")).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** What a token stands for, within a JSON text. */
function within(value: unknown): string {
  return templatePieces(String(value)).map(pieceWithin).join("");
}

function pieceWithin(piece: TemplatePiece): string {
  if ("expression" in piece) {
    // What jsonencode makes of a text, without the quotes around it.
    return `\${trimsuffix(trimprefix(jsonencode(tostring(${piece.expression})), "\\""), "\\"")}`;
  }
  return "directive" in piece ? `%{${piece.directive}}` : literal(piece.literal);
}

/** Text as it is between the quotes of JSON, in which Terraform sees no template. */
function literal(text: string): string {
  return (
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/\$\{/g, "$$${")
      .replace(/%\{/g, "%%{")
      // At the end it would escape the template behind it.
      .replace(/\$$/, "\\u0024")
      .replace(/%$/, "\\u0025")
  );
}
