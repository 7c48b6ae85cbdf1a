import { MecError, got } from "../../lib/errors";
import { pathOf } from "../synthesized-stack";
import { actions, type RightsOf, type RightsRequest } from "./request";

/** What a template may hold here: it calls nothing when CloudFormation makes it. */
const HARMLESS = ["AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"];

/**
 * The rights for CloudFormation stacks, by the part of their names that synth knows.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
 */
export const CLOUDFORMATION_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_cloudformation_stack: (request) => {
    refuseOtherTemplates(request);
    return [
      request.on(
        "WaitingStacks",
        [
          // The events tell why a stack failed.
          ...actions("cloudformation", "CreateStack UpdateStack DeleteStack DescribeStacks DescribeStackEvents GetTemplate"),
          ...request.whenTagged(actions("cloudformation", "TagResource UntagResource")),
        ],
        [request.arn("cloudformation", `stack/${request.namePattern()}/*`)],
      ),
    ];
  },
};

/** CloudFormation makes what is in a template with the caller's rights, which this table does not know. */
function refuseOtherTemplates(request: RightsRequest): void {
  const { template_body: body } = request.arguments;
  let types: unknown[];
  try {
    const { Resources } = JSON.parse(String(body)) as { Resources: Record<string, { Type?: unknown }> };
    types = Object.values(Resources).map(({ Type }) => Type);
  } catch {
    types = ["a template that is no JSON at synth"];
  }
  const unknown = types.find((type) => !HARMLESS.includes(String(type)));
  if (unknown !== undefined) {
    throw new MecError(
      "MEC1410",
      pathOf(request.block),
      `${got(unknown)} in an aws_cloudformation_stack: only the rights for ${HARMLESS.join(" and ")} are known, so write a policy for that stack by hand`,
    );
  }
}
