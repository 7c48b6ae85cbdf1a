"""Carrier gateways: one per VPC.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html ("Carrier gateways per VPC: 1"). The error of
a second one is not public: code and text are ours, after those of other quotas.
"""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.carrier_gateways import CarrierGatewayBackend

from .patching import around


def install() -> None:
    """Refuse a second carrier gateway in a VPC."""

    @around(CarrierGatewayBackend, "create_carrier_gateway")
    def _create(original: Any, self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> Any:
        if any(gateway.vpc_id == vpc_id for gateway in self.carrier_gateways.values()):
            raise EC2ClientError(
                "CarrierGatewayLimitExceeded", f"The maximum number of carrier gateways of the VPC '{vpc_id}' has been reached."
            )
        return original(self, vpc_id, *args, **kwargs)
