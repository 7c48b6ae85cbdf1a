import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from typing import Any, Optional

from aws_support import AwsTestCase

MAIN = pathlib.Path(__file__).resolve().parents[4] / "lib/testing/emulator/python/main.py"


class Control(AwsTestCase):
    def call(self, path: str, body: Optional[bytes] = None) -> Any:
        with urllib.request.urlopen(urllib.request.Request(self.endpoint + path, data=body), timeout=10) as response:
            return json.load(response)

    def test_inventory_of_an_empty_account(self) -> None:
        for service in ("ec2", "kms", "logs", "ssm", "cloudformation", "iam", "s3"):
            self.client(service)
        self.ec2.describe_vpcs()
        self.image()
        self.assertEqual(self.call("/_mec/inventory"), {"resources": {}, "parameters": [], "processes": []})

    def test_inventory(self) -> None:
        network = self.network()
        instance_id = self.launch(network)
        self.client("ssm").put_parameter(Name="/mec/a/x", Value="v", Type="String")
        resources = self.call("/_mec/inventory")["resources"]
        self.assertEqual(resources["aws_instance"], [instance_id])
        self.assertEqual((resources["aws_vpc"], resources["aws_subnet"]), ([network["vpc"]], [network["subnet"]]))
        self.assertEqual(resources["aws_ssm_parameter"], ["/mec/a/x"])
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        key = self.client("kms").create_key()["KeyMetadata"]["KeyId"]
        self.client("kms").schedule_key_deletion(KeyId=key)
        resources = self.call("/_mec/inventory")["resources"]
        for gone in ("aws_instance", "aws_ebs_volume", "aws_network_interface", "aws_kms_key"):
            self.assertNotIn(gone, resources)

    def test_inventory_of_a_network_with_a_region_side(self) -> None:
        network = self.network()
        region = self.region_side(network)
        nat = self.nat_gateway(region["public"])
        allocation = nat["NatGatewayAddresses"][0]["AllocationId"]
        request = {"SubnetId": network["subnet"], "Cidr": "10.0.0.8/29", "ReservationType": "explicit"}
        reservation = self.ec2.create_subnet_cidr_reservation(**request)["SubnetCidrReservation"]["SubnetCidrReservationId"]
        self.client("logs").create_log_group(logGroupName="/mec/a")
        role = "arn:aws:iam::123456789012:role/flow"
        [flow_log] = self.ec2.create_flow_logs(
            ResourceIds=[network["vpc"]], ResourceType="VPC", TrafficType="ALL", DeliverLogsPermissionArn=role, LogGroupName="/mec/a"
        )["FlowLogIds"]
        status = {"Namespace": "AWS/EC2", "MetricName": "StatusCheckFailed_System", "Statistic": "Maximum", "Period": 60}
        alarm = {"EvaluationPeriods": 2, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
        cloudwatch = self.client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName="mec-a", **status, **alarm)
        expected = {
            "aws_internet_gateway": [region["internet_gateway"]],
            "aws_ec2_carrier_gateway": [network["gateway"]],
            "aws_nat_gateway": [nat["NatGatewayId"]],
            "aws_eip": [allocation],
            "aws_ec2_subnet_cidr_reservation": [reservation],
            "aws_cloudwatch_log_group": ["/mec/a"],
            "aws_cloudwatch_metric_alarm": ["mec-a"],
            "aws_flow_log": [flow_log],
        }
        resources = self.call("/_mec/inventory")["resources"]
        self.assertEqual({kind: resources.get(kind) for kind in expected}, expected)
        self.ec2.delete_flow_logs(FlowLogIds=[flow_log])
        self.client("logs").delete_log_group(logGroupName="/mec/a")
        cloudwatch.delete_alarms(AlarmNames=["mec-a"])
        self.ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=reservation)
        self.ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
        self.ec2.release_address(AllocationId=allocation)
        self.ec2.detach_internet_gateway(InternetGatewayId=region["internet_gateway"], VpcId=network["vpc"])
        self.ec2.delete_internet_gateway(InternetGatewayId=region["internet_gateway"])
        self.ec2.delete_carrier_gateway(CarrierGatewayId=network["gateway"])
        self.assertEqual(set(expected) & set(self.call("/_mec/inventory")["resources"]), set())

    def test_parameters_hide_secrets_everywhere(self) -> None:
        ssm = self.client("ssm")
        ssm.put_parameter(Name="/mec/a/plain", Value="open", Type="String")
        ssm.put_parameter(Name="/mec/a/secret", Value="top-secret-value", Type="SecureString")
        ssm.get_parameters(Names=["/mec/a/secret"], WithDecryption=True)
        found = self.call("/_mec/parameters?prefix=/mec/a/")
        self.assertEqual(found["/mec/a/plain"], {"type": "String", "value": "open"})
        self.assertEqual(found["/mec/a/secret"], {"type": "SecureString", "value": None})
        self.assertNotIn("top-secret-value", self.emulator.log.path.read_text())

    def test_log_lines(self) -> None:
        self.client("ssm").describe_parameters()
        time.sleep(0.2)
        self.assertRegex(self.emulator.log.path.read_text(), r"(?m)^\S+Z terraform ssm DescribeParameters 200$")

    def test_faults(self) -> None:
        faults = {"clusters": {"sandbox": {"throttle": 3}}}
        self.assertEqual(self.call("/_mec/faults", json.dumps(faults).encode()), {})
        self.assertEqual(self.faults.loaded, faults)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.call("/_mec/faults", b"[]")
        self.assertEqual(refused.exception.code, 400)

    def test_a_client_that_resets_holds_nothing_up(self) -> None:
        head = (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n"
            "X-Amz-Target: AmazonSSM.DescribeParameters\r\n"
            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{}"
        )
        for _ in range(20):
            client = socket.create_connection(("127.0.0.1", self.emulator.port), timeout=5)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(head.encode())
            self.assertIn(b" 200 ", client.recv(20))
            client.close()
        self.settle()

    def test_machines_and_unknown_paths(self) -> None:
        self.assertEqual(self.call("/_mec/machines"), [])
        with urllib.request.urlopen(self.endpoint + "/_machine/i-1", data=b"-", timeout=10) as response:
            self.assertEqual(response.read(), b"/_machine/i-1")
        with self.assertRaises(urllib.error.HTTPError):
            self.call("/_mec/nothing")

    def test_what_is_missing_fails_at_once(self) -> None:
        with self.refused("NotImplemented", "ec2 CreateVerifiedAccessGroup"):
            self.ec2.create_verified_access_group(VerifiedAccessInstanceId="vai-1")


