import { MecError, got } from "../../../errors";
import { assertNoSecretPlaces } from "../graph/secret-places";
import type { RuleAction } from "./rule-action";
import type { RuleStream } from "./rule-stream";
import type { RuleWindow } from "./rule-window";
import { aliasesOf, expressionTokens, fieldsOf, metaTexts, quotedName, streamsOf, tokensOf, type SqlField } from "./sql";

/** What each rule has. */
export interface RuleOptions {
  /** Name, unique: a letter, then letters, digits, underscores and dashes, up to 64. */
  readonly name: string;
  /** What is done with what it found, one or more. */
  readonly actions: readonly RuleAction[];
}

/** A rule in parts. */
export interface RuleProps extends RuleOptions {
  /** What it tells: `*`, or expressions, each with a name by AS where it is no field, such as `avg(Temperature) AS mean`. */
  readonly select: readonly string[] | "*";
  /** The stream it reads. */
  readonly from: RuleStream;
  /** Which events count, such as `Temperature > 80 AND meta(deviceName) = "Boiler"`. @default - all */
  readonly where?: string;
  /** How many it looks at together, for functions such as `avg`. @default - each event alone */
  readonly window?: RuleWindow;
  /** What they are parted by, such as `meta(deviceName)`. @default - nothing */
  readonly groupBy?: readonly string[];
  /** Which results count, such as `mean > 80`; it needs `window` or `groupBy`. @default - all */
  readonly having?: string;
}

/** A rule as one statement. */
export interface RuleSqlProps extends RuleOptions {
  /** The statement, such as `SELECT * FROM readings WHERE Temperature > 80`. */
  readonly sql: string;
}

const RULE_NAME = /^[A-Za-z][\w-]{0,63}$/;

/** Functions of windows, as eKuiper names them. */
const WINDOW_FUNCTION = /^(?:TUMBLING|HOPPING|SLIDING|SESSION|COUNT|STATE)WINDOW$/i;

/**
 * A rule of eKuiper: a statement that is asked of a stream for as long as it runs, and what is done with its results.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/rules/overview.md
 */
export class Rule {
  /**
   * A rule in parts.
   *
   * @param props its parts
   * @throws {MecError} MEC1496 for what eKuiper cannot read, MEC1498 for no action, MEC1482 for a text with the mark of a Secret's place
   */
  public static of(props: RuleProps): Rule {
    const path = `Rule.of(${props.name})`;
    assertRule(path, props);
    const { select, from, where, window, groupBy = [], having } = props;
    if (select.length === 0) {
      throw new MecError("MEC1496", path, 'got an empty list as select: a rule tells something, so write an expression, or "*"');
    }
    if (having !== undefined && window === undefined && groupBy.length === 0) {
      throw new MecError(
        "MEC1496",
        path,
        "got having without window and groupBy: it is about several events, so write where, or a window too",
      );
    }
    const expressions = select === "*" ? [] : select.map((sql, index) => ({ property: `select[${index}]`, sql }));
    const parts = [
      ...expressions,
      ...(where === undefined ? [] : [{ property: "where", sql: where }]),
      ...groupBy.map((sql, index) => ({ property: `groupBy[${index}]`, sql })),
      ...(having === undefined ? [] : [{ property: "having", sql: having }]),
    ].map(({ property, sql }) => expressionTokens(path, property, sql));
    if (parts.flat().some(({ kind, text }) => kind === "name" && WINDOW_FUNCTION.test(text))) {
      throw new MecError(
        "MEC1496",
        path,
        "got a function of windows in an expression: a rule has one window, so write it as window, such as RuleWindow.tumbling(Duration.minutes(1))",
      );
    }
    const groups = [...groupBy, ...(window === undefined ? [] : [window.sql])];
    const sql = [
      `SELECT ${select === "*" ? "*" : select.join(", ")} FROM ${quotedName(from.name)}`,
      ...(where === undefined ? [] : [`WHERE ${where}`]),
      ...(groups.length === 0 ? [] : [`GROUP BY ${groups.join(", ")}`]),
      ...(having === undefined ? [] : [`HAVING ${having}`]),
    ].join(" ");
    assertNoSecretPlaces(path, { sql });
    return new Rule(props, sql, [from.name], parts);
  }

  /**
   * A rule as one statement, for what the parts of {@link Rule.of} do not have, such as JOIN.
   *
   * @param props the statement and the actions
   * @throws {MecError} MEC1496 for what eKuiper cannot read, MEC1498 for no action, MEC1482 for a text with the mark of a Secret's place
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/sqls/query_language_elements.md
   */
  public static ofSql(props: RuleSqlProps): Rule {
    const path = `Rule.ofSql(${props.name})`;
    assertRule(path, props);
    const tokens = tokensOf(path, "sql", props.sql);
    const streams = streamsOf(tokens);
    if (tokens[0]?.text !== "SELECT" || streams.length === 0) {
      throw new MecError(
        "MEC1496",
        path,
        `${got(props.sql)} as sql: a rule is a SELECT from a stream, so write for example "SELECT * FROM readings WHERE Temperature > 80"`,
      );
    }
    assertNoSecretPlaces(path, { sql: props.sql });
    return new Rule(props, props.sql, streams, [tokens]);
  }

  /** Its name. */
  public readonly name: string;

  /** What is done with what it found. */
  public readonly actions: readonly RuleAction[];

  private constructor(
    { name, actions }: RuleOptions,
    /** The statement. */
    public readonly sql: string,
    /** Names of the streams that it reads. */
    public readonly streams: readonly string[],
    private readonly parts: readonly (readonly ReturnType<typeof tokensOf>[number][])[],
  ) {
    this.name = name;
    this.actions = actions;
  }

  /** The fields of its streams that it reads: names of resources. Names that it gives itself by AS are none, nor streams, nor words of windows. */
  public get fields(): readonly SqlField[] {
    const own = new Set(this.parts.flatMap(aliasesOf));
    const streams = new Set(this.streams);
    return this.parts
      .flatMap(fieldsOf)
      .filter(({ stream, name }) => (stream !== undefined ? streams.has(stream) : !own.has(name) && !streams.has(name)));
  }

  /** Names of devices that it asks events for, by `meta(deviceName) = "…"`. */
  public get devices(): readonly string[] {
    return this.parts.flatMap((tokens) => metaTexts(tokens, "deviceName"));
  }
}

function assertRule(path: string, { name, actions }: RuleOptions): void {
  if (!RULE_NAME.test(name)) {
    throw new MecError(
      "MEC1496",
      path,
      `${got(name)} as name: it is a letter, then letters, digits, underscores and dashes, up to 64, so write for example "boiler-too-hot"`,
    );
  }
  if (actions.length === 0) {
    throw new MecError(
      "MEC1498",
      path,
      "got no actions: nobody would hear of what the rule finds, so write for example [RuleAction.edgex()]",
    );
  }
}
