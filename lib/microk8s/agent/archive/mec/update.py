"""Day two: a living node becomes what ``desired`` says now, in place, or goes back to what it was.

What it was is written down before anything changes, so that an agent that is killed, or a machine that reboots, in the middle
of a change finds its way in either direction.

Sources: https://microk8s.io/docs/upgrading (one minor at a time, back up first), https://snapcraft.io/docs/managing-updates
(a refresh that is asked for overrides a hold; ``revert``), https://microk8s.io/docs/configuring-services.
"""

import json
from typing import Any, Callable, Dict, List, Mapping, Optional

from .arguments import Arguments, acted_upon
from .basics import Refused, Trouble, clip
from .microk8s import Microk8s
from .ports import Ports
from .records import Progress

# How long a changed node may take to be well; never more than a third of what the apply waits, which hears of the way back too.
WELL_SECONDS, WELL_LEAST, WELL_PART = 300.0, 30.0, 3.0  # https://github.com/canonical/microk8s/blob/master/tests/test-cluster.py waits 240 s for the network
STEADY_SECONDS = 10.0  # well without a break, since a service that dies of an argument lives for a moment
TRIES = 3  # of one change; more ends are no accident
SANS_SECONDS = 60.0  # the cluster-agent looks for files every five seconds
LAUNCHER = "/var/snap/microk8s/common/etc/launcher/"
# A hardened kubelet (--protect-kernel-defaults) starts with these values alone, and a reboot forgets what an earlier one had set:
# https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cm/container_manager_linux.go (setupKernelTunables).
SYSCTL = "/etc/sysctl.d/90-mec-kubelet.conf"
KERNEL = (
    "vm.overcommit_memory = 1\nvm.panic_on_oom = 0\nkernel.panic = 10\nkernel.panic_on_oops = 1\n"
    "kernel.keys.root_maxkeys = 1000000\nkernel.keys.root_maxbytes = 25000000\n"
)
BACKUP = "/var/lib/mec/backup.tar.gz"
PER_NODE = "cis-hardening"


