"""Carrier, internet and NAT gateways as EC2 makes and refuses them.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (one carrier gateway and one internet gateway a VPC),
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html (a NAT gateway without an internet gateway in its VPC
fails with Gateway.NotAttached), https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html (not while the VPC has mapped public addresses).
A Wavelength Zone has no NAT gateway; that refusal and the one of a second carrier gateway are worded by us.
"""

from typing import Any, Optional

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.carrier_gateways import CarrierGatewayBackend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend

from .addresses import is_carrier
from .patching import around
from .subnets import zone_of
from .zones import WavelengthZone


def internet_gateway_of(backend: Any, vpc_id: str) -> Optional[Any]:
    """The internet gateway that is attached to a VPC; None when there is none."""
    attached = [gateway for gateway in backend.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    return attached[0] if attached else None


def _check_nat(backend: Any, subnet: Any, allocation_id: Optional[str], connectivity_type: str) -> None:
    zone = zone_of(subnet)
    if isinstance(zone, WavelengthZone):
        raise EC2ClientError("InvalidParameterValue", f"NAT gateways are not supported in the Wavelength Zone '{zone.name}'.")
    if connectivity_type == "private":
        return
    if not allocation_id:
        raise EC2ClientError("MissingParameter", "The request must contain the parameter AllocationId")
    address = backend.address_by_allocation([allocation_id])[0]
    if address.association_id:
        raise EC2ClientError("Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated")
    if is_carrier(address):
        raise EC2ClientError(
            "InvalidParameterCombination",
            f"The address with allocation id '{allocation_id}' is not in the network border group of '{zone.name}'.",
        )


def install() -> None:
    """Put the rules around moto's gateways."""

    @around(CarrierGatewayBackend, "create_carrier_gateway")
    def _create_carrier(original: Any, self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> Any:
        if any(gateway.vpc_id == vpc_id for gateway in self.carrier_gateways.values()):
            raise EC2ClientError("CarrierGatewayLimitExceeded", f"The VPC '{vpc_id}' has a carrier gateway already.")
        return original(self, vpc_id, *args, **kwargs)

    @around(InternetGatewayBackend, "attach_internet_gateway")
    def _attach(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        other = internet_gateway_of(self, vpc_id)
        if other is not None and other.id != internet_gateway_id:
            raise EC2ClientError("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")
        return original(self, internet_gateway_id, vpc_id)

    @around(InternetGatewayBackend, "detach_internet_gateway")
    def _detach(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        if any(address.eni and address.eni.subnet.vpc_id == vpc_id and not is_carrier(address) for address in self.addresses):
            raise EC2ClientError(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
            )
        return original(self, internet_gateway_id, vpc_id)

    @around(NatGatewayBackend, "create_nat_gateway")
    def _create_nat(original: Any, self: Any, subnet_id: str, allocation_id: Any, tags: Any = None,
                    connectivity_type: Optional[str] = None) -> Any:
        subnet, kind = self.get_subnet(subnet_id), connectivity_type or "public"
        _check_nat(self, subnet, allocation_id, kind)
        gateway = original(self, subnet_id, allocation_id, tags, kind)
        if kind == "public" and internet_gateway_of(self, subnet.vpc_id) is None:
            gateway.state = "failed"
            gateway.failure_code = "Gateway.NotAttached"
            gateway.failure_message = f"Network {subnet.vpc_id} has no Internet gateway attached"
            _release_interface(self, gateway)
        return gateway

    @around(NatGatewayBackend, "delete_nat_gateway")
    def _delete_nat(original: Any, self: Any, nat_gateway_id: str) -> Any:
        gateway = self.nat_gateways.get(nat_gateway_id)
        if gateway is None:
            raise EC2ClientError("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
        _release_interface(self, gateway)
        return original(self, nat_gateway_id)


def _release_interface(backend: Any, gateway: Any) -> None:
    """A NAT gateway that is no more has neither interface nor address."""
    for address in backend.addresses:
        if address.eni is gateway._eni:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(gateway._eni.id, None)
