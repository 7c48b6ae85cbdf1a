import unittest
from typing import Any

from aws_support import ZONE, AwsTestCase


class Addresses(AwsTestCase):
    def test_a_carrier_ip_keeps_its_border_group(self) -> None:
        self.opt_in()
        made = self.ec2.allocate_address(Domain="vpc", NetworkBorderGroup=ZONE)
        self.assertNotIn("PublicIp", made)
        [shown] = self.ec2.describe_addresses(AllocationIds=[made["AllocationId"]])["Addresses"]
        self.assertEqual((shown["NetworkBorderGroup"], shown["CarrierIp"]), (ZONE, made["CarrierIp"]))
        ordinary = self.ec2.allocate_address(Domain="vpc")
        self.assertEqual(ordinary["NetworkBorderGroup"], "us-east-1")
        self.assertNotIn("CarrierIp", ordinary)

    def test_border_group_must_be_usable(self) -> None:
        with self.refused("InvalidParameterValue", "network border group"):
            self.ec2.allocate_address(Domain="vpc", NetworkBorderGroup=ZONE)

    def test_association_stays_in_the_border_group(self) -> None:
        instance_id = self.launch(self.network())
        foreign = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        with self.refused("InvalidParameterCombination", "network border group"):
            self.ec2.associate_address(AllocationId=foreign, InstanceId=instance_id)
        allocation = self.carrier_ip(instance_id)
        [shown] = self.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
        self.assertEqual(shown["InstanceId"], instance_id)
        [instance] = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"]
        self.assertNotIn("PublicIpAddress", instance)
        self.assertEqual(instance["NetworkInterfaces"][0]["Association"]["CarrierIp"], shown["CarrierIp"])

    def test_release(self) -> None:
        allocation = self.carrier_ip(self.launch(self.network()))
        with self.refused("InvalidIPAddress.InUse"):
            self.ec2.release_address(AllocationId=allocation)
        [shown] = self.ec2.describe_addresses()["Addresses"]
        self.ec2.disassociate_address(AssociationId=shown["AssociationId"])
        with self.refused("InvalidAddress.NotFound"):
            self.ec2.release_address(AllocationId=allocation, NetworkBorderGroup="us-east-1")
        self.ec2.release_address(AllocationId=allocation, NetworkBorderGroup=ZONE)
        self.assertEqual(self.ec2.describe_addresses()["Addresses"], [])


class LaunchRules(AwsTestCase):
    def test_types(self) -> None:
        network = self.network()
        with self.refused("Unsupported", "m5.large"):
            self.launch(network, InstanceType="m5.large")
        for name in ("t3.medium", "t3.xlarge", "r5.2xlarge", "g4dn.2xlarge"):
            self.launch(network, InstanceType=name)

    def test_volumes(self) -> None:
        network = self.network()
        gp3 = [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeType": "gp3", "VolumeSize": 50}}]
        of_image = [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 50}}]
        for mappings in (gp3, of_image, []):
            with self.refused("InvalidParameterValue", "gp3"):
                self.launch(network, BlockDeviceMappings=mappings)
        with self.refused("InvalidParameterValue", "only gp2"):
            self.ec2.create_volume(AvailabilityZone=ZONE, Size=8, VolumeType="io1", Iops=100)

    def test_private_addresses(self) -> None:
        network = self.network()
        first = self.launch(network, PrivateIpAddress="10.0.0.16")
        with self.refused("InvalidIPAddress.InUse"):
            self.launch(network, PrivateIpAddress="10.0.0.16")
        with self.refused("InvalidParameterValue", "reserved address range"):
            self.launch(network, PrivateIpAddress="10.0.0.3")
        with self.refused("InvalidParameterValue", "subnet's address range"):
            self.launch(network, PrivateIpAddress="10.0.9.9")
        self.ec2.terminate_instances(InstanceIds=[first])
        self.assertNotEqual(self.launch(network, PrivateIpAddress="10.0.0.16"), first)

    def test_no_public_address_at_launch(self) -> None:
        network = self.network()
        nic = {"DeviceIndex": 0, "SubnetId": network["subnet"], "AssociatePublicIpAddress": True}
        with self.refused("InvalidParameterCombination", "carrier IP"):
            self.ec2.run_instances(
                ImageId=self.image(), MinCount=1, MaxCount=1, InstanceType="t3.medium", NetworkInterfaces=[nic],
                BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeType": "gp2"}}],
            )

    def test_unknown_image(self) -> None:
        with self.refused("InvalidAMIID.NotFound"):
            self.launch(self.network(), ImageId="ami-00000000000000000")