class Updater:
    """Changes channel, arguments, names of the certificate and add-ons of a node that is there."""

    def __init__(self, ports: Ports, progress: Progress, microk8s: Microk8s, until: Callable[[Callable[[], str], float], None],
                 missing: Callable[[], str], serves: bool = True) -> None:  # fmt: skip
        """``serves``: this machine is one of the control plane, with a datastore and certificates of its own."""
        self._ports, self._progress, self._microk8s = ports, progress, microk8s
        self._until, self._missing = until, missing
        self._arguments, self._serves = Arguments(ports.files), serves
        self.first = serves  # whether it is for this node to switch what the whole cluster has
        self._patience = WELL_SECONDS

    @property
    def generation(self) -> str:
        """The generation that this node is of; empty before it is of any."""
        return str((self._progress.data.get("applied") or {}).get("generation", ""))

    def begin(self, desired: Mapping[str, Any]) -> None:
        """Remember what the node is born with, before its installation: add-ons come after it, as a change."""
        self._apply(desired, [])
        if desired.get("addOns"):
            self._progress.set(applied={**self._applied, "generation": ""})

    def born_with(self, addons: List[str]) -> None:
        """Remember the add-ons that are on."""
        self._progress.set(applied={**self._applied, "addOns": addons})

    def doubt(self) -> None:
        """Somebody else's installation came to its end: what it was asked for is looked at as a change."""
        self._progress.must(applied={**self._applied, "generation": ""})

    @property
    def addons(self) -> List[str]:
        """The add-ons that are on by this agent's doing."""
        return list(self._applied.get("addOns") or [])

    def due(self, desired: Mapping[str, Any]) -> bool:
        """Whether something is to be done, or was begun; also where the snap was seen to follow another channel than it shall."""
        seen = self._progress.data.get("channel")
        return self.generation != str(desired.get("generation")) or bool(self._change) or seen not in (None, "", desired.get("channel"))

    def upgrades(self, desired: Mapping[str, Any]) -> bool:
        """Whether the channel is to change."""
        return self._progress.data.get("channel") not in (None, "", desired.get("channel"))

    def quiet(self, desired: Mapping[str, Any]) -> bool:
        """Whether nothing of what differs restarts anything."""
        same = acted_upon(desired["launchConfiguration"]) == self._applied.get("launch") and list(desired.get("addOns") or []) == self.addons
        return same and not self._change and not self.upgrades(desired)

    def after_join(self, launch: Mapping[str, Any], copied: Mapping[str, Any]) -> bool:
        """Write the kubelet's arguments again, which a join replaces by the other node's; whether any differ. Throws OSError."""
        kubelet = {"extraKubeletArgs": launch.get("extraKubeletArgs") or {}}
        new = self._arguments.changes(kubelet, {"extraKubeletArgs": copied.get("extraKubeletArgs") or {}})
        self._arguments.write(new)
        return bool(new)

    @property
    def launch(self) -> Dict[str, Any]:
        """What this node acts upon now, of a launch configuration; empty before it is of any."""
        return dict(self._applied.get("launch") or {})

    @property
    def unfinished(self) -> bool:
        """Whether an earlier life left a change half done."""
        return bool(self._change)

    def refusal(self, desired: Mapping[str, Any]) -> str:
        """Why this generation is not tried again; empty when it may be."""
        kept = self._progress.data.get("refused") or {}
        return str(kept.get("reason") or "") if kept.get("generation") == str(desired.get("generation")) else ""

    def recover(self, desired: Mapping[str, Any]) -> None:
        """Undo what an earlier life began and cannot be brought to an end; what can be goes on when its turn comes. Throws Refused where
        that is what is desired now, Trouble when the node does not get well so."""
        change, reason = self._change, ""
        if change.get("back"):
            reason = str(change["back"])
        elif change and change["generation"] != str(desired.get("generation")):
            reason = "it is not wanted any more"
        elif change.get("tries", 0) >= TRIES:
            reason = "it did not come to an end"
        if reason:
            whole = self._back(reason)
            if change["generation"] == str(desired.get("generation")):
                raise Refused(whole)

    def run(self, desired: Mapping[str, Any]) -> None:
        """Make the change. Throws Refused when it may not be or the node went back, Trouble when it cannot begin yet."""
        if self._change.get("generation") not in (None, str(desired["generation"])):
            self._back("it is not wanted any more")
        elif self._change.get("back"):
            raise Refused(self._back(str(self._change["back"])))
        elif self._change.get("tries", 0) >= TRIES:
            raise Refused(self._back("it did not come to an end"))
        self._check(desired)
        if not self._change:
            held = {"generation": str(desired["generation"]), "tracking": self._microk8s.tracking(),
                    "revision": self._microk8s.revision(), "texts": {}, "addOns": self.addons, "tries": 0}  # fmt: skip
            if not held["revision"]:
                raise Trouble("microk8s is not installed")
            self._progress.must(change=held)
        change = self._change
        self._progress.must(change={**change, "tries": change["tries"] + 1})
        try:
            self._forward(desired)
        except Trouble as trouble:
            raise Refused(self._back(str(trouble))) from None
        self._ports.files.forget(BACKUP)
        self._apply(desired, self.addons, change=None, refused=None)
        self._ports.log.event("node is changed", generation=self.generation)

    # Forward: each step does what is missing, whatever came before.

    def _forward(self, desired: Mapping[str, Any]) -> None:
        self._patience = min(WELL_SECONDS, max(WELL_LEAST, float(desired.get("readySeconds", WELL_SECONDS * WELL_PART)) / WELL_PART))
        launch = desired["launchConfiguration"]
        new = self._arguments.changes(launch, self._applied.get("launch") or {})
        if new:
            originals = self._arguments.read([path for path in new if path not in self._change["texts"]])
            self._note(texts={**self._change["texts"], **originals})
            self._arguments.write(new)
        # Arguments first: a newer release starts with them, and may not know the old ones.
        if self._microk8s.tracking() != desired["channel"]:
            self._refresh(desired["channel"])
        elif self._change["texts"]:
            self._restart(list(self._change["texts"]))
        if self._change["texts"] or self._change.get("refreshed"):
            self._well()
        if self._serves:
            self._names(launch.get("extraSANs") or [])
        self._switch_addons(list(desired.get("addOns") or []), launch)

    def _refresh(self, channel: str) -> None:
        if self._serves:
            self._microk8s.backup(BACKUP)
        self._note(refreshed=True)
        self._microk8s.refresh(channel)
        wanted = channel.partition("/")[0]
        if self._microk8s.minor() != wanted:
            raise Trouble(f"microk8s is {self._microk8s.minor() or 'gone'} after the refresh to {wanted}")

    def _restart(self, paths: List[str]) -> None:
        for service in self._arguments.services(paths):
            self._microk8s.restart(service)

    def _well(self) -> None:
        """Wait until the node is well and stays so. Throws Trouble."""
        since: List[Optional[float]] = [None]

        def missing() -> str:
            what, now = self._missing(), self._ports.clock.monotonic()
            if what:
                since[0] = None
                return what
            since[0] = now if since[0] is None else since[0]
            return "" if now - since[0] >= STEADY_SECONDS else "well for a moment only"

        self._until(missing, self._patience)

    def _names(self, names: List[str]) -> None:
        """Have the API server's certificate name all ``names``. The cluster-agent writes its template; the certificate is made
        anew by itself only until other nodes have joined."""
        lacking = lambda: [name for name in names if name not in self._microk8s.names()]  # noqa: E731
        if not lacking():
            return
        file = f"{LAUNCHER}mec-names.yaml"
        self._ports.files.forget(file + ".applied")
        self._ports.files.write(file, json.dumps({"version": "0.2.0", "extraSANs": names}) + "\n", 0o600)
        gone = lambda: "" if self._ports.files.read(file) is None else "the cluster-agent takes no names"  # noqa: E731
        self._until(gone, SANS_SECONDS)
        try:
            self._until(lambda: "waiting" if lacking() else "", SANS_SECONDS / 2)
        except Trouble:
            self._microk8s.renew("server")
        self._until(lambda: f"the certificate lacks {clip(lacking()[0], 30)}" if lacking() else "", SANS_SECONDS)
        self._well()

    def _switch_addons(self, wanted: List[str], launch: Mapping[str, Any]) -> None:
        if wanted == self.addons:
            return
        for name in [one for one in self.addons if one not in wanted]:
            if self._switches(name):
                self._microk8s.disable(name)
            self.born_with([one for one in self.addons if one != name])
        for name in [one for one in wanted if one not in self.addons]:
            if name == PER_NODE:
                self._ports.files.write(SYSCTL, KERNEL)
            if self._switches(name):
                self._microk8s.enable(name)
            self.born_with([*self.addons, name])
            self._until(self._missing, self._patience)
        # An add-on that goes takes its arguments along by their names, whoever has set them.
        again = self._arguments.changes(launch, {})
        if again:
            self._arguments.write(again)
            self._restart(list(again))
            self._well()

    def _switches(self, name: str) -> bool:
        """Each node is hardened for itself; all else is the cluster's, and one node's to switch."""
        return name == PER_NODE or self.first

    # Back.

    def _back(self, reason: str) -> str:
        """Put the node back to what it was, and refuse the generation; why, in whole. Throws Trouble when it does not get well so."""
        self._note(back=reason)
        change = self._change
        self._ports.log.event("node goes back", reason=reason)
        touched = bool(change["texts"])
        if change.get("refreshed"):
            self._microk8s.settle("refresh-snap")
            self._microk8s.settle("revert-snap")
            if self._microk8s.revision() not in ("", change["revision"]):
                self._microk8s.revert()
        if change.get("refreshed") and self._microk8s.tracking() != change["tracking"]:
            self._microk8s.track(change["tracking"])
        differing = [path for path, text in self._arguments.read(list(change["texts"])).items() if text != change["texts"][path]]
        if differing:  # once, and then it is only waited for: a slow start is not to be cut short again and again
            self._note(restart=self._arguments.services(differing))
            self._arguments.write(change["texts"])
        for service in self._change.get("restart", []):
            self._microk8s.restart(service)
        self._note(restart=[])
        if touched or change.get("refreshed"):
            self._until(self._missing, self._patience)
        self._switch_addons(list(change["addOns"]), self._applied.get("launch") or {})
        whole = f"update: {reason}; went back"
        self._progress.set(change=None, refused={"generation": change["generation"], "reason": whole})
        return whole

    # Checks and memory.

    def _check(self, desired: Mapping[str, Any]) -> None:
        if self._change:
            return
        have, wanted = self._microk8s.minor(), desired["channel"].partition("/")[0]
        if not have:
            raise Trouble("microk8s is not installed")
        step = int(wanted.split(".")[1]) - int(have.split(".")[1])
        if step < 0:
            self._refuse(desired, f"update: {have} to {wanted} is a downgrade")
        if step > 1:
            self._refuse(desired, f"update: {have} to {wanted} skips a minor version")

    def _refuse(self, desired: Mapping[str, Any], reason: str) -> None:
        self._progress.set(refused={"generation": str(desired["generation"]), "reason": reason})
        raise Refused(reason)

    def _apply(self, desired: Mapping[str, Any], addons: List[str], **more: Any) -> None:
        applied = {"generation": str(desired["generation"]), "launch": acted_upon(desired["launchConfiguration"]), "addOns": addons}
        self._progress.must(applied=applied, **more)

    def _note(self, **more: Any) -> None:
        self._progress.must(change={**self._change, **more})

    @property
    def _applied(self) -> Dict[str, Any]:
        return self._progress.data.get("applied") or {}

    @property
    def _change(self) -> Dict[str, Any]:
        return self._progress.data.get("change") or {}
