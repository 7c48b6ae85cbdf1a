import unittest

from aws_support import UBUNTU, ZONE, AwsTestCase

from aws import zone_table


class Names(unittest.TestCase):
    def test_both_generations(self) -> None:
        boston = zone_table.names_of(ZONE)
        self.assertEqual((boston.zone_id, boston.group_name, boston.network_border_group), ("use1-wl1-bos-wlz1", "us-east-1-wl1", ZONE))
        casablanca = zone_table.names_of("eu-west-3-cmn-wlz-1a")
        self.assertEqual((casablanca.zone_id, casablanca.network_border_group), ("euw3-cmn1-wlz1", "eu-west-3-cmn-wlz-1"))
        self.assertEqual(zone_table.names_of("eu-west-2-wl2-man-wlz-1").zone_id, "euw2-wl2-man-wlz1")
        with self.assertRaises(ValueError):
            zone_table.names_of("us-east-1a")

    def test_count(self) -> None:
        zones = list(zone_table.all_zones())
        self.assertEqual(len([zone for zone in zones if zone.region in ("us-east-1", "us-west-2") and "-wl1-" in zone.name]), 19)
        self.assertEqual(len({zone.zone_id for zone in zones}), len(zones))


class Zones(AwsTestCase):
    def describe(self, **request: object) -> list:
        return self.ec2.describe_availability_zones(**request)["AvailabilityZones"]

    def test_description(self) -> None:
        [zone] = self.describe(ZoneNames=[ZONE], AllAvailabilityZones=True)
        self.assertEqual(zone["ZoneType"], "wavelength-zone")
        self.assertEqual(zone["GroupName"], "us-east-1-wl1")
        self.assertEqual(zone["NetworkBorderGroup"], ZONE)
        self.assertEqual(zone["OptInStatus"], "not-opted-in")
        self.assertEqual(zone["ZoneId"], "use1-wl1-bos-wlz1")
        self.assertRegex(zone["ParentZoneName"], r"^us-east-1[a-f]$")
        [ordinary] = self.describe(ZoneNames=["us-east-1a"])
        self.assertEqual((ordinary["OptInStatus"], ordinary["NetworkBorderGroup"]), ("opt-in-not-required", "us-east-1"))

    def test_only_opted_in_zones_unless_all_are_wanted(self) -> None:
        wanted = [{"Name": "zone-type", "Values": ["wavelength-zone"]}]
        self.assertEqual(self.describe(Filters=wanted), [])
        self.assertEqual(len(self.describe(Filters=wanted, AllAvailabilityZones=True)), 14)
        self.opt_in()
        self.assertEqual(len(self.describe(Filters=wanted)), 13)

    def test_filters(self) -> None:
        group = [{"Name": "group-name", "Values": ["us-east-1-wl1"]}]
        self.assertEqual(len(self.describe(Filters=group, AllAvailabilityZones=True)), 13)
        with self.refused("InvalidParameterValue", "filter"):
            self.describe(Filters=[{"Name": "nonsense", "Values": ["x"]}])
        with self.refused("InvalidParameterValue", "Invalid availability zone"):
            self.describe(ZoneNames=["us-east-1-wl1-xxx-wlz-1"])

    def test_opting_out_needs_support(self) -> None:
        self.opt_in()
        with self.refused("InvalidParameterValue", "Contact AWS Support"):
            self.ec2.modify_availability_zone_group(GroupName="us-east-1-wl1", OptInStatus="not-opted-in")
        with self.refused("InvalidParameterValue", "us-east-1-wl9"):
            self.ec2.modify_availability_zone_group(GroupName="us-east-1-wl9", OptInStatus="opted-in")

    def test_instance_types_of_a_zone(self) -> None:
        offers = self.ec2.describe_instance_type_offerings(
            LocationType="availability-zone", Filters=[{"Name": "location", "Values": [ZONE]}]
        )["InstanceTypeOfferings"]
        self.assertEqual({offer["InstanceType"] for offer in offers}, {"t3.medium", "t3.xlarge", "r5.2xlarge", "g4dn.2xlarge"})
        for instance_type, count in (("t3.xlarge", 1), ("m5.large", 0)):
            filters = [{"Name": "location", "Values": [ZONE]}, {"Name": "instance-type", "Values": [instance_type]}]
            answer = self.ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=filters)
            self.assertEqual(len(answer["InstanceTypeOfferings"]), count)


class Subnets(AwsTestCase):
    def test_zone_must_be_opted_in(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        request = {"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": ZONE}
        with self.refused("InvalidParameterValue", "Subnets can currently only be created in the following availability zones: us-east-1a"):
            self.ec2.create_subnet(**request)
        self.opt_in()
        subnet = self.ec2.create_subnet(**request)["Subnet"]
        self.assertEqual((subnet["AvailabilityZone"], subnet["MapPublicIpOnLaunch"]), (ZONE, False))

    def test_zone_of_another_region(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        with self.refused("InvalidParameterValue"):
            self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="us-west-2a")

    def test_no_public_address_on_launch(self) -> None:
        network = self.network()
        with self.refused("InvalidParameterValue", "carrier IP"):
            self.ec2.modify_subnet_attribute(SubnetId=network["subnet"], MapPublicIpOnLaunch={"Value": True})
        self.ec2.modify_subnet_attribute(SubnetId=network["subnet"], MapPublicIpOnLaunch={"Value": False})

    def test_a_subnet_of_no_zone_is_not_at_the_edge(self) -> None:
        self.opt_in()
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for index in range(12):
            subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24")["Subnet"]
            self.assertRegex(subnet["AvailabilityZone"], r"^us-east-1[a-f]$")


class Reservations(AwsTestCase):
    def test_description_is_kept(self) -> None:
        subnet = self.network()["subnet"]
        request = {"SubnetId": subnet, "Cidr": "10.0.0.16/29", "ReservationType": "explicit", "Description": "control plane"}
        self.ec2.create_subnet_cidr_reservation(**request)
        [kept] = self.ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]
        self.assertEqual((kept["Cidr"], kept["Description"]), ("10.0.0.16/29", "control plane"))


class Images(AwsTestCase):
    def test_public_parameters_in_every_region(self) -> None:
        jammy = UBUNTU.replace("24.04", "22.04").replace("ebs-gp3", "ebs-gp2")
        seen = set()
        for region in ("us-east-1", "us-west-2", "eu-west-3"):
            for name, volume_type in ((UBUNTU, "gp3"), (jammy, "gp2")):
                image_id = self.client("ssm", region=region).get_parameter(Name=name)["Parameter"]["Value"]
                seen.add(image_id)
                [image] = self.client("ec2", region=region).describe_images(ImageIds=[image_id])["Images"]
                self.assertEqual((image["RootDeviceName"], image["OwnerId"]), ("/dev/sda1", "099720109477"))
                self.assertEqual(image["BlockDeviceMappings"][0]["Ebs"]["VolumeType"], volume_type)
        self.assertEqual(len(seen), 6)


if __name__ == "__main__":
    unittest.main()
