"""What of the emulated account a deploy could have made, by Terraform resource type.

Left out: what AWS makes by itself (default VPCs and what belongs to them, default security groups, ACLs and main route
tables of any VPC, AWS's images, policies and keys) and what only waits to vanish (terminated instances, deleted stacks,
keys pending deletion).
"""

import time
from typing import Any, Dict, Iterable, List, Optional

from moto.cloudformation.models import cloudformation_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from .lookup import regional
from .settings import ACCOUNT_ID

Resources = Dict[str, List[str]]
_TRIES = 20


def resources() -> Resources:
    """Ids (names for buckets, roles, profiles, parameters, log groups, alarms and aliases) of what exists; types with nothing are left out."""
    for _ in range(_TRIES):
        try:
            return _resources()
        except RuntimeError:
            # A request of another thread changed a dictionary while it was read.
            time.sleep(0.01)
    return _resources()


def _resources() -> Resources:
    found: Resources = {}
    for _, backend in regional(ec2_backends):
        _merge(found, _network(backend))
        _merge(found, _compute(backend))
    for _, backend in regional(ssm_backends):
        own = [name for name, versions in backend._parameters.items() if versions and not name.startswith("/aws/")]
        _merge(found, {"aws_ssm_parameter": own})
    for _, backend in regional(kms_backends):
        _merge(found, _keys(backend))
    for _, backend in regional(logs_backends):
        _merge(found, {"aws_cloudwatch_log_group": list(backend.groups)})
    for _, backend in regional(cloudwatch_backends):
        _merge(found, {"aws_cloudwatch_metric_alarm": list(backend.alarms)})
    for _, backend in regional(cloudformation_backends):
        alive = [stack.name for stack in list(backend.stacks.values()) if stack.status != "DELETE_COMPLETE"]
        _merge(found, {"aws_cloudformation_stack": alive})
    _merge(found, _iam(iam_backends[ACCOUNT_ID]["aws"]))
    _merge(found, _buckets(s3_backends[ACCOUNT_ID]["aws"]))
    return {kind: sorted(ids) for kind, ids in sorted(found.items()) if ids}


def parameter_names(prefix: str) -> List[str]:
    """Names of the parameters that begin with ``prefix``, in every Region."""
    return sorted(parameters(prefix))


def parameters(prefix: str) -> Dict[str, Dict[str, Optional[str]]]:
    """Type and value of the parameters that begin with ``prefix``; the value of a SecureString is None."""
    found: Dict[str, Dict[str, Optional[str]]] = {}
    for _, backend in regional(ssm_backends):
        for name, versions in list(backend._parameters.items()):
            if versions and name.startswith(prefix):
                newest = versions[-1]
                secret = newest.parameter_type == "SecureString"
                found[name] = {"type": newest.parameter_type, "value": None if secret else newest.value}
    return found


def _merge(into: Resources, more: Dict[str, Iterable[str]]) -> None:
    for kind, ids in more.items():
        into.setdefault(kind, []).extend(ids)


def _network(backend: Any) -> Dict[str, Iterable[str]]:
    default_vpcs = {vpc.id for vpc in backend.vpcs.values() if vpc.is_default}
    others = [table for table in backend.route_tables.values() if table.vpc_id not in default_vpcs]
    tables = [table for table in others if table.main_association_id is None]
    groups = [group for of_vpc in backend.groups.values() for group in of_vpc.values()]
    return {
        "aws_vpc": set(backend.vpcs) - default_vpcs,
        "aws_subnet": [subnet.id for subnet in backend.describe_subnets() if subnet.vpc_id not in default_vpcs],
        "aws_route_table": [table.id for table in tables],
        "aws_route_table_association": [name for table in tables for name in table._associations],
        "aws_internet_gateway": list(backend.internet_gateways),
        "aws_ec2_carrier_gateway": list(backend.carrier_gateways),
        "aws_nat_gateway": [gateway.id for gateway in backend.nat_gateways.values() if gateway.state != "deleted"],
        "aws_security_group": [group.id for group in groups if group.name != "default"],
        "aws_eip": [address.allocation_id for address in backend.addresses],
        "aws_eip_association": [address.association_id for address in backend.addresses if address.association_id],
        "aws_network_interface": list(backend.enis),
        "aws_ec2_subnet_cidr_reservation": [kept.id for subnet in backend.describe_subnets() for kept in subnet._cidr_reservations],
        "aws_flow_log": list(backend.flow_logs),
        "aws_vpc_endpoint": [end.id for end in backend.vpc_end_points.values() if end.state != "deleted"],
    }


def _compute(backend: Any) -> Dict[str, Iterable[str]]:
    instances = [instance.id for instance in backend.all_instances() if instance.state != "terminated"]
    snapshots = [snap.id for snap in backend.snapshots.values() if not getattr(snap, "from_ami", None)]
    return {
        "aws_instance": instances,
        "aws_ebs_volume": list(backend.volumes),
        "aws_ebs_snapshot": snapshots,
        "aws_launch_template": list(backend.launch_templates),
        "aws_key_pair": list(backend.key_pairs),
    }


def _keys(backend: Any) -> Dict[str, Iterable[str]]:
    keys = [key for key in list(backend.keys.values()) if key.key_state != "PendingDeletion"]
    own = [key for key in keys if not any(name.startswith("alias/aws/") for name in key.aliases)]
    return {"aws_kms_key": [key.id for key in own], "aws_kms_alias": [name for key in own for name in key.aliases]}


def _iam(backend: Any) -> Dict[str, Iterable[str]]:
    roles = list(backend.roles.values())
    return {
        "aws_iam_role": [role.name for role in roles],
        "aws_iam_role_policy": [f"{role.name}:{name}" for role in roles for name in role.policies],
        "aws_iam_role_policy_attachment": [f"{role.name}:{arn}" for role in roles for arn in role.managed_policies],
        "aws_iam_instance_profile": list(backend.instance_profiles),
        "aws_iam_policy": [policy.arn for policy in backend.managed_policies.values() if ":iam::aws:" not in policy.arn],
        "aws_iam_user": list(backend.users),
    }


def _buckets(backend: Any) -> Dict[str, Iterable[str]]:
    buckets = list(backend.buckets.items())
    return {
        "aws_s3_bucket": [name for name, _ in buckets],
        "aws_s3_object": [f"{name}/{key}" for name, bucket in buckets for key in bucket.keys],
    }
