import json
import unittest
from typing import Any, Tuple

from aws_support import AwsTestCase

ARN = "arn:aws:logs:us-east-1:123456789012:log-group"
ACTIONS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(action: Any, service: str, **more: Any) -> dict:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": "*", **more}


class LogGroups(AwsTestCase):
    def key(self, *statements: Any) -> str:
        root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}
        return self.client("kms").create_key(Policy=policy(root, *statements))["KeyMetadata"]["Arn"]

    def test_the_service_must_be_allowed_to_use_the_key(self) -> None:
        logs = self.client("logs")
        service = "logs.us-east-1.amazonaws.com"
        elsewhere = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{ARN}:/other/*"}}
        for key in (
            self.key(),
            self.key(statement(ACTIONS, "logs.us-west-2.amazonaws.com")),
            self.key(statement(ACTIONS[:1], service)),
            self.key(statement(ACTIONS, service, Condition=elsewhere)),
            "arn:aws:kms:us-east-1:123456789012:key/none",
        ):
            with self.refused("AccessDeniedException", f"is not allowed to be used with Arn '{ARN}:/mec/a'"):
                logs.create_log_group(logGroupName="/mec/a", kmsKeyId=key)
        here = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{ARN}:/mec/*"}}
        key = self.key(statement(ACTIONS, service, Condition=here))
        logs.create_log_group(logGroupName="/mec/a", kmsKeyId=key)
        self.assertEqual(logs.describe_log_groups()["logGroups"][0]["kmsKeyId"], key)

    def test_change_of_key(self) -> None:
        logs = self.client("logs")
        logs.create_log_group(logGroupName="/mec/a")
        with self.refused("AccessDeniedException"):
            logs.associate_kms_key(logGroupName="/mec/a", kmsKeyId=self.key())
        logs.associate_kms_key(logGroupName="/mec/a", kmsKeyId=self.key(statement("kms:*", "logs.us-east-1.amazonaws.com")))
        self.assertIn("kmsKeyId", logs.describe_log_groups()["logGroups"][0])
        logs.disassociate_kms_key(logGroupName="/mec/a")
        self.assertNotIn("kmsKeyId", logs.describe_log_groups()["logGroups"][0])
        with self.refused("ResourceNotFoundException"):
            logs.disassociate_kms_key(logGroupName="/mec/b")


class FlowLogs(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.client("logs").create_log_group(logGroupName="/mec/a")

    def make(self, name: str, service: str, resource: str, log_group: str = "/mec/a") -> Tuple[str, Any]:
        """Status and error of a flow log with such a role."""
        iam = self.client("iam")
        trust = statement("sts:AssumeRole", service)
        trust.pop("Resource")
        role = iam.create_role(RoleName=name, Path="/mec/", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        rights = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": resource}
        iam.put_role_policy(RoleName=name, PolicyName="deliver", PolicyDocument=policy(rights))
        [made] = self.ec2.create_flow_logs(
            ResourceIds=[self.vpc], ResourceType="VPC", TrafficType="ALL", MaxAggregationInterval=60,
            LogDestination=f"{ARN}:{log_group}", DeliverLogsPermissionArn=role,
        )["FlowLogIds"]
        [shown] = self.ec2.describe_flow_logs(FlowLogIds=[made])["FlowLogs"]
        self.ec2.delete_flow_logs(FlowLogIds=[made])
        return shown["DeliverLogsStatus"], shown.get("DeliverLogsErrorMessage")

    def test_delivery_depends_on_the_role(self) -> None:
        service, denied = "vpc-flow-logs.amazonaws.com", ("FAILED", "Access error")
        self.assertEqual(self.make("good", service, f"{ARN}:/mec/a:*"), ("SUCCESS", None))
        self.assertEqual(self.make("untrusted", "ec2.amazonaws.com", "*"), denied)
        self.assertEqual(self.make("other-group", service, f"{ARN}:/mec/b:*"), denied)
        self.assertEqual(self.make("no-group", service, "*", "/mec/none"), denied)


if __name__ == "__main__":
    unittest.main()
