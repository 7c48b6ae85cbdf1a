"""Whether an instance can reach the outside: address, route and security group.

Sources: https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html (carrier gateway and
carrier IP address), https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html (a public address is
needed), https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html (none is needed; the NAT gateway's own subnet
routes to an internet gateway).
"""

from typing import Any, Optional

from .routes import is_blackhole
from .subnets import zone_of
from .zones import WavelengthZone

_ANYWHERE = "0.0.0.0/0"
_HTTPS = 443


def has_way_out(instance: Any) -> bool:
    """Whether a connection that the instance opens to port 443 of the internet gets there."""
    if instance.state != "running" or not instance.nics:
        return False
    interface = instance.nics[0]
    route = _default_route(interface.subnet)
    if route is None or not _egress_allows_https(interface):
        return False
    if is_blackhole(route):
        return False
    if route.nat_gateway is not None:
        return _translates(route.nat_gateway)
    in_wavelength = isinstance(zone_of(interface.subnet), WavelengthZone)
    if route.carrier_gateway is not None:
        return in_wavelength and bool(getattr(interface, "carrier_ip", None))
    if route.gateway is not None and route.gateway.id.startswith("igw-"):
        return not in_wavelength and bool(interface.public_ip)
    return False


def _translates(nat_gateway: Any) -> bool:
    """Whether a NAT gateway, itself a host of its subnet, reaches the internet."""
    if nat_gateway.connectivity_type != "public":
        return False
    route = _default_route(nat_gateway.ec2_backend.get_subnet(nat_gateway.subnet_id))
    return route is not None and not is_blackhole(route) and route.gateway is not None and route.gateway.id.startswith("igw-")


def _default_route(subnet: Any) -> Optional[Any]:
    tables = [table for table in subnet.ec2_backend.route_tables.values() if table.vpc_id == subnet.vpc_id]
    own = [table for table in tables if subnet.id in table._associations.values()]
    main = [table for table in tables if table.main_association_id is not None]
    for table in own or main:
        for route in table.routes:
            if route.destination_cidr_block == _ANYWHERE:
                return route
    return None


def _egress_allows_https(interface: Any) -> bool:
    """Security groups that nobody wrote an egress rule for let nothing out (Terraform takes AWS's default rule away)."""
    for group in interface.group_set:
        for rule in group.egress_rules:
            everything = rule.ip_protocol == "-1"
            https = rule.ip_protocol == "tcp" and rule.from_port <= _HTTPS <= rule.to_port
            if (everything or https) and rule.cidr_ipv4 == _ANYWHERE:
                return True
    return False
