import type { Right } from "../policy-document";
import { isLiteral, referred } from "../synthesized-stack";
import { keyResource } from "./kms";
import { actions, type RightsOf, type RightsRequest } from "./request";

/** The key that AWS makes for secret parameters: its own policy lets everybody in the account use it through Parameter Store. */
const AWS_KEY = "alias/aws/ssm";

/**
 * The rights for parameters, each by its own name.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 */
export const SSM_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_ssm_parameter: (request) => {
    const arn = parameterArn(request, request.namePattern());
    return [
      request.on(
        "Parameters",
        [
          ...actions("ssm", "PutParameter GetParameter DeleteParameter ListTagsForResource"),
          ...request.whenTagged(actions("ssm", "AddTagsToResource RemoveTagsFromResource")),
        ],
        [arn],
      ),
      // The list can be filtered by name, but not limited by it.
      request.regional("ParameterList", ["ssm:DescribeParameters"]),
      ...(request.arguments.type === "SecureString" ? secret(request, arn, request.arguments.key_id, writing(request)) : []),
    ];
  },
};

/** The rights of parameters that are only read. Plain ones: a secret that a stack makes has its rights there. */
export const SSM_DATA_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_ssm_parameter: (request) => [request.on("ParameterReads", ["ssm:GetParameter"], [parameterArn(request, request.namePattern())])],
  // Allowed for a path, and so for what is below it (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html).
  aws_ssm_parameters_by_path: (request) => [
    request.on("ParameterPaths", ["ssm:GetParametersByPath"], [parameterArn(request, request.namePattern("path"))]),
  ],
};

/** The rights of parameters that are read and not kept: their values are secrets. */
export const SSM_EPHEMERAL_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_ssm_parameter: (request) => {
    const arn = ephemeralArn(request);
    return [
      request.on("ParameterReads", ["ssm:GetParameter"], [arn]),
      ...(request.arguments.with_decryption === false ? [] : secret(request, arn, "unknown key", ["kms:Decrypt"])),
    ];
  },
};

/**
 * Use of the key of one secret parameter, through Parameter Store alone. Terraform reads what it writes, decrypted.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
 */
function secret(request: RightsRequest, arn: string, key: unknown, keyActions: readonly string[]): Right[] {
  if (key === undefined || key === AWS_KEY) {
    return [];
  }
  return [
    request.on("SecretParameters", keyActions, [keyResource(request, key)], {
      StringEquals: { "kms:ViaService": `ssm.${request.region}.amazonaws.com` },
      StringLike: { "kms:EncryptionContext:PARAMETER_ARN": arn },
    }),
  ];
}

/** Standard parameters are encrypted by KMS itself, advanced ones with a data key; intelligent tiering may choose either. */
function writing(request: RightsRequest): string[] {
  const tier = request.arguments.tier ?? "Standard";
  return ["kms:Decrypt", ...(tier === "Advanced" ? [] : ["kms:Encrypt"]), ...(tier === "Standard" ? [] : ["kms:GenerateDataKey"])];
}

/** ARN of a parameter; those of AWS, under /aws/, are in no account. */
function parameterArn(request: RightsRequest, name: string): string {
  const account = /^\/?aws\//.test(name) ? "" : undefined;
  return request.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`, account);
}

/** ARN that an ephemeral parameter names, also as this library writes it: the ARN of another, with the end of it replaced. */
function ephemeralArn(request: RightsRequest): string {
  const { arn } = request.arguments;
  if (isLiteral(arn)) {
    return arn;
  }
  const [, base, end, other] = /^\$\{replace\(([\w.-]+), "\/(.+)\$\/", "(.+)"\)\}$/.exec(String(arn)) ?? [];
  const name = referred(request.stack, base === undefined ? arn : `\${${base}}`)?.arguments.name;
  if (!isLiteral(name) || (end !== undefined && !name.endsWith(end))) {
    return parameterArn(request, "/*");
  }
  return parameterArn(request, end === undefined ? name : `${name.slice(0, -end.length)}${other}`);
}
