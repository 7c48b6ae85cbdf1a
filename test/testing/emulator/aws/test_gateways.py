import unittest
from typing import Any

from aws_support import ZONE, AwsTestCase


class InternetGateways(AwsTestCase):
    def test_one_per_vpc(self) -> None:
        network = self.network()
        first = self.region_side(network)["internet_gateway"]
        second = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        with self.refused("InvalidParameterValue", "already has an internet gateway attached"):
            self.ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=network["vpc"])
        self.ec2.detach_internet_gateway(InternetGatewayId=first, VpcId=network["vpc"])
        self.ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=network["vpc"])

    def test_stays_while_public_addresses_are_mapped(self) -> None:
        network = self.network()
        self.carrier_ip(self.launch(network))
        region = self.region_side(network)
        nat = self.nat_gateway(region["public"])
        request = {"InternetGatewayId": region["internet_gateway"], "VpcId": network["vpc"]}
        with self.refused("DependencyViolation", "mapped public address"):
            self.ec2.detach_internet_gateway(**request)
        with self.refused("DependencyViolation"):
            self.ec2.delete_internet_gateway(InternetGatewayId=region["internet_gateway"])
        self.ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
        instance_id = self.launch({**network, "subnet": region["public"]})
        self.ec2.associate_address(AllocationId=nat["NatGatewayAddresses"][0]["AllocationId"], InstanceId=instance_id)
        with self.refused("DependencyViolation", "mapped public address"):
            self.ec2.detach_internet_gateway(**request)
        self.ec2.terminate_instances(InstanceIds=[instance_id])
        self.ec2.detach_internet_gateway(**request)


