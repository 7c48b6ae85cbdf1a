"""Routes lead to gateways that exist, in the VPC of their table.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (codes),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html (blackhole); the text about two networks is in
https://github.com/smoketurner/serverless-vpc-plugin/issues/147. For a NAT or carrier gateway of another VPC
the text is ours, after that one.
"""

from typing import Any, Optional

from moto.ec2.exceptions import EC2ClientError, InvalidCarrierGatewayID
from moto.ec2.models.route_tables import Route
from moto.ec2.responses import EC2Response
from moto.ec2.utils import generate_route_id

from .patching import around


def _check_target(backend: Any, table: Any, gateway_id: Optional[str], nat_gateway_id: Optional[str],
                  carrier_gateway_id: Optional[str]) -> None:
    if gateway_id and gateway_id.startswith("igw-"):
        attached = backend.get_internet_gateway(gateway_id).vpc
        _check_network(table, "network gateway", gateway_id, attached.id if attached else None)
    if nat_gateway_id:
        gateway = backend.nat_gateways.get(nat_gateway_id)
        if gateway is None or gateway.state in ("deleted", "failed"):
            raise EC2ClientError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat_gateway_id}' does not exist")
        _check_network(table, "NAT gateway", nat_gateway_id, gateway.vpc_id)
    if carrier_gateway_id:
        if carrier_gateway_id not in backend.carrier_gateways:
            raise InvalidCarrierGatewayID(carrier_gateway_id)
        _check_network(table, "carrier gateway", carrier_gateway_id, backend.carrier_gateways[carrier_gateway_id].vpc_id)


def _check_network(table: Any, what: str, gateway_id: str, vpc_id: Optional[str]) -> None:
    if vpc_id != table.vpc_id:
        raise EC2ClientError("InvalidParameterValue", f"route table {table.id} and {what} {gateway_id} belong to different networks")


def is_blackhole(route: Any) -> bool:
    """Whether the gateway that a route leads to is gone."""
    if route.nat_gateway is not None:
        return bool(route.nat_gateway.state != "available")
    if route.carrier_gateway is not None:
        return bool(route.carrier_gateway.state != "available")
    if route.gateway is not None and route.gateway.id.startswith("igw-"):
        return route.gateway.vpc is None or bool(route.gateway.vpc.id != route.route_table.vpc_id)
    return False


def _check(response: Any) -> None:
    table = response.ec2_backend.get_route_table(response._get_param("RouteTableId"))
    targets = (response._get_param(name) for name in ("GatewayId", "NatGatewayId", "CarrierGatewayId"))
    _check_target(response.ec2_backend, table, *targets)


def install() -> None:
    """Check the targets of routes, and show those whose target is gone."""

    @around(EC2Response, "create_route")
    def _create(original: Any, self: Any) -> Any:
        _check(self)
        return original(self)

    @around(EC2Response, "replace_route")
    def _replace(original: Any, self: Any) -> Any:
        _check(self)
        result = original(self)
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        name = generate_route_id(table.id, self._get_param("DestinationCidrBlock"), self._get_param("DestinationIpv6CidrBlock"))
        if name in table._routes:
            # moto neither sets nor forgets this one target.
            table._routes[name].carrier_gateway = self.ec2_backend.carrier_gateways.get(self._get_param("CarrierGatewayId"))
        return result

    Route.state = property(lambda self: "blackhole" if is_blackhole(self) else "active")  # type: ignore[assignment]
