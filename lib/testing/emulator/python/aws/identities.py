"""The role credentials of machines: issued per instance, recognised by access key, gone with the instance.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any, Dict, Optional, Set

from moto.core.utils import utcnow
from moto.iam.models import AccessKey
from moto.sts.models import AssumedRole, sts_backends

from .lookup import find_instance, role_of_instance
from .settings import ACCOUNT_ID

_LIFETIME = 6 * 3600
_RENEWED_BEFORE = 15 * 60


@dataclass(frozen=True)
class Identity:
    """What a machine signs with, and until when (seconds since the epoch)."""

    instance_id: str
    role_name: str
    access_key: str
    secret_key: str
    token: str
    expires: float

    @property
    def arn(self) -> str:
        """The assumed role, as AWS names it in its errors."""
        return f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{self.role_name}/{self.instance_id}"


class IdentityBook:
    """All credentials that were issued; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: Dict[str, Identity] = {}
        self._newest: Dict[str, Identity] = {}
        self._revoked: Set[str] = set()

    def issue(self, instance_id: str) -> Dict[str, str]:
        """Credentials as the metadata service shows them; the same ones until shortly before they expire.

        Throws LookupError when the instance is unknown, terminated, or has no role.
        """
        role = role_of_instance(find_instance(instance_id))
        if role is None or instance_id in self._revoked:
            raise LookupError(f"{instance_id} has no role")
        with self._lock:
            identity = self._newest.get(instance_id)
            if identity is None or identity.role_name != role.name or identity.expires - time.time() < _RENEWED_BEFORE:
                identity = self._new(instance_id, role)
        return {
            "AccessKeyId": identity.access_key,
            "SecretAccessKey": identity.secret_key,
            "Token": identity.token,
            "Expiration": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(identity.expires)),
        }

    def find(self, access_key: str) -> Optional[Identity]:
        """The machine's identity behind an access key; None when it is not a machine's."""
        with self._lock:
            return self._by_key.get(access_key)

    def is_revoked(self, identity: Identity) -> bool:
        """Whether the instance is gone."""
        return identity.instance_id in self._revoked

    def revoke(self, instance_id: str) -> None:
        """The instance is gone: what it still sends gets no answer."""
        with self._lock:
            self._revoked.add(instance_id)

    def _new(self, instance_id: str, role: Any) -> Identity:
        # Through moto's own record of assumed roles, so that GetCallerIdentity knows the machine too.
        key = AccessKey(None, "ASIA", ACCOUNT_ID)
        assumed = AssumedRole(ACCOUNT_ID, "us-east-1", key, instance_id, role.arn, "", _LIFETIME, "")
        sts_backends[ACCOUNT_ID]["aws"].assumed_roles.append(assumed)
        expires = time.time() + (assumed.expiration - utcnow()).total_seconds()
        identity = Identity(
            instance_id, role.name, assumed.access_key_id, assumed.secret_access_key, assumed.session_token, expires
        )
        self._by_key[identity.access_key] = self._newest[instance_id] = identity
        return identity
