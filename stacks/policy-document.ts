/** Condition of a statement: operator, key, values. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of an IAM policy. */
export interface PolicyStatement {
  /** Name of the statement, letters and digits, unique in all documents of one policy. */
  readonly Sid: string;
  readonly Effect: "Allow";
  /** Actions, such as `ec2:RunInstances`, in order. */
  readonly Action: readonly string[];
  /** ARNs, in order; `*` alone where IAM knows no resource for the actions. */
  readonly Resource: readonly string[];
  readonly Condition?: PolicyCondition;
}

/**
 * An IAM policy document, ready for `JSON.stringify`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** Actions on resources, before they are put together to statements. */
export interface Right {
  /** Stem of the statement's name. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: PolicyCondition;
}

/**
 * Longest managed policy in characters; white space does not count.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_POLICY_CHARACTERS = 6144;

/** Characters of a document as IAM counts them. */
export function policyCharacters(document: PolicyDocument): number {
  return JSON.stringify(document).replace(/\s/g, "").length;
}

/** Puts rights together: no statement allows an action on a resource, or under a condition, that no right has. */
export function statementsOf(rights: readonly Right[]): PolicyStatement[] {
  const perResource = rights.flatMap((right) => right.resources.map((resource) => ({ ...right, resources: [resource] })));
  const actionsJoined = join(perResource, ["sid", "resources", "condition"], (a, b) => ({ ...a, actions: union(a.actions, b.actions) }));
  const resourcesJoined = join(actionsJoined, ["sid", "actions", "condition"], (a, b) => ({
    ...a,
    resources: union(a.resources, b.resources),
  }));
  const used = new Map<string, number>();
  return joinConditions(resourcesJoined)
    .sort((a, b) => (a.sid < b.sid ? -1 : a.sid > b.sid ? 1 : 0))
    .map(({ sid, actions, resources, condition }) => {
      const nth = (used.get(sid) ?? 0) + 1;
      used.set(sid, nth);
      const statement = { Sid: nth === 1 ? sid : `${sid}${nth}`, Effect: "Allow", Action: actions, Resource: resources } as const;
      return condition === undefined ? statement : { ...statement, Condition: condition };
    });
}

/** Distributes statements over documents that IAM takes; a statement that is too long alone is halved. */
export function documentsOf(statements: readonly PolicyStatement[], limit = MAX_POLICY_CHARACTERS): PolicyDocument[] {
  const document = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
  const documents: PolicyDocument[] = [];
  for (const statement of statements.flatMap((each) => halved(each, (part) => policyCharacters(document(part)) <= limit))) {
    const last = documents.at(-1);
    const longer = document(...(last?.Statement ?? []), statement);
    if (last !== undefined && policyCharacters(longer) <= limit) {
      documents[documents.length - 1] = longer;
    } else {
      documents.push(document(statement));
    }
  }
  return documents;
}

function halved(statement: PolicyStatement, fits: (part: PolicyStatement) => boolean): PolicyStatement[] {
  // Actions, resources and the values of a condition key are alternatives, so halves allow the same together.
  const longest = listsOf(statement).sort((a, b) => JSON.stringify(b.list).length - JSON.stringify(a.list).length)[0];
  if (fits(statement) || longest === undefined) {
    return [statement];
  }
  const middle = Math.ceil(longest.list.length / 2);
  return [longest.list.slice(0, middle), longest.list.slice(middle)].flatMap((half, index) =>
    halved({ ...longest.withList(half), Sid: `${statement.Sid}${"ab"[index]}` }, fits),
  );
}

/** The lists of a statement that can be halved. */
function listsOf(statement: PolicyStatement): { list: readonly string[]; withList: (list: readonly string[]) => PolicyStatement }[] {
  const { Condition = {} } = statement;
  const conditions = Object.entries(Condition).flatMap(([operator, pairs]) =>
    Object.entries(pairs).map(([key, value]) => ({
      list: [value].flat() as string[],
      withList: (list: readonly string[]) => ({ ...statement, Condition: { ...Condition, [operator]: { ...pairs, [key]: [...list] } } }),
    })),
  );
  return [
    { list: statement.Action, withList: (Action: readonly string[]) => ({ ...statement, Action }) },
    { list: statement.Resource, withList: (Resource: readonly string[]) => ({ ...statement, Resource }) },
    ...conditions,
  ].filter(({ list }) => list.length > 1);
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function join(rights: readonly Right[], alike: readonly (keyof Right)[], both: (a: Right, b: Right) => Right): Right[] {
  const joined = new Map<string, Right>();
  for (const right of rights.map((each) => ({ ...each, actions: union(each.actions, []), resources: union(each.resources, []) }))) {
    const key = JSON.stringify(alike.map((name) => right[name]));
    const other = joined.get(key);
    joined.set(key, other === undefined ? right : both(other, right));
  }
  return [...joined.values()];
}

/** Statements that differ in the values of one condition key alone become one: the values of a key are alternatives. */
function joinConditions(rights: readonly Right[]): Right[] {
  const joined: Right[] = [];
  for (const right of rights) {
    const index = joined.findIndex((other) => differing(other, right) !== undefined);
    if (index < 0) {
      joined.push(right);
      continue;
    }
    const { operator, key, values } = differing(joined[index]!, right)!;
    const condition = { ...right.condition, [operator]: { ...right.condition?.[operator], [key]: values } };
    joined[index] = { ...right, condition };
  }
  return joined;
}

/** The one condition key that two rights differ in, with the values of both. */
function differing(a: Right, b: Right): { operator: string; key: string; values: string[] } | undefined {
  const alike = ({ sid, actions, resources }: Right) => JSON.stringify([sid, actions, resources]);
  const keys = ({ condition = {} }: Right) =>
    Object.entries(condition).flatMap(([operator, pairs]) =>
      Object.entries(pairs).map(([key, value]) => ({ operator, key, values: [value].flat() as string[] })),
    );
  const [left, right] = [keys(a), keys(b)];
  const names = (list: typeof left) => JSON.stringify(list.map(({ operator, key }) => [operator, key]));
  const different = left.flatMap((entry, index) => {
    const values = right[index]?.values ?? [];
    return JSON.stringify(entry.values) === JSON.stringify(values) ? [] : [{ ...entry, values: union(entry.values, values) }];
  });
  return alike(a) === alike(b) && names(left) === names(right) && different.length === 1 ? different[0] : undefined;
}
