"""The instance metadata service of one machine, version 2 only, on a loopback port of its own.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html (paths, tokens, 401 without).
"""

import json
import secrets
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Optional

_TOKEN_PATH = "/latest/api/token"
_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER = "X-aws-ec2-metadata-token"
_LONGEST = 21600


class Imds:
    """Serves ``facts`` (path below /latest → text) and the role's credentials until ``close``."""

    def __init__(self, facts: Dict[str, str], role_name: Optional[str], credentials: Callable[[], Dict[str, Any]]) -> None:
        self._facts, self._role, self._credentials = facts, role_name, credentials
        self._tokens: Dict[str, float] = {}
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_PUT(self) -> None:
                owner._put(self)

            def do_GET(self) -> None:
                owner._get(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="imds", daemon=True).start()

    @property
    def url(self) -> str:
        """Base address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _put(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        request.rfile.read(length)
        if request.path != _TOKEN_PATH:
            return _send(request, 404, "")
        ttl = request.headers.get(_TTL_HEADER, "")
        if not ttl.isdigit() or not 1 <= int(ttl) <= _LONGEST:
            return _send(request, 400, "")
        # A request that came through a proxy gets no token (same page of the user guide).
        if request.headers.get("X-Forwarded-For"):
            return _send(request, 403, "")
        token = secrets.token_urlsafe(40)
        with self._lock:
            self._tokens[token] = time.time() + int(ttl)
        _send(request, 200, token, {_TTL_HEADER: ttl})

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            until = self._tokens.get(request.headers.get(_TOKEN_HEADER, ""), 0.0)
        if until <= time.time():
            return _send(request, 401, "")
        path = request.path.split("?")[0].rstrip("/")
        if not path.startswith("/latest"):
            return _send(request, 404, "")
        text = self._look_up(path[len("/latest"):].lstrip("/"))
        _send(request, 404 if text is None else 200, text or "")

    def _look_up(self, path: str) -> Optional[str]:
        roles = "meta-data/iam/security-credentials"
        if self._role and path == roles:
            return self._role
        if self._role and path == f"{roles}/{self._role}":
            return json.dumps(self._document(), indent=2)
        if path in self._facts:
            return self._facts[path]
        below = {name[len(path):].lstrip("/").partition("/") for name in self._facts if name.startswith(path + "/")}
        return "\n".join(sorted(head + sep for head, sep, _ in below)) if below else None

    def _document(self) -> Dict[str, str]:
        given = self._credentials()
        expiry = given["Expiration"]
        if isinstance(expiry, datetime):
            expiry = expiry.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "Code": "Success",
            "LastUpdated": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Type": "AWS-HMAC",
            "AccessKeyId": given["AccessKeyId"],
            "SecretAccessKey": given["SecretAccessKey"],
            "Token": given["Token"],
            "Expiration": str(expiry),
        }


def _send(request: BaseHTTPRequestHandler, status: int, text: str, headers: Optional[Dict[str, str]] = None) -> None:
    body = text.encode("utf-8")
    request.send_response(status)
    request.send_header("Content-Type", "text/plain")
    request.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
