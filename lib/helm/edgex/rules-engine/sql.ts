import { MecError, got } from "../../../errors";

/**
 * What eKuiper reads as a word of the language and not as a name, whatever its case.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/internal/xsql/lexical.go
 */
const KEYWORDS = new Set(
  (
    "SELECT AS FROM WHERE AND OR GROUP HAVING ORDER BY DESC ASC FILTER INNER LEFT RIGHT FULL CROSS JOIN ON CASE WHEN THEN ELSE END IN NOT " +
    "BETWEEN LIKE OVER PARTITION REPLACE EXCEPT INVISIBLE TRUE FALSE DD HH MI SS MS LIMIT"
  ).split(" "),
);

/** Words that begin a part of a statement, which has a property of its own. */
const PARTS = ["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "JOIN", "LIMIT"];

/** A piece of SQL. */
interface SqlToken {
  readonly kind: "name" | "keyword" | "text" | "number" | "sign";
  /** As written; without quotes for a name. */
  readonly text: string;
}

const TOKEN =
  /\s+|(?<comment>--|\/\*)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<quoted>`[^`]+`)|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<sign>->|!=|<=|>=|[-+*/%&|^=<>.,()[\]:#!])/y;

/**
 * The pieces of a part of a statement.
 *
 * @param path name of the rule, for the error
 * @param property name of the property, for the error
 * @param sql the part, such as `avg(Temperature) AS mean`
 * @throws {MecError} MEC1496 for what eKuiper cannot read: an open text or bracket, a sign that it does not know, a comment
 */
export function tokensOf(path: string, property: string, sql: string): SqlToken[] {
  const refuse = (rule: string): never => {
    throw new MecError("MEC1496", path, `${got(sql)} as ${property}: ${rule}`);
  };
  if (sql.trim() === "") {
    return refuse("it is empty, so write an expression, or leave it out");
  }
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length;) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(sql)?.groups;
    if (groups === undefined) {
      return refuse(
        `${JSON.stringify(sql.slice(at, at + 12))} is nothing that eKuiper reads, so write names with other signs in \`backquotes\` and texts in "quotes"`,
      );
    }
    if (groups.comment !== undefined) {
      return refuse("what comes behind a comment is not read, so write it without");
    }
    tokens.push(...tokenOf(groups));
    at = TOKEN.lastIndex;
  }
  assertBrackets(tokens, refuse);
  return tokens;
}

function tokenOf({ text, quoted, number, word, sign }: Readonly<Record<string, string | undefined>>): SqlToken[] {
  if (text !== undefined) {
    return [{ kind: "text", text }];
  }
  if (quoted !== undefined) {
    return [{ kind: "name", text: quoted.slice(1, -1) }];
  }
  if (number !== undefined) {
    return [{ kind: "number", text: number }];
  }
  if (word !== undefined) {
    return [KEYWORDS.has(word.toUpperCase()) ? { kind: "keyword", text: word.toUpperCase() } : { kind: "name", text: word }];
  }
  return sign === undefined ? [] : [{ kind: "sign", text: sign }];
}

function assertBrackets(tokens: readonly SqlToken[], refuse: (rule: string) => never): void {
  const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[" };
  const open: string[] = [];
  for (const { kind, text } of tokens) {
    if (kind !== "sign") {
      continue;
    }
    if (text === "(" || text === "[") {
      open.push(text);
    } else if (pairs[text] !== undefined && open.pop() !== pairs[text]) {
      refuse(`its ${text} closes nothing, so write what opens it, or take it out`);
    }
  }
  if (open.length > 0) {
    refuse(`its ${open.at(-1)} is not closed, so close it`);
  }
}

/**
 * The same for an expression that is one part of a statement: words that begin another part are refused.
 *
 * @param path name of the rule, for the error
 * @param property name of the property, for the error
 * @param sql the expression
 * @throws {MecError} MEC1496
 */
export function expressionTokens(path: string, property: string, sql: string): SqlToken[] {
  const tokens = tokensOf(path, property, sql);
  const stray = tokens.find(
    ({ kind, text }, index) =>
      kind === "keyword" &&
      PARTS.includes(text) &&
      !(text === "WHERE" && tokens[index - 1]?.text === "(" && tokens[index - 2]?.text === "FILTER"),
  );
  if (stray !== undefined) {
    throw new MecError(
      "MEC1496",
      path,
      `${got(sql)} as ${property}: ${stray.text} begins another part of the statement, so write that as a property of its own, or Rule.ofSql for the whole statement`,
    );
  }
  return tokens;
}

/** A field that an expression reads. */
export interface SqlField {
  /** Name of the stream in front of it, where there is one. */
  readonly stream?: string;
  readonly name: string;
}

/**
 * The fields that an expression reads: names that are no functions, no names given by AS, no parts behind `->`, and nothing about events that `meta`
 * tells.
 * @param tokens pieces of the expression
 */
export function fieldsOf(tokens: readonly SqlToken[]): SqlField[] {
  const fields: SqlField[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (token.kind !== "name" || before?.text === "->" || isAs(before)) {
      continue;
    }
    if (after?.text === "(") {
      index = /^(?:meta|mqtt)$/i.test(token.text) ? closing(tokens, index + 1) : index;
      continue;
    }
    if (after?.text === "." && tokens[index + 2]?.kind === "name") {
      fields.push({ stream: token.text, name: tokens[index + 2]!.text });
      index += 2;
      continue;
    }
    if (after?.text === "." && tokens[index + 2]?.text === "*") {
      index += 2;
      continue;
    }
    fields.push({ name: token.text });
  }
  return fields;
}

/** Names that an expression gives by AS. */
export function aliasesOf(tokens: readonly SqlToken[]): string[] {
  return tokens.filter(({ kind }, index) => kind === "name" && isAs(tokens[index - 1])).map(({ text }) => text);
}

/**
 * Texts that something about events is compared with, such as the name of a device in `meta(deviceName) = "Boiler"`.
 *
 * @param tokens pieces of the expression
 * @param about name of it, such as `deviceName`
 */
export function metaTexts(tokens: readonly SqlToken[], about: string): string[] {
  return tokens.flatMap((token, index) => {
    const call = tokens.slice(index, index + 6);
    const isCall =
      token.kind === "name" &&
      /^meta$/i.test(token.text) &&
      call[1]?.text === "(" &&
      call[2]?.text === about &&
      call[3]?.text === ")" &&
      call[4]?.text === "=" &&
      call[5]?.kind === "text";
    return isCall ? [call[5]!.text.slice(1, -1)] : [];
  });
}

/** Streams that a whole statement reads. */
export function streamsOf(tokens: readonly SqlToken[]): string[] {
  return tokens
    .filter(({ kind }, index) => {
      const before = tokens[index - 1];
      return kind === "name" && before?.kind === "keyword" && ["FROM", "JOIN"].includes(before.text);
    })
    .map(({ text }) => text);
}

/** Whether a text can be a name in SQL without backquotes. */
export function isPlainName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(text) && !KEYWORDS.has(text.toUpperCase());
}

/** A name as SQL takes it. */
export function quotedName(text: string): string {
  return isPlainName(text) ? text : `\`${text}\``;
}

function isAs(token: SqlToken | undefined): boolean {
  return token?.kind === "keyword" && token.text === "AS";
}

/** Index of what closes the bracket at an index. */
function closing(tokens: readonly SqlToken[], at: number): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index++) {
    depth += tokens[index]!.text === "(" ? 1 : tokens[index]!.text === ")" ? -1 : 0;
    if (depth === 0) {
      return index;
    }
  }
  return tokens.length;
}
