"""Deciding and doing: what a node of the cluster does, in which order."""

import json
from typing import Any, Dict, Mapping, Tuple

from .basics import BIRTH, JOIN, PHASES, PROTOCOL, READ_GAP, SECRETS, Refused, Trouble, fingerprint, placeholder
from .coordinator import PATROL_GAP, Coordinator
from .deployer import Deployer
from .founding import Founding
from .joining import HINDERED_SECONDS, QUICK_GAP, QUORUM_LOST, Joiner, Life
from .keepers import Keepers
from .membership import DQLITE_PORT, HA_CONF, Membership, marked
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters, Progress
from .registries import Registries
from .reporter import Node, Reporter
from .roster import WORKER, Member, Roster
from .selfupdate import SelfUpdate
from .trial import sight
from .update import Updater
from .worker import SLOW, Worker

OF_CONTROL_PLANE = ("desired", "cluster", "credential", "join")
OF_A_WORKER = ("desired", "cluster", "join")  # more is not a worker's to read
REGISTRY_GAP = 300.0  # looks at the credentials of registries, which are outside the common read
HEALTH_GAP, HEALTH_GAP_BAD, HEALTH_TRIES = 60.0, 5.0, 3
HAND_OVER_GAP = 90.0  # between restarts by which a leaver gives its vote away
QUICK_SECONDS = 900.0  # how long one reads often after the nodes have last changed


