"""NAT gateways: where there are none, what makes one fail, and what it holds while it lives.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html (failure codes and their texts),
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html (a gateway that cannot work is made, and
fails), https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html (none in a Wavelength Zone),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (NatGatewayNotFound). The refusal in a zone
without NAT gateways is quoted in https://github.com/sysdiglabs/terraform-aws-secure-for-cloud/pull/52, that of taking the
address away in https://github.com/hashicorp/terraform-provider-aws/issues/3572.
"""

from typing import Any, Dict, List, Optional, Tuple

from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_nat_gateway_id

from .addresses import border_group
from .internet_gateways import internet_gateway_of
from .patching import around
from .private_addresses import free_address
from .subnets import zone_of
from .zones import WavelengthZone, border_group_of

Failure = Optional[Tuple[str, str]]


class SubnetNatGateway(NatGateway):
    """A NAT gateway with an address of its subnet, or one that failed and holds nothing."""

    def __init__(self, backend: Any, subnet: Any, allocation_id: Optional[str], kind: str, failure: Failure) -> None:
        # Not moto's constructor: it takes an address of no subnet, and associates before anything could fail.
        self.id = random_nat_gateway_id()
        self.ec2_backend = backend
        self.subnet_id, self.vpc_id = subnet.id, subnet.vpc_id
        self.connectivity_type = kind
        self._created_at = utcnow()
        self.delete_time: Any = None
        self.state = "failed" if failure else "available"
        self.failure_code, self.failure_message = failure or (None, None)
        self._eni: Any = None
        self.address_set: List[Dict[str, Any]] = [{"AllocationId": allocation_id}] if allocation_id else []
        if not failure:
            self._take(subnet, allocation_id)

    def _take(self, subnet: Any, allocation_id: Optional[str]) -> None:
        self.private_ip = subnet.get_available_subnet_ip(self)
        description = f"Interface for NAT Gateway {self.id}"
        self._eni = self.ec2_backend.create_network_interface(subnet, self.private_ip, description=description)
        self._eni.interface_type, self._eni.requester_managed, self._eni.status = "nat_gateway", True, "in-use"
        shown = {"NetworkInterfaceId": self._eni.id, "PrivateIp": self.private_ip, "IsPrimary": True, "Status": "succeeded"}
        if allocation_id:
            address = self.ec2_backend.associate_address(eni=self._eni, allocation_id=allocation_id)
            shown.update(AllocationId=allocation_id, AssociationId=address.association_id, PublicIp=address.public_ip)
        self.address_set = [shown]

    def release(self) -> None:
        """Give back its addresses and its network interface; more calls do nothing."""
        if self._eni is not None:
            for address in list(self.ec2_backend.addresses):
                if address.eni is self._eni:
                    self.ec2_backend.disassociate_address(association_id=address.association_id)
            self._eni.delete()
            self._eni = None


def _holder(backend: Any, address: Any) -> Optional[Any]:
    """The NAT gateway that an Elastic IP address belongs to now, or None."""
    return next((gateway for gateway in backend.nat_gateways.values() if address.eni and gateway._eni is address.eni), None)


def _failure(backend: Any, subnet: Any, allocation_id: Optional[str]) -> Failure:
    if free_address(subnet) is None:
        return "InsufficientFreeAddressesInSubnet", "Subnet has insufficient free addresses to create this NAT gateway"
    if allocation_id is None:
        return None
    if internet_gateway_of(backend, subnet.vpc_id) is None:
        return "Gateway.NotAttached", f"Network {subnet.vpc_id} has no Internet gateway attached"
    address = backend.address_by_allocation([allocation_id])[0]
    if address.association_id:
        return "Resource.AlreadyAssociated", f"Elastic IP address {allocation_id} is already associated"
    if border_group(address) != border_group_of(zone_of(subnet)):
        text = f"Elastic IP address {allocation_id} could not be associated with this NAT gateway"
        return "InvalidAllocationID.NotFound", text
    return None


def _existing(backend: Any, gateway_id: str) -> Any:
    gateway = backend.nat_gateways.get(gateway_id)
    if gateway is None:
        raise EC2ClientError("NatGatewayNotFound", f"NAT gateway {gateway_id} was not found")
    return gateway


def install() -> None:
    """Put the rules around moto's NAT gateways."""

    @around(NatGatewayBackend, "create_nat_gateway")
    def _create(original: Any, self: Any, subnet_id: str, allocation_id: Optional[str] = None,
                tags: Optional[Dict[str, str]] = None, connectivity_type: Optional[str] = None) -> Any:
        subnet, kind = self.get_subnet(subnet_id), connectivity_type or "public"
        if isinstance(zone_of(subnet), WavelengthZone):
            raise EC2ClientError("NotAvailableInZone", "Nat Gateway is not available in this availability zone")
        if kind == "public" and not allocation_id:
            raise EC2ClientError("MissingParameter", "The request must contain the parameter AllocationId")
        if kind == "private" and allocation_id:
            raise EC2ClientError("InvalidParameter", "AllocationId cannot be specified with a private NAT gateway.")
        if allocation_id:
            self.address_by_allocation([allocation_id])
        gateway = SubnetNatGateway(self, subnet, allocation_id, kind, _failure(self, subnet, allocation_id))
        gateway.add_tags(tags or {})
        self.nat_gateways[gateway.id] = gateway
        return gateway

    @around(NatGatewayBackend, "delete_nat_gateway")
    def _delete(original: Any, self: Any, nat_gateway_id: str) -> Any:
        gateway = _existing(self, nat_gateway_id)
        gateway.release()
        gateway.delete_time = gateway.delete_time or utcnow()
        return original(self, nat_gateway_id)

    @around(NatGatewayBackend, "describe_nat_gateways")
    def _describe(original: Any, self: Any, filters: Any, nat_gateway_ids: Optional[List[str]]) -> Any:
        for gateway_id in nat_gateway_ids or []:
            _existing(self, gateway_id)
        return original(self, filters, nat_gateway_ids)

    @around(EC2Response, "disassociate_address")
    def _disassociate(original: Any, self: Any) -> Any:
        backend = self.ec2_backend
        address, association_id = self._get_param("PublicIp"), self._get_param("AssociationId")
        chosen = backend.address_by_ip([address])[0] if address else backend.address_by_association([association_id])[0]
        if _holder(backend, chosen) is not None:
            raise EC2ClientError("AuthFailure", "You do not have permission to access the specified resource.")
        return original(self)
