"""What every part of the agent shares: its protocol, its errors, and small functions without a world."""

import hashlib
import json
import random
import ssl
from datetime import datetime, timezone
from typing import Any, Mapping

PROTOCOL = 2
BIRTH = ("seed", "configure", "install", "start", "bind", "dns", "birth", "credential")
JOIN = ("seed", "configure", "install", "start", "admission", "join", "settle")
PHASES = (*BIRTH, "admission", "join", "settle", "update", "ready", "leave")
SNAP_DATA = "/var/snap/microk8s/current"
SECRETS = "/run/mec"
DAY = 86400.0

READ_GAP = 10.0  # parameters: 40 requests a second are shared by the whole account
PARAMETER_BYTES = 4096  # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html


class Trouble(Exception):
    """Something did not work yet and is tried again; the message is for people: short, and without secrets."""


class Refused(Exception):
    """This node must not go on until a person decides; the message says why, with its phase in front."""


class AwsError(Trouble):
    """AWS said no, or nothing, for good; ``code`` is AWS's own or ``Unreachable``."""

    def __init__(self, code: str, action: str, detail: str = "") -> None:
        super().__init__(f"{action}: {code}")
        self.code, self.action, self.detail = code, action, detail


def iso(seconds: float) -> str:
    """A moment (seconds since 1970) as ISO 8601 in UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat().replace("+00:00", "Z")


def from_iso(text: str) -> float:
    """The moment that ISO 8601 text names, in seconds since 1970. Throws ValueError."""
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def compact(record: Mapping[str, Any]) -> str:
    """JSON without blanks."""
    return json.dumps(record, separators=(",", ":"))


def clip(text: str, length: int) -> str:
    """Text on one line, at most ``length`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def placeholder(record: Any) -> bool:
    """Whether Terraform's placeholder is still in the parameter."""
    return isinstance(record, dict) and record.get("placeholder") is True


def fingerprint(pem: str) -> str:
    """SHA-256 of the DER form of the first certificate in PEM text, in hexadecimal digits. Throws ValueError."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in pem or end not in pem:
        raise ValueError("no certificate")
    first = pem[pem.index(begin) : pem.index(end) + len(end)]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()


class Backoff:
    """Capped exponential back-off with full jitter, in seconds.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, base: float, cap: float, rng: random.Random, floor: float = 0.0) -> None:
        self._base, self._cap, self._floor, self._rng, self.tries = base, cap, floor, rng, 0

    def next(self) -> float:
        """The next wait: between ``floor`` and min(cap, base x 2^tries)."""
        limit = min(self._cap, self._base * 2.0 ** min(self.tries, 32))
        self.tries += 1
        return max(self._floor, self._rng.uniform(0.0, limit))
