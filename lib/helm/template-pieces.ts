/** A part of a template of Terraform: text, `${expression}`, or `%{directive}`. */
export type TemplatePiece = { readonly literal: string } | { readonly expression: string } | { readonly directive: string };

/**
 * Takes a template of Terraform apart, as it stands in a text of its JSON syntax: escapes of templates are undone, and those of quoted
 * texts do not exist.
 *
 * @param template the template
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#string-templates
 */
export function templatePieces(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let text = "";
  let at = 0;
  while (at < template.length) {
    const three = template.slice(at, at + 3);
    if (three === "$${" || three === "%%{") {
      text += three.slice(1);
      at += 3;
    } else if (three.startsWith("${") || three.startsWith("%{")) {
      const end = endOfBraces(template, at + 2);
      const inner = template.slice(at + 2, end - 1);
      pieces.push({ literal: text }, three.startsWith("$") ? { expression: inner } : { directive: inner });
      text = "";
      at = end;
    } else {
      text += template[at];
      at += 1;
    }
  }
  return [...pieces, { literal: text }].filter((piece) => !("literal" in piece) || piece.literal !== "");
}

/** Where what began with a brace ends, behind its closing one: braces in quoted texts do not count, but for templates in them. */
function endOfBraces(text: string, start: number): number {
  let at = start;
  for (let depth = 1; depth > 0 && at < text.length; at += 1) {
    if (text[at] === '"') {
      at = endOfQuotes(text, at + 1) - 1;
    } else if (text[at] === "{") {
      depth += 1;
    } else if (text[at] === "}") {
      depth -= 1;
    }
  }
  return at;
}

/** Where a quoted text ends, behind its closing quote. */
function endOfQuotes(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') {
    const three = text.slice(at, at + 3);
    if (three.startsWith("\\")) {
      at += 2;
    } else if (three === "$${" || three === "%%{") {
      at += 3;
    } else {
      at = three.startsWith("${") || three.startsWith("%{") ? endOfBraces(text, at + 2) : at + 1;
    }
  }
  return at + 1;
}
