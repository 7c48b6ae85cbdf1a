"""The Kubernetes API server of one machine: real TLS on loopback, client certificates, authorisation.

Sources: github.com/canonical/microk8s default-args/kube-apiserver (AlwaysAllow unless changed), https://kubernetes.io/docs/
reference/access-authn-authz/authentication/#x509-client-certificates (CN is the user, O the groups).
"""

import json
import pathlib
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import parse_qs, unquote, urlsplit

from . import pki, protobuf
from .audit import AuditLog
from .kinds import KINDS, Kind
from .objects import ObjectStore, status
from .selectors import chosen

#: How long a watch stays open.
_WATCH_SECONDS = 2

_HEALTH = ("/readyz", "/livez", "/healthz")


@dataclass(frozen=True)
class User:
    """Who a request comes from."""

    name: str
    groups: Tuple[str, ...]


ADMIN = User("admin", ("system:masters", "system:authenticated"))


class ApiServer:
    """Listens from its creation until ``close``. Throws OSError when the port is taken, ssl.SSLError on bad files."""

    def __init__(
        self, certs: pathlib.Path, port: int, version: str, modes: str, store: Callable[[], Optional[ObjectStore]],
        audit: Optional[AuditLog] = None,
    ) -> None:
        # A datastore that started again is another one to ask.
        self._store, self._version, self._audit = store, version, audit
        self.expires = pki.expiry(certs / "server.crt")
        self._modes = modes.split(",")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certs / "server.crt", certs / "server.key")
        context.load_verify_locations(certs / "ca.crt")
        context.verify_mode = ssl.CERT_OPTIONAL
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.context, self._server.api = context, self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="apiserver", daemon=True).start()

    @property
    def store(self) -> Optional[ObjectStore]:
        """The objects; None while the datastore does not answer."""
        return self._store()

    def close(self) -> None:
        """Stop listening; open connections are cut."""
        self._server.shutdown()
        self._server.server_close()
        self._server.cut()

    def request(
        self, user: Optional[User], method: str, target: str, body: bytes = b"", media: str = "", agent: str = "kubectl"
    ) -> Tuple[int, Any]:
        """Answer one request: (HTTP status, JSON document or text); ``agent`` is the client's name of itself."""
        began = datetime.now(timezone.utc)
        code, answer = self._answer(user, method, target, body, media)
        if self._audit is not None:
            name, groups = (user.name, user.groups) if user else ("system:anonymous", ("system:unauthenticated",))
            self._audit.write(name, groups, method, target, code, agent, began)
        return code, answer

    def _answer(self, user: Optional[User], method: str, target: str, body: bytes, media: str) -> Tuple[int, Any]:
        parts = urlsplit(target)
        if user is None:
            return status(401, "Unauthorized")
        if not self._allowed(user, method, parts.path):
            if user.name.startswith("system:node:"):
                return _not_its_own(user, parts.path)
            verb, shown = _VERBS.get(method, method.lower()), parts.path
            return status(403, f'forbidden: User "{user.name}" cannot {verb} path "{shown}"')
        if parts.path.rstrip("/") in _HEALTH:
            return self._health(parts.path.strip("/"), "verbose" in parts.query)
        store = self.store
        kinds = KINDS if store is None else store.kinds
        fixed = self._discovery(parts.path.rstrip("/"), kinds)
        if fixed is not None:
            return 200, fixed
        if store is None:
            return status(500, "rpc error: code = Unavailable desc = connection error: kine.sock: connect: connection refused")
        words = [unquote(word) for word in parts.path.strip("/").split("/")]
        rest = words[2:] if words[:2] == ["api", "v1"] else words[3:] if words[0] == "apis" else []
        if not rest:
            return status(404, "the server could not find the requested resource")
        plural, namespace, name, extra = _split(rest)
        try:
            document = _read(body, media, method)
        except ValueError:
            return status(400, "the object provided is unrecognized")
        if extra or plural not in kinds or not parts.path.startswith(kinds[plural].base + "/"):
            return status(404, "the server could not find the requested resource")
        code, answer = store.request(method, plural, namespace, name, document, media)
        query = parse_qs(parts.query)
        if method == "GET" and not name and code == 200:
            try:
                items = chosen(answer["items"], query.get("labelSelector", [""])[0], query.get("fieldSelector", [""])[0])
            except ValueError as error:
                return status(400, str(error))
            answer = {**answer, "items": items}
        return code, answer

    def _allowed(self, user: User, method: str, path: str) -> bool:
        # AlwaysAllow makes any authenticated identity root, which is MicroK8s' default.
        if "AlwaysAllow" in self._modes or "system:masters" in user.groups:
            return True
        # A kubelet may read the Node that it is; health and version are for everybody.
        node = user.name.removeprefix("system:node:")
        own = "Node" in self._modes and "system:nodes" in user.groups and path.rstrip("/") == f"/api/v1/nodes/{node}"
        return own or (method == "GET" and path.rstrip("/") in (*_HEALTH, "/version"))

    def _health(self, check: str, verbose: bool) -> Tuple[int, str]:
        if self.store is not None:
            return 200, f"[+]ping ok\n[+]etcd ok\n{check} check passed\n" if verbose else "ok"
        return 500, f"[+]ping ok\n[-]etcd failed: reason withheld\n{check} check failed\n"

    def _discovery(self, path: str, kinds: Dict[str, Kind]) -> Any:
        if path == "/version":
            _, minor, _ = self._version.lstrip("v").split(".")
            return {"major": "1", "minor": minor, "gitVersion": self._version, "platform": "linux/amd64"}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            named = [kind.api for kind in kinds.values() if kind.api != "v1"]
            versions: Dict[str, List[Dict[str, str]]] = {}
            for api in dict.fromkeys(named):
                group, _, version = api.partition("/")
                versions.setdefault(group, []).append({"groupVersion": api, "version": version})
            groups = [{"name": group, "versions": ones, "preferredVersion": ones[0]} for group, ones in versions.items()]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        if path == "/openapi/v2":
            # No schema at all: an empty message, by which clients check nothing (Helm asks for this form).
            return b""
        verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
        rows = [
            {"name": plural, "singularName": kind.name.lower(), "namespaced": kind.namespaced, "kind": kind.name, "verbs": verbs}
            for plural, kind in kinds.items() if path == kind.base
        ]
        version = path.removeprefix("/apis/").removeprefix("/api/")
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": rows} if rows else None


