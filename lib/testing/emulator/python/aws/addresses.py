"""Elastic IP addresses that keep their network border group, and carrier IP addresses.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html ("You cannot associate an Elastic IP
address with an interface in a different network border group"),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html.
"""

import random
from typing import Any, Dict, Optional

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.responses import EC2Response
from moto.ec2.utils import add_tag_specification

from .patching import around
from .subnets import zone_of
from .zones import WavelengthZone, border_group_of, is_usable, zones_of


def border_group(address: Any) -> str:
    """The network border group an Elastic IP address belongs to."""
    return getattr(address, "network_border_group", None) or address.ec2_backend.region_name


def is_carrier(address: Any) -> bool:
    """Whether an Elastic IP address is a carrier IP address."""
    return border_group(address) != address.ec2_backend.region_name


def _carrier_address(backend: Any) -> str:
    taken = {address.public_ip for address in backend.addresses}
    while True:
        # The block of the carrier IP in AWS's own examples.
        address = f"155.146.{random.randrange(256)}.{random.randrange(1, 255)}"
        if address not in taken:
            return address


def _allocate(self: Any) -> ActionResult:
    backend, region = self.ec2_backend, self.region
    group = self._get_param("NetworkBorderGroup") or region
    tags = add_tag_specification(self._get_param("TagSpecifications", []))
    known = {border_group_of(zone) for zone in zones_of(region) if is_usable(zone)}
    if group not in known:
        raise EC2ClientError("InvalidParameterValue", f"Invalid value '{group}' for network border group.")
    self.error_on_dryrun()
    given = self._get_param("Address") or (None if group == region else _carrier_address(backend))
    address = backend.allocate_address(self._get_param("Domain"), address=given, tags=tags)
    address.network_border_group = group
    return ActionResult(_shown(address))


def _shown(address: Any) -> Dict[str, Any]:
    """An address as DescribeAddresses shows it: a carrier IP address is no public one."""
    return {
        "AllocationId": address.allocation_id,
        "AssociationId": address.association_id,
        "Domain": address.domain,
        "InstanceId": address.instance_id or None,
        "NetworkInterfaceId": address.network_interface_id or None,
        "NetworkInterfaceOwnerId": address.network_interface_owner_id,
        "PrivateIpAddress": address.private_ip_address,
        "CarrierIp" if is_carrier(address) else "PublicIp": address.public_ip,
        "NetworkBorderGroup": border_group(address),
        "PublicIpv4Pool": "amazon",
        "Tags": address.get_tags(),
    }


def _describe(self: Any) -> ActionResult:
    self.error_on_dryrun()
    found = self.ec2_backend.describe_addresses(
        self._get_param("AllocationIds", []), self._get_param("PublicIps", []), self._filters_from_querystring()
    )
    return ActionResult({"Addresses": [_shown(address) for address in found]})


def _chosen(backend: Any, address: Optional[str], allocation_id: Optional[str]) -> Any:
    return backend.address_by_ip([address])[0] if address else backend.address_by_allocation([allocation_id])[0]


def install() -> None:
    """Put the rules around moto's addresses and network interfaces."""
    EC2Response.allocate_address = _allocate  # type: ignore[method-assign]
    EC2Response.describe_addresses = _describe  # type: ignore[method-assign]

    @around(ElasticAddressBackend, "associate_address")
    def _associate(original: Any, self: Any, instance: Any = None, eni: Any = None, address: Optional[str] = None,
                   allocation_id: Optional[str] = None, reassociate: bool = False) -> Any:
        chosen = _chosen(self, address, allocation_id)
        interface = eni or instance.nics[0]
        zone = zone_of(interface.subnet)
        if border_group(chosen) != border_group_of(zone):
            raise EC2ClientError(
                "InvalidParameterCombination",
                f"The address with allocation id '{chosen.allocation_id}' is in the network border group "
                f"'{border_group(chosen)}', but the network interface '{interface.id}' is in '{border_group_of(zone)}' "
                f"(zone {zone.name}). An address cannot be associated in another network border group.",
            )
        result = original(self, instance, eni, address, allocation_id, reassociate)
        if isinstance(zone, WavelengthZone):
            result.eni.public_ip, result.eni.carrier_ip = None, result.public_ip
        return result

    @around(ElasticAddressBackend, "disassociate_address")
    def _disassociate(original: Any, self: Any, address: Optional[str] = None, association_id: Optional[str] = None) -> None:
        chosen = self.address_by_ip([address])[0] if address else self.address_by_association([association_id])[0]
        if chosen.eni:
            chosen.eni.carrier_ip = None
        original(self, address=address, association_id=association_id)

    @around(EC2Response, "release_address")
    def _release(original: Any, self: Any) -> Any:
        chosen = _chosen(self.ec2_backend, self._get_param("PublicIp"), self._get_param("AllocationId"))
        group = self._get_param("NetworkBorderGroup")
        if group and group != border_group(chosen):
            raise EC2ClientError("InvalidAddress.NotFound", f"Address '{chosen.public_ip}' not found in '{group}'.")
        if chosen.association_id:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {chosen.public_ip} is in use.")
        return original(self)

    @around(ElasticAddress, "get_filter_value")
    def _filter_value(original: Any, self: Any, filter_name: str, method_name: Optional[str] = None) -> Any:
        if filter_name == "network-border-group":
            return border_group(self)
        return original(self, filter_name, method_name)

    shown = NetworkInterface.association.fget

    def _association(self: Any) -> Dict[str, Any]:
        carrier_ip = getattr(self, "carrier_ip", None)
        if not carrier_ip:
            return shown(self)  # type: ignore[misc]
        address = self.ec2_backend.address_by_ip([carrier_ip])[0]
        return {
            "allocationId": address.allocation_id,
            "associationId": address.association_id,
            "carrierIp": carrier_ip,
            "ipOwnerId": self.ec2_backend.account_id,
        }

    NetworkInterface.association = property(_association)  # type: ignore[assignment]
