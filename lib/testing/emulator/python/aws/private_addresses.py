"""Private addresses that EC2 chooses by itself, and the ranges of a subnet that it leaves alone.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html (an explicit reservation is for
requests that name their address), https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (first four and last
address), https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrReservation.html (description); the text of
a full subnet is in https://github.com/aws/karpenter-provider-aws/issues/3380.
"""

import ipaddress
from typing import Any, Optional, Set

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses import EC2Response

from .patching import around

_OF_AWS = 4
"""How many addresses at the beginning of a subnet are AWS's."""


def is_of_aws(subnet: Any, address: Any) -> bool:
    """Whether an address of a subnet is kept by AWS for itself."""
    return int(address) - int(subnet.cidr.network_address) < _OF_AWS or address == subnet.cidr.broadcast_address


def _taken(subnet: Any) -> Set[str]:
    """Addresses in use; moto registers those of instances with the subnet, but not those of other interfaces."""
    interfaces = (interface for interface in subnet.ec2_backend.enis.values() if interface.subnet_id == subnet.id)
    return {*subnet._subnet_ips, *(one["PrivateIpAddress"] for interface in interfaces for one in interface.private_ip_addresses)}


def free_address(subnet: Any) -> Optional[str]:
    """The lowest address that EC2 may give to somebody who names none; None when the subnet is full."""
    kept = [reservation.cidr for reservation in subnet._cidr_reservations]
    taken = _taken(subnet)
    for address in subnet.cidr:
        if not is_of_aws(subnet, address) and str(address) not in taken and not any(address in block for block in kept):
            return str(address)
    return None


def check_address(subnet: Any, address: str) -> None:
    """Refuse a private address that EC2 would not give to an instance of the subnet."""
    wanted = ipaddress.ip_address(address)
    if wanted not in subnet.cidr:
        raise EC2ClientError("InvalidParameterValue", f"Address {address} does not fall within the subnet's address range")
    if is_of_aws(subnet, wanted):
        raise EC2ClientError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
    if address in _taken(subnet):
        raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def install() -> None:
    """Choose addresses outside of reservations, and keep what a reservation is described as."""

    @around(Subnet, "get_available_subnet_ip")
    def _choose(original: Any, self: Any, instance: Any) -> str:
        # Not moto's own choice: it forgets neither a deleted reservation nor an address freed before one was made.
        address = free_address(self)
        if address is None:
            raise EC2ClientError(
                "InsufficientFreeAddressesInSubnet",
                f"There are not enough free addresses in subnet '{self.id}' to satisfy the requested number of instances.",
            )
        self.request_ip(address, instance)
        return address

    @around(EC2Response, "create_subnet_cidr_reservation")
    def _reserve(original: Any, self: Any) -> ActionResult:
        result = original(self)
        result.result["SubnetCidrReservation"].description = self._get_param("Description")
        return result
