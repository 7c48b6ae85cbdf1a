import { stripVTControlCharacters } from "node:util";

/**
 * Terraform's own error diagnostics in an output of cdktf, each once, without the frame (which Terraform draws only in
 * colour) and with wrapped paragraphs joined again.
 */
export function terraformErrors(output: string): string[] {
  const lines = stripVTControlCharacters(output).split(/\r?\n/).map(unframe);
  const found = new Set<string>();
  lines.forEach((line, index) => {
    // cdktf puts the stack's name, or as many blanks, before every line.
    const width = /^(\S+ {2,}| *)Error: /.exec(line)?.[1]?.length;
    if (width !== undefined) found.add(unwrap(diagnostic(lines.slice(index), width)));
  });
  return [...found];
}

/** Takes the frame off a line; what the frame encloses is moved to the left by its width. */
function unframe(line: string): string {
  return line.replace(/^(\S+ {2,}| *)(?:│ ?|[╷╵].*)/, "$1").trimEnd();
}

/** The lines of a diagnostic, without the first `width` columns. */
function diagnostic(lines: readonly string[], width: number): string[] {
  const taken = [lines[0]!.slice(width)];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const text = line.slice(width);
    const ofAnother = line.slice(0, width).trim() !== "" || /^(Error|Warning): /.test(text);
    // Two blank lines end it; one separates its paragraphs.
    if (ofAnother || (text === "" && lines[index + 1]?.slice(width) === "")) break;
    taken.push(text);
  }
  return taken;
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