class Agent(Worker):
    """Brings a node up, by a birth or by a join, keeps it what is desired, and starts over when it is not well."""

    PHASES, API_SECONDS, DQLITE_SECONDS, VOTER_SECONDS = PHASES, 300.0, 60.0, 180.0

    def __init__(self, ports: Ports, node: Node) -> None:
        self._node = node
        self._progress = Progress(ports.files, ports.clock, node.instance_id)
        self._works = node.role == WORKER  # and has no part in the control plane
        self._parameters = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name, OF_A_WORKER if self._works else OF_CONTROL_PLANE)
        self._microk8s = Microk8s(ports.shell, ports.files)
        self._members = Membership(ports.shell, ports.files)
        self._desired: Dict[str, Any] = {}  # as it is for all
        self._roster = Roster({"nodes": []})
        self._wants = ""
        self._told: Any = ("", None)
        self._quick: Tuple[Any, float] = (None, float("-inf"))
        self._hindered: Tuple[Any, float] = (None, float("inf"))
        self._restarted = False  # while this node was to leave
        self._next_agent = self._handed = float("-inf")
        self._quorum: Tuple[float, str] = (float("-inf"), "")
        self._founding = Founding(ports, self._progress, self._parameters, self._microk8s, node)
        self._registries = Registries(ports.aws, ports.files)
        self._deployer = Deployer(ports.shell, ports.files, ports.network, self._microk8s, ports.clock)
        reporter = Reporter(ports, self._parameters, self._progress, node, self._facts)
        super().__init__(ports, reporter, SelfUpdate(ports, self._progress, node.agent))
        self._updater = Updater(ports, self._progress, self._microk8s, self._until, self._missing, not self._works)
        self._joiner = Joiner(ports, self._progress, reporter, self._parameters, self._microk8s, self._members, node, Life(
            self._records, self._pause, self._until, self._missing, self._want, self._reinstall, lambda: not self._me().leaving, self._keep_up))  # fmt: skip
        self._coordinator = Coordinator(ports, self._progress, self._parameters, self._members, node.name, node.instance_id, node.address)
        self._own_stacks = 0  # how many stacks had begun to wait with the one of the change under way
        self._configured = ""  # the generation that the installation would go by
        self._keepers = Keepers(ports, self._progress, self._reporter, self._microk8s, self._answer, self._renewed,
                                certificates=not self._works)  # fmt: skip
        self._proven: Any = None  # the credential that was last seen to work
        ports.shell.tick, ports.shell.meter = self._reporter.tick, self._progress.add_command
        ports.files.forget(SECRETS)  # what a killed predecessor left

    def run(self) -> None:
        """Work for ever."""
        self._ports.log.event("agent starts", node=self._node.name, instance=self._node.instance_id, agent=self._node.agent[:12])
        self._keepers.begin()
        self._live()

    def bring_up(self) -> None:
        """Go through all phases once. Throws Refused, or Trouble when one phase does not get on."""
        records = self._records()
        if not self._progress.data.get("ready"):
            self._change_agent()
        me = self._me()
        if me.leaving:  # nothing of it is to be made well, and its stack waits for the others' word
            self._restarted = True
            return
        if self._progress.data.get("left"):  # it shall stay after all
            self._progress.must(left=None, joined="", purging=True)
        founder = self._founding.admits(records, self._roster)
        if self._updater.unfinished:  # it waits for an API that nobody believes when certificates have expired meanwhile
            self._keepers.revive()
        self._updater.recover(self._reporter.desired)
        if self._updater.unfinished:  # the node may not get well before its change has come to an end
            self._reporter.begin("update")
            self._attempt("update", self._update)
        self._finish_turn()
        if founder:
            for phase in BIRTH:
                self._reporter.begin(phase)
                self._attempt(phase, getattr(self, "_" + phase))
        else:
            self._come_in(me)
            if self._me().leaving:
                return
        self._swap.settled()
        self._settle()

    def watch(self) -> None:
        """Stay ready. Throws Trouble when the node is not well any more, Refused when the cluster is another's."""
        next_health, bad, next_registries = self._ports.clock.monotonic() + HEALTH_GAP, 0, float("-inf")
        if not self._works and self._has_company():
            self._parameters.hurry()  # others may have waited for this node
        while True:
            self._pause(min(5.0, max(1.0, self._parameters.wait())))
            gone = bool(self._progress.data.get("left"))
            if not gone:
                self._keepers.watch(self._reporter.desired)
            if self._ports.clock.monotonic() >= next_registries and not gone:
                next_registries = self._ports.clock.monotonic() + REGISTRY_GAP + self._ports.rng.uniform(0.0, REGISTRY_GAP / 10)
                self._keep_registries()
            if self._parameters.due():
                born_again = False
                try:
                    records = self._records()
                    if self._me().leaving:
                        self._leave(records)
                        continue
                    if gone:
                        raise Trouble("it shall stay after all")
                    born_again = not self._publish(records)
                except Trouble as trouble:  # the node itself may be well: its health says so
                    if gone:
                        raise
                    self._ports.log.event("not published", error=str(trouble))
                else:
                    if born_again:
                        raise Trouble("the cluster was born again")
                    self._settle()
                    if not self._works and not bad and self._has_company():
                        self._coordinator.step(self._parameters.read(), self._desired, self._roster)
                    self._pace()
            if gone or self._me().leaving:
                continue
            if self._ports.clock.monotonic() >= next_health or (self._reporter.stack and not bad):
                missing = self._missing()
                bad = bad + 1 if missing else 0
                next_health = self._ports.clock.monotonic() + (HEALTH_GAP_BAD if missing else HEALTH_GAP)
                if bad >= HEALTH_TRIES:
                    raise Trouble(missing)
                if not missing and self._reporter.stack and self._reporter.state == "ready":
                    self._reporter.succeed()

    def _settle(self) -> None:
        """What was born or has joined becomes what is desired now, and then is ready. Throws Trouble, Refused."""
        desired = self._reporter.desired
        refusal = self._swap.rejected(desired) or self._updater.refusal(desired)
        if refusal:
            self._want("")
            self._reporter.refuse("update", refusal)
            return
        if self._swap.wanted(desired) or self._updater.due(desired):
            self._reporter.look()
            # The stack of the apply that asks for this may be made a moment later; one after it is of a later apply.
            self._own_stacks = self._reporter.stacks + (0 if self._reporter.stack else 1)
            if not self._swap.wanted(desired) and not self._may_change(desired):
                return
            self._reporter.begin("update")
            try:
                self._attempt("update", self._update)
            finally:
                self._finish_turn()
            if self._updater.due(self._reporter.desired):  # its turn was over before it began
                return
        if (self._reporter.state, self._reporter.phase) == ("ready", "ready"):
            return
        has_labels = not self._works or self._is_marked()
        self._want("" if has_labels else "marks")
        if not has_labels:
            self._reporter.waits("settle", "settle: has no labels yet")
            return
        self._progress.set(ready=True)
        self._reporter.begin("ready")
        self._reporter.succeed()

    def _may_change(self, desired: Mapping[str, Any]) -> bool:
        """Whether this node may change itself now: nodes of one cluster do one after another, in the order of the coordinator."""
        if len(self._roster.members) == 1 or self._updater.unfinished or self._updater.quiet(desired):
            return True
        join = self._parameters.read().get("join") or {}
        turn = join.get("turn") or {}
        if (turn.get("what"), turn.get("for"), turn.get("instanceId")) == ("update", self._node.name, self._node.instance_id):
            if turn.get("id") != self._progress.data.get("tried") and (turn.get("go") or not turn.get("drained")):
                self._progress.must(turn={"id": turn["id"], "what": "update", "until": turn.get("until")})
                return True
        self._want("upgrade" if self._updater.upgrades(desired) else "update")
        hindrance = join.get("hindrance") or {}
        now, asked = self._ports.clock.monotonic(), (desired["generation"], self._reporter.stacks)
        if hindrance.get("for") != "update" or self._hindered[0] != asked:  # it may be a word of before
            self._hindered = (asked, now)
        elif now - self._hindered[1] > HINDERED_SECONDS:
            self._reporter.refuse("update", f"update: {hindrance['text']}", tried=True)
            return False
        self._reporter.waits("update", "update: waits for its turn")
        return False

    def _finish_turn(self) -> None:
        turn = self._progress.data.get("turn") or {}
        if turn.get("what") == "update" and not self._updater.unfinished:
            self._progress.set(turn=None, tried=turn["id"])
            self._wants = ""
            self._reporter.repeat()

    def _refuse(self, text: str) -> None:
        if text.startswith("update:") and self._reporter.stacks > self._own_stacks:
            self._ports.log.event("refused, and tried again for a later apply", error=text)
            self._own_stacks, self._reporter.fresh = self._reporter.stacks, False
            self._progress.set(refused=None, rejected=None)
        else:
            super()._refuse(text)

    def _update(self) -> None:
        desired = self._reporter.desired
        self._swap.take(desired, was_ready=True)
        if self._updater.due(desired):
            if not self._may_change(desired):
                return
            self._updater.run(desired)
            self._channel()

    # Coming in, and leaving.

    def _come_in(self, me: Member) -> None:
        """Be a verified member of the cluster that was born elsewhere. Throws Refused, Trouble."""
        for phase in JOIN[:3]:
            self._reporter.begin(phase)
            self._attempt(phase, getattr(self, "_" + phase))
        self._attempt("join", self._join)
        if self._me().leaving:
            return
        self._reporter.begin("settle")
        self._attempt("settle", lambda: self._settle_in(me))

    def _join(self) -> None:
        self._joiner.resume(self._records())
        self._reporter.begin("start")
        self._start()
        if not self._joiner.belongs(self._records()):
            self._keep_up()
            self._joiner.enter(self._me())

    def _settle_in(self, me: Member) -> None:
        """What a join has overwritten, and what it does not give."""
        # What it was installed with: what desired says since is a change, which has a turn of its own.
        kubelet = self._updater.after_join(self._updater.launch or self._reporter.desired["launchConfiguration"], self._desired["launchConfiguration"])
        domain = "" if self._works else f"failure-domain={me.position + 1}\n"
        moved = bool(domain) and self._ports.files.read(HA_CONF) != domain
        if moved:
            self._ports.files.write(HA_CONF, domain, 0o660)
        if moved or kubelet:
            self._microk8s.restart("daemon-kubelite")  # which tells the datastore its domain
            self._answer()
        if moved:
            self._microk8s.restart("daemon-k8s-dqlite")
            self._answer()
        if not self._progress.data.get("ready"):  # later a dead member of others is none of its concern
            self._until(lambda: self._joiner.voters(self._roster), self.VOTER_SECONDS)
        self._joiner.settled()

    def _keep_up(self) -> None:
        """Follow what is desired before this node is in any cluster: nobody depends on it yet."""
        desired, now = self._reporter.desired, self._ports.clock.monotonic()
        if self._swap.wanted(desired) and now >= self._next_agent:
            self._next_agent = now + SLOW
            self._change_agent()
        if self._updater.due(desired) and not self._updater.refusal(desired):
            self._updater.run(desired)
            self._channel()

    def _reinstall(self) -> None:
        self._configure()
        self._install()
        self._start()

    def _leave(self, records: Mapping[str, Any]) -> None:
        """Wait until the others have let this node go, and stop: it does nothing itself, since it would start a cluster of its own."""
        self._coordinator.rest()
        if self._node.instance_id in ((records.get("join") or {}).get("left") or []):
            if not self._progress.data.get("left"):
                self._microk8s.stop()
                # After a restart in the midst of it the kubelet has announced itself again, which the others see to on their next patrol.
                self._progress.must(left=True, leftAt=self._ports.clock.time() + (2.5 * PATROL_GAP if self._restarted else 0.0))
            self._want("")
            if self._ports.clock.time() < float(self._progress.data.get("leftAt") or 0.0):
                return
            if self._reporter.state != "left":
                self._reporter.begin("leave")
                self._reporter.say("leave", "left")
            self._reporter.succeed()
        else:
            self._want("leave")
            self._hand_over()
            self._reporter.waits("leave", "leave: waits for the others")

    def _hand_over(self) -> None:
        """Have another vote where the datastore lives in this leaver alone: its service hands that over when it stops in good order."""
        peers, now = ([] if self._works else self._members.peers()), self._ports.clock.monotonic()
        voters = [address for address, role in peers if role == "voter"]
        if len(peers) > 1 and voters == [self._node.address] and now - self._handed > HAND_OVER_GAP:
            self._handed = now
            self._microk8s.restart("daemon-k8s-dqlite")

    def _is_marked(self) -> bool:
        """Whether the cluster shows this node with what its group has."""
        try:
            own = self._members.own_node(self._node.hostname)
        except Trouble:
            return False
        return marked(own, self._node.name, self._node.instance_id, self._roster.settings(self._me()))

    def _has_company(self) -> bool:
        """Whether the cluster has, or had, nodes beside this one."""
        if not self._progress.data.get("company") and len(self._roster.members) > 1:
            self._progress.set(company=True)
        return bool(self._progress.data.get("company"))

    def _want(self, what: str) -> None:
        """Tell the coordinator what this node waits for."""
        told = (what, self._progress.data.get("tried"))
        if told != self._told:
            self._wants, self._told = what, told
            self._reporter.repeat()

    def _pace(self) -> None:
        """Read often while nodes are expected, and as rarely as one can otherwise."""
        now = self._ports.clock.monotonic()
        if self._wants:
            join = self._parameters.known().get("join") or {}
            self._parameters.gap = QUICK_GAP if join.get("next") in (None, self._node.name) else READ_GAP
            return
        first = next((one.name for one in self._roster.control_plane if not one.leaving), "")
        records = self._parameters.known()
        states = {one.name: records.get(f"nodes/{one.name}") or {} for one in self._roster.members if one.name != self._node.name}
        key = [(name, one.get("instanceId"), one.get("phase"), one.get("wants")) for name, one in states.items()]
        if key != self._quick[0]:
            self._quick = (key, now)
        expected = any(not one.get("member") and one.get("state") != "failed" for one in states.values())
        mine = self._coordinator.active or (first == self._node.name and expected)
        self._parameters.gap = QUICK_GAP if mine and not self._works and now - self._quick[1] < QUICK_SECONDS else READ_GAP

    # Phases: each may be run at any time, and does what is missing.

    def _seed(self) -> None:
        self._microk8s.wait_seeded()

    def _configure(self) -> None:
        self._keepers.configure(self._reporter.desired)
        self._configured = str(self._reporter.desired["generation"])
        launch = self._reporter.desired["launchConfiguration"]
        try:
            registries = self._registries.texts(self._reporter.desired)
        except Trouble as trouble:
            if not self._microk8s.installed():
                raise
            # It is read by the installation alone: a node that has one lives without.
            self._ports.log.event("registries stay as they are", error=str(trouble))
            return
        if registries:
            launch = {**launch, "containerdRegistryConfigs": registries}
        text = json.dumps(launch, indent=1) + "\n"
        if self._ports.files.read("/etc/microk8s.yaml") != text:
            self._ports.files.write("/etc/microk8s.yaml", text, 0o600)

    def _install(self) -> None:
        if self._microk8s.installed():
            # It is listed before its installation has ended, which goes on after a kill or a reboot.
            self._microk8s.settle()
        else:
            if self._configured != str(self._reporter.desired["generation"]):
                self._configure()
            self._updater.begin(self._reporter.desired)
            if not self._microk8s.install(self._reporter.desired["channel"]):
                self._updater.doubt()
        if not self._microk8s.installed():
            raise Trouble("snapd undid the installation")
        self._microk8s.hold()
        self._channel()

    def _start(self) -> None:
        self._keepers.revive()
        self._answer()

    def _bind(self) -> None:
        port = self._microk8s.dqlite_address().rpartition(":")[2]
        if not port:
            raise Trouble("dqlite is not initialised")
        wanted = f"{self._node.address}:{port}"
        bound = lambda: "" if self._bound(wanted) else "dqlite did not take its address"  # noqa: E731
        if not bound():
            return
        if self._microk8s.dqlite_members() > 1:
            raise Trouble("dqlite has members: its address stays")
        self._microk8s.rebind(wanted)
        self._until(bound, self.DQLITE_SECONDS)
        self._answer()

    def _dns(self) -> None:
        self._microk8s.enable("dns")

    def _birth(self) -> None:
        records = self._records()
        if not self._founding.admits(records, self._roster):
            raise Trouble("a cluster was born elsewhere meanwhile")
        self._founding.publish(records)

    def _credential(self) -> None:
        self._publish_credential(self._records())

    # Publishing.

    def _publish(self, records: Mapping[str, Any]) -> bool:
        """Have the records say what is; False where the cluster is not that of this node any more. Throws Refused, Trouble."""
        if self._founding.admits(records, self._roster):
            self._founding.publish(records)
        elif not self._joiner.belongs(records):
            return False
        elif not self._works:
            self._founding.remember(records)
        if not self._works:
            self._publish_credential(records)
        if placeholder(records[f"nodes/{self._node.name}"]):
            self._reporter.repeat()
        self._reporter.refresh()
        return True

    def _publish_credential(self, records: Mapping[str, Any]) -> None:
        stored = records["credential"]
        if stored is not None and stored == self._proven and self._deployer.lasts(stored):
            if stored["caFingerprint"] == self._microk8s.ca_fingerprint():
                return
        if not self._deployer.works(stored):
            stored = self._deployer.make()
            self._parameters.put("credential", stored, self._reporter.desired["keyId"])
            self._progress.set(keyId=self._reporter.desired["keyId"])
            self._ports.log.event("credential is published", notAfter=stored["notAfter"])
        self._proven = dict(stored)

    def _keep_registries(self) -> None:
        """Have containerd know what desired says now: other mirrors, or other credentials."""
        known = self._progress.data.get("registries", [])
        try:
            texts = self._registries.texts(self._reporter.desired)
            for registry in known:
                if registry not in texts:
                    self._registries.forget(registry)
                    self._ports.log.event("registry is forgotten", registry=registry)
            if known != sorted(texts):  # kept before anything is written, so that nothing is left for good
                self._progress.set(registries=sorted(texts))
            for registry, text in texts.items():
                if self._registries.write(registry, text):
                    self._ports.log.event("registry is configured", registry=registry)
        except (Trouble, OSError, ValueError) as error:  # pulls go on as before
            self._ports.log.event("registries stay as they are", error=self._text(error))

    # Helpers.

    def _records(self) -> Dict[str, Any]:
        """The records, with a ``desired`` that makes sense. Throws Trouble."""
        records = self._parameters.read()
        desired = records.get("desired")
        if not isinstance(desired, dict) or not desired.get("nodes"):
            raise Trouble("the parameter desired cannot be read")
        if desired.get("protocol") != PROTOCOL:
            self._reporter.desire(desired)
            self._change_agent()
            raise Refused(f"configure: this agent speaks no protocol {desired.get('protocol')}")
        if desired is self._desired:
            return records
        self._desired, self._roster = desired, Roster(desired)
        whom = self._roster.control_plane if self._works else self._roster.members
        self._parameters.also([f"nodes/{one.name}" for one in whom])
        self._updater.first = self._node.name == self._roster.members[0].name
        self._reporter.desire(self._roster.view(desired, self._node.name))
        self._keepers.heed(desired)
        return records

    def _me(self) -> Member:
        """This node as it is desired. Throws Refused when it is not."""
        me = self._roster.get(self._node.name)
        if me is None:
            raise Refused("leave: not among the desired nodes")
        return me

    def _member(self) -> str:
        """Fingerprint of the CA of the cluster that this node was seen to be in; empty when it is in none."""
        return self._joiner.ca or str(self._progress.data.get("born") or "")

    def _answer(self) -> None:
        def missing() -> str:
            what = self._missing()
            if what == QUORUM_LOST:  # no wait brings a majority back, and others are to know
                raise Trouble(QUORUM_LOST)
            return what

        self._until(missing, self.API_SECONDS)

    def _renewed(self) -> None:
        """The API has another certificate: others are to know it, and the credential is to be tried again."""
        self._proven = None
        self._reporter.repeat()

    def _missing(self) -> str:
        missing = sight(self._ports, self._node)
        return (self._lost() or missing) if missing == "the API server does not answer" else missing

    def _lost(self) -> str:
        """Whether the datastore has lost its majority; looked at three times a minute at most."""
        now = self._ports.clock.monotonic()
        if now - self._quorum[0] >= 20.0:
            voters = [address for address, role in self._members.peers() if role == "voter"]
            alive = [one for one in voters if one == self._node.address or self._ports.network.answers(one, DQLITE_PORT)]
            lost = bool(self._member()) and len(voters) > len(alive) and 2 * len(alive) <= len(voters)
            self._quorum = (self._ports.clock.monotonic(), QUORUM_LOST if lost else "")
        return self._quorum[1]

    def _bound(self, address: str) -> bool:
        return self._microk8s.dqlite_address() == address and not self._microk8s.rebinding()

    def _facts(self) -> Dict[str, str]:
        """What the status tells of the node; without commands, for it is asked for in the midst of one."""
        try:
            server = fingerprint(self._microk8s.certificate("server"))
        except (ValueError, OSError):
            server = ""
        channel = str(self._progress.data.get("channel") or "")
        key = str(self._progress.data.get("keyId") or "")
        told = {"address": self._node.address, "hostname": self._node.hostname, "member": self._member(), "wants": self._wants,
                "refused": str((self._progress.data.get("refused") or {}).get("generation") or ""),
                "tried": str(self._progress.data.get("tried") or ""), "tries": str(self._progress.data.get("tries") or 0)}  # fmt: skip
        return {"generation": self._updater.generation, "channel": channel, "keyId": key, "serverFingerprint": server, **told}

    def _channel(self) -> None:
        tracking = self._microk8s.tracking()
        if tracking != self._progress.data.get("channel"):
            self._progress.set(channel=tracking)
