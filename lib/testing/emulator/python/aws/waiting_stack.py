"""A CloudFormation stack with nothing but one WaitCondition that waits for signals.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-creationpolicy.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html ("A failure signal causes
CloudFormation to immediately fail the resource creation or update"),
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (OnFailure, DisableRollback),
https://repost.aws/knowledge-center/cloudformation-failed-signal (the texts of the events).
"""

import re
import threading
from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Tuple

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event, Stack
from moto.core.utils import utcnow

_TYPE = "AWS::CloudFormation::WaitCondition"
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_ROLLBACK_SECONDS = 1.0
_LONGEST_SECONDS = 12 * 3600


def seconds_of(duration: str) -> int:
    """Seconds of an ISO 8601 duration such as ``PT15M``. Throws ValidationError when it is none CloudFormation takes."""
    match = _DURATION.fullmatch(duration)
    seconds = sum(int(part or 0) * unit for part, unit in zip(match.groups(), (3600, 60, 1))) if match else 0
    if not match or not any(match.groups()) or seconds > _LONGEST_SECONDS:
        raise ValidationError(message=f"Invalid timeout value: {duration}. Timeout must be PT#H#M#S and at most PT12H")
    return seconds


def only_wait_condition(template: Dict[str, Any]) -> Optional[Tuple[str, int, int]]:
    """Name, count and timeout (s) of the template's one wait condition, or None for any other template."""
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict) or len(resources) != 1:
        return None
    [(name, resource)] = resources.items()
    if resource.get("Type") != _TYPE or "CreationPolicy" not in resource:
        return None
    signal = resource["CreationPolicy"].get("ResourceSignal") or {}
    return name, int(signal.get("Count", 1)), seconds_of(str(signal.get("Timeout", "PT5M")))


class WaitingStack(Stack):
    """Stays in progress until it has its signals or its time is over. Time passes when somebody looks: no timers."""

    on_failure = "ROLLBACK"
    request_token: Optional[str] = None

    def __init__(self, condition: Tuple[str, int, int], **kwargs: Any) -> None:
        self._lock = threading.RLock()
        self._status = "CREATE_PENDING"
        self._events: List[Event] = []
        self._signals: Dict[str, str] = {}
        self._rolled_back_at: Optional[datetime] = None
        self.resource, self._count, self._seconds = condition
        super().__init__(**kwargs)
        self._deadline = self.creation_time + timedelta(seconds=self._seconds)

    @property
    def status(self) -> str:
        """Status of the stack at this moment."""
        self._pass_time()
        return self._status

    @status.setter
    def status(self, value: str) -> None:
        self._status = value

    @property
    def events(self) -> List[Event]:
        """Events of the stack up to this moment, oldest first."""
        self._pass_time()
        return self._events

    @events.setter
    def events(self, value: List[Event]) -> None:
        self._events = value

    def create_resources(self) -> None:
        """Begin to wait."""
        self._status = "CREATE_IN_PROGRESS"
        self._resource_event("CREATE_IN_PROGRESS")
        self._resource_event("CREATE_IN_PROGRESS", "Resource creation Initiated")

    def signal(self, resource: str, unique_id: str, status: str) -> None:
        """Take a signal. Throws ValidationError when the stack or the resource cannot have one now."""
        with self._lock:
            if self.status != "CREATE_IN_PROGRESS":
                raise ValidationError(message=f"Stack {self.stack_id} is in {self._status} state and cannot be signaled")
            if resource != self.resource:
                raise ValidationError(message=f"Resource {resource} does not exist for stack {self.name}")
            if unique_id in self._signals and status != "FAILURE":
                raise ValidationError(
                    message=f"Signal with ID {unique_id} for resource {resource} already exists. "
                    "Signals may only be updated with a FAILURE status."
                )
            self._signals[unique_id] = status
            text = f"Received {status} signal with UniqueId {unique_id}"
            if status == "FAILURE":
                return self._fail(text, utcnow())
            self._resource_event("CREATE_IN_PROGRESS", text)
            if len(self._signals) >= self._count:
                self._resource_event("CREATE_COMPLETE")
                self.mark_creation_complete()

    def delete(self) -> None:
        """Delete it, in whatever state it is."""
        with self._lock:
            super().delete()

    def _pass_time(self) -> None:
        with self._lock:
            now = utcnow()
            if self._status == "CREATE_IN_PROGRESS" and now >= self._deadline:
                missing = self._count - len(self._signals)
                self._fail(f"Failed to receive {missing} resource signal(s) within the specified duration", self._deadline)
            if self._rolled_back_at and now >= self._rolled_back_at and self._status.endswith("_IN_PROGRESS"):
                at, deleting = self._rolled_back_at, self._status.startswith("DELETE")
                self._resource_event("DELETE_COMPLETE", at=at)
                self._status = "DELETE_COMPLETE" if deleting else "ROLLBACK_COMPLETE"
                self._stack_event(self._status, None, at)

    def _fail(self, reason: str, at: datetime) -> None:
        self._resource_event("CREATE_FAILED", reason, at)
        failed = f"The following resource(s) failed to create: [{self.resource}]. "
        if self.on_failure == "DO_NOTHING":
            self._status = "CREATE_FAILED"
            return self._stack_event("CREATE_FAILED", failed, at)
        self._status = "DELETE_IN_PROGRESS" if self.on_failure == "DELETE" else "ROLLBACK_IN_PROGRESS"
        verb = "Delete" if self.on_failure == "DELETE" else "Rollback"
        self._stack_event(self._status, f"{failed}{verb} requested by user.", at)
        self._resource_event("DELETE_IN_PROGRESS", at=at)
        self._rolled_back_at = at + timedelta(seconds=_ROLLBACK_SECONDS)

    def _add_stack_event(self, resource_status: str, resource_status_reason: Optional[str] = None, _: Any = None) -> None:
        self._stack_event(resource_status, resource_status_reason, utcnow())

    def _stack_event(self, status: str, reason: Optional[str], at: datetime) -> None:
        self._event(self.name, self.stack_id, "AWS::CloudFormation::Stack", status, reason, at)

    def _resource_event(self, status: str, reason: Optional[str] = None, at: Optional[datetime] = None) -> None:
        self._event(self.resource, f"{self.stack_id}/{self.resource}", _TYPE, status, reason, at or utcnow())

    def _event(self, logical: str, physical: str, kind: str, status: str, reason: Optional[str], at: datetime) -> None:
        event = Event(
            stack_id=self.stack_id,
            stack_name=self.name,
            logical_resource_id=logical,
            physical_resource_id=physical,
            resource_type=kind,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
        event.timestamp = at
        # "All events triggered by a given stack operation are assigned the same client request token" (CreateStack):
        # the Terraform provider finds the reasons of a failure by it.
        event.client_request_token = self.request_token  # type: ignore[assignment]
        self._events.append(event)
