"""``microk8s remove-node``.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers/microk8s-remove-node.wrapper, scripts/wrappers/remove_node.py
(exit codes; an address that Kubernetes does not know is removed from dqlite, and the exit code is 1 all the same).
"""

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .answer import Answer
from .dqlite import DqliteError
from .neighbours import is_address

if TYPE_CHECKING:
    from .microk8s import Microk8s


def run(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run ``remove-node argv``."""
    if microk8s.is_worker:
        return Answer(1, "This MicroK8s deployment is acting as a node in a cluster. Please use microk8s leave.\n")
    if not argv:
        return Answer(1, "Please provide the node you want to remove.\n")
    if len(argv) == 2 and argv[1] != "--force":
        return Answer(1, "Please provide the node and the optional --force flag.\n")
    name, force = argv[0], "--force" in argv[1:]
    node = _find(microk8s, name)
    if node is None:
        return _unknown(microk8s, name, force)
    name = node["metadata"]["name"]
    address = next((a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP"), "")
    if not address:
        return Answer(1, f"Node {name} is not part of the cluster.\n")
    entry = _entry(microk8s, address)
    if entry and not force:
        return Answer(1, f"Removal failed. Node {name} is registered with dqlite. Please, run first 'microk8s leave' on the "
                      "departing node. \nIf the node is not available anymore and will never attempt to join the cluster in the "
                      "future use the '--force' flag \nto unregister the node while removing it.\n")
    if entry:
        failed = _remove(microk8s, entry)
        if failed:
            return failed
    code, _ = microk8s.request("DELETE", f"/api/v1/nodes/{name}")
    return Answer() if code == 200 else Answer(1, f"Node {name} does not exist.\n")


def _find(microk8s: "Microk8s", name: str) -> Optional[Dict[str, Any]]:
    code, listed = microk8s.request("GET", "/api/v1/nodes")
    for node in listed["items"] if code == 200 else []:
        addresses = [a["address"] for a in node.get("status", {}).get("addresses", []) if a["type"] == "InternalIP"]
        if node["metadata"]["name"] == name or (is_address(name) and name in addresses):
            return dict(node)
    return None


def _unknown(microk8s: "Microk8s", name: str, force: bool) -> Answer:
    out = f"Node {name} does not exist in Kubernetes.\n"
    if force:
        out += f"Attempting to remove {name} from dqlite.\n"
        entry = _entry(microk8s, name)
        if entry:
            out += "Removing node entry found in dqlite.\n"
            failed = _remove(microk8s, entry)
            if failed:
                return Answer(failed.exit_code, out + failed.stdout)
    return Answer(1, out)


def _entry(microk8s: "Microk8s", address: str) -> str:
    """The member at an address of another machine; the node's own is never one."""
    if address == microk8s.private_ip:
        return ""
    return next((m["Address"] for m in microk8s.members() if m["Address"].startswith(f"{address}:")), "")


def _remove(microk8s: "Microk8s", entry: str) -> Optional[Answer]:
    try:
        microk8s.neighbours.datastores.remove(microk8s.dqlite, entry)
        return None
    except DqliteError as error:
        return Answer(2, f"Contacting node {microk8s.private_ip}:19001 failed. Error:\n{error}\n")
