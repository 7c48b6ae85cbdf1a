import { stripVTControlCharacters } from "node:util";

/**
 * Terraform's own error diagnostics in an output of cdktf, each once, without the frame and with wrapped paragraphs
 * joined again.
 */
export function terraformErrors(output: string): string[] {
  const found = new Set<string>();
  let block: string[] | undefined;
  for (const raw of stripVTControlCharacters(output).split(/\r?\n/)) {
    // cdktf puts the stack's name, or as many blanks, before every line.
    const match = /^[^╷│╵]*([╷│╵])(?: (.*))?$/.exec(raw);
    if (match === null) continue;
    if (match[1] === "╷") block = [];
    else if (match[1] === "│") block?.push((match[2] ?? "").trimEnd());
    else if (block !== undefined) {
      const text = unwrap(block);
      if (text.startsWith("Error:")) found.add(text);
      block = undefined;
    }
  }
  return [...found];
}

function unwrap(lines: readonly string[]): string {
  const result: string[] = [];
  for (const line of lines) {
    const previous = result[result.length - 1];
    const continues = line !== "" && !line.startsWith(" ") && previous !== undefined && previous !== "" && !previous.startsWith(" ");
    if (continues) result[result.length - 1] = `${previous} ${line}`;
    else result.push(line);
  }
  return result.join("\n").trim();
}

/** What to show of a failed command: its Terraform errors, or its last lines where it has none. */
export function failureText(result: { readonly output: string; readonly status?: number; readonly trouble?: string }): string {
  const errors = terraformErrors(result.output);
  const last = stripVTControlCharacters(result.output).trimEnd().split(/\r?\n/).slice(-15).join("\n").trim();
  const text = errors.length > 0 ? errors.join("\n\n") : last;
  return [result.trouble, text].filter((part) => part !== undefined && part !== "").join("\n") || `exit code ${result.status}`;
}
