"""Deciding and doing: what a node of the cluster does, in which order."""

import json
from typing import Any, Dict, Mapping, Sequence

from .basics import BIRTH, PHASES, PROTOCOL, SECRETS, Refused, Trouble, fingerprint, iso, placeholder
from .deployer import Deployer
from .keepers import Keepers
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters, Progress
from .registries import Registries
from .reporter import Node, Reporter
from .selfupdate import SelfUpdate
from .update import Updater
from .worker import Worker

REGISTRY_GAP = 300.0  # looks at the credentials of registries, which are outside the common read
HEALTH_GAP, HEALTH_GAP_BAD, HEALTH_TRIES = 60.0, 5.0, 3


class Agent(Worker):
    """Brings the first node of a cluster up, keeps it published, and starts over when it is not well."""

    PHASES, API_SECONDS, DQLITE_SECONDS = PHASES, 300.0, 60.0

    def __init__(self, ports: Ports, node: Node) -> None:
        self._node = node
        self._progress = Progress(ports.files, ports.clock, node.instance_id)
        self._parameters = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name)
        self._microk8s = Microk8s(ports.shell, ports.files)
        self._registries = Registries(ports.aws, ports.files)
        self._deployer = Deployer(ports.shell, ports.files, ports.network, self._microk8s, ports.clock)
        reporter = Reporter(ports, self._parameters, self._progress, node, self._facts)
        super().__init__(ports, reporter, SelfUpdate(ports, self._progress, node.agent))
        self._updater = Updater(ports, self._progress, self._microk8s, self._until, self._missing)
        self._own_stacks = 0  # how many stacks had begun to wait with the one of the change under way
        self._configured = ""  # the generation that the installation would go by
        self._keepers = Keepers(ports, self._progress, self._reporter, self._microk8s, self._answer, self._renewed)
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
        self._admit(records)
        if self._updater.unfinished:  # it waits for an API that nobody believes when certificates have expired meanwhile
            self._keepers.revive()
        self._updater.recover(self._reporter.desired)
        if self._updater.unfinished:  # the node may not get well before its change has come to an end
            self._reporter.begin("update")
            self._attempt("update", self._update)
        for phase in BIRTH:
            self._reporter.begin(phase)
            self._attempt(phase, getattr(self, "_" + phase))
        self._swap.settled()
        self._settle()

    def watch(self) -> None:
        """Stay ready. Throws Trouble when the node is not well any more, Refused when the cluster is another's."""
        next_health, bad, next_registries = self._ports.clock.monotonic() + HEALTH_GAP, 0, float("-inf")
        while True:
            self._pause(1.0)
            self._keepers.watch(self._reporter.desired)
            if self._ports.clock.monotonic() >= next_registries:
                next_registries = self._ports.clock.monotonic() + REGISTRY_GAP + self._ports.rng.uniform(0.0, REGISTRY_GAP / 10)
                self._keep_registries()
            if self._parameters.due():
                try:
                    records = self._records()
                    self._admit(records)
                    self._publish_birth(records)
                    self._publish_credential(records)
                    if placeholder(records[f"nodes/{self._node.name}"]):
                        self._reporter.repeat()
                except Trouble as trouble:  # the node itself may be well: its health says so
                    self._ports.log.event("not published", error=str(trouble))
                else:
                    self._settle()
            if self._ports.clock.monotonic() >= next_health or (self._reporter.stack and not bad):
                missing = self._missing()
                bad = bad + 1 if missing else 0
                next_health = self._ports.clock.monotonic() + (HEALTH_GAP_BAD if missing else HEALTH_GAP)
                if bad >= HEALTH_TRIES:
                    raise Trouble(missing)
                if not missing and self._reporter.stack and self._reporter.state == "ready":
                    self._reporter.succeed()

    def _settle(self) -> None:
        """What was born becomes what is desired now, and then is ready. Throws Trouble, Refused."""
        desired = self._reporter.desired
        refusal = self._swap.rejected(desired) or self._updater.refusal(desired)
        if refusal:
            self._reporter.refuse("update", refusal)
            return
        if self._swap.wanted(desired) or self._updater.due(desired):
            self._reporter.look()
            # The stack of the apply that asks for this may be made a moment later; one after it is of a later apply.
            self._own_stacks = self._reporter.stacks + (0 if self._reporter.stack else 1)
            self._reporter.begin("update")
            self._attempt("update", self._update)
        if self._reporter.state != "ready" or self._reporter.phase != "ready":
            self._progress.set(ready=True)
            self._reporter.begin("ready")
            self._reporter.succeed()

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
            self._updater.run(desired)
            self._channel()

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
        self._admit(records)
        self._publish_birth(records)

    def _credential(self) -> None:
        self._publish_credential(self._records())

    # Decisions.

    def _admit(self, records: Mapping[str, Any]) -> None:
        """Whether this node may be, or is, where the cluster is born. Throws Refused; Trouble when that cannot be known."""
        desired, cluster = records["desired"], records["cluster"]
        nodes = desired["nodes"]
        if self._node.name != nodes[0]["name"]:
            raise Refused("join: not supported by this agent")
        if not isinstance(cluster, dict):
            raise Trouble("the parameter cluster cannot be read")
        own = self._microk8s.ca_fingerprint()
        if placeholder(cluster):
            if own and self._progress.data.get("born") == own:
                return  # born here; Terraform wrote its placeholder again
            self._refuse_twin(nodes)
        elif cluster.get("instanceId") != self._node.instance_id:
            if not self._reborn(cluster):
                raise Refused(f"birth: born on {cluster.get('instanceId')}; see reinitialise")
            self._refuse_twin(nodes)
        elif not own and self._progress.data.get("born"):
            raise Trouble("the cluster CA cannot be read")  # snapd takes the folder away for a moment in each refresh
        elif cluster.get("caFingerprint") != own:
            raise Refused("birth: born here with another CA; replace this node")

    def _refuse_twin(self, nodes: Sequence[Mapping[str, Any]]) -> None:
        for other in nodes[1:]:
            for port in (16443, 25000) if other["role"] == "control-plane" else ():
                if self._ports.network.answers(other["privateIp"], port):
                    raise Refused(f"birth: {other['privateIp']} answers on {port}; it is alive")

    def _reborn(self, cluster: Mapping[str, Any]) -> bool:
        """Whether the user gives the cluster that was born elsewhere up. The birth uses that up: the record then names this instance."""
        given_up = self._reporter.desired.get("reinitialise")
        return bool(given_up) and given_up == cluster.get("instanceId")

    def _publish_birth(self, records: Mapping[str, Any]) -> None:
        own = self._microk8s.ca_fingerprint()
        if not own:
            raise Trouble("the cluster CA is missing")
        if placeholder(records["cluster"]) or self._reborn(records["cluster"]):
            record = {
                "protocol": PROTOCOL, "node": self._node.name, "instanceId": self._node.instance_id, "caFingerprint": own,
                "bornAt": self._progress.data.get("bornAt") or iso(self._ports.clock.time()),
            }  # fmt: skip
            self._parameters.put("cluster", record)
            self._ports.log.event("cluster is born", caFingerprint=own)
        else:
            record = records["cluster"]
        if self._progress.data.get("born") != own:
            self._progress.set(born=own, bornAt=record.get("bornAt"))

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
        if not isinstance(desired, dict) or "nodes" not in desired:
            raise Trouble("the parameter desired cannot be read")
        if desired.get("protocol") != PROTOCOL:
            self._reporter.desire(desired)
            self._change_agent()
            raise Refused(f"configure: this agent speaks no protocol {desired.get('protocol')}")
        self._reporter.desire(desired)
        self._keepers.heed(desired)
        return records

    def _answer(self) -> None:
        self._until(self._missing, self.API_SECONDS)

    def _renewed(self) -> None:
        """The API has another certificate: others are to know it, and the credential is to be tried again."""
        self._proven = None
        self._reporter.repeat()

    def _missing(self) -> str:
        return self._microk8s.unready(self._node.address, self._node.hostname)

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
        return {"generation": self._updater.generation, "channel": channel, "keyId": key, "serverFingerprint": server}

    def _channel(self) -> None:
        tracking = self._microk8s.tracking()
        if tracking != self._progress.data.get("channel"):
            self._progress.set(channel=tracking)
