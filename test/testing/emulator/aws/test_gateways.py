import unittest

from aws_support import ZONE, AwsTestCase


class NatGateways(AwsTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.net = self.network()

    def address(self, **request: str) -> str:
        return self.ec2.allocate_address(Domain="vpc", **request)["AllocationId"]

    def create(self, subnet: str, **request: str) -> str:
        return self.ec2.create_nat_gateway(SubnetId=subnet, **request)["NatGateway"]["NatGatewayId"]

    def test_is_there_with_its_interface_and_goes_with_it(self) -> None:
        public = self.parent_subnet(self.net)
        allocation = self.address()
        nat = self.create(public["subnet"], AllocationId=allocation)
        [gateway] = self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
        self.assertEqual((gateway["State"], gateway["NatGatewayAddresses"][0]["AllocationId"]), ("available", allocation))
        with self.refused("InvalidIPAddress.InUse"):
            self.ec2.release_address(AllocationId=allocation)
        with self.refused("Resource.AlreadyAssociated"):
            self.create(public["subnet"], AllocationId=allocation)
        with self.refused("DependencyViolation", "mapped public address"):
            self.ec2.detach_internet_gateway(InternetGatewayId=public["gateway"], VpcId=self.net["vpc"])
        self.ec2.delete_nat_gateway(NatGatewayId=nat)
        self.assertEqual(self.ec2.describe_network_interfaces()["NetworkInterfaces"], [])
        self.ec2.release_address(AllocationId=allocation)
        self.ec2.detach_internet_gateway(InternetGatewayId=public["gateway"], VpcId=self.net["vpc"])

    def test_fails_without_an_internet_gateway(self) -> None:
        request = {"VpcId": self.net["vpc"], "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}
        subnet = self.ec2.create_subnet(**request)["Subnet"]["SubnetId"]
        allocation = self.address()
        nat = self.create(subnet, AllocationId=allocation)
        [gateway] = self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
        self.assertEqual((gateway["State"], gateway["FailureCode"]), ("failed", "Gateway.NotAttached"))
        self.ec2.release_address(AllocationId=allocation)

    def test_not_in_a_wavelength_zone_nor_with_a_carrier_ip(self) -> None:
        with self.refused("InvalidParameterValue", ZONE):
            self.create(self.net["subnet"], AllocationId=self.address())
        public = self.parent_subnet(self.net)
        with self.refused("InvalidParameterCombination", "network border group"):
            self.create(public["subnet"], AllocationId=self.address(NetworkBorderGroup=ZONE))
        with self.refused("MissingParameter"):
            self.create(public["subnet"])


class OneOfAKind(AwsTestCase):
    def test_one_carrier_gateway_a_vpc(self) -> None:
        vpc = self.network()["vpc"]
        with self.refused("CarrierGatewayLimitExceeded", vpc):
            self.ec2.create_carrier_gateway(VpcId=vpc)

    def test_one_internet_gateway_a_vpc(self) -> None:
        net = self.network()
        self.parent_subnet(net)
        other = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        with self.refused("InvalidParameterValue", "already has an internet gateway"):
            self.ec2.attach_internet_gateway(InternetGatewayId=other, VpcId=net["vpc"])


if __name__ == "__main__":
    unittest.main()
