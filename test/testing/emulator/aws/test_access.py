import http.client
import json
import unittest
from typing import Any

from aws_support import AwsTestCase
from botocore.exceptions import ConnectionClosedError, HTTPClientError

from aws.policy import verdict

ARN = "arn:aws:ssm:us-east-1:123456789012:parameter/mec/sandbox"


def allow(action: Any, resource: Any, **more: Any) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


class Machines(AwsTestCase):
    """A node with the rights of the contract."""

    def setUp(self) -> None:
        super().setUp()
        self.key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        self.profile = self.role(
            allow(["ssm:GetParameters"], [f"{ARN}/desired", f"{ARN}/credential", f"{ARN}/nodes/cp-*"]),
            allow(["ssm:PutParameter"], [f"{ARN}/credential", f"{ARN}/nodes/cp-*"]),
            allow(["kms:Encrypt", "kms:Decrypt"], self.key),
            allow(["s3:GetObject"], "arn:aws:s3:::bucket/agent/*"),
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:us-east-1:123456789012:log-group:/mec/sandbox:log-stream:cp-*"),
            allow(["cloudformation:DescribeStacks", "cloudformation:SignalResource"], "arn:aws:cloudformation:us-east-1:123456789012:stack/mec-sandbox--cp-*/*"),
        )
        self.net = self.network()
        self.node = self.launch(self.net, IamInstanceProfile={"Name": self.profile})
        self.credentials = self.emulator.identities.issue(self.node)

    def machine(self, service: str, **changed: Any) -> Any:
        return self.client(service, {**self.credentials, **changed})

    def put(self, name: str, value: str = "{}", **more: Any) -> None:
        self.machine("ssm").put_parameter(Name=f"/mec/sandbox/{name}", Value=value, Type="String", Overwrite=True, **more)


