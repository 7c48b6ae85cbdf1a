"""The API gateway: a host in the parent Region that passes connections to the Kubernetes API on to the control plane."""

import hashlib
import ipaddress
from typing import Any, Dict, Mapping

from .apt import Apt
from .basics import PROTOCOL, READ_GAP, Refused, Trouble, placeholder
from .link import Link
from .ports import Ports
from .proxy import Proxy, render
from .records import Parameters, Progress
from .reporter import Node, Reporter
from .worker import Worker

PHASES = ("seed", "install", "configure", "start", "ready")
HEALTH_GAP, HEALTH_GAP_BAD, HEALTH_TRIES = 60.0, 5.0, 3


def checked(settings: Any) -> Dict[str, Any]:
    """The parameter ``gateway``, with nothing in it that could be anything else in haproxy.cfg. Throws Trouble, or Refused."""
    if not isinstance(settings, dict):
        raise Trouble("the parameter gateway cannot be read")
    if settings.get("protocol") != PROTOCOL:
        raise Refused(f"configure: this agent does not speak protocol {settings.get('protocol')}")
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

    LOAD_SECONDS, RETRY_SECONDS = 30.0, 300.0

    def __init__(self, ports: Ports, node: Node) -> None:
        self._node = node
        self._progress = Progress(ports.files, ports.clock, node.instance_id)
        self._parameters = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name, ("gateway",))
        super().__init__(ports, Reporter(ports, self._parameters, self._progress, node, lambda: "", PHASES))
        self._link, self._apt, self._proxy = (part(ports.shell, ports.files) for part in (Link, Apt, Proxy))
        self._taken_back: Dict[str, Any] = {}  # the text that HAProxy did not run by, why, and until when it is left alone
        ports.shell.tick, ports.shell.meter = self._reporter.tick, self._progress.add_command

    def run(self) -> None:
        """Work for ever."""
        self._ports.log.event("gateway starts", node=self._node.name, instance=self._node.instance_id)
        while True:
            try:
                self.bring_up()
                self.watch()
            except Refused as refused:
                self._reporter.fresh = False
                self._reporter.trouble("configure", str(refused), final=True)
                self._pause(READ_GAP)
            except Exception as error:
                self._fail(self._reporter.phase, error)

    def bring_up(self) -> None:
        """Go through all phases, until what was brought up is what is wanted. Throws Refused, or Trouble when one does not get on."""
        self._records()
        brought = None
        while brought != self._wanted():
            brought = self._wanted()
            for phase in PHASES[:-1]:
                self._reporter.begin(phase)
                self._attempt(phase, getattr(self, "_" + phase))
        self._reporter.begin("ready")
        self._reporter.succeed()

    def watch(self) -> None:
        """Stay ready, until something else is wanted. Throws Trouble when the gateway is not well any more."""
        wanted, next_health, bad = self._wanted(), self._ports.clock.monotonic() + HEALTH_GAP, 0
        while True:
            self._pause(1.0)
            if self._parameters.due():
                try:
                    records = self._records()
                    if self._wanted() != wanted:
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
                if not missing and self._reporter.stack:
                    self._reporter.succeed()

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
        if self._proxy.current() != self._text_wanted or not self._loaded(self._text_wanted):
            self._proxy.check(self._text_wanted)

    def _start(self) -> None:
        text, port = self._text_wanted, self._settings["port"]
        if self._proxy.current() == text and self._loaded(text) and self._proxy.listeners(port):
            return
        # Each try is two reloads, and sessions outlive only some: what was taken back is not tried again at once.
        if self._reporter.fresh or self._taken_back.get("text") != text or self._ports.clock.monotonic() > self._taken_back["until"]:
            self._taken_back = {}
        else:
            raise Trouble(self._taken_back["reason"])
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
        self._until(lambda: "" if self._proxy.listeners(port) - before else f"HAProxy does not listen on {port}", self.LOAD_SECONDS)
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
        self._reporter.follow(checked(records.get("gateway")))
        return records

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