class NatGateways(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.net = self.network()
        self.region_net = self.region_side(self.net)
        self.public = self.region_net["public"]

    def address(self, **request: Any) -> str:
        return self.ec2.allocate_address(Domain="vpc", **request)["AllocationId"]

    def test_life(self) -> None:
        allocation = self.address()
        gateway = self.nat_gateway(self.public, allocation)
        [shown] = gateway["NatGatewayAddresses"]
        [address] = self.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
        self.assertEqual((gateway["State"], gateway["ConnectivityType"], gateway["VpcId"]), ("available", "public", self.net["vpc"]))
        self.assertEqual((shown["PublicIp"], shown["AssociationId"]), (address["PublicIp"], address["AssociationId"]))
        self.assertEqual((shown["PrivateIp"], shown["NetworkInterfaceId"]), ("10.0.100.4", address["NetworkInterfaceId"]))
        with self.refused("InvalidIPAddress.InUse"):
            self.ec2.release_address(AllocationId=allocation)
        with self.refused("AuthFailure"):
            self.ec2.disassociate_address(AssociationId=address["AssociationId"])
        with self.refused("DependencyViolation", self.public):
            self.ec2.delete_subnet(SubnetId=self.public)
        for _ in range(2):
            self.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
        self.assertEqual(self.ec2.describe_network_interfaces()["NetworkInterfaces"], [])
        self.ec2.release_address(AllocationId=allocation)
        [gone] = self.ec2.describe_nat_gateways()["NatGateways"]
        self.assertEqual(gone["State"], "deleted")
        self.ec2.delete_subnet(SubnetId=self.public)

    def test_none_in_a_wavelength_zone(self) -> None:
        with self.refused("NotAvailableInZone"):
            self.ec2.create_nat_gateway(SubnetId=self.net["subnet"], AllocationId=self.address())

    def test_addresses_that_are_refused_at_once(self) -> None:
        with self.refused("MissingParameter", "AllocationId"):
            self.ec2.create_nat_gateway(SubnetId=self.public)
        with self.refused("InvalidAllocationID.NotFound"):
            self.ec2.create_nat_gateway(SubnetId=self.public, AllocationId="eipalloc-00000000000000000")
        with self.refused("InvalidParameter"):
            self.ec2.create_nat_gateway(SubnetId=self.public, AllocationId=self.address(), ConnectivityType="private")

    def failure(self, allocation: str) -> str:
        gateway = self.nat_gateway(self.public, allocation)
        self.assertEqual(gateway["State"], "failed")
        self.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
        return gateway["FailureCode"]

    def test_failures(self) -> None:
        self.assertEqual(self.failure(self.address(NetworkBorderGroup=ZONE)), "InvalidAllocationID.NotFound")
        taken = self.address()
        self.nat_gateway(self.public, taken)
        self.assertEqual(self.failure(taken), "Resource.AlreadyAssociated")

    def test_without_an_internet_gateway(self) -> None:
        self.ec2.detach_internet_gateway(InternetGatewayId=self.region_net["internet_gateway"], VpcId=self.net["vpc"])
        allocation = self.address()
        self.assertEqual(self.failure(allocation), "Gateway.NotAttached")
        self.ec2.release_address(AllocationId=allocation)
        self.assertEqual(self.ec2.describe_network_interfaces()["NetworkInterfaces"], [])

    def test_unknown(self) -> None:
        for action in (self.ec2.delete_nat_gateway, lambda NatGatewayId: self.ec2.describe_nat_gateways(NatGatewayIds=[NatGatewayId])):
            with self.refused("NatGatewayNotFound"):
                action(NatGatewayId="nat-00000000000000000")


class CarrierGateways(AwsTestCase):
    def test_one_per_vpc(self) -> None:
        network = self.network()
        with self.refused("CarrierGatewayLimitExceeded", network["vpc"]):
            self.ec2.create_carrier_gateway(VpcId=network["vpc"])
        self.ec2.delete_carrier_gateway(CarrierGatewayId=network["gateway"])
        self.ec2.create_carrier_gateway(VpcId=network["vpc"])


class Routes(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.net = self.network()
        self.region_net = self.region_side(self.net)

    def route(self, table: str) -> Any:
        [found] = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return next(route for route in found["Routes"] if route["DestinationCidrBlock"] == "0.0.0.0/0")

    def test_targets_exist(self) -> None:
        request = {"RouteTableId": self.net["table"], "DestinationCidrBlock": "192.0.2.0/24"}
        with self.refused("InvalidNatGatewayID.NotFound"):
            self.ec2.create_route(**request, NatGatewayId="nat-00000000000000000")
        with self.refused("InvalidCarrierGatewayID.NotFound"):
            self.ec2.create_route(**request, CarrierGatewayId="cagw-00000000000000000")

    def test_targets_are_in_the_vpc(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        nat = self.nat_gateway(self.region_net["public"])["NatGatewayId"]
        targets = {"GatewayId": self.region_net["internet_gateway"], "NatGatewayId": nat, "CarrierGatewayId": self.net["gateway"]}
        for name, target in targets.items():
            with self.refused("InvalidParameterValue", "belong to different networks"):
                self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **{name: target})

    def test_change_of_target(self) -> None:
        request = {"RouteTableId": self.net["table"], "DestinationCidrBlock": "0.0.0.0/0"}
        nat = self.nat_gateway(self.region_net["public"])["NatGatewayId"]
        self.ec2.replace_route(**request, NatGatewayId=nat)
        self.assertEqual(self.route(self.net["table"])["NatGatewayId"], nat)
        self.assertNotIn("CarrierGatewayId", self.route(self.net["table"]))
        self.ec2.replace_route(**request, CarrierGatewayId=self.net["gateway"])
        self.assertEqual(self.route(self.net["table"])["CarrierGatewayId"], self.net["gateway"])
        self.assertNotIn("NatGatewayId", self.route(self.net["table"]))

    def test_routes_to_nowhere(self) -> None:
        nat = self.nat_gateway(self.region_net["public"])["NatGatewayId"]
        private = self.ec2.create_route_table(VpcId=self.net["vpc"])["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=private, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        tables = (private, self.net["table"], self.region_net["public_table"])
        self.assertEqual([self.route(table)["State"] for table in tables], ["active"] * 3)
        self.ec2.delete_nat_gateway(NatGatewayId=nat)
        self.ec2.delete_carrier_gateway(CarrierGatewayId=self.net["gateway"])
        self.ec2.detach_internet_gateway(InternetGatewayId=self.region_net["internet_gateway"], VpcId=self.net["vpc"])
        self.assertEqual([self.route(table)["State"] for table in tables], ["blackhole"] * 3)


if __name__ == "__main__":
    unittest.main()
