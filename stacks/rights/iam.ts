import { isLiteral, referred } from "../synthesized-stack";
import type { Right } from "../policy-document";
import { actions, type RightsOf, type RightsRequest } from "./request";

/** Services that Terraform gives roles to. */
type PassedTo = "ec2" | "vpc-flow-logs";

/**
 * The rights of each IAM type, limited to path and name of roles and instance profiles.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export const IAM_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_iam_role: (request) => [
    request.on(
      "Roles",
      [
        ...actions("iam", "CreateRole GetRole DeleteRole UpdateAssumeRolePolicy"),
        // Before a role goes, what is still attached to it is looked for.
        ...actions("iam", "ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole"),
        ...request.when("description", ["iam:UpdateRoleDescription"]),
        ...request.when("max_session_duration", ["iam:UpdateRole"]),
        ...request.when("inline_policy", actions("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy")),
        ...request.when("managed_policy_arns", actions("iam", "AttachRolePolicy DetachRolePolicy")),
        ...request.when("permissions_boundary", actions("iam", "PutRolePermissionsBoundary DeleteRolePermissionsBoundary")),
        ...request.whenTagged(actions("iam", "TagRole UntagRole")),
      ],
      [named(request, "role")],
    ),
  ],
  aws_iam_role_policy: (request) => [
    request.on("Roles", actions("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy"), [roleArn(request, request.arguments.role)]),
  ],
  aws_iam_instance_profile: (request) => [
    request.on(
      "InstanceProfiles",
      [
        ...actions("iam", "CreateInstanceProfile GetInstanceProfile DeleteInstanceProfile"),
        ...request.when("role", actions("iam", "AddRoleToInstanceProfile RemoveRoleFromInstanceProfile")),
        ...request.whenTagged(actions("iam", "TagInstanceProfile UntagInstanceProfile")),
      ],
      [named(request, "instance-profile")],
    ),
    ...(request.arguments.role === undefined
      ? []
      : [
          request.on("Roles", ["iam:GetRole"], [roleArn(request, request.arguments.role)]),
          passRole(request, request.arguments.role, "ec2"),
        ]),
  ],
};

/**
 * The right to give a role to one service.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passRole(request: RightsRequest, role: unknown, service: PassedTo): Right {
  const sid = service === "ec2" ? "PassRoleToEc2" : "PassRoleToFlowLogs";
  return request.on(sid, ["iam:PassRole"], [roleArn(request, role)], {
    StringEquals: { "iam:PassedToService": `${service}.amazonaws.com` },
  });
}

/** The role of an instance profile of the same stack; undefined where the profile is made elsewhere. */
export function roleOfProfile(request: RightsRequest, name: unknown): unknown {
  return referred(request.stack, name)?.arguments.role;
}

/** ARN of a role, by a reference to it, its name or its ARN; of any role of the account where synth cannot know it. */
function roleArn(request: RightsRequest, role: unknown): string {
  const block = referred(request.stack, role);
  if (block?.type === "aws_iam_role") {
    return named(request.of(block), "role");
  }
  if (typeof role === "string" && !role.includes("${")) {
    return role.startsWith("arn:") ? role : request.globalArn("iam", `role/${role}`);
  }
  return request.globalArn("iam", "role/*");
}

function named(request: RightsRequest, kind: "role" | "instance-profile"): string {
  const path = request.arguments.path ?? "/";
  // Of a path that only the apply knows, the beginning: its expression would be a policy variable to IAM.
  const pattern = isLiteral(path) ? `${path}${request.namePattern()}` : `${String(path).split(/[$%]\{/)[0] || "/"}*`;
  return request.globalArn("iam", `${kind}${pattern}`);
}
