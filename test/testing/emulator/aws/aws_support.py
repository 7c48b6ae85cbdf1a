"""What the tests of the AWS half share: an emulator in this process, with machines that only record what happens."""

import json
import pathlib
import sys
import tempfile
import threading
import unittest
from typing import Any, Dict, List, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "lib/testing/emulator/python"))

import main  # noqa: E402  (first: it sets moto's environment)

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.moto_api._internal.models import moto_api_backend  # noqa: E402

from aws import zones  # noqa: E402
from server import Lifetime  # noqa: E402

ZONE = "us-east-1-wl1-bos-wlz-1"
UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


class RecordingPark:
    """Stands in for the machines: no processes, only a list of what was asked."""

    def __init__(self, state_dir: Any, endpoint: str, faults: Any, issue: Any, way_out: Any) -> None:
        self.events: List[Any] = []
        self.statuses: List[Any] = []

    def boot(self, launch: Any) -> None:
        self.events.append(("boot", launch))

    def terminate(self, instance_id: str) -> None:
        self.events.append(("terminate", instance_id))

    def reboot(self, instance_id: str) -> None:
        self.events.append(("reboot", instance_id))

    def observe_status(self, instance_id: str, status: Dict[str, Any]) -> None:
        self.statuses.append((instance_id, status))

    def cluster_of(self, instance_id: str) -> Optional[str]:
        return "sandbox"

    def list(self) -> List[Dict[str, Any]]:
        return []

    def pids(self) -> List[int]:
        return []

    def handle(self, method: str, path: str, body: bytes, is_gone: Any) -> Any:
        return 200, path.encode()

    def stop_all(self) -> None:
        self.events.append(("stop_all", None))


class RecordingFaults:
    """Stands in for the fault book."""

    def __init__(self) -> None:
        self.throttles = 0
        self.failing: Dict[str, List[str]] = {}
        self.loaded: Any = None

    def load(self, faults: Any) -> None:
        if not isinstance(faults, dict):
            raise ValueError("faults must be an object")
        self.loaded = faults

    def take_throttle(self, cluster: str) -> bool:
        self.throttles -= 1
        return self.throttles >= 0

    def take_aws_failure(self, cluster: str, name: str) -> Optional[str]:
        left = self.failing.get(name)
        return left.pop(0) if left else None


class _Shared:
    lock = threading.Lock()
    emulator: Any = None
    faults = RecordingFaults()
    lifetime = Lifetime()
    folder: Any = None


def emulator() -> Any:
    """The one emulator of the test process."""
    with _Shared.lock:
        if _Shared.emulator is None:
            _Shared.folder = tempfile.TemporaryDirectory(prefix="mec-emulator-")
            state = pathlib.Path(_Shared.folder.name)
            _Shared.emulator = main.Emulator(state, 0, _Shared.faults, _Shared.lifetime, RecordingPark)
            _Shared.emulator.serve()
        return _Shared.emulator


class AwsTestCase(unittest.TestCase):
    """An empty account before each test."""

    region = "us-east-1"

    def setUp(self) -> None:
        self.emulator = emulator()
        self.faults = _Shared.faults
        self.lifetime = _Shared.lifetime
        moto_api_backend.reset()
        zones.forget_opt_ins()
        self.park = self.emulator.park
        self.park.events.clear()
        self.park.statuses.clear()
        self.faults.throttles = 0
        self.endpoint = f"http://127.0.0.1:{self.emulator.port}"
        self.ec2 = self.client("ec2")

    def client(self, service: str, credentials: Optional[Dict[str, str]] = None, region: Optional[str] = None) -> Any:
        """A client as Terraform, or as the machine with these credentials."""
        given = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "Token": None}
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region or self.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["Token"],
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, connect_timeout=5, read_timeout=20),
        )

    def refused(self, code: str, text: str = "") -> Any:
        """Context in which an AWS call must fail with a code."""
        return _Refused(self, code, text)

    def settle(self) -> None:
        """Wait for what follows a response."""
        self.assertTrue(self.emulator.aftermath.drain(5))

    def opt_in(self) -> None:
        self.ec2.modify_availability_zone_group(GroupName="us-east-1-wl1", OptInStatus="opted-in")

    def network(self, zone: str = ZONE, cidr: str = "10.0.0.0/24") -> Dict[str, str]:
        """A VPC with a subnet routed to a carrier gateway, and an open way out in a security group."""
        self.opt_in()
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.ec2.create_carrier_gateway(VpcId=vpc)["CarrierGateway"]["CarrierGatewayId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", CarrierGatewayId=gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        group = self.ec2.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]
        return {"vpc": vpc, "subnet": subnet, "table": table, "group": group, "gateway": gateway}

    def region_side(self, network: Dict[str, str]) -> Dict[str, str]:
        """An internet gateway, and a public subnet of the Region routed to it, beside what ``network`` made."""
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network["vpc"])
        made = self.ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.0.100.0/24", AvailabilityZone="us-east-1a")
        subnet = made["Subnet"]["SubnetId"]
        table = self.ec2.create_route_table(VpcId=network["vpc"])["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return {"internet_gateway": gateway, "public": subnet, "public_table": table}

    def nat_gateway(self, subnet: str, allocation: Optional[str] = None) -> Dict[str, Any]:
        """A public NAT gateway in a subnet, as DescribeNatGateways shows it."""
        allocation = allocation or self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
        return self.ec2.describe_nat_gateways(NatGatewayIds=[made])["NatGateways"][0]

    def role(self, *statements: Dict[str, Any]) -> str:
        """An instance profile whose role has these statements; its name."""
        iam = self.client("iam")
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName="node", AssumeRolePolicyDocument=json.dumps(trust))
        nothing = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [nothing]})
        iam.put_role_policy(RoleName="node", PolicyName="node", PolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName="node")
        iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
        return "node"

    def image(self) -> str:
        return self.client("ssm").get_parameter(Name=UBUNTU)["Parameter"]["Value"]

    def launch(self, network: Dict[str, str], **more: Any) -> str:
        """A node in the network; its instance id."""
        request: Dict[str, Any] = {
            "ImageId": self.image(),
            "MinCount": 1,
            "MaxCount": 1,
            "InstanceType": "t3.xlarge",
            "SubnetId": network["subnet"],
            "SecurityGroupIds": [network["group"]],
            "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeType": "gp2", "VolumeSize": 50}}],
        }
        request.update(more)
        instance_id = self.ec2.run_instances(**request)["Instances"][0]["InstanceId"]
        self.settle()
        return instance_id

    def carrier_ip(self, instance_id: str) -> str:
        """Allocate a carrier IP address and associate it; its allocation id."""
        allocation = self.ec2.allocate_address(Domain="vpc", NetworkBorderGroup=ZONE)["AllocationId"]
        self.ec2.associate_address(AllocationId=allocation, InstanceId=instance_id)
        return allocation


class _Refused:
    def __init__(self, case: AwsTestCase, code: str, text: str) -> None:
        self._case, self._code, self._text = case, code, text
        self.message = ""

    def __enter__(self) -> "_Refused":
        return self

    def __exit__(self, kind: Any, error: Any, _: Any) -> bool:
        from botocore.exceptions import ClientError

        self._case.assertIsNotNone(error, f"{self._code} was expected")
        if not isinstance(error, ClientError):
            return False
        self._case.assertEqual(error.response["Error"]["Code"], self._code, str(error))
        self.message = error.response["Error"]["Message"]
        self._case.assertIn(self._text, self.message)
        return True


__all__ = ["AwsTestCase", "UBUNTU", "ZONE", "emulator"]
