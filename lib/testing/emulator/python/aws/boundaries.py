"""Permissions boundaries must exist.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html; what a boundary does not allow is
told in policy.py. The text of the refusal is the one that IAM also has for policies that cannot be attached.
"""

from typing import Any, Optional

from moto.iam.exceptions import NoSuchEntity
from moto.iam.models import IAMBackend

from .patching import around


def _check(backend: Any, arn: Optional[str]) -> None:
    # Whatever is no ARN of a policy at all is left to moto to refuse.
    if arn and ":policy/" in arn and arn not in backend.managed_policies:
        raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")


def install() -> None:
    """Check boundaries when a role gets one."""

    @around(IAMBackend, "create_role")
    def _create(original: Any, self: Any, role_name: str, assume_role_policy_document: str, path: str,
                permissions_boundary: Optional[str], *args: Any, **kwargs: Any) -> Any:
        _check(self, permissions_boundary)
        return original(self, role_name, assume_role_policy_document, path, permissions_boundary, *args, **kwargs)

    @around(IAMBackend, "put_role_permissions_boundary")
    def _put(original: Any, self: Any, role_name: str, permissions_boundary: str) -> None:
        _check(self, permissions_boundary)
        original(self, role_name, permissions_boundary)
