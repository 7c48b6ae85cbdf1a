/** A statement of a rendered policy. */
interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What IAM is asked for. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request has. */
  readonly context?: Readonly<Record<string, string>>;
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

/** Whether a name fits a pattern with IAM's wildcards, which match slashes and colons too. */
function fits(pattern: string, name: string, ignoreCase = false): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${expression}$`, ignoreCase ? "is" : "s").test(name);
}

/**
 * Whether a rendered policy allows a request, by IAM's own rules; throws for what it does not know.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function allows(policy: string, { action, resource, context = {} }: IamRequest): boolean {
  const { Statement: statements } = JSON.parse(policy) as { Statement: Statement[] };
  return statements.some(({ Effect, Action, Resource, Condition = {}, ...more }) => {
    if (Effect !== "Allow" || Object.keys(more).some((key) => key !== "Sid")) {
      throw new Error(`a statement of another kind: ${JSON.stringify({ Effect, ...more })}`);
    }
    const fulfilled = Object.entries(Condition).every(([operator, keys]) => {
      if (operator !== "StringEquals") {
        throw new Error(`an operator that is not known here: ${operator}`);
      }
      return Object.entries(keys).every(([key, values]) => list(values).includes(context[key] ?? "(absent)"));
    });
    return fulfilled && list(Action).some((name) => fits(name, action, true)) && list(Resource).some((arn) => fits(arn, resource));
  });
}
