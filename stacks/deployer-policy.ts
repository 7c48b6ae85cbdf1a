import type { TerraformStack } from "cdktf";
import { MecError, got } from "../lib/errors";
import { documentsOf, statementsOf, type PolicyDocument, type Right } from "./policy-document";
import { IDENTITY, KNOWN_RIGHTS } from "./rights";
import { backendRights } from "./rights/backend";
import { RightsRequest, type PolicyTarget } from "./rights/request";
import { blocksOf, pathOf, synthesized, type SynthesizedBlock, type SynthesizedStack } from "./synthesized-stack";

/** Properties of {@link deployerPolicy}. */
export interface DeployerPolicyProps {
  /**
   * The account that is deployed to, 12 digits.
   * @default - any: the account of whom the policy is attached to
   */
  readonly accountId?: string;

  /**
   * Partition of all ARNs.
   * @default "aws"
   */
  readonly partition?: string;

  /**
   * Region of everything that does not name its own.
   * @default - the Region of the stack's AWS provider
   */
  readonly region?: string;
}

/**
 * The least rights that `cdktf deploy`, `diff` and `destroy` of the given stacks need: the actions which Terraform's AWS
 * provider calls for the types that are in them, and those of an S3 backend that keeps their state.
 *
 * Resources are named as closely as synth can know them. EC2 and the making of KMS keys are limited to the Region, since ids
 * are not known before. A role that a stack makes can be given to EC2 or to VPC flow logs only. What is not in it: rights to
 * assume a role that the AWS provider names, and rights of Terraform's other providers.
 *
 * @example writeFileSync("policy.json", JSON.stringify(deployerPolicy(stack)[0], undefined, 2));
 * @param stacks stacks once all their constructs are there, or parsed `cdk.tf.json`
 * @returns managed policies, all of which are to be attached: one, or more where one would be longer than the 6,144
 *   characters that IAM takes (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
 * @throws {MecError} MEC1410 for an AWS type whose rights are not known, MEC1411 for an account or a Region that is none
 */
export function deployerPolicy(
  stacks: TerraformStack | SynthesizedStack | readonly (TerraformStack | SynthesizedStack)[],
  props: DeployerPolicyProps = {},
): PolicyDocument[] {
  const { accountId, partition = "aws", region } = props;
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) {
    throw new MecError(
      "MEC1411",
      "deployerPolicy",
      `${got(accountId)} as accountId: an account is 12 digits, so write them, or leave it out`,
    );
  }
  const target: PolicyTarget = { partition, region, account: accountId ?? "*" };
  const all = [stacks].flat().map((stack) => synthesized(stack as TerraformStack | SynthesizedStack));
  return documentsOf(statementsOf(all.flatMap((stack) => rightsOf(stack, target))));
}

function rightsOf(stack: SynthesizedStack, target: PolicyTarget): Right[] {
  const blocks = blocksOf(stack)
    .filter(({ type }) => type.startsWith("aws_"))
    .map((block) => new RightsRequest(stack, block, target));
  return [
    // The provider asks who it is whatever it makes.
    ...blocks.slice(0, 1).flatMap(IDENTITY),
    ...blocks.flatMap((request) => known(request.block)(request)),
    ...backendRights(stack, target),
  ].filter((right) => right.actions.length > 0);
}

function known(block: SynthesizedBlock) {
  const rights = KNOWN_RIGHTS[block.kind][block.type];
  if (rights === undefined) {
    throw new MecError(
      "MEC1410",
      pathOf(block),
      `got the ${block.kind} type ${block.type}: only rights of known types can be told, so leave that stack out and write its policy by hand`,
    );
  }
  return rights;
}
