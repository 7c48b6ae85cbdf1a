"""VPCs, subnets and security groups stay while something depends on them.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html, .../API_DeleteSubnet.html and
.../API_DeleteSecurityGroup.html; the texts are in https://github.com/hashicorp/terraform/issues/31658.
"""

from typing import Any, Iterator, Optional

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend

from .internet_gateways import internet_gateway_of
from .patching import around


def _cannot_go(what: str, name: str) -> EC2ClientError:
    return EC2ClientError("DependencyViolation", f"The {what} '{name}' has dependencies and cannot be deleted.")


def _in_vpc(backend: Any, vpc_id: str) -> Iterator[Any]:
    """What keeps a VPC alive that moto does not look at itself."""
    gateway = internet_gateway_of(backend, vpc_id)
    if gateway is not None:
        yield gateway
    yield from (gateway for gateway in backend.carrier_gateways.values() if gateway.vpc_id == vpc_id)
    yield from (interface for interface in backend.enis.values() if interface.vpc_id == vpc_id)
    yield from (end for end in backend.vpc_end_points.values() if end.vpc_id == vpc_id and end.state != "deleted")
    yield from (group for group in backend.groups.get(vpc_id, {}).values() if group.name != "default")


def _is_used(backend: Any, group: Any) -> bool:
    if any(group in interface.group_set for interface in backend.enis.values()):
        return True
    others = (other for of_vpc in backend.groups.values() for other in of_vpc.values() if other is not group)
    rules = (rule for other in others for rule in [*other.ingress_rules, *other.egress_rules])
    return any(rule.source_group.get("GroupId") == group.id for rule in rules)


def install() -> None:
    """Put the rules around deletions."""

    @around(VPCBackend, "delete_vpc")
    def _delete_vpc(original: Any, self: Any, vpc_id: str) -> Any:
        self.get_vpc(vpc_id)
        if next(_in_vpc(self, vpc_id), None) is not None:
            raise _cannot_go("vpc", vpc_id)
        return original(self, vpc_id)

    @around(SubnetBackend, "delete_subnet")
    def _delete_subnet(original: Any, self: Any, subnet_id: str) -> Any:
        if any(interface.subnet_id == subnet_id for interface in self.enis.values()):
            raise _cannot_go("subnet", subnet_id)
        subnet = original(self, subnet_id)
        for table in self.route_tables.values():
            # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html: the association goes with the subnet.
            gone = [name for name, target in table._associations.items() if target == subnet_id]
            for name in gone:
                del table._associations[name]
        return subnet

    @around(SecurityGroupBackend, "delete_security_group")
    def _delete_group(original: Any, self: Any, name: Optional[str] = None, group_id: Optional[str] = None) -> Any:
        group = self.get_security_group_by_name_or_id(group_id or name)
        if group is not None and _is_used(self, group):
            raise EC2ClientError("DependencyViolation", f"resource {group.id} has a dependent object")
        return original(self, name, group_id)
