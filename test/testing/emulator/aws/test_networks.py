import unittest
from typing import Any

from aws_support import ZONE, AwsTestCase


class Sizes(AwsTestCase):
    def test_vpcs(self) -> None:
        for cidr in ("10.0.0.0/15", "10.0.0.0/29"):
            with self.refused("InvalidVpc.Range"):
                self.ec2.create_vpc(CidrBlock=cidr)
        for cidr in ("10.0.0.0/16", "10.0.0.0/28"):
            self.ec2.create_vpc(CidrBlock=cidr)

    def test_subnets(self) -> None:
        self.opt_in()
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

        def create(cidr: str) -> None:
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=ZONE)

        for cidr in ("10.1.0.0/24", "10.0.0.0/15"):
            with self.refused("InvalidSubnet.Range"):
                create(cidr)
        with self.refused("InvalidSubnet.Range", "10.0.0.0/29"):
            create("10.0.0.0/29")
        create("10.0.0.0/28")
        for cidr in ("10.0.0.0/28", "10.0.0.0/16", "10.0.0.0/24"):
            with self.refused("InvalidSubnet.Conflict"):
                create(cidr)
        create("10.0.0.16/28")


class PrivateAddresses(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.net = self.network(cidr="10.0.0.0/28")

    def reserve(self, cidr: str, **more: Any) -> Any:
        made = self.ec2.create_subnet_cidr_reservation(SubnetId=self.net["subnet"], Cidr=cidr, ReservationType="explicit", **more)
        return made["SubnetCidrReservation"]

    def ip(self, **request: Any) -> str:
        instance_id = self.launch(self.net, **request)
        [reservation] = self.ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
        return reservation["Instances"][0]["PrivateIpAddress"]

    def test_reservations_are_for_those_who_ask(self) -> None:
        self.reserve("10.0.0.4/30")
        self.assertEqual([self.ip(), self.ip(PrivateIpAddress="10.0.0.5"), self.ip()], ["10.0.0.8", "10.0.0.5", "10.0.0.9"])
        with self.refused("InvalidIPAddress.InUse"):
            self.ip(PrivateIpAddress="10.0.0.5")

    def test_freed_addresses_stay_reserved(self) -> None:
        first = self.launch(self.net)
        self.reserve("10.0.0.4/30")
        self.ec2.terminate_instances(InstanceIds=[first])
        self.assertEqual(self.ip(), "10.0.0.8")

    def test_a_deleted_reservation_reserves_nothing(self) -> None:
        made = self.reserve("10.0.0.4/30")
        self.ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=made["SubnetCidrReservationId"])
        self.assertEqual(self.ip(), "10.0.0.4")

    def test_a_full_subnet(self) -> None:
        self.reserve("10.0.0.8/29")
        self.assertEqual([self.ip() for _ in range(4)], [f"10.0.0.{last}" for last in range(4, 8)])
        with self.refused("InsufficientFreeAddressesInSubnet", self.net["subnet"]):
            self.ip()
        self.assertEqual(self.ip(PrivateIpAddress="10.0.0.14"), "10.0.0.14")

    def test_ranges(self) -> None:
        self.reserve("10.0.0.4/30", Description="nodes")
        with self.refused("InvalidParameterValue", "within subnet"):
            self.reserve("10.0.0.16/29")
        with self.refused("InvalidParameterValue", "overlap"):
            self.reserve("10.0.0.0/29")
        [shown] = self.ec2.get_subnet_cidr_reservations(SubnetId=self.net["subnet"])["SubnetIpv4CidrReservations"]
        self.assertEqual((shown["Cidr"], shown["ReservationType"], shown["Description"]), ("10.0.0.4/30", "explicit", "nodes"))


class Dependencies(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.net = self.network()

    def test_subnets(self) -> None:
        instance_id = self.launch(self.net)
        with self.refused("DependencyViolation", self.net["subnet"]):
            self.ec2.delete_subnet(SubnetId=self.net["subnet"])
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.ec2.delete_subnet(SubnetId=self.net["subnet"])
        self.ec2.delete_route_table(RouteTableId=self.net["table"])

    def test_vpcs(self) -> None:
        region = self.region_side(self.net)
        steps = (
            lambda: self.ec2.delete_subnet(SubnetId=self.net["subnet"]),
            lambda: self.ec2.delete_subnet(SubnetId=region["public"]),
            lambda: self.ec2.delete_route_table(RouteTableId=self.net["table"]),
            lambda: self.ec2.delete_route_table(RouteTableId=region["public_table"]),
            lambda: self.ec2.delete_security_group(GroupId=self.net["group"]),
            lambda: self.ec2.delete_carrier_gateway(CarrierGatewayId=self.net["gateway"]),
            lambda: self.ec2.detach_internet_gateway(InternetGatewayId=region["internet_gateway"], VpcId=self.net["vpc"]),
        )
        for step in steps:
            with self.refused("DependencyViolation", self.net["vpc"]):
                self.ec2.delete_vpc(VpcId=self.net["vpc"])
            step()
        self.ec2.delete_vpc(VpcId=self.net["vpc"])

    def test_security_groups(self) -> None:
        group = self.net["group"]
        other = self.ec2.create_security_group(GroupName="api", Description="api", VpcId=self.net["vpc"])["GroupId"]
        https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        for owner in (group, other):
            pairs = [{"GroupId": group, "Description": "from nodes"}]
            self.ec2.authorize_security_group_ingress(GroupId=owner, IpPermissions=[{**https, "UserIdGroupPairs": pairs}])
        instance_id = self.launch(self.net)
        for step in (
            lambda: self.ec2.terminate_instances(InstanceIds=[instance_id]),
            lambda: self.ec2.delete_security_group(GroupId=other),
        ):
            with self.refused("DependencyViolation", "has a dependent object"):
                self.ec2.delete_security_group(GroupId=group)
            step()
        self.ec2.delete_security_group(GroupId=group)


class SecurityGroupRules(AwsTestCase):
    def test_rules_between_groups(self) -> None:
        network = self.network()
        group = network["group"]

        def authorize(description: str) -> Any:
            pairs = [{"GroupId": group, "Description": description}]
            permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": pairs}
            return self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])["SecurityGroupRules"]

        [made] = authorize("to itself")
        self.assertEqual((made["Description"], made["ReferencedGroupInfo"]["GroupId"]), ("to itself", group))
        with self.refused("InvalidPermission.Duplicate"):
            authorize("once more")
        changed = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "ReferencedGroupId": group, "Description": "new"}
        rule_id = made["SecurityGroupRuleId"]
        updates = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": changed}]
        self.ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=updates)
        [shown] = self.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])["SecurityGroupRules"]
        self.assertEqual(shown["Description"], "new")


if __name__ == "__main__":
    unittest.main()
