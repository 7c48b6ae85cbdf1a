"""Instances that are machines: what happens to an instance is passed on after the response.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html (addresses are freed),
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html (private host names).
"""

import base64
from dataclasses import dataclass
from typing import Any, Callable, Optional

from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response

from .lookup import role_of_instance
from .patching import around


@dataclass(frozen=True)
class Launch:
    """What a machine has to know of the instance it is."""

    instance_id: str
    user_data: bytes
    private_ip: str
    hostname: str
    region: str
    zone: str
    role_name: Optional[str]


@dataclass(frozen=True)
class Events:
    """Called, after the response, with what happened to an instance."""

    launched: Callable[[Launch], None]
    stopped: Callable[[str], None]
    started: Callable[[str], None]
    rebooted: Callable[[str], None]
    terminated: Callable[[str], None]


class _Wiring:
    """Where the events of the installed patches go: one process has one emulated AWS at a time."""

    events: Optional[Events] = None
    later: Callable[[Callable[[], None]], None] = staticmethod(lambda work: work())


def connect(events: Events, later: Callable[[Callable[[], None]], None]) -> None:
    """Send the events of all instances to ``events``, each wrapped in a call of ``later``."""
    _Wiring.events = events
    _Wiring.later = staticmethod(later)  # type: ignore[assignment]


def describe(instance: Any) -> Launch:
    """An instance as its machine sees it."""
    role = role_of_instance(instance)
    return Launch(
        instance_id=instance.id,
        user_data=base64.b64decode(str(instance.user_data)) if instance.user_data else b"",
        private_ip=instance.private_ip,
        hostname=instance.private_dns_name,
        region=instance.region_name,
        zone=instance.placement.zone,
        role_name=role.name if role else None,
    )


def _tell(name: str, argument: Any) -> None:
    events = _Wiring.events
    if events is not None:
        _Wiring.later(lambda: getattr(events, name)(argument))


def _free_addresses(instance: Any) -> None:
    interfaces = {interface.id for interface in instance.nics.values() if interface.delete_on_termination}
    for address in list(instance.ec2_backend.addresses):
        if address.association_id and address.network_interface_id in interfaces:
            instance.ec2_backend.disassociate_address(association_id=address.association_id)


def install() -> None:
    """Pass on launches, stops, starts, reboots and terminations."""

    @around(EC2Response, "run_instances")
    def _run(original: Any, self: Any) -> ActionResult:
        result = original(self)
        for instance in result.result.instances:
            _tell("launched", describe(instance))
        return result

    @around(Instance, "terminate")
    def _terminate(original: Any, self: Any) -> Any:
        gone = self.state == "terminated"
        if not gone:
            _free_addresses(self)
        previous = original(self) if not gone else self._state
        if not gone:
            _tell("terminated", self.id)
        return previous

    for action, event in (("stop_instances", "stopped"), ("start_instances", "started"), ("reboot_instances", "rebooted")):
        _pass_on(action, event)


def _pass_on(action: str, event: str) -> None:
    @around(EC2Response, action)
    def _act(original: Any, self: Any) -> ActionResult:
        result = original(self)
        for instance_id in self._get_param("InstanceIds", []):
            _tell(event, instance_id)
        return result
