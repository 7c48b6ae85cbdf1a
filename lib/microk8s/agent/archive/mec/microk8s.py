"""snapd and MicroK8s of this machine."""

import json
from typing import Any, List

from .basics import SNAP_DATA, Trouble, clip, fingerprint

BACKEND = SNAP_DATA + "/var/kubernetes/backend"
# The benchmark's tool is a download that a node has no use for: canonical/microk8s-core-addons, addons/cis-hardening.
EXTRA = {"cis-hardening": ("--skip-kubebench-installation",)}

STORE_DOWN = (
    "unable to contact snap store", "persistent network error", "dial tcp", "no such host", "i/o timeout", "tls handshake",
    "network is unreachable", "connection refused", "connection reset", "request canceled", "client.timeout", "temporary failure",
    "context deadline exceeded", "unexpected eof", "cannot reach",
)  # fmt: skip


def snap_reason(text: str) -> str:
    """Few words for what snap said. The texts are snapd's own: https://github.com/canonical/snapd (cmd/snap, store, overlord)."""
    plain = " ".join(text.split())
    low = plain.lower()
    if "cannot communicate with server" in low or "/run/snapd.socket" in low:
        return "snapd does not answer"
    if "change in progress" in low or "conflicting" in low:
        return "snapd is busy with another change"
    if "not yet seeded" in low or "device not" in low:
        return "snapd is not seeded yet"
    if "returned status " in low:
        return f"cannot reach the snap store ({low.split('returned status ', 1)[1][:3]})"
    if any(sign_ in low for sign_ in STORE_DOWN):
        return "cannot reach the snap store"
    if "not available on channel" in low or "no snap revision available" in low:
        return "the snap has no such channel"
    if "no space left" in low:
        return "no space left on the disk"
    if "cannot perform the following tasks" in low:
        tasks = [line.strip(" -") for line in text.splitlines() if line.strip().startswith("- ")]
        return clip(tasks[0].split("(")[0], 48) if tasks else "snapd could not finish its tasks"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")] or lines
    return clip(errors[0].replace("error: ", "", 1), 48) if errors else "snap failed and did not say why"


