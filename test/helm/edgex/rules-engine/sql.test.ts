import fc from "fast-check";
import {
  aliasesOf,
  expressionTokens,
  fieldsOf,
  isPlainName,
  metaTexts,
  quotedName,
  streamsOf,
  tokensOf,
} from "../../../../lib/helm/edgex/rules-engine/sql";

const tokens = (sql: string) => tokensOf("Rule", "where", sql);
const fields = (sql: string) => fieldsOf(tokens(sql)).map(({ stream, name }) => (stream === undefined ? name : `${stream}.${name}`));

describe("the pieces of SQL", () => {
  test("are told apart as eKuiper does", () => {
    expect(tokens('avg(`Line 1`) >= 3.5 AND x->y = "a \\" b" OR NOT z[0] = \'c\'').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "name avg",
      "sign (",
      "name Line 1",
      "sign )",
      "sign >=",
      "number 3.5",
      "keyword AND",
      "name x",
      "sign ->",
      "name y",
      "sign =",
      'text "a \\" b"',
      "keyword OR",
      "keyword NOT",
      "name z",
      "sign [",
      "number 0",
      "sign ]",
      "sign =",
      "text 'c'",
    ]);
  });

  test.each([
    ["", /it is empty/],
    ["  ", /it is empty/],
    ['a = "open', /nothing that eKuiper reads/],
    ["a = 'open", /nothing that eKuiper reads/],
    ["`open > 1", /nothing that eKuiper reads/],
    ["Température > 1", /"érature > 1" is nothing that eKuiper reads/],
    ["_hidden > 1", /nothing that eKuiper reads/],
    ["a > 1; DROP STREAM b", /"; DROP STREA" is nothing that eKuiper reads/],
    ["a > {b}", /nothing that eKuiper reads/],
    ["a > 1 -- b", /a comment/],
    ["a > 1 /* b */", /a comment/],
    ["avg(a > 1", /its \( is not closed/],
    ["a > 1)", /its \) closes nothing/],
    ["a[1)", /its \) closes nothing/],
  ])("that eKuiper cannot read are refused: %p", (sql, rule) => {
    expect(() => tokens(sql)).toThrow(/MEC1496.*as where/);
    expect(() => tokens(sql)).toThrow(rule);
  });

  test("in quotes may be anything", () => {
    expect(() => tokens('a = "; -- ( [ {"')).not.toThrow();
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const found = tokens(`a = ${JSON.stringify(text)}`);
        expect(found).toHaveLength(3);
        expect(JSON.parse(found[2]!.text)).toBe(text);
      }),
    );
  });
});

describe("an expression", () => {
  test.each(["a FROM b", "SELECT a", "a WHERE b", "a group by b", "a > 1 HAVING b", "a LIMIT 1", "a ORDER BY b", "a JOIN b"])(
    "is one part of a statement: %s is refused",
    (sql) => {
      expect(() => expressionTokens("Rule", "select[0]", sql)).toThrow(/MEC1496.*begins another part of the statement/);
    },
  );

  test("may count some events alone", () => {
    expect(() => expressionTokens("Rule", "select[0]", "count(*) FILTER(WHERE a > 1) AS hot")).not.toThrow();
  });
});

describe("the fields that an expression reads", () => {
  test.each([
    ["avg(Temperature) AS mean", ["Temperature"]],
    ['Temperature > 80 AND meta(deviceName) = "Boiler"', ["Temperature"]],
    ["meta(readings.Temperature->deviceName) = meta(deviceName)", []],
    ["`Line 1` + readings.Pressure", ["Line 1", "readings.Pressure"]],
    ["state->mode->deep = 1 AND list[0] > 1", ["state", "list"]],
    ["CASE WHEN a > 1 THEN b ELSE 0 END AS c", ["a", "b"]],
    ["lag(a) OVER (PARTITION BY b WHEN c = TRUE)", ["a", "b", "c"]],
    ["readings.*", []],
    ["*", []],
    ['a BETWEEN 1 AND 2 OR b IN ("x")', ["a", "b"]],
  ])("of %s", (sql, expected) => {
    expect(fields(sql)).toEqual(expected);
  });

  test("are no names that it gives itself", () => {
    expect(aliasesOf(tokens("avg(a) AS mean, max(b) as `top one`"))).toEqual(["mean", "top one"]);
  });

  test("tell of which device they are to be", () => {
    expect(
      metaTexts(tokens('meta(deviceName) = "Boiler" OR META(deviceName) = \'Oven\' OR meta(profileName) = "P"'), "deviceName"),
    ).toEqual(["Boiler", "Oven"]);
  });

  test("are of the streams of a statement", () => {
    expect(streamsOf(tokens("SELECT * FROM a INNER JOIN b ON a.x = b.x"))).toEqual(["a", "b"]);
  });
});

describe("a name", () => {
  test.each([
    ["Temperature", true],
    ["T_1", true],
    ["Line 1", false],
    ["1st", false],
    ["_x", false],
    ["Select", false],
    ["ms", false],
    ["Température", false],
  ])("%s is plain: %p", (name, plain) => {
    expect(isPlainName(name)).toBe(plain);
    expect(quotedName(name)).toBe(plain ? name : `\`${name}\``);
  });

  test("in quotes is read again as the same", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("`")),
        (name) => {
          expect(tokens(quotedName(name))).toEqual([{ kind: "name", text: name }]);
        },
      ),
    );
  });
});
