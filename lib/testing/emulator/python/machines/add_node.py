"""``microk8s add-node``, and the tokens that it makes.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers/microk8s-add-node.wrapper, scripts/wrappers/add_token.py;
github.com/canonical/microk8s-cluster-agent pkg/util/token.go, pkg/snap/snap.go (ConsumeClusterToken).
"""

import json
import pathlib
import secrets
import time
from typing import TYPE_CHECKING, Dict, List, Tuple

from . import atomic, launchconfig, pki
from .answer import Answer
from .neighbours import is_address

if TYPE_CHECKING:
    from .microk8s import Microk8s

#: Hex digits of server.crt's SHA-256 in a connection string (server_cert_check in utils.sh), and the least that join takes.
CHECK = 12
LEAST_TOKEN = 32
_FORMATS = ("json", "pretty", "short", "token", "token-check", "yaml")
_FILE = "credentials/cluster-tokens.txt"


def agent_port(snap_data: pathlib.Path) -> int:
    """The cluster-agent's port."""
    return int(launchconfig.argument(snap_data / "args/cluster-agent", "--bind").rpartition(":")[2] or 25000)


def run(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run ``add-node argv``."""
    if microk8s.is_worker:
        return Answer(1, "This MicroK8s deployment is acting as a node in a cluster. "
                      "Please use the microk8s add-node on the master.\n")
    try:
        given = _parse(argv)
        ttl = int(given.get("ttl", "-1"))
    except ValueError as error:
        return Answer(2, "", f"usage: microk8s add-node [-h] [--token-ttl TOKEN_TTL] [--token TOKEN] [--format FORMAT]\n"
                      f"microk8s add-node: error: {error}\n")
    token = given.get("token") or secrets.token_hex(16)
    if len(token) < LEAST_TOKEN:
        return Answer(1, "Invalid token size.  It must be 32 characters long.\n")
    with open(microk8s.snap_data / _FILE, "a+", encoding="utf-8") as file:
        file.write(f"{token}|{round(time.time()) + ttl}\n" if ttl != -1 else f"{token}\n")
    (microk8s.snap_data / _FILE).chmod(0o660)
    check = pki.fingerprint(microk8s.snap_data / "certs/server.crt")[:CHECK]
    url = f"{microk8s.private_ip}:{agent_port(microk8s.snap_data)}/{token}/{check}"
    return Answer(0, _SHOWN[given.get("format", "pretty")](token, check, url))


def _parse(argv: List[str]) -> Dict[str, str]:
    names = {"--token-ttl": "ttl", "-l": "ttl", "--token": "token", "-t": "token", "--format": "format"}
    given: Dict[str, str] = {}
    rest = list(argv)
    while rest:
        name, is_given, value = rest.pop(0).partition("=")
        if name not in names:
            raise ValueError(f"unrecognized arguments: {name}")
        if not is_given and not rest:
            raise ValueError(f"argument {name}: expected one argument")
        given[names[name]] = value if is_given else rest.pop(0)
    if given.get("format", "pretty") not in _FORMATS:
        raise ValueError(f"argument --format: invalid choice: '{given['format']}'")
    return given


def _pretty(_: str, __: str, url: str) -> str:
    return (
        f"From the node you wish to join to this cluster, run the following:\nmicrok8s join {url}\n\n"
        "Use the '--worker' flag to join a node as a worker not running the control plane, eg:\n"
        f"microk8s join {url} --worker\n\n"
        "If the node you are adding is not reachable through the default interface you can use one of the following:\n"
        f"microk8s join {url}\n"
    )


_SHOWN = {
    "pretty": _pretty,
    "short": lambda token, check, url: f"microk8s join {url}\n",
    "token": lambda token, check, url: f"{token}\n",
    "token-check": lambda token, check, url: f"{token}/{check}\n",
    "json": lambda token, check, url: json.dumps({"token": f"{token}/{check}", "urls": [url]}, indent=2) + "\n",
    "yaml": lambda token, check, url: f"token: {token}/{check}\nurls:\n- {url}\n\n",
}


def consume(snap_data: pathlib.Path, token: str) -> bool:
    """Whether this node's own files know a token that has not expired; one without an expiry is used up."""
    persistent = snap_data / "credentials/persistent-cluster-tokens.txt"
    if persistent.exists() and token in persistent.read_text("utf-8").split():
        return True
    file = snap_data / _FILE
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    for line in lines:
        known, has_expiry, expiry = line.strip().partition("|")
        if known != token or (has_expiry and not _is_valid(expiry)):
            continue
        if not has_expiry:
            atomic.write(file, "".join(other + "\n" for other in lines if other.strip() != token), 0o660)
        return True
    return False


def _is_valid(expiry: str) -> bool:
    return expiry.isdigit() and time.time() < int(expiry)


def split(connection: str) -> Tuple[str, int, str, str]:
    """Address, port, token and fingerprint ("" without one) of a connection string, as get_valid_connection_parts takes them.
    Throws ValueError."""
    parts = connection.split("/")
    host = parts[0].split(":")
    if len(parts) not in (2, 3) or len(host) != 2:
        raise ValueError("Expected format: <master_IP>:<master_PORT>/<token>[/<fingerprint>]")
    if not is_address(host[0]):
        raise ValueError("Invalid master IP")
    if not host[1].isdigit():
        raise ValueError("Master PORT not a number")
    if not 1 <= int(host[1]) <= 65535:
        raise ValueError("Master PORT not in range 1:65535")
    if len(parts[1]) < LEAST_TOKEN:
        raise ValueError(f"Cluster token size should be at least {LEAST_TOKEN} bytes")
    if len(parts) == 3 and len(parts[2]) < CHECK:
        raise ValueError(f"Fingerprint should be at least {CHECK} bytes")
    return host[0], int(host[1]), parts[1], parts[2] if len(parts) == 3 else ""