class Process(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="mec-process-")
        self.addCleanup(self.folder.cleanup)

    def start(self, *more: str) -> Any:
        argv = [sys.executable, str(MAIN), "--state", self.folder.name, *more]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        line = process.stdout.readline()
        return process, json.loads(line)

    def test_start_up_line_and_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            process, announced = self.start()
            self.assertEqual(announced["pid"], process.pid)
            with urllib.request.urlopen(f"http://127.0.0.1:{announced['port']}/_mec/health", timeout=5) as response:
                self.assertEqual(json.load(response)["status"], "ok")
            process.send_signal(number)
            self.assertEqual(process.wait(15), 0)

    def test_stop_request(self) -> None:
        process, announced = self.start()
        request = urllib.request.Request(f"http://127.0.0.1:{announced['port']}/_mec/stop", data=b"")
        urllib.request.urlopen(request, timeout=5).close()
        self.assertEqual(process.wait(15), 0)
        self.assertTrue((pathlib.Path(self.folder.name) / "logs/emulator.log").read_text().rstrip().endswith("ended"))

    def test_ends_with_its_parent(self) -> None:
        parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        process, _ = self.start("--parent", str(parent.pid))
        os.kill(parent.pid, signal.SIGKILL)
        try:
            # The dead parent is a zombie until somebody waits for it: dead all the same.
            self.assertEqual(process.wait(15), 0)
        finally:
            parent.wait(5)


if __name__ == "__main__":
    unittest.main()
