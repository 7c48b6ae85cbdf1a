"""Finding things in moto's state, without making a Region's state by looking."""

from typing import Any, Iterator, Optional, Tuple

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from .settings import ACCOUNT_ID


def regional(backends: Any) -> Iterator[Tuple[str, Any]]:
    """Region and state, of one service, for each Region that was used."""
    yield from list(backends[ACCOUNT_ID].items())


def find_instance(instance_id: str) -> Any:
    """The instance with an id, in any Region. Throws LookupError when there is none."""
    for _, backend in regional(ec2_backends):
        instance = backend.get_instance_by_id(instance_id)
        if instance is not None:
            return instance
    raise LookupError(f"no instance {instance_id}")


def role_of_instance(instance: Any) -> Optional[Any]:
    """The role in the instance's profile at this moment, or None."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return None
    profile = iam_backends[ACCOUNT_ID]["aws"].instance_profiles.get(association.iam_instance_profile.name)
    if profile is None:
        profile = association.iam_instance_profile
    return profile.roles[0] if profile.roles else None


def find_role(name: str) -> Optional[Any]:
    """The role with a name, or None."""
    return next((role for role in iam_backends[ACCOUNT_ID]["aws"].roles.values() if role.name == name), None)


def find_policy(arn: str) -> Optional[Any]:
    """The managed policy with an ARN, or None."""
    return iam_backends[ACCOUNT_ID]["aws"].managed_policies.get(arn)


def find_key(region: str, arn: str) -> Optional[Any]:
    """The KMS key with an ARN, or None."""
    return next((key for key in list(kms_backends[ACCOUNT_ID][region].keys.values()) if key.arn == arn), None)


def key_arn(region: str, key_id: str) -> Optional[str]:
    """ARN of the KMS key that an id, ARN, alias or alias ARN names; None when there is none."""
    backend = kms_backends[ACCOUNT_ID][region]
    name = key_id.rsplit(":", 1)[-1]
    if name.startswith("alias/"):
        for key in list(backend.keys.values()):
            if name in key.aliases:
                return key.arn
        return None
    key = backend.keys.get(name.rsplit("/", 1)[-1])
    return key.arn if key else None
