"""Logs of a node, shipped to CloudWatch Logs beside its work."""

import dataclasses
import json
import random
import threading
from typing import Any, Dict, List, Optional, Tuple

from .basics import DAY, AwsError, Backoff, Trouble, compact
from .sources import GrowingFile, Journal, Position

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html: a batch has at most 1,048,576
# bytes (UTF-8, and 26 for each event), 10,000 events and 24 hours; an event had at most 256 KB for years, and has 1 MB now.
# Half of that is taken, since a batch lies in memory twice.
BATCH_BYTES, BATCH_EVENTS, BATCH_SECONDS, EVENT_BYTES, EVENT_EXTRA = 524_288, 5_000, DAY - 60, 131_072, 26
OLDEST, NEWEST = 14 * DAY - 3600, 3600.0  # how old and how far in the future an event may be


@dataclasses.dataclass
class Stream:
    """One stream of the group and how it fares."""

    name: str
    source: Any
    backoff: Backoff
    next: float = float("-inf")
    full: int = 0  # batches in a row that did not hold all there was
    lost: int = 0  # lines that were left out, and of which nobody was told
    trouble: str = ""


class Batch:
    """Events of one call, within the limits of one."""

    def __init__(self, now: float) -> None:
        self.events: List[Tuple[int, str]] = []  # milliseconds since 1970, text
        self.lost = 0  # lines that it says were left out
        self._now, self._bytes, self._first, self._last = now, 0, float("inf"), float("-inf")

    def add(self, at: Optional[float], text: str) -> str:
        """Why an event is not taken (``old``, ``span`` or ``full``); empty when it is."""
        at = min(self._now if at is None else at, self._now + NEWEST)
        if at < self._now - OLDEST:
            return "old"
        raw = text.encode("utf-8", "replace")[:EVENT_BYTES]
        first, last = min(self._first, at), max(self._last, at)
        if last - first > BATCH_SECONDS:
            return "span"
        if self._bytes + len(raw) + EVENT_EXTRA > BATCH_BYTES or len(self.events) >= BATCH_EVENTS:
            return "full"
        self._bytes, self._first, self._last = self._bytes + len(raw) + EVENT_EXTRA, first, last
        self.events.append((int(at * 1000), raw.decode("utf-8", "ignore")))
        return ""

    def tell(self, lost: int) -> None:
        """Add the line about lines that were left out, at the end; there is always room for it."""
        self.lost, at = lost, self._last if self.events else self._now
        self.events.append((int(at * 1000), f"mec: {lost} lines were left out"))

    def request(self) -> List[Dict[str, Any]]:
        """The events in the order of their time, as the call has them."""
        return [{"timestamp": at, "message": text} for at, text in sorted(self.events, key=lambda event: event[0])]


