"""What is kept outside of the process: the records in Parameter Store, and what this node remembers on its own disk."""

import json
import random
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from .basics import PARAMETER_BYTES, READ_GAP, Trouble, compact
from .ports import Clock, Files


AT_ONCE = 10  # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html


class Parameters:
    """The records below /mec/<cluster>/, read together and not too often."""

    OF_A_NODE = ("desired", "cluster", "credential")

    def __init__(
        self, aws: Any, clock: Clock, rng: random.Random, cluster: str, node: str, names: Sequence[str] = OF_A_NODE
    ) -> None:
        self._aws, self._clock, self._rng, self._prefix = aws, clock, rng, f"/mec/{cluster}/"
        self.names: Tuple[str, ...] = tuple(dict.fromkeys((*names, f"nodes/{node}")))
        self._first = self.names
        self.gap = READ_GAP  # seconds between two reads, and up to half as much again
        self._records: Dict[str, Any] = {}
        self._parsed: Dict[str, Tuple[Optional[str], Any]] = {}
        self._next = float("-inf")

    def due(self) -> bool:
        """Whether a read is allowed again."""
        return self._clock.monotonic() >= self._next

    def wait(self) -> float:
        """Seconds until then."""
        return max(0.0, self._next - self._clock.monotonic())

    def hurry(self) -> None:
        """Allow a read now: something outside says that the records have changed."""
        self._next = float("-inf")

    def read(self) -> Dict[str, Any]:
        """The records by name, read anew when that is due; absent or unreadable ones are None. Throws AwsError."""
        if self.due():
            self._next = self._clock.monotonic() + self.gap + self._rng.uniform(0.0, self.gap / 2)
            self._records = self._fetch(self.names)
        return self._records

    def known(self) -> Dict[str, Any]:
        """The records as they were read last."""
        return self._records

    def also(self, names: Sequence[str]) -> None:
        """Read further records from now on, beside those of the beginning."""
        self.names = tuple(dict.fromkeys((*self._first, *names)))

    def refresh(self, name: str) -> Any:
        """One record as it is at this moment. Throws AwsError."""
        self._records = {**self._records, **self._fetch((name,))}
        return self._records[name]

    def _fetch(self, names: Sequence[str]) -> Dict[str, Any]:
        found: Dict[str, str] = {}
        for first in range(0, len(names), AT_ONCE):
            request = {"Names": [self._prefix + name for name in names[first : first + AT_ONCE]], "WithDecryption": True}
            found.update({p["Name"]: p["Value"] for p in self._aws.ssm("GetParameters", request).get("Parameters", [])})
        return {name: self._known(name, found.get(self._prefix + name)) for name in names}

    def _known(self, name: str, text: Optional[str]) -> Any:
        """A record that has not changed is the same object: what is made of it need not be made again."""
        before = self._parsed.get(name)
        if before is None or before[0] != text:
            before = self._parsed[name] = (text, self._parse(text))
        return before[1]

    def put(self, name: str, record: Mapping[str, Any], key_id: str = "") -> None:
        """Write a record, encrypted when a key is given. Throws AwsError, or Trouble when it is too long."""
        value = compact(record)
        if len(value.encode()) > PARAMETER_BYTES:
            raise Trouble(f"{name} is longer than {PARAMETER_BYTES} bytes")
        secret = {"Type": "SecureString", "KeyId": key_id} if key_id else {"Type": "String"}
        self._aws.ssm("PutParameter", {"Name": self._prefix + name, "Value": value, "Overwrite": True, **secret})
        self._records[name] = dict(record)

    @staticmethod
    def _parse(text: Optional[str]) -> Any:
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None


class Progress:
    """What must survive a restart and cannot be observed: when it began, seconds in commands, the last verdict."""

    PATH = "/var/lib/mec/progress.json"

    def __init__(self, files: Files, clock: Clock, instance_id: str) -> None:
        self._files, self._clock, self._saved = files, clock, 0.0
        try:
            kept = json.loads(files.read(self.PATH) or "{}")
        except ValueError:
            kept = {}
        # An image made from a node carries the file of another instance.
        own = kept if isinstance(kept, dict) and kept.get("instanceId") == instance_id else {}
        self.data: Dict[str, Any] = {"instanceId": instance_id, "startedAt": clock.time(), "commandSeconds": 0.0, **own}
        self.save()

    def save(self) -> bool:
        """Keep it; whether the disk took it. A full disk must not silence an agent."""
        self._saved = self._clock.time()
        try:
            self._files.write(self.PATH, compact(self.data))
        except OSError:
            return False
        return True

    def set(self, **values: Any) -> None:
        """Remember what one can do without after a restart."""
        self.data.update(values)
        self.save()

    def must(self, **values: Any) -> None:
        """Remember what a way back depends on. Throws Trouble, with nothing changed, when the disk does not take it."""
        before = dict(self.data)
        self.data.update(values)
        if not self.save():
            self.data = before
            raise Trouble("the disk takes no notes")

    def add_command(self, seconds: float) -> None:
        """Count seconds of a command; kept every two seconds, so a kill loses no more."""
        self.data["commandSeconds"] += seconds
        if self._clock.time() - self._saved > 2.0:
            self.save()

    def seconds(self) -> Tuple[float, float]:
        """Seconds since the agent first started on this instance, and those of them inside commands."""
        whole = max(0.0, self._clock.time() - self.data["startedAt"])
        return round(whole, 1), round(min(whole, self.data["commandSeconds"]), 1)
