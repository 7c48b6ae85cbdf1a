"""The WSGI application: control API, machines' stand-ins, and AWS behind its gate.

Source of the way back to moto: https://docs.getmoto.org/en/latest/docs/server_mode.html.
"""

import json
import re
import socket
import threading
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional

from aws import denials
from aws.access import Gate, Unreachable
from aws.aftermath import Aftermath
from aws.call import Call, read_call
from aws.identities import Identity
from control import Control
from log import Log
from machines.connection import is_closed

Environ = Dict[str, Any]
StartResponse = Callable[..., Any]
_STATUS_PARAMETER = re.compile(r"/mec/[^/]+/nodes/[^/]+")


class Gateway:
    """Every request to the emulator comes through here."""

    def __init__(self, aws: Callable[..., Any], gate: Gate, control: Control, park: Any, aftermath: Aftermath, log: Log) -> None:
        self._aws, self._gate, self._control, self._park = aws, gate, control, park
        self._aftermath, self._log = aftermath, log
        # moto keeps its state in plain dictionaries, and makes its backends at their first use: one call at a time.
        self._one_call = threading.RLock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        path = environ.get("PATH_INFO", "")
        try:
            if path.startswith("/_mec/"):
                query = environ.get("QUERY_STRING", "")
                return _json(start_response, *self._control.handle(environ["REQUEST_METHOD"], path, query, _body(environ)))
            if path.startswith("/_machine/"):
                body, client = _body(environ), environ.get("werkzeug.socket")
                return _send(start_response, *self._park.handle(environ["REQUEST_METHOD"], path, body, lambda: _is_closed(client)))
        except Exception as error:
            self._log.error(path, error)
            return _json(start_response, 500, {"error": type(error).__name__})
        return self._aws_call(environ, start_response)

    def _aws_call(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        call = read_call(environ)
        self._aftermath.begin()
        machine = self._gate.caller(call)
        seen: List[str] = []

        def start(status: str, headers: List[Any], exc_info: Any = None) -> Any:
            seen.append(status.split(" ", 1)[0])
            return start_response(status, headers, exc_info)

        try:
            with self._one_call:
                refused = self._gate.check(environ, call, machine) if machine else self._gate.stranger(call)
                body: Iterable[bytes] = _refuse(start, refused) if refused else self._aws(environ, start)
        except Unreachable:
            self._sent(call, machine, ["no-way-out"])
            _hang_up(environ)
        except NotImplementedError as error:
            self._log.error(f"{call.service} {call.action}", error)
            # Not one of the 5xx that every SDK tries again for minutes.
            text = f"The emulated AWS does not have {call.service} {call.action}"
            body = _refuse(start, denials.denial(call.protocol, call.service, 400, "NotImplemented", text))
        except Exception as error:
            self._log.error(f"{call.service} {call.action}", error)
            text = f"The emulated AWS failed at {call.service} {call.action}: {type(error).__name__}, see its log"
            body = _refuse(start, denials.denial(call.protocol, call.service, 400, "InternalFailure", text))
        self._observe(call, machine, seen)
        return _Sent(body, lambda: self._sent(call, machine, seen))

    def _observe(self, call: Call, machine: Optional[Identity], seen: List[str]) -> None:
        """Tell the park what phase a machine reports, once the report is in the store."""
        name = call.text("Name")
        if not machine or seen[-1:] != ["200"] or call.action != "PutParameter" or not _STATUS_PARAMETER.fullmatch(name):
            return
        try:
            status = json.loads(call.text("Value"))
        except ValueError:
            return
        if isinstance(status, dict):
            instance_id = machine.instance_id
            self._aftermath.add(lambda: self._park.observe_status(instance_id, status))

    def _sent(self, call: Call, machine: Optional[Identity], seen: List[str]) -> None:
        self._note(call, machine, seen[-1] if seen else "-")
        self._aftermath.release()

    def _note(self, call: Call, machine: Optional[Identity], status: str) -> None:
        self._log.line(machine.instance_id if machine else "terraform", call.service, call.action or "-", status)


class _Sent:
    """A response body that tells, once, when it is through."""

    def __init__(self, body: Iterable[bytes], then: Callable[[], None]) -> None:
        self._body = body
        self._then: Optional[Callable[[], None]] = then

    def __iter__(self) -> Iterator[bytes]:
        # Not only in close(): werkzeug skips that when the client resets the connection after it has its answer.
        try:
            yield from self._body
        finally:
            self._tell()

    def close(self) -> None:
        """Called by the server at the end."""
        close = getattr(self._body, "close", None)
        if close:
            close()
        self._tell()

    def _tell(self) -> None:
        then, self._then = self._then, None
        if then:
            then()


def _body(environ: Environ) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return environ["wsgi.input"].read(length) if length else b""


def _is_closed(client: Optional[socket.socket]) -> bool:
    return client is not None and is_closed(client)


def _json(start_response: StartResponse, status: int, answer: Any) -> Iterable[bytes]:
    return _send(start_response, status, json.dumps(answer).encode(), "application/json")


def _send(start_response: StartResponse, status: int, body: bytes, content_type: str = "application/octet-stream") -> Iterable[bytes]:
    start_response(f"{status} -", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def _refuse(start_response: StartResponse, refused: denials.Denial) -> Iterable[bytes]:
    length = str(len(refused.body))
    headers = [("Content-Type", refused.content_type), ("Content-Length", length), ("x-amzn-ErrorType", refused.code)]
    start_response(f"{refused.status} -", headers)
    return [refused.body]


def _hang_up(environ: Environ) -> None:
    """Close the connection without an answer, as a network without a way out looks like at once."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    raise ConnectionAbortedError("no way out")
