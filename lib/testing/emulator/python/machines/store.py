"""The snap store as MicroK8s' channels look in it, and what snapd says when it cannot be used.

Sources: facts of github.com/canonical/microk8s branches and tags (tracks); texts: github.com/canonical/microk8s.io/issues/239,
github.com/canonical/microk8s/issues/1755, github.com/canonical/snapd cmd/snapd/cli/error.go.
"""

import re
from dataclasses import dataclass
from typing import Optional

_CHANNEL = re.compile(r"^1\.(\d+)(-strict)?(?:/(stable|candidate|beta|edge))?$")
_OLDEST, _NEWEST = 25, 36
_DEFAULT_MINOR = 32


@dataclass(frozen=True)
class Release:
    """What a channel holds: Kubernetes minor, version, snap revision and confinement."""

    minor: int
    version: str
    revision: int
    classic: bool


def look_up(channel: str) -> Optional[Release]:
    """The release in a channel such as ``1.35/stable``; None when the channel does not exist."""
    if channel.startswith("latest/") or channel in ("stable", "candidate", "beta", "edge"):
        return Release(_DEFAULT_MINOR, f"v1.{_DEFAULT_MINOR}.0", 8000 + _DEFAULT_MINOR, True)
    match = _CHANNEL.match(channel)
    if not match or not _OLDEST <= int(match.group(1)) <= _NEWEST:
        return None
    minor, strict = int(match.group(1)), bool(match.group(2))
    return Release(minor, f"v1.{minor}.0", (9000 if strict else 8000) + minor, not strict)


#: What snap prints when the store fails before a change begins, in turn ({action} is install or refresh); "" has the download fail.
UNUSABLE = (
    "unable to contact snap store",
    'cannot {action} "microk8s": cannot get nonce from store: store server returned status 503',
    "",
)
#: Error of a download task whose connection broke.
BROKEN_DOWNLOAD = "unexpected EOF"