_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def _not_its_own(user: User, path: str) -> Tuple[int, Any]:
    """Source: https://kubernetes.io/docs/reference/access-authn-authz/node/ (the selectors of AuthorizeNodeWithSelectors)."""
    own, name = user.name.removeprefix("system:node:"), path.rstrip("/").rpartition("/")[2]
    if not path.startswith("/api/v1/nodes"):
        return status(403, f'forbidden: User "{user.name}" cannot get path "{path}"')
    if name == "nodes":
        return status(403, f'nodes is forbidden: User "{user.name}" cannot list resource "nodes" in API group "" at the cluster '
                      f'scope: node "{own}" cannot read all nodes, only its own Node object')
    return status(403, f'nodes "{name}" is forbidden: User "{user.name}" cannot get resource "nodes" in API group "" at the '
                  f'cluster scope: node "{own}" cannot read "{name}", only its own Node object')


def _split(words: List[str]) -> Tuple[str, str, str, List[str]]:
    namespace = ""
    if words[0] == "namespaces" and len(words) >= 3:
        namespace, words = words[1], words[2:]
    return words[0], namespace, words[1] if len(words) > 1 else "", words[2:]


def user_of(peer: Optional[Dict[str, Any]]) -> Optional[User]:
    """The user in a verified client certificate, None without one."""
    if not peer:
        return None
    pairs = [pair for group in peer.get("subject", ()) for pair in group]
    names = [value for key, value in pairs if key == "commonName"]
    groups = [value for key, value in pairs if key == "organizationName"]
    return User(names[0] if names else "", (*groups, "system:authenticated"))


def _read(body: bytes, media: str, method: str) -> Any:
    """The document in a request. Throws ValueError where it has another form than its media type says."""
    if not media.startswith(protobuf.MEDIA):
        return json.loads(body) if body else None
    # Options of a deletion change nothing here.
    return None if method == "DELETE" else protobuf.secret(body)


def _written(answer: Any) -> Tuple[str, bytes]:
    """Content type and bytes of an answer."""
    if isinstance(answer, bytes):
        return "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", answer
    if isinstance(answer, str):
        return "text/plain", answer.encode("utf-8")
    return "application/json", json.dumps(answer).encode("utf-8")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext
    api: ApiServer

    def __init__(self, *args: Any) -> None:
        self._open: "set[Any]" = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        for request in list(self._open):
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away or fails the handshake is no event here.
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        # The handshake runs in the connection's own thread, and is bounded.
        self.request.settimeout(20)
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self._user = user_of(self.request.getpeercert())
        self.request.settimeout(300)
        super().setup()

    def finish(self) -> None:
        super().finish()
        try:
            self.request.close()
        except OSError:
            pass

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        media = self.headers.get("Content-Type", "")
        agent = self.headers.get("User-Agent", "")
        code, answer = self.server.api.request(self._user, self.command, self.path, body, media, agent)
        if code == 200 and self.command == "GET" and parse_qs(urlsplit(self.path).query).get("watch", [""])[0] in ("true", "1"):
            self._watch()
            return
        kind, payload = _written(answer)
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _watch(self) -> None:
        """A watch in which nothing happens, and which ends soon: the client lists anew, and sees what there is."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        time.sleep(_WATCH_SECONDS)
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, *_: Any) -> None:
        pass
