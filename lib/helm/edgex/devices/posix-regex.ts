/** Classes of characters that POSIX has, as JavaScript writes them. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Escapes that are no sign of punctuation. */
const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Most times that Go repeats anything. */
const MAX_REPEAT = 1000;

/**
 * A regular expression as Go's `regexp.CompilePOSIX` reads it, which fits the whole of a text.
 *
 * @param source the expression
 * @throws {SyntaxError} for what that function refuses
 * @see https://pkg.go.dev/regexp/syntax
 */
export function posixRegex(source: string): RegExp {
  const reader = new Reader(source);
  const translated = reader.alternatives(0);
  if (!reader.ended) {
    throw new SyntaxError("a ) without a (");
  }
  return new RegExp(`^(?:${translated})$`, "u");
}

class Reader {
  private readonly signs: readonly string[];
  private place = 0;

  public constructor(source: string) {
    this.signs = [...source];
  }

  public get ended(): boolean {
    return this.place >= this.signs.length;
  }

  /** What is between brackets, or the whole. */
  public alternatives(depth: number): string {
    const parts = [""];
    let last: string | undefined;
    const put = (atom: string) => {
      parts[parts.length - 1] += last ?? "";
      last = atom;
    };
    while (!this.ended && this.sign() !== ")") {
      const sign = this.next();
      const repeat = sign === "{" ? this.repeat() : /^[*+?]$/.test(sign) ? sign : undefined;
      if (repeat !== undefined) {
        if (last === undefined) {
          throw new SyntaxError(`nothing before ${sign}`);
        }
        last = `(?:${last})${repeat}`;
      } else if (sign === "|") {
        put("");
        last = undefined;
        parts.push("");
      } else if (sign === "(") {
        const inner = this.alternatives(depth + 1);
        if (this.ended) {
          throw new SyntaxError("a ( without a )");
        }
        this.place++;
        put(`(?:${inner})`);
      } else {
        put(this.atom(sign));
      }
    }
    if (depth === 0 && !this.ended) {
      throw new SyntaxError("a ) without a (");
    }
    put("");
    return parts.join("|");
  }

  private atom(sign: string): string {
    switch (sign) {
      case "[":
        return this.set();
      case "\\":
        return literal(this.escaped());
      case ".":
      case "^":
      case "$":
        return sign;
      default:
        return literal(sign);
    }
  }

  /** What is in square brackets. */
  private set(): string {
    const not = this.sign() === "^" ? this.next() : "";
    let inner = "";
    for (let first = true; first || this.sign() !== "]"; first = false) {
      if (this.ended) {
        throw new SyntaxError("a [ without a ]");
      }
      if (this.sign() === "-" && !first && this.signs[this.place + 1] !== "]") {
        throw new SyntaxError("a - between characters that is no range");
      }
      inner += this.named() ?? this.range();
    }
    this.place++;
    return `[${not}${inner}]`;
  }

  private named(): string | undefined {
    const rest = this.signs.slice(this.place).join("");
    const end = rest.startsWith("[:") ? rest.indexOf(":]", 2) : -1;
    if (end < 0) {
      return undefined;
    }
    const name = rest.slice(2, end);
    if (CLASSES[name] === undefined) {
      throw new SyntaxError(`no class ${name}`);
    }
    this.place += [...rest.slice(0, end + 2)].length;
    return CLASSES[name];
  }

  private range(): string {
    const low = this.character();
    if (this.sign() !== "-" || this.signs[this.place + 1] === undefined || this.signs[this.place + 1] === "]") {
      return literal(low);
    }
    this.place++;
    const high = this.character();
    if ((high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) {
      throw new SyntaxError(`a range from ${low} to ${high}`);
    }
    return `${literal(low)}-${literal(high)}`;
  }

  private character(): string {
    if (this.ended) {
      throw new SyntaxError("a [ without a ]");
    }
    const sign = this.next();
    return sign === "\\" ? this.escaped() : sign;
  }

  private escaped(): string {
    const sign = this.ended ? "" : this.next();
    const meant = ESCAPES[sign] ?? (/^[^0-9A-Za-z\u0080-\u{10FFFF}]$/u.test(sign) ? sign : undefined);
    if (meant === undefined) {
      throw new SyntaxError(`no escape \\${sign}`);
    }
    return meant;
  }

  /** How often the atom before is repeated; undefined where the bracket is one sign among others. */
  private repeat(): string | undefined {
    const [whole, least, , most] = /^(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(this.signs.slice(this.place).join("")) ?? [];
    if (whole === undefined) {
      return undefined;
    }
    if (Number(least) > MAX_REPEAT || Number(most ?? 0) > MAX_REPEAT || (most !== undefined && Number(most) < Number(least))) {
      throw new SyntaxError(`a repeat of {${whole}`);
    }
    this.place += whole.length;
    return `{${whole}`;
  }

  private sign(): string | undefined {
    return this.signs[this.place];
  }

  private next(): string {
    return this.signs[this.place++];
  }
}

function literal(sign: string): string {
  return `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}