class WayOut(Machines):
    def test_no_answer_without_a_carrier_ip(self) -> None:
        with self.assertRaises((ConnectionClosedError, HTTPClientError)):
            self.put("nodes/cp-0")
        self.carrier_ip(self.node)
        self.put("nodes/cp-0")
        [address] = self.ec2.describe_addresses()["Addresses"]
        self.ec2.disassociate_address(AssociationId=address["AssociationId"])
        self.assertFalse(self.emulator.gate.way_out(self.node))

    def test_no_answer_without_a_route(self) -> None:
        self.carrier_ip(self.node)
        self.assertTrue(self.emulator.gate.way_out(self.node))
        self.ec2.delete_route(RouteTableId=self.net["table"], DestinationCidrBlock="0.0.0.0/0")
        self.assertFalse(self.emulator.gate.way_out(self.node))

    def through_nat(self) -> dict:
        """The node's subnet routed to a NAT gateway in a public subnet of the Region; both as ids."""
        region = self.region_side(self.net)
        nat = self.nat_gateway(region["public"])["NatGatewayId"]
        self.ec2.replace_route(RouteTableId=self.net["table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        return {**region, "nat": nat}

    def test_a_nat_gateway_needs_no_carrier_ip(self) -> None:
        made = self.through_nat()
        self.put("nodes/cp-0")
        self.ec2.delete_nat_gateway(NatGatewayId=made["nat"])
        self.assertFalse(self.emulator.gate.way_out(self.node))

    def test_a_nat_gateway_needs_a_way_out_itself(self) -> None:
        made = self.through_nat()
        self.ec2.delete_route(RouteTableId=made["public_table"], DestinationCidrBlock="0.0.0.0/0")
        self.assertFalse(self.emulator.gate.way_out(self.node))
        self.ec2.create_route(RouteTableId=made["public_table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made["nat"])
        self.assertFalse(self.emulator.gate.way_out(self.node))

    def test_a_private_nat_gateway_leads_nowhere(self) -> None:
        region = self.region_side(self.net)
        made = self.ec2.create_nat_gateway(SubnetId=region["public"], ConnectivityType="private")["NatGateway"]
        self.ec2.replace_route(RouteTableId=self.net["table"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made["NatGatewayId"])
        self.assertFalse(self.emulator.gate.way_out(self.node))

    def test_each_gateway_for_its_own_side(self) -> None:
        region = self.region_side(self.net)
        self.carrier_ip(self.node)
        self.ec2.replace_route(RouteTableId=self.net["table"], DestinationCidrBlock="0.0.0.0/0", GatewayId=region["internet_gateway"])
        self.assertFalse(self.emulator.gate.way_out(self.node))
        self.ec2.replace_route(RouteTableId=self.net["table"], DestinationCidrBlock="0.0.0.0/0", CarrierGatewayId=self.net["gateway"])
        self.assertTrue(self.emulator.gate.way_out(self.node))
        other = self.launch({**self.net, "subnet": region["public"]})
        self.ec2.associate_address(AllocationId=self.ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=other)
        self.assertTrue(self.emulator.gate.way_out(other))
        self.ec2.replace_route(RouteTableId=region["public_table"], DestinationCidrBlock="0.0.0.0/0", CarrierGatewayId=self.net["gateway"])
        self.assertFalse(self.emulator.gate.way_out(other))

    def test_closed_egress(self) -> None:
        self.carrier_ip(self.node)
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=self.net["group"], IpPermissions=everything)
        self.assertFalse(self.emulator.gate.way_out(self.node))
        https = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.authorize_security_group_egress(GroupId=self.net["group"], IpPermissions=https)
        self.assertTrue(self.emulator.gate.way_out(self.node))

    def test_nothing_after_the_end(self) -> None:
        self.carrier_ip(self.node)
        self.ec2.terminate_instances(InstanceIds=[self.node])
        self.settle()
        with self.assertRaises((ConnectionClosedError, HTTPClientError)):
            self.put("nodes/cp-0")
        with self.assertRaises(LookupError):
            self.emulator.identities.issue(self.node)


class Rights(Machines):
    def setUp(self) -> None:
        super().setUp()
        self.carrier_ip(self.node)
        self.ssm = self.client("ssm")

    def test_parameters(self) -> None:
        self.put("nodes/cp-0", '{"phase":"install"}')
        names = ["/mec/sandbox/nodes/cp-0", "/mec/sandbox/desired"]
        answer = self.machine("ssm").get_parameters(Names=names, WithDecryption=True)
        self.assertEqual(([p["Name"] for p in answer["Parameters"]], answer["InvalidParameters"]), (names[:1], names[1:]))
        with self.refused("AccessDeniedException", f"ssm:PutParameter on resource: {ARN}/desired because no identity-based policy"):
            self.put("desired")
        with self.refused("AccessDeniedException", f"{ARN}/endpoint"):
            self.machine("ssm").get_parameters(Names=["/mec/sandbox/desired", "/mec/sandbox/endpoint"])
        with self.refused("AccessDeniedException", "ssm:GetParameter on resource"):
            self.machine("ssm").get_parameter(Name="/mec/sandbox/desired")

    def test_secure_strings_need_their_key(self) -> None:
        secret = {"Name": "/mec/sandbox/credential", "Value": "x", "Type": "SecureString", "Overwrite": True}
        self.machine("ssm").put_parameter(**secret, KeyId=self.key)
        other = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        with self.refused("AccessDeniedException", f"kms:Encrypt on resource: {other}"):
            self.machine("ssm").put_parameter(**secret, KeyId=other)
        with self.refused("InvalidKeyId"):
            self.machine("ssm").put_parameter(**secret, KeyId="alias/none")
        self.ssm.put_parameter(**secret, KeyId=other)
        with self.refused("AccessDeniedException", f"kms:Decrypt on resource: {other}"):
            self.machine("ssm").get_parameters(Names=["/mec/sandbox/credential"], WithDecryption=True)
        self.machine("ssm").get_parameters(Names=["/mec/sandbox/credential"])

    def test_a_key_for_one_parameter_is_for_no_other(self) -> None:
        one = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": f"{ARN}/credential"}}
        rights = [
            allow(["ssm:GetParameters", "ssm:PutParameter"], f"{ARN}/*"),
            allow(["kms:Encrypt", "kms:Decrypt"], self.key, Condition=one),
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": rights})
        self.client("iam").put_role_policy(RoleName="node", PolicyName="node", PolicyDocument=document)
        secret = {"Value": "x", "Type": "SecureString", "Overwrite": True, "KeyId": self.key}
        ssm = self.machine("ssm")
        ssm.put_parameter(Name="/mec/sandbox/credential", **secret)
        with self.refused("AccessDeniedException", f"kms:Encrypt on resource: {self.key}"):
            ssm.put_parameter(Name="/mec/sandbox/join", **secret)
        self.ssm.put_parameter(Name="/mec/sandbox/join", **secret)
        ssm.get_parameters(Names=["/mec/sandbox/credential"], WithDecryption=True)
        with self.refused("AccessDeniedException", f"kms:Decrypt on resource: {self.key}"):
            ssm.get_parameters(Names=["/mec/sandbox/credential", "/mec/sandbox/join"], WithDecryption=True)

    def test_log_streams(self) -> None:
        self.client("logs").create_log_group(logGroupName="/mec/sandbox")
        logs, events = self.machine("logs"), [{"timestamp": 1_700_000_000_000, "message": "born"}]
        logs.create_log_stream(logGroupName="/mec/sandbox", logStreamName="cp-0/agent")
        logs.put_log_events(logGroupName="/mec/sandbox", logStreamName="cp-0/agent", logEvents=events)
        stream = "arn:aws:logs:us-east-1:123456789012:log-group:/mec/sandbox:log-stream:gateway/agent"
        with self.refused("AccessDeniedException", f"logs:CreateLogStream on resource: {stream}"):
            logs.create_log_stream(logGroupName="/mec/sandbox", logStreamName="gateway/agent")
        with self.refused("AccessDeniedException", "logs:CreateLogGroup on resource: arn:aws:logs:us-east-1:123456789012:log-group:/mec/x"):
            logs.create_log_group(logGroupName="/mec/x")
        with self.refused("AccessDeniedException", "logs:DescribeLogGroups on resource: *"):
            logs.describe_log_groups()

    def test_objects(self) -> None:
        s3 = self.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="agent/a b.py", Body=b"print()")
        s3.put_object(Bucket="bucket", Key="other", Body=b"x")
        self.assertEqual(self.machine("s3").get_object(Bucket="bucket", Key="agent/a b.py")["Body"].read(), b"print()")
        for key in ("other", "agent/missing.py"):
            with self.refused("AccessDenied"):
                self.machine("s3").get_object(Bucket="bucket", Key=key)
        with self.refused("AccessDenied", "s3:PutObject"):
            self.machine("s3").put_object(Bucket="bucket", Key="agent/a", Body=b"x")

    def test_stacks(self) -> None:
        with self.refused("AccessDenied", "stack/mec-other--cp-0-i-1-1/*"):
            self.machine("cloudformation").describe_stacks(StackName="mec-other--cp-0-i-1-1")
        with self.refused("ValidationError", "does not exist"):
            self.machine("cloudformation").describe_stacks(StackName="mec-sandbox--cp-0-i-1-1")
        with self.refused("AccessDenied", "on resource: *"):
            self.machine("cloudformation").describe_stacks()

    def test_identity_and_other_services(self) -> None:
        arn = self.machine("sts").get_caller_identity()["Arn"]
        self.assertEqual(arn, f"arn:aws:sts::123456789012:assumed-role/node/{self.node}")
        with self.refused("UnauthorizedOperation", "ec2:DescribeInstances"):
            self.machine("ec2").describe_instances()

    def test_signatures(self) -> None:
        with self.refused("InvalidSignatureException"):
            self.client("ssm", {**self.credentials, "SecretAccessKey": "wrong"}).get_parameters(Names=["/mec/sandbox/desired"])
        with self.refused("UnrecognizedClientException"):
            self.client("ssm", {**self.credentials, "Token": "wrong"}).get_parameters(Names=["/mec/sandbox/desired"])
        with self.refused("UnrecognizedClientException"):
            self.client("ssm", {**self.credentials, "AccessKeyId": "ASIAUNKNOWN000000000"}).get_parameters(Names=["/mec/sandbox/desired"])

    def test_unsigned_requests(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=10)
        connection.request("GET", "/bucket/agent/a.py")
        self.assertEqual(connection.getresponse().status, 403)

    def test_throttling(self) -> None:
        self.faults.throttles = 2
        for _ in range(2):
            with self.refused("ThrottlingException", "Rate exceeded"):
                self.put("nodes/cp-0")
        self.put("nodes/cp-0")
        self.ssm.get_parameter(Name="/mec/sandbox/nodes/cp-0")

    def test_calls_fail_as_a_fault_has_it(self) -> None:
        self.carrier_ip(self.node)
        self.client("s3").create_bucket(Bucket="bucket")
        self.client("s3").put_object(Bucket="bucket", Key="agent/a", Body=b"x")
        self.client("logs").create_log_group(logGroupName="/mec/sandbox")
        stream = {"logGroupName": "/mec/sandbox", "logStreamName": "cp-0/agent"}
        calls = {
            "ssm:PutParameter": lambda: self.put("nodes/cp-0"),
            "s3:GetObject": lambda: self.machine("s3").get_object(Bucket="bucket", Key="agent/a"),
            "logs:CreateLogStream": lambda: self.machine("logs").create_log_stream(**stream),
            "cloudformation:DescribeStacks": lambda: self.machine("cloudformation").describe_stacks(StackName="mec-sandbox--cp-0-i"),
        }
        codes = {
            "ssm:PutParameter": ("InternalServerError", "ThrottlingException", "AccessDeniedException"),
            "s3:GetObject": ("InternalError", "SlowDown", "AccessDenied"),
            "logs:CreateLogStream": ("ServiceUnavailableException", "ThrottlingException", "AccessDeniedException"),
            "cloudformation:DescribeStacks": ("InternalFailure", "Throttling", "AccessDenied"),
        }
        self.addCleanup(self.faults.failing.clear)
        for name, call in calls.items():
            self.faults.failing[name] = ["error", "throttled", "denied"]
            for code in codes[name]:
                with self.refused(code):
                    call()
        for name in ("ssm:PutParameter", "s3:GetObject", "logs:CreateLogStream"):
            calls[name]()
        self.faults.failing["ssm:PutParameter"] = ["error"]
        self.client("ssm").put_parameter(Name="/mec/x", Value="v", Type="String")  # Terraform's calls do not fail

    def test_statuses_are_observed_once_stored(self) -> None:
        self.put("nodes/cp-0", '{"phase":"install"}')
        self.put("credential", '{"phase":"other"}')
        self.settle()
        self.assertEqual(self.park.statuses, [(self.node, {"phase": "install"})])

    def test_attached_policies_and_denials(self) -> None:
        iam = self.client("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ssm:Put*", "Resource": "*"}]})
        policy = iam.create_policy(PolicyName="no", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="node", PolicyArn=policy)
        with self.refused("AccessDeniedException", "explicit deny"):
            self.put("nodes/cp-0")

    def test_permissions_boundaries(self) -> None:
        iam = self.client("iam")
        statement = {"Effect": "Allow", "Action": ["ssm:*", "kms:*"], "Resource": f"{ARN}/nodes/*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        boundary = iam.create_policy(PolicyName="edge", Path="/mec/", PolicyDocument=document)["Policy"]["Arn"]
        with self.refused("NoSuchEntity", "is not attachable"):
            iam.put_role_permissions_boundary(RoleName="node", PermissionsBoundary=boundary + "x")
        iam.put_role_permissions_boundary(RoleName="node", PermissionsBoundary=boundary)
        self.put("nodes/cp-0")
        with self.refused("AccessDeniedException", "because no permissions boundary allows the ssm:PutParameter action"):
            self.put("credential")
        with self.refused("AccessDeniedException", "because no identity-based policy"):
            self.put("nodes/x")
        iam.delete_role_permissions_boundary(RoleName="node")
        self.put("credential")

    def test_roles_with_a_path(self) -> None:
        iam = self.client("iam")
        with self.refused("NoSuchEntity", "is not attachable"):
            missing = "arn:aws:iam::123456789012:policy/mec/none"
            iam.create_role(RoleName="x", Path="/mec/", AssumeRolePolicyDocument="{}", PermissionsBoundary=missing)
        trust = iam.get_role(RoleName="node")["Role"]["AssumeRolePolicyDocument"]
        iam.create_role(RoleName="deep", Path="/mec/edge/", AssumeRolePolicyDocument=json.dumps(trust))
        rights = {"Version": "2012-10-17", "Statement": [allow("ssm:PutParameter", f"{ARN}/nodes/cp-*")]}
        iam.put_role_policy(RoleName="deep", PolicyName="deep", PolicyDocument=json.dumps(rights))
        profile = iam.create_instance_profile(InstanceProfileName="deep", Path="/mec/edge/")["InstanceProfile"]
        self.assertIn(":instance-profile/mec/edge/deep", profile["Arn"])
        iam.add_role_to_instance_profile(InstanceProfileName="deep", RoleName="deep")
        node = self.launch(self.net, IamInstanceProfile={"Name": "deep"})
        self.carrier_ip(node)
        self.credentials = self.emulator.identities.issue(node)
        self.put("nodes/cp-1")

    def test_long_values(self) -> None:
        with self.refused("ValidationException", "4096"):
            self.put("nodes/cp-0", "x" * 4097)
        self.put("nodes/cp-0", "x" * 4096)


class Policies(unittest.TestCase):
    class Role:
        managed_policies: dict = {}
        permissions_boundary_arn = None

        def __init__(self, *statements: dict) -> None:
            self.policies = {"p": json.dumps({"Statement": list(statements)})}

    def test_wildcards(self) -> None:
        role = self.Role(allow("SSM:get*", "arn:*:parameter/a?c"))
        self.assertIsNone(verdict(role, "ssm:GetParameter", "arn:x:parameter/abc"))
        self.assertIsNotNone(verdict(role, "ssm:GetParameter", "arn:x:parameter/abbc"))
        self.assertIsNotNone(verdict(role, "ssm:PutParameter", "arn:x:parameter/abc"))

    def test_not_action(self) -> None:
        role = self.Role({"Effect": "Allow", "NotAction": "ssm:Put*", "Resource": "*"})
        self.assertIsNone(verdict(role, "ssm:GetParameter", "x"))
        self.assertIsNotNone(verdict(role, "ssm:PutParameter", "x"))

    def test_conditions_that_are_not_known_are_refused_loudly(self) -> None:
        for condition in ({"Bool": {"aws:SecureTransport": "true"}}, {"StringNotEquals": {"kms:ViaService": "x"}}):
            role = self.Role(allow("ssm:*", "*", Condition=condition))
            self.assertIn("does not evaluate", str(verdict(role, "ssm:GetParameter", "x", {"kms:ViaService": "y"})))

    def test_conditions_are_alternatives_in_their_values_alone(self) -> None:
        condition = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": ["a", "b*"]}, "StringLike": {"kms:viaservice": "ssm.*"}}
        role = self.Role(allow("kms:Decrypt", "*", Condition=condition))
        for parameter, service, allowed in (
            ("a", "ssm.x", True), ("b*", "ssm.x", True), ("bc", "ssm.x", False), ("a", "s3.x", False), ("c", "ssm.x", False),
        ):
            context = {"kms:EncryptionContext:PARAMETER_ARN": parameter, "kms:ViaService": service}
            self.assertEqual(verdict(role, "kms:Decrypt", "k", context) is None, allowed, context)
        self.assertIn("because no identity-based policy", str(verdict(role, "kms:Decrypt", "k", {"kms:ViaService": "ssm.x"})))

    def test_a_denial_counts_where_its_condition_is_fulfilled(self) -> None:
        denial = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "ssm.x"}}}
        role = self.Role(allow("kms:Decrypt", "*"), denial)
        self.assertIsNone(verdict(role, "kms:Decrypt", "k"))
        self.assertIn("explicit deny", str(verdict(role, "kms:Decrypt", "k", {"kms:ViaService": "ssm.x"})))


if __name__ == "__main__":
    unittest.main()
