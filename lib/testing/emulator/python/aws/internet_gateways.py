"""Internet gateways: one per VPC, and none leaves while a public address is mapped through it.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html; the texts are in
https://github.com/binlab/terraform-aws-vault-ha-raft/issues/54 and https://github.com/hashicorp/terraform/issues/497.
"""

from typing import Any, Optional

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.internet_gateways import InternetGatewayBackend

from .patching import around


def internet_gateway_of(backend: Any, vpc_id: str) -> Optional[Any]:
    """The internet gateway that is attached to a VPC, or None."""
    gateways = backend.internet_gateways.values()
    return next((gateway for gateway in gateways if gateway.vpc and gateway.vpc.id == vpc_id), None)


def install() -> None:
    """Put the rules around attaching and detaching."""

    @around(InternetGatewayBackend, "attach_internet_gateway")
    def _attach(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        attached = internet_gateway_of(self, vpc_id)
        if attached is not None and attached.id != internet_gateway_id:
            raise EC2ClientError("InvalidParameterValue", f"Network {vpc_id} already has an internet gateway attached")
        return original(self, internet_gateway_id, vpc_id)

    @around(InternetGatewayBackend, "detach_internet_gateway")
    def _detach(original: Any, self: Any, internet_gateway_id: str, vpc_id: str) -> None:
        # Carrier IP addresses are not among them: they go through the carrier gateway.
        if any(interface.public_ip for interface in self.enis.values() if interface.vpc_id == vpc_id):
            raise EC2ClientError(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
                "detaching the gateway.",
            )
        original(self, internet_gateway_id, vpc_id)
