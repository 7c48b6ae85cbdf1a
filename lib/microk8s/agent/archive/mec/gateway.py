"""The API gateway: a host in the parent Region that passes connections to the Kubernetes API on to the control plane."""

import hashlib
import ipaddress
from typing import Any, Dict, Mapping

from .apt import Apt
from .basics import PROTOCOL, Refused, Trouble, placeholder
from .keepers import HostKeepers
from .link import Link
from .ports import Ports
from .proxy import Proxy, render
from .records import Parameters, Progress
from .reporter import Node, Reporter
from .selfupdate import SelfUpdate
from .worker import Worker

BRINGS_UP = ("seed", "install", "configure", "start")
HEALTH_GAP, HEALTH_GAP_BAD, HEALTH_TRIES = 60.0, 5.0, 3


def checked(settings: Any) -> Dict[str, Any]:
    """The parameter ``gateway``, with nothing in it that could be anything else in haproxy.cfg. Throws Trouble."""
    if not isinstance(settings, dict):
        raise Trouble("the parameter gateway cannot be read")
    try:
        numbers = {name: settings[name] for name in ("port", "backendPort", "mtu")}
        if not all(type(number) is int and 0 < number < 65536 for number in numbers.values()):
            raise ValueError
        backends = [str(ipaddress.IPv4Address(address)) for address in settings["backends"]]
        if not backends or not isinstance(settings["generation"], str):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise Trouble("the parameter gateway makes no sense") from None
    return {**settings, "backends": backends}


