"""Subnet CIDR reservations that keep their description.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrReservation.html.
"""

from typing import Any

from moto.ec2.responses import EC2Response

from .patching import around


def install() -> None:
    """Give moto's reservations the description they were made with."""

    @around(EC2Response, "create_subnet_cidr_reservation")
    def _create(original: Any, self: Any) -> Any:
        answer = original(self)
        answer.result["SubnetCidrReservation"].description = self._get_param("Description") or ""
        return answer