class Life(AwsTestCase):
    def test_boot(self) -> None:
        profile = self.role()
        instance_id = self.launch(
            self.network(), PrivateIpAddress="10.0.0.16", UserData="#cloud-config\n{}", IamInstanceProfile={"Name": profile}
        )
        [(what, launch)] = self.park.events
        self.assertEqual((what, launch.instance_id, launch.private_ip), ("boot", instance_id, "10.0.0.16"))
        self.assertEqual(launch.user_data, b"#cloud-config\n{}")
        self.assertEqual((launch.hostname, launch.region, launch.zone), ("ip-10-0-0-16.ec2.internal", "us-east-1", ZONE))
        self.assertEqual(launch.role_name, "node")

    def test_termination_protection(self) -> None:
        network = self.network()
        protected, plain = self.launch(network, DisableApiTermination=True), self.launch(network)
        for instance_id, change in ((protected, None), (plain, True)):
            if change is not None:
                self.ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": change})
            shown = self.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="disableApiTermination")
            self.assertTrue(shown["DisableApiTermination"]["Value"])
            with self.refused("OperationNotPermitted", "disableApiTermination"):
                self.ec2.terminate_instances(InstanceIds=[instance_id])
            self.ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": False})
            self.ec2.terminate_instances(InstanceIds=[instance_id])

    def test_end(self) -> None:
        network = self.network()
        instance_id = self.launch(network)
        self.carrier_ip(instance_id)
        self.ec2.reboot_instances(InstanceIds=[instance_id])
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.settle()
        self.assertEqual([what for what, _ in self.park.events], ["boot", "reboot", "terminate"])
        [address] = self.ec2.describe_addresses()["Addresses"]
        self.assertNotIn("AssociationId", address)
        interfaces = self.ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [network["vpc"]]}])
        self.assertEqual(interfaces["NetworkInterfaces"], [])
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.settle()
        self.assertEqual(len(self.park.events), 3)



class ParentRegion(AwsTestCase):
    """An ordinary instance beside the Wavelength Zone, such as a gateway."""

    def public(self, **more: Any) -> str:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        interface = {"DeviceIndex": 0, "SubnetId": subnet, **more}
        made = self.ec2.run_instances(ImageId=self.image(), InstanceType="t3.micro", MinCount=1, MaxCount=1, NetworkInterfaces=[interface])
        return str(made["Instances"][0]["InstanceId"])

    def address(self, instance_id: str) -> Any:
        return self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0].get("PublicIpAddress")

    def test_a_public_address_from_launch_is_a_way_out_and_an_elastic_one_takes_its_place(self) -> None:
        instance_id = self.public(AssociatePublicIpAddress=True)
        first = self.address(instance_id)
        self.assertTrue(first)
        self.assertTrue(self.emulator.gate.way_out(instance_id))
        made = self.ec2.allocate_address(Domain="vpc")
        self.ec2.associate_address(AllocationId=made["AllocationId"], InstanceId=instance_id)
        self.assertEqual(self.address(instance_id), made["PublicIp"])
        self.assertNotEqual(made["PublicIp"], first)
        self.assertTrue(self.emulator.gate.way_out(instance_id))

    def test_without_an_address_there_is_no_way_out(self) -> None:
        instance_id = self.public(AssociatePublicIpAddress=False)
        self.assertIsNone(self.address(instance_id))
        self.assertFalse(self.emulator.gate.way_out(instance_id))
        made = self.ec2.allocate_address(Domain="vpc")
        self.ec2.associate_address(AllocationId=made["AllocationId"], InstanceId=instance_id)
        self.assertTrue(self.emulator.gate.way_out(instance_id))
        [shown] = self.ec2.describe_addresses()["Addresses"]
        self.ec2.disassociate_address(AssociationId=shown["AssociationId"])
        self.assertFalse(self.emulator.gate.way_out(instance_id))

    def test_an_instance_that_somebody_terminates_takes_its_machine_along(self) -> None:
        instance_id = self.public(AssociatePublicIpAddress=True)
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.settle()
        self.assertIn(("terminate", instance_id), self.park.events)
        self.assertFalse(self.emulator.gate.way_out(instance_id))


class Parameters(AwsTestCase):
    def test_by_path(self) -> None:
        ssm = self.client("ssm")
        for name in ("/mec/a/desired", "/mec/a/nodes/cp-0", "/mec/ab/desired"):
            ssm.put_parameter(Name=name, Value=name, Type="String")
        found = ssm.get_parameters_by_path(Path="/mec/a", Recursive=True)["Parameters"]
        self.assertEqual(sorted(one["Name"] for one in found), ["/mec/a/desired", "/mec/a/nodes/cp-0"])
        self.assertEqual([one["Name"] for one in ssm.get_parameters_by_path(Path="/mec/a/")["Parameters"]], ["/mec/a/desired"])


if __name__ == "__main__":
    unittest.main()