def digest(text: str) -> str:
    """SHA-256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class Gateway(Worker):
    """Brings the gateway up, has it follow its parameter, and repairs it when it is not well."""

    PHASES = (*BRINGS_UP, "update", "ready")
    LOAD_SECONDS, RETRY_SECONDS = 30.0, 300.0

    def __init__(self, ports: Ports, node: Node) -> None:
        self._node = node
        self._progress = Progress(ports.files, ports.clock, node.instance_id)
        self._parameters = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name, ("gateway",))
        reporter = Reporter(ports, self._parameters, self._progress, node, self._facts, self.PHASES)
        super().__init__(ports, reporter, SelfUpdate(ports, self._progress, node.agent))
        self._link, self._apt, self._proxy = (part(ports.shell, ports.files) for part in (Link, Apt, Proxy))
        self._keepers = HostKeepers(ports)
        self._taken_back: Dict[str, Any] = {}  # the text that HAProxy did not run by, why, and until when it is left alone
        ports.shell.tick, ports.shell.meter = self._reporter.tick, self._progress.add_command

    def run(self) -> None:
        """Work for ever."""
        self._ports.log.event("gateway starts", instance=self._node.instance_id, agent=self._node.agent[:12])
        self._live()

    def bring_up(self) -> None:
        """Go through all phases, until what is there is what is wanted. Throws Refused, or Trouble when one does not get on."""
        self._records()
        if not self._progress.data.get("ready"):
            self._change_agent()
        brought = None
        while brought != self._wanted():
            brought = self._wanted()
            for phase in BRINGS_UP:
                self._reporter.begin(phase)
                self._attempt(phase, getattr(self, "_" + phase))
            self._swap.settled()
            if self._newcomer():  # last, so that the gateway is well whatever becomes of it
                self._reporter.look()
                self._reporter.begin("update")
                self._attempt("update", lambda: self._swap.take(self._settings, was_ready=True))
        refusal = self._swap.rejected(self._settings)
        if refusal:
            self._reporter.refuse("update", refusal)
            return
        self._progress.set(ready=True, generation=self._settings["generation"])
        self._reporter.begin("ready")
        self._reporter.succeed()

    def watch(self) -> None:
        """Stay well, until something else is wanted. Throws Trouble when the gateway is not well any more."""
        wanted, next_health, bad = self._wanted(), self._ports.clock.monotonic() + HEALTH_GAP, 0
        while True:
            self._pause(1.0)
            self._keepers.watch(self._settings)
            if self._parameters.due():
                try:
                    records = self._records()
                    if self._wanted() != wanted or self._newcomer():
                        return
                    if placeholder(records[f"nodes/{self._node.name}"]):
                        self._reporter.repeat()
                except Trouble as trouble:  # the gateway itself may be well: its health says so
                    self._ports.log.event("parameter not followed", error=str(trouble))
            if self._ports.clock.monotonic() >= next_health or (self._reporter.stack and not bad):
                missing = self._missing()
                bad = bad + 1 if missing else 0
                next_health = self._ports.clock.monotonic() + (HEALTH_GAP_BAD if missing else HEALTH_GAP)
                if bad >= HEALTH_TRIES:
                    raise Trouble(missing)
                if not missing and self._reporter.stack and self._reporter.state == "ready":
                    self._reporter.succeed()

    def trial(self) -> str:
        """Why this agent should not take over from another; empty when nothing speaks against it. Throws Trouble, Refused."""
        self._reporter.desire(checked(self._parameters.read().get("gateway")))
        if self._settings.get("protocol") != PROTOCOL:
            return f"it does not speak protocol {self._settings.get('protocol')}"
        if self._proxy.installed():
            self._proxy.check(self._text_wanted)
        return ""

    # Phases: each may be run at any time, and does what is missing.

    def _seed(self) -> None:
        self._link.set_mtu(self._settings["mtu"])

    def _install(self) -> None:
        # A package that is half installed has its program already, so that alone proves nothing.
        if not (self._progress.data.get("haproxy") and self._proxy.installed()):
            self._apt.install("haproxy")
            if not self._proxy.installed():
                raise Trouble("haproxy is not there after its installation")
            self._progress.set(haproxy=True)

    def _configure(self) -> None:
        self._keepers.configure(self._settings)
        if self._proxy.current() != self._text_wanted or not self._loaded(self._text_wanted):
            self._proxy.check(self._text_wanted)

    def _start(self) -> None:
        text, port = self._text_wanted, self._settings["port"]
        if self._proxy.current() == text and self._loaded(text) and self._proxy.listeners(port):
            return
        # Each try is two reloads, and sessions outlive only some: what was taken back is not tried again at once.
        kept = self._taken_back
        if kept.get("text") == text and self._ports.clock.monotonic() < kept["until"] and not self._reporter.fresh:
            raise Trouble(kept["reason"])
        self._proxy.write(text)
        try:
            self._load(text, port)
        except Trouble as trouble:
            if self._go_back(text):
                until = self._ports.clock.monotonic() + self.RETRY_SECONDS
                self._taken_back = {"text": text, "reason": str(trouble), "until": until}
            raise

    # Decisions.

    def _load(self, text: str, port: int) -> None:
        """Have HAProxy run by what is on disk, and see that it does. Throws Trouble."""
        before = self._proxy.listeners(port)
        self._progress.set(loaded="")
        self._proxy.load()
        missing = lambda: "" if self._proxy.listeners(port) - before else f"HAProxy does not listen on {port}"  # noqa: E731
        self._until(missing, self.LOAD_SECONDS)
        self._proxy.remember(text)
        self._progress.set(loaded=digest(text), port=port)

    def _go_back(self, text: str) -> bool:
        """Have HAProxy run by its last good configuration again; false where there is no other, or it does not run either."""
        good = self._proxy.good()
        if not good or good == text:
            return False
        self._ports.log.event("configuration goes back")
        try:
            self._proxy.write(good)
            self._load(good, int(self._progress.data.get("port") or self._settings["port"]))
        except Trouble as trouble:
            self._ports.log.event("configuration did not go back", error=str(trouble))
            return False
        return True

    def _missing(self) -> str:
        """What is missing until this gateway works; empty when nothing is."""
        self._link.set_mtu(self._settings["mtu"])
        if self._proxy.current() != self._text_wanted:
            return "haproxy.cfg is another's"
        return "" if self._proxy.listeners(self._settings["port"]) else f"HAProxy does not listen on {self._settings['port']}"

    # Helpers.

    def _records(self) -> Dict[str, Any]:
        records = self._parameters.read()
        settings = records.get("gateway")
        if isinstance(settings, dict) and settings.get("protocol") != PROTOCOL:
            self._reporter.desire(settings)
            self._change_agent()
            raise Refused(f"configure: this agent speaks no protocol {settings.get('protocol')}")
        self._reporter.desire(checked(settings))
        self._keepers.heed(self._settings)
        return records

    def _newcomer(self) -> bool:
        """Whether another agent is wanted, and has not failed yet."""
        return self._swap.wanted(self._settings) is not None and not self._swap.rejected(self._settings)

    def _facts(self) -> Dict[str, str]:
        """What the status tells of the gateway, in the form of a node's."""
        return {"generation": str(self._progress.data.get("generation") or ""), "channel": "", "serverFingerprint": ""}

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self._reporter.desired

    @property
    def _text_wanted(self) -> str:
        return render(self._settings)

    def _wanted(self) -> Any:
        return self._settings.get("generation"), self._text_wanted, self._settings["mtu"]

    def _loaded(self, text: str) -> bool:
        return self._progress.data.get("loaded") == digest(text)
