"""The gate every AWS call of a machine passes: its network, its signature, throttling, its role.

Sources: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html (InvalidKeyId) and those of
the modules that this one asks.
"""

from typing import Any, Callable, Dict, Optional

from . import denials, signature
from .call import Call
from .denials import Denial
from .identities import Identity, IdentityBook
from .lookup import find_instance, find_role
from .needs import UnknownKey, needs_of
from .policy import ALLOWED, verdict
from .routing import has_way_out


class Unreachable(Exception):
    """The request never arrived: the machine has no way to AWS, or is no more."""


class Gate:
    """Tells machines from everyone else, and lets them do what their role may."""

    def __init__(
        self, identities: IdentityBook, take_throttle: Callable[[str], bool], take_failure: Callable[[str, str], Optional[str]]
    ) -> None:
        """``take_throttle`` says whether the next Parameter Store call of an instance is throttled, ``take_failure`` how the next
        ``service:Action`` of it fails: "error", "throttled", "denied", or None."""
        self._identities = identities
        self._take_throttle, self._take_failure = take_throttle, take_failure

    def caller(self, call: Call) -> Optional[Identity]:
        """The machine that made a call; None for anybody else, who may do everything."""
        return self._identities.find(call.access_key)

    def stranger(self, call: Call) -> Optional[Denial]:
        """What a call is refused with that AWS could not attribute to anybody: unsigned, or with unknown temporary keys."""
        if not call.access_key:
            code = "AccessDenied" if call.protocol == "s3" else "MissingAuthenticationToken"
            return denials.denial(call.protocol, call.service, 403, code, "Request is missing Authentication Token")
        if call.access_key.startswith("ASIA"):
            # Only machines have temporary keys here.
            text = "The security token included in the request is invalid."
            return denials.bad_signature(call.protocol, call.service, text)
        return None

    def way_out(self, instance_id: str) -> bool:
        """Whether a machine can reach the outside now."""
        try:
            return has_way_out(find_instance(instance_id))
        except LookupError:
            return False

    def check(self, environ: Dict[str, Any], call: Call, machine: Identity) -> Optional[Denial]:
        """What a machine's call is refused with, or None. Throws Unreachable when it must get no answer."""
        if self._identities.is_revoked(machine) or not self.way_out(machine.instance_id):
            raise Unreachable(machine.instance_id)
        wrong = signature.problem(environ, call, machine)
        if wrong:
            return denials.bad_signature(call.protocol, call.service, wrong)
        if call.service == "ssm" and self._take_throttle(machine.instance_id):
            return denials.throttled("json", "ssm")
        failure = self._take_failure(machine.instance_id, f"{call.service}:{call.action}")
        if failure == "denied":
            return self._denied(call, machine)
        if failure:
            make = denials.throttled if failure == "throttled" else denials.broken
            return make(call.protocol, call.service)
        return self._check_role(call, machine)

    @staticmethod
    def _denied(call: Call, machine: Identity) -> Denial:
        """As if the role's policy did not allow it."""
        try:
            action, resource, _ = needs_of(call, machine.instance_id)[0]
        except (UnknownKey, IndexError):
            action, resource = f"{call.service}:{call.action}", "*"
        why = f"because no identity-based policy allows the {action} action"
        return denials.access_denied(call.protocol, call.service, machine.arn, action, resource, why)

    def _check_role(self, call: Call, machine: Identity) -> Optional[Denial]:
        role = find_role(machine.role_name)
        if role is None:
            return denials.bad_signature(call.protocol, call.service, "The security token included in the request is invalid.")
        try:
            needs = needs_of(call, machine.instance_id)
        except UnknownKey as unknown:
            return denials.denial("json", "ssm", 400, "InvalidKeyId", f"Invalid keyId {unknown}")
        for action, resource, context in needs:
            why = verdict(role, action, resource, dict(context))
            if why is not ALLOWED:
                return denials.access_denied(call.protocol, call.service, machine.arn, action, resource, why)
        return None
