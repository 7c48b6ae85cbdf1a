import datetime
import json
import time
import unittest
from typing import Any

from aws_support import AwsTestCase

from aws.waiting_stack import only_wait_condition, seconds_of


def template(seconds: int, count: int = 1) -> str:
    signal = {"Count": count, "Timeout": f"PT{seconds}S"}
    condition = {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": {"ResourceSignal": signal}}
    return json.dumps({"Description": "waits", "Resources": {"Ready": condition}})


class WaitingStacks(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloudformation = self.client("cloudformation")

    def create(self, name: str = "w", seconds: int = 60, **more: Any) -> str:
        return self.cloudformation.create_stack(StackName=name, TemplateBody=template(seconds), **more)["StackId"]

    def status(self, name: str = "w") -> str:
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    def signal(self, status: str = "SUCCESS", unique_id: str = "ready-1", name: str = "w", resource: str = "Ready") -> None:
        self.cloudformation.signal_resource(StackName=name, LogicalResourceId=resource, UniqueId=unique_id, Status=status)

    def reasons(self, name: str = "w") -> list:
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [(event["ResourceStatus"], event.get("ResourceStatusReason", "")) for event in events]

    def test_success(self) -> None:
        self.create(Tags=[{"Key": "Name", "Value": "w"}], ClientRequestToken="token-1")
        [stack] = self.cloudformation.describe_stacks(StackName="w")["Stacks"]
        self.assertEqual(stack["StackStatus"], "CREATE_IN_PROGRESS")
        self.assertLess(abs(stack["CreationTime"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds(), 60)
        self.signal()
        self.assertEqual(self.status(), "CREATE_COMPLETE")
        events = self.cloudformation.describe_stack_events(StackName="w")["StackEvents"]
        self.assertEqual({event["ClientRequestToken"] for event in events}, {"token-1"})
        self.assertIn("w", self.cloudformation.get_template(StackName="w")["TemplateBody"]["Description"])

    def test_failure_rolls_back(self) -> None:
        self.create()
        self.signal("FAILURE", "install: cannot reach the snap store")
        self.assertEqual(self.status(), "ROLLBACK_IN_PROGRESS")
        self.assertIn(("CREATE_FAILED", "Received FAILURE signal with UniqueId install: cannot reach the snap store"), self.reasons())
        time.sleep(1.2)
        self.assertEqual(self.status(), "ROLLBACK_COMPLETE")
        self.cloudformation.delete_stack(StackName="w")
        with self.refused("ValidationError", "does not exist"):
            self.status()
        self.create()
        self.assertEqual(self.status(), "CREATE_IN_PROGRESS")

    def test_timeout(self) -> None:
        stack_id = self.create(seconds=1, OnFailure="DO_NOTHING")
        self.assertEqual(self.status(), "CREATE_IN_PROGRESS")
        time.sleep(1.1)
        self.assertEqual(self.status(), "CREATE_FAILED")
        self.assertIn(("CREATE_FAILED", "Failed to receive 1 resource signal(s) within the specified duration"), self.reasons())
        with self.refused("ValidationError", f"Stack {stack_id} is in CREATE_FAILED state and cannot be signaled"):
            self.signal()

    def test_no_rollback(self) -> None:
        self.create(DisableRollback=True)
        self.signal("FAILURE")
        self.assertEqual(self.status(), "CREATE_FAILED")
        with self.refused("ValidationError", "not both"):
            self.create("x", DisableRollback=True, OnFailure="DELETE")

    def test_delete_on_failure_frees_the_name(self) -> None:
        stack_id = self.create(OnFailure="DELETE")
        self.signal("FAILURE")
        self.assertEqual(self.status(), "DELETE_IN_PROGRESS")
        time.sleep(1.1)
        self.assertEqual(self.status(stack_id), "DELETE_COMPLETE")
        self.create()

    def test_refused_signals(self) -> None:
        with self.refused("ValidationError", "does not exist"):
            self.signal()
        self.create()
        with self.refused("ValidationError", "Resource Other does not exist"):
            self.signal(resource="Other")
        with self.refused("ValidationError", "length"):
            self.signal(unique_id="x" * 65)
        self.signal()
        with self.refused("ValidationError", "is in CREATE_COMPLETE state and cannot be signaled"):
            self.signal(unique_id="ready-2")
        with self.refused("AlreadyExistsException"):
            self.create()

    def test_more_signals_than_one(self) -> None:
        self.cloudformation.create_stack(StackName="two", TemplateBody=template(60, 2))
        self.signal(name="two", unique_id="a")
        with self.refused("ValidationError", "already exists"):
            self.signal(name="two", unique_id="a")
        self.assertEqual(self.status("two"), "CREATE_IN_PROGRESS")
        self.signal(name="two", unique_id="b")
        self.assertEqual(self.status("two"), "CREATE_COMPLETE")

    def test_other_templates_are_motos(self) -> None:
        body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "p", "Type": "String", "Value": "v"}}}})
        self.cloudformation.create_stack(StackName="other", TemplateBody=body)
        self.assertEqual(self.status("other"), "CREATE_COMPLETE")
        with self.refused("ValidationError", "cannot be signaled"):
            self.signal(name="other")

    def test_recognition(self) -> None:
        self.assertEqual(only_wait_condition(json.loads(template(5))), ("Ready", 1, 5))
        self.assertIsNone(only_wait_condition({"Resources": {"W": {"Type": "AWS::CloudFormation::WaitCondition"}}}))
        self.assertEqual(seconds_of("PT1H2M3S"), 3723)
        for text in ("PT", "15M", "PT13H"):
            with self.assertRaises(Exception):
                seconds_of(text)


if __name__ == "__main__":
    unittest.main()