class Shipper:
    """Ships what the node's units and files say, each line at least once, in a thread of its own.

    Nothing that happens to it disturbs the node. A stream gets a batch each ten seconds at most; when it has brought more
    for a minute, what is behind is left out, and one line says how much.
    """

    PATH = "/var/lib/mec/logs.json"
    GAP, IDLE, FULL, LOOK_SECONDS = 10.0, 30.0, 6, 5.0

    def __init__(self, aws: Any, files: Any, clock: Any, log: Any, rng: random.Random, instance_id: str, node: str,
                 role: str = "") -> None:  # fmt: skip
        """``aws`` is its own: it is not shared with another thread."""
        self._aws, self._files, self._clock, self._log, self._instance_id = aws, files, clock, log, instance_id
        sources: Dict[str, Any] = {
            "agent": Journal(["mec-agent.service"], named=False),
            "cloud-init": GrowingFile(files.path("/var/log/cloud-init-output.log")),
        }
        if role == "gateway":
            sources["haproxy"] = Journal(["haproxy.service"], named=False)
        else:
            sources["snap"] = Journal(["snap.microk8s.*", "snapd.service"], named=True)
            sources["audit"] = GrowingFile(files.path("/var/log/mec-audit/audit.log"))
        self.streams = [Stream(f"{node}/{n}", s, Backoff(self.GAP, 300.0, rng, self.GAP)) for n, s in sources.items()]
        self._group: Optional[str] = None
        self._positions: Optional[Dict[str, Position]] = None
        self._wake, self._thread = threading.Event(), None

    def want(self, group: Optional[str]) -> None:
        """Ship to a log group from now on, or nowhere. Never waits, never throws."""
        if group == self._group:
            return
        self._group = group
        self._log.event("logs are shipped" if group else "logs are shipped nowhere", group=group)
        self._wake.set()
        if not self._thread:
            self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # no thread is to be had
                self._thread = self._group = None
                self._log.event("logs are not shipped", error=type(error).__name__)

    def step(self) -> Optional[float]:
        """Ship what is due; seconds until something is due again, None when nothing is wanted. Does not sleep for it."""
        group = self._group
        if not group:
            return None
        for stream in self.streams:
            if self._clock.monotonic() >= stream.next:
                self._turn(group, stream)
        return max(0.1, min(stream.next for stream in self.streams) - self._clock.monotonic())

    def _run(self) -> None:
        said = ""
        while True:
            self._wake.clear()
            try:
                wait = self.step()
            except Exception as error:  # whatever it is, the node has other things to do
                wait, kind = 300.0, type(error).__name__
                if said != kind:
                    said = kind
                    self._log.event("logs stumble", error=kind)
            self._wake.wait(wait)

    def _turn(self, group: str, stream: Stream) -> None:
        try:
            positions = self._load()
            batch, position, more = self._collect(stream, positions.get(stream.name, {}))
            if batch.events:
                self._put(group, stream, batch)
            if position != positions.get(stream.name, {}):
                positions[stream.name] = position
                self._files.write(self.PATH, compact({"instanceId": self._instance_id, "streams": positions}), 0o600)
        except Exception as error:  # of this stream; the others go on
            self._say(stream, str(error) if isinstance(error, Trouble) else type(error).__name__)
            stream.next = self._clock.monotonic() + stream.backoff.next()
        else:
            self._say(stream, "")
            stream.backoff.tries = 0
            stream.next = self._clock.monotonic() + (self.GAP if batch.events or more else self.IDLE)

    def _collect(self, stream: Stream, position: Position) -> Tuple[Batch, Position, bool]:
        """A batch, where it ends, and whether there is more."""
        batch, end = Batch(self._clock.time()), self._clock.monotonic() + self.LOOK_SECONDS
        cutting, more, lost, why = False, False, stream.lost, ""
        lines = stream.source.lines(position)
        try:
            for position_behind, at, text in lines:
                why = "full" if cutting else batch.add(at, text) if text else ""
                if why == "span" or (why == "full" and stream.full < self.FULL):
                    more = True
                    break
                cutting = cutting or why == "full"
                position, lost = position_behind, lost + bool(why and text)
                if self._clock.monotonic() > end:
                    more = True
                    break
        finally:
            lines.close()
        stream.full = stream.full + 1 if more and why == "full" else 0
        if lost:
            batch.tell(lost)
        return batch, position, more

    def _put(self, group: str, stream: Stream, batch: Batch) -> None:
        where = {"logGroupName": group, "logStreamName": stream.name}
        request = {**where, "logEvents": batch.request()}
        try:
            try:
                self._aws.logs("PutLogEvents", request)
            except AwsError as error:
                if error.code != "ResourceNotFoundException":
                    raise
                self._create(where)
                self._aws.logs("PutLogEvents", request)
            stream.lost = 0
        except AwsError as error:
            if error.code not in ("InvalidParameterException", "SerializationException"):
                raise
            # It would be refused for ever.
            stream.lost = batch.lost + len(batch.events) - bool(batch.lost)
            self._log.event("logs are refused", stream=stream.name, error=str(error))

    def _create(self, where: Dict[str, str]) -> None:
        try:
            self._aws.logs("CreateLogStream", where)
        except AwsError as error:
            if error.code != "ResourceAlreadyExistsException":
                raise

    def _load(self) -> Dict[str, Position]:
        if self._positions is None:
            try:
                kept = json.loads(self._files.read(self.PATH) or "{}")
                streams = kept["streams"] if kept.get("instanceId") == self._instance_id else {}
                self._positions = {name: held for name, held in streams.items() if isinstance(held, dict)}
            except (ValueError, KeyError, AttributeError):
                self._positions = {}
        return self._positions

    def _say(self, stream: Stream, trouble: str) -> None:
        """Log a change of how a stream fares, once."""
        if trouble != stream.trouble:
            stream.trouble = trouble
            message = "logs are not shipped" if trouble else "logs are shipped again"
            self._log.event(message, stream=stream.name, **({"error": trouble} if trouble else {}))
