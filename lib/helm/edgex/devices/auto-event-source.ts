import { MecError, got } from "../../../errors";

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
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/**
 * The source of an auto event as the regular expression that core-metadata and the device service make of it, which Go calls POSIX: no `\d`, no
 * `\w`, no groups that begin with `(?`.
 *
 * @param path name of the input for the error
 * @param place what has the source
 * @param source the source
 * @throws {MecError} MEC1487 for what is none
 * @see https://pkg.go.dev/regexp#CompilePOSIX
 */
export function sourceRegex(path: string, place: string, source: string): RegExp {
  try {
    if (/\(\?/.test(source) || /\\(?:[A-Zbcdeghijklmopqsuwyz89]|$)/.test(source.replace(/\\\\/g, ""))) {
      throw new SyntaxError("what POSIX does not have");
    }
    const translated = source.replace(/\[:(\^?)(\w+):\]/g, (whole, not: string, name: string) => {
      if (CLASSES[name] === undefined || not !== "") {
        throw new SyntaxError(`no class ${whole}`);
      }
      return CLASSES[name];
    });
    return new RegExp(`^(?:${translated})$`, "s");
  } catch (error) {
    throw new MecError(
      "MEC1487",
      path,
      `${got(source)} as ${place} (${(error as Error).message}): EdgeX reads it as a regular expression (POSIX), so put a backslash before each of ( ) [ ] { } * . that is part of a name`,
    );
  }
}

/** Whether the whole of a name fits. */
export function matchesWhole(regex: RegExp, name: string): boolean {
  return regex.test(name);
}
