"""Subnets: /16 to /28, and in Wavelength Zones only after opting in, without IPv6 and public addresses on launch.

Sources: https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html (no IPv6),
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (sizes),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html; the text about usable zones is in
https://github.com/boto/boto/issues/1904, the failing attribute in https://github.com/aws/aws-k8s-tester/pull/237.
"""

import ipaddress
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidSubnetRangeError
from moto.ec2.models.subnets import SubnetBackend

from .patching import around
from .zones import WavelengthZone, find_zone, is_usable, zones_of


def zone_of(subnet: Any) -> Any:
    """The zone of one of moto's subnets."""
    return subnet._availability_zone


def _refuse_unusable_zone(region: str, name: Any, zone_id: Any) -> None:
    zone = find_zone(name, zone_id)
    if zone is None or not is_usable(zone) or zone.region_name != region:
        parameter = "availabilityZone" if name else "availabilityZoneId"
        usable = ", ".join((zone.name if name else zone.zone_id) for zone in zones_of(region) if is_usable(zone))
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({name or zone_id}) for parameter {parameter} is invalid. "
            f"Subnets can currently only be created in the following availability zones: {usable}.",
        )


def _refuse_size(cidr_block: str) -> None:
    try:
        network = ipaddress.IPv4Network(cidr_block, strict=False)
    except ValueError:
        # moto says itself what is no block at all.
        return
    if not 16 <= network.prefixlen <= 28:
        raise InvalidSubnetRangeError(cidr_block)


def install() -> None:
    """Put the rules around moto's subnets."""

    @around(SubnetBackend, "create_subnet")
    def _create(original: Any, self: Any, vpc_id: str, cidr_block: str, ipv6_cidr_block: Any = None,
                availability_zone: Any = None, availability_zone_id: Any = None, **kwargs: Any) -> Any:
        _refuse_size(str(cidr_block or ""))
        if availability_zone or availability_zone_id:
            _refuse_unusable_zone(self.region_name, availability_zone, availability_zone_id)
        zone = find_zone(availability_zone, availability_zone_id)
        if ipv6_cidr_block and isinstance(zone, WavelengthZone):
            raise EC2ClientError("InvalidSubnet.Range", f"The IPv6 CIDR '{ipv6_cidr_block}' is invalid.")
        name = zone.name if zone else availability_zone
        subnet = original(self, vpc_id, cidr_block, ipv6_cidr_block, name, None, **kwargs)
        if not self.get_vpc(vpc_id).is_default:
            # moto takes the first subnet of a zone for the default one, which has a public address on launch.
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    @around(SubnetBackend, "modify_subnet_attribute")
    def _modify(original: Any, self: Any, subnet_id: str, attr_name: str, attr_value: Any) -> Any:
        zone = zone_of(self.get_subnet(subnet_id))
        if attr_name == "map_public_ip_on_launch" and str(attr_value).lower() == "true" and isinstance(zone, WavelengthZone):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value (true) for parameter mapPublicIpOnLaunch is invalid. Subnet '{subnet_id}' is in the Wavelength Zone "
                f"'{zone.name}', where instances take carrier IP addresses.",
            )
        return original(self, subnet_id, attr_name, attr_value)