class Microk8s:
    """snapd and MicroK8s of this machine; each method is one look or one idempotent act. Acts throw Trouble."""

    def __init__(self, shell: Any, files: Any) -> None:
        self._shell, self._files = shell, files

    def wait_seeded(self) -> None:
        """Wait until snapd knows its first snaps, at most two minutes."""
        result = self._shell.run(["snap", "wait", "system", "seed.loaded"], 120)
        if result.code:
            raise Trouble("snapd is not seeded yet" if result.code == 124 else snap_reason(result.err or result.out))

    def installed(self) -> bool:
        """Whether the snap is there and active. A broken or disabled one is not."""
        result = self._shell.run(["snap", "list", "microk8s"], 60)
        rows = [line.split() for line in result.out.splitlines() if line.split()[:1] == ["microk8s"]]
        return result.code == 0 and bool(rows) and not any(note in rows[0][-1] for note in ("disabled", "broken"))

    def tracking(self) -> str:
        """The channel that the snap follows, such as ``1.35/stable``; empty when it is not installed."""
        return self._column(3)

    def minor(self) -> str:
        """The installed Kubernetes minor version, such as ``1.35``; empty when it is not installed."""
        return ".".join(self._column(1).lstrip("v").split(".")[:2])

    def revision(self) -> str:
        """The installed revision of the snap, a number; empty when it is not installed."""
        return self._column(2)

    def _column(self, number: int) -> str:
        """Throws Trouble when snapd does not say: silence is not absence."""
        result = self._shell.run(["snap", "list", "microk8s"], 60)
        if result.code and "no matching snaps" in result.err + result.out:
            return ""
        rows = [line.split() for line in result.out.splitlines() if line.split()[:1] == ["microk8s"]]
        if result.code or not rows or len(rows[0]) <= number:
            raise Trouble("snapd does not say what is installed")
        return rows[0][number]

    def refresh(self, channel: str) -> None:
        """Go to another channel and wait for the end, also of a refresh that is under way; a hold does not hinder it."""
        result = self._shell.run(["snap", "refresh", "microk8s", f"--channel={channel}"], 1800)
        if result.code and "change in progress" in result.err + result.out:
            self.settle("refresh-snap")
        elif result.code:
            raise Trouble("snap refresh took too long" if result.code == 124 else snap_reason(result.err or result.out))

    def revert(self) -> None:
        """Go back to the revision before, with the data that it had."""
        result = self._shell.run(["snap", "revert", "microk8s"], 600)
        if result.code and "change in progress" in result.err + result.out:
            self.settle("revert-snap")
        elif result.code:
            raise Trouble("cannot revert: " + snap_reason(result.err or result.out))

    def track(self, channel: str) -> None:
        """Follow a channel without a refresh."""
        result = self._shell.run(["snap", "switch", f"--channel={channel}", "microk8s"], 60)
        if result.code:
            raise Trouble("cannot switch: " + snap_reason(result.err or result.out))

    def restart(self, service: str) -> None:
        """Restart a service such as ``daemon-kubelite``; returns when it has started, not when it works."""
        result = self._shell.run(["snap", "restart", f"microk8s.{service}"], 180)
        if result.code:
            raise Trouble(f"{service} cannot be restarted: " + snap_reason(result.err or result.out))

    def backup(self, path: str) -> None:
        """Save the datastore. Source: https://microk8s.io/docs/command-reference (dbctl)."""
        self._files.forget(path)
        result = self._shell.run(["microk8s", "dbctl", "backup", "-o", self._files.path(path)], 600)
        if result.code or not self._files.size(path):
            last = (result.err or result.out).strip().split("\n")[-1] or "no file"
            raise Trouble("the datastore cannot be backed up: " + clip(last, 40))

    def renew(self, name: str) -> None:
        """Make a leaf certificate (``server``, ``front-proxy-client``) anew."""
        result = self._shell.run(["microk8s", "refresh-certs", "--cert", f"{name}.crt"], 300)
        if result.code:
            raise Trouble(f"{name}.crt cannot be renewed: " + clip((result.err or result.out).strip().split("\n")[-1], 40))

    def names(self) -> List[str]:
        """The names and addresses in the API server's certificate; none when there is none."""
        path = self._files.path(f"{SNAP_DATA}/certs/server.crt")
        result = self._shell.run(["openssl", "x509", "-noout", "-ext", "subjectAltName", "-in", path], 30)
        words = [word.strip() for word in result.out.replace("\n", ",").split(",")]
        return [word.partition(":")[2] for word in words if word.startswith(("DNS:", "IP Address:"))]

    def install(self, channel: str) -> bool:
        """Install the snap and wait for the end; False when that was of an installation that had been under way."""
        result = self._shell.run(["snap", "install", "microk8s", "--classic", f"--channel={channel}"], 1800)
        if result.code and "change in progress" in result.err + result.out:
            self.settle()
            return False
        if result.code:
            raise Trouble("snap install took too long" if result.code == 124 else snap_reason(result.err or result.out))
        return True

    def remove(self) -> None:
        """Take the snap away with all its data, and wait for the end. Throws Trouble."""
        result = self._shell.run(["snap", "remove", "--purge", "microk8s"], 600)
        if result.code and "change in progress" in result.err + result.out:
            self.settle("remove-snap")
        elif result.code and "is not installed" not in result.err + result.out:
            raise Trouble("cannot remove: " + snap_reason(result.err or result.out))

    def stop(self) -> None:
        """Stop all services, for the next boots too. Throws Trouble."""
        result = self._shell.run(["snap", "stop", "--disable", "microk8s"], 180)
        if result.code:
            raise Trouble("cannot stop: " + snap_reason(result.err or result.out))

    def settle(self, kind: str = "install-snap") -> None:
        """Wait for the last change of a kind to end; what came of it is seen afterwards. One that does not end is called off. Throws
        Trouble when it goes on all the same."""
        watch = ["snap", "watch", f"--last={kind}?"]
        if self._shell.run(watch, 1800).code == 124:
            self._shell.run(["snap", "abort", f"--last={kind}"], 60)
            if self._shell.run(watch, 300).code == 124:
                raise Trouble("snapd does not come to an end")

    def hold(self) -> None:
        """No refresh unless asked: https://snapcraft.io/docs/managing-updates."""
        result = self._shell.run(["snap", "refresh", "--hold=forever", "microk8s"], 60)
        if result.code:
            raise Trouble("refreshes cannot be held: " + snap_reason(result.err or result.out))

    def unready(self, address: str, hostname: str) -> str:
        """What is missing until this node works: the API, or the node's own Ready; empty when nothing is."""
        ready = self._shell.run(["microk8s", "kubectl", "get", "--raw", "/readyz"], 20)
        if ready.code or ready.out.strip() != "ok":
            return "the API server does not answer"
        result = self._shell.run(["microk8s", "kubectl", "get", "nodes", "-o", "json"], 20)
        try:
            nodes = json.loads(result.out)["items"] if result.code == 0 else []
        except (ValueError, KeyError, TypeError):
            nodes = []
        for node in nodes:
            addresses = [a.get("address") for a in node.get("status", {}).get("addresses", []) if a.get("type") == "InternalIP"]
            if address in addresses or node.get("metadata", {}).get("name") == hostname:
                conditions = {c.get("type"): c for c in node.get("status", {}).get("conditions", [])}
                condition = conditions.get("Ready", {})
                return "" if condition.get("status") == "True" else f"node is not Ready: {clip(condition.get('reason') or '?', 30)}"
        return "the node is not registered"

    def secure_port(self) -> int:
        """Port of the API server."""
        for word in (self._files.read(SNAP_DATA + "/args/kube-apiserver") or "").split():
            name, _, value = word.partition("=")
            if name == "--secure-port" and value.strip("\"'").isdigit():
                return int(value.strip("\"'"))
        return 16443

    def certificate(self, name: str) -> str:
        """PEM text of a certificate such as ``ca`` or ``server``; empty when there is none."""
        return self._files.read(f"{SNAP_DATA}/certs/{name}.crt") or ""

    def ca_fingerprint(self) -> str:
        """Fingerprint of the cluster CA; empty when there is none."""
        try:
            return fingerprint(self.certificate("ca"))
        except ValueError:
            return ""

    def dqlite_address(self) -> str:
        """Where the datastore listens, ``ip:port``; empty when it is not initialised."""
        for line in (self._files.read(BACKEND + "/info.yaml") or "").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "Address":
                return value.strip().strip("\"'")
        return ""

    def dqlite_members(self) -> int:
        """How many members the datastore's own list has."""
        lines = (self._files.read(BACKEND + "/cluster.yaml") or "").splitlines()
        return sum(1 for line in lines if line.lstrip("- ").startswith("Address:"))

    def rebind(self, address: str) -> None:
        """Have the datastore listen on ``ip:port``: it takes update.yaml when it starts, and removes it.

        Source: https://github.com/canonical/k8s-dqlite (pkg/server/server.go)."""
        self._files.write(BACKEND + "/update.yaml", f"Address: {address}\n", 0o600)
        self.restart("daemon-k8s-dqlite")

    def rebinding(self) -> bool:
        """Whether a change of the datastore's address is still asked for."""
        return self._files.read(BACKEND + "/update.yaml") is not None

    def enable(self, addon: str) -> None:
        """Turn an add-on on; one that is on is left alone by microk8s itself."""
        self._addon("enable", addon, *EXTRA.get(addon, ()))

    def disable(self, addon: str) -> None:
        """Turn an add-on off."""
        self._addon("disable", addon)

    def _addon(self, act: str, addon: str, *more: str) -> None:
        result = self._shell.run(["microk8s", act, addon, *more], 600)
        if result.code:
            last = (result.err or result.out).strip().split("\n")[-1]
            raise Trouble(f"cannot {act} {addon}: " + clip(last, 40))
