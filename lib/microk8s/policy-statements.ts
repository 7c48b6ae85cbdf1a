/** A statement of an IAM policy that this library writes: it allows, and never denies. */
export interface AllowStatement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Allows actions on resources; no statement at all where there are none. */
export function allow(Action: readonly string[], Resource: string | readonly string[]): AllowStatement[] {
  return Resource.length === 0 ? [] : [{ Effect: "Allow", Action, Resource }];
}

/**
 * Allows the use of a key for secret parameters alone: Parameter Store gives KMS the parameter's ARN as encryption context, for standard
 * and for advanced parameters.
 *
 * @param actions actions of KMS
 * @param keyArn ARN of the key
 * @param parameters ARNs of the parameters
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
export function allowKeyForParameters(actions: readonly string[], keyArn: string, parameters: readonly string[]): AllowStatement[] {
  const Condition = { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": parameters } };
  return parameters.length === 0 ? [] : [{ Effect: "Allow", Action: actions, Resource: keyArn, Condition }];
}

/** A policy document with these statements, as text. */
export function policyDocument(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
