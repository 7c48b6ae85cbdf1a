#!/usr/bin/python3
"""The node agent of a MEC cluster: turns a fresh Ubuntu instance into a ready node, says so, and never ends.

It may be killed at any point, and the machine rebooted at any point: each step looks at what is there (snap, files, API,
parameters) and does only what is missing. Standard library only; Python 3.10 or later. Everything that touches the world
is a port (``Ports``), so that the decisions can be run against a simulated one. Secrets live in 0600 files below /run/mec
for as long as they are used, and never in a log, an argument or a status; credentials of registries stay where containerd
reads them.
"""

import base64
import dataclasses
import hashlib
import hmac
import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

PROTOCOL = 1
PHASES = ("seed", "configure", "install", "start", "bind", "dns", "birth", "credential", "ready")
SNAP_DATA = "/var/snap/microk8s/current"
BACKEND = SNAP_DATA + "/var/kubernetes/backend"
SECRETS = "/run/mec"
DAY = 86400.0

READ_GAP = 10.0  # parameters: 40 requests a second are shared by the whole account
STACK_GAP, STACK_GAP_AFTER = 5.0, 60.0  # looks at the waiting stack, before and after its verdict
READY_SECONDS = 900.0  # when desired does not say
LATE_SIGHT = 30.0  # a stack that is seen too late still gets one try before its verdict
SLOW = 30.0  # between tries of a node that has failed
REGISTRY_GAP = 300.0  # looks at the credentials of registries, which are outside the common read
HEALTH_GAP, HEALTH_GAP_BAD, HEALTH_TRIES = 60.0, 5.0, 3
UNIQUE_ID = 64  # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html
PARAMETER_BYTES = 4096  # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
CREDENTIAL_DAYS, CREDENTIAL_MARGIN_DAYS = 365, 60


class Trouble(Exception):
    """Something did not work yet and is tried again; the message is for people: short, and without secrets."""


class Refused(Exception):
    """This node must not go on until a person decides; the message says why, with its phase in front."""


class AwsError(Trouble):
    """AWS said no, or nothing, for good; ``code`` is AWS's own or ``Unreachable``."""

    def __init__(self, code: str, action: str, detail: str = "") -> None:
        super().__init__(f"{action}: {code}")
        self.code, self.action, self.detail = code, action, detail


def iso(seconds: float) -> str:
    """A moment (seconds since 1970) as ISO 8601 in UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).isoformat().replace("+00:00", "Z")


def from_iso(text: str) -> float:
    """The moment that ISO 8601 text names, in seconds since 1970. Throws ValueError."""
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def compact(record: Mapping[str, Any]) -> str:
    """JSON without blanks."""
    return json.dumps(record, separators=(",", ":"))


def clip(text: str, length: int) -> str:
    """Text on one line, at most ``length`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def placeholder(record: Any) -> bool:
    """Whether Terraform's placeholder is still in the parameter."""
    return isinstance(record, dict) and record.get("placeholder") is True


def fingerprint(pem: str) -> str:
    """SHA-256 of the DER form of the first certificate in PEM text, in hexadecimal digits. Throws ValueError."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if begin not in pem or end not in pem:
        raise ValueError("no certificate")
    first = pem[pem.index(begin) : pem.index(end) + len(end)]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()


class Backoff:
    """Capped exponential back-off with full jitter, in seconds.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, base: float, cap: float, rng: random.Random, floor: float = 0.0) -> None:
        self._base, self._cap, self._floor, self._rng, self.tries = base, cap, floor, rng, 0

    def next(self) -> float:
        """The next wait: between ``floor`` and min(cap, base x 2^tries)."""
        limit = min(self._cap, self._base * 2.0 ** min(self.tries, 32))
        self.tries += 1
        return max(self._floor, self._rng.uniform(0.0, limit))


# --- Ports: the only code that touches the world ----------------------------------------------------------------------


class Clock:
    """The machine's clock (kept by chrony from 169.254.169.123)."""

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that no correction of the clock moves, for waiting."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Log:
    """One JSON line per event on standard output, which systemd's journal keeps."""

    def __init__(self, clock: Clock, stream: Any = None) -> None:
        self._clock, self._stream, self.phase = clock, stream, "begin"

    def event(self, message: str, **more: Any) -> None:
        """Log a message with plain values; the phase is added. Never give it a secret."""
        line = {"at": iso(self._clock.time()), "phase": self.phase, "message": message, **more}
        print(json.dumps(line), file=self._stream or sys.stdout, flush=True)


class Files:
    """Files below a root folder ("" is the machine's own)."""

    def __init__(self, root: str = "") -> None:
        self._root = root.rstrip("/")

    def path(self, path: str) -> str:
        """Where an absolute path is, for a command's arguments."""
        return self._root + path

    def read(self, path: str) -> Optional[str]:
        """The text of a file; None when there is none. Throws OSError otherwise."""
        try:
            with open(self.path(path), encoding="utf-8") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Make a file appear at once, whole and durable, never readable to more than ``mode`` allows. Throws OSError."""
        final = self.path(path)
        folder = os.path.dirname(final)
        os.makedirs(folder, exist_ok=True)
        temporary = final + ".tmp"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, final)
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def secret_folder(self, path: str) -> None:
        """An empty folder that only root can enter. Throws OSError."""
        self.forget(path)
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        os.mkdir(self.path(path), 0o700)

    def forget(self, path: str) -> None:
        """Remove a file or a folder with all it holds, if it is there."""
        if os.path.isdir(self.path(path)):
            shutil.rmtree(self.path(path), ignore_errors=True)
        elif os.path.lexists(self.path(path)):
            os.unlink(self.path(path))


@dataclasses.dataclass(frozen=True)
class Result:
    """How a command ended: ``code`` 124 is a timeout, 127 a missing program."""

    code: int
    out: str = ""
    err: str = ""


class Shell:
    """Runs external commands with a limit, and counts the seconds they take."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.tick: Callable[[], None] = lambda: None  # called about four times a second while a command runs
        self.meter: Callable[[float], None] = lambda seconds: None  # told the seconds as they pass

    def run(self, argv: Sequence[str], timeout: float) -> Result:
        """Run a command without a shell and without standard input; never throws for its failure. At ``timeout`` seconds
        it is killed, which ends no work of snapd: that goes on in its daemon."""
        started = counted = time.monotonic()
        environment = {"HOME": "/root", **os.environ, "LC_ALL": "C.UTF-8"}
        try:
            process = subprocess.Popen(
                list(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                start_new_session=True, umask=0o077 if argv[0] == "openssl" else -1, text=True, errors="replace",
            )  # fmt: skip
        except OSError as error:
            result = Result(127, "", f"{argv[0]}: {error.strerror}")
        else:
            result = None
            while result is None:
                try:
                    out, err = process.communicate(timeout=0.25)
                    result = Result(process.returncode, out, err)
                except subprocess.TimeoutExpired:
                    now = time.monotonic()
                    self.meter(now - counted)
                    counted = now
                    if now - started > timeout:
                        result = self._stop(process, timeout)
                    else:
                        self.tick()
        ended = time.monotonic()
        self.meter(ended - counted)
        more = {"error": clip(result.err or result.out, 300)} if result.code else {}
        self._log.event("command", argv=" ".join(argv), code=result.code, seconds=round(ended - started, 3), **more)
        return result

    def _stop(self, process: "subprocess.Popen[str]", timeout: float) -> Result:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            pass  # something else holds its output: what it wrote is of no use now
        return Result(124, "", f"no end after {timeout:.0f} s")


class Network:
    """Connections to other nodes and to this node's own API."""

    def answers(self, address: str, port: int) -> bool:
        """Whether something accepts a TCP connection, within 2 seconds."""
        try:
            with socket.create_connection((address, port), timeout=2):
                return True
        except OSError:
            return False

    def api_status(self, port: int, ca: str, certificate: str, key: str) -> int:
        """HTTP status of https://127.0.0.1:port/readyz with a client certificate (paths of PEM files); the server must be
        ``kubernetes`` to the CA. Throws ssl.SSLError when either side is not believed, OSError when there is no answer."""
        # Not create_default_context: its strict checks (3.13) refuse CAs without keyUsage, canonical/microk8s#4864.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(ca)
        context.load_cert_chain(certificate, key)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with context.wrap_socket(plain, server_hostname="kubernetes") as secure:
                secure.sendall(b"GET /readyz HTTP/1.1\r\nHost: kubernetes\r\nConnection: close\r\n\r\n")
                answer = http.client.HTTPResponse(secure, method="GET")
                try:
                    answer.begin()
                except http.client.HTTPException as error:
                    raise OSError(f"no HTTP answer: {type(error).__name__}") from None
                return answer.status


class Http:
    """One HTTP request per connection, without proxies."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Tuple[int, bytes]:
        """Status and body. Throws OSError or http.client.HTTPException."""
        parts = urllib.parse.urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        try:
            target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            connection.request(method, target, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


# --- AWS --------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Credentials:
    """Keys of a role; ``expires`` in seconds since 1970. Its text form holds no secret."""

    access_key: str
    secret_key: str = dataclasses.field(repr=False)
    token: str = dataclasses.field(repr=False)
    expires: float = 0.0


def sign(
    credentials: Credentials, region: str, service: str, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> Dict[str, str]:
    """The headers to send with a request: those given (``X-Amz-Date`` among them), the host, the session token, and
    Authorization by Signature Version 4.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    parts = urllib.parse.urlsplit(url)
    signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    signed["host"] = parts.netloc
    if credentials.token:
        signed["x-amz-security-token"] = credentials.token
    date = signed["x-amz-date"]
    scope = [date[:8], region, service, "aws4_request"]
    names = ";".join(sorted(signed))
    quote = lambda text: urllib.parse.quote(text, safe="-_.~")  # noqa: E731
    query = sorted((quote(name), quote(value)) for name, value in urllib.parse.parse_qsl(parts.query, True))
    canonical = [method, urllib.parse.quote(parts.path or "/", safe="/-_.~"), "&".join(f"{n}={v}" for n, v in query)]
    canonical += [*(f"{name}:{signed[name]}" for name in sorted(signed)), "", names, hashlib.sha256(body).hexdigest()]
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    key = b"AWS4" + credentials.secret_key.encode()
    for part in [*scope, "\n".join(["AWS4-HMAC-SHA256", date, "/".join(scope), digest])]:
        key = hmac.digest(key, part.encode(), "sha256")
    signed["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{'/'.join(scope)}, SignedHeaders={names}, Signature={key.hex()}"
    )
    return signed


class Imds:
    """Instance metadata, version 2.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
    """

    TTL, RENEW_BEFORE = 21600, 300.0

    def __init__(self, http_port: Http, clock: Clock, endpoint: str = "http://169.254.169.254") -> None:
        self._http, self._clock, self._base = http_port, clock, endpoint.rstrip("/") + "/latest/"
        self._token, self._token_ends = "", 0.0
        self._credentials: Optional[Credentials] = None
        self._facts: Dict[str, str] = {}

    def fact(self, path: str) -> str:
        """A fact that never changes while the instance lives, such as ``instance-id``. Throws OSError."""
        if path not in self._facts:
            self._facts[path] = self._get(path).strip()
        return self._facts[path]

    def credentials(self, renew: bool = False) -> Credentials:
        """Keys of the instance's role, kept until five minutes before they expire. Throws OSError."""
        kept = self._credentials
        if kept is None or renew or kept.expires - self.RENEW_BEFORE < self._clock.time():
            role = self._get("iam/security-credentials/").split()
            if not role:
                raise OSError("the instance has no role")
            given = json.loads(self._get("iam/security-credentials/" + role[0]))
            kept = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"], from_iso(given["Expiration"]))
            self._credentials = kept
        return kept

    def _get(self, path: str) -> str:
        for _ in range(2):
            if self._clock.time() > self._token_ends:
                headers = {"X-aws-ec2-metadata-token-ttl-seconds": str(self.TTL)}
                self._token = self._ask("PUT", "api/token", headers)[1].decode()
                self._token_ends = self._clock.time() + self.TTL - self.RENEW_BEFORE
            status, body = self._ask("GET", "meta-data/" + path, {"X-aws-ec2-metadata-token": self._token})
            if status == 200:
                return body.decode()
            self._token_ends = 0.0
        raise OSError(f"instance metadata answered {status} for {path}")

    def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> Tuple[int, bytes]:
        try:
            return self._http.request(method, self._base + path, headers, b"", 5.0)
        except http.client.HTTPException as error:
            raise OSError(f"instance metadata: {type(error).__name__}") from None


class Aws:
    """Calls to SSM (JSON 1.1) and CloudFormation (query), retried a bounded number of times.

    Sources: https://docs.aws.amazon.com/general/latest/gr/api-retries.html and the API references of both services.
    """

    TRIES = 7
    RETRIED = ("throttl", "toomany", "requestlimit", "slowdown", "internal", "unavailable", "timeout", "unreachable")
    STALE = ("ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "RequestExpired")

    def __init__(self, imds: Imds, http_port: Http, clock: Clock, log: Log, rng: random.Random, endpoint: str = "") -> None:
        self._imds, self._http, self._clock, self._log, self._rng = imds, http_port, clock, log, rng
        self._endpoint = endpoint.rstrip("/")

    def ssm(self, action: str, request: Mapping[str, Any]) -> Dict[str, Any]:
        """One call of Systems Manager. Throws AwsError."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM." + action}
        return json.loads(self._call("ssm", action, headers, json.dumps(request).encode()) or b"{}")

    def cloudformation(self, action: str, request: Mapping[str, str]) -> ElementTree.Element:
        """One call of CloudFormation; the root of its answer. Throws AwsError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        form = urllib.parse.urlencode({"Action": action, "Version": "2010-05-15", **request}).encode()
        return ElementTree.fromstring(self._call("cloudformation", action, headers, form))

    def _call(self, service: str, action: str, headers: Mapping[str, str], body: bytes) -> bytes:
        backoff = Backoff(0.2, 5.0, self._rng)
        renew = False
        while True:
            try:
                status, answer = self._send(service, headers, body, renew)
                if status == 200:
                    return answer
                error = AwsError(*self._code(status, answer, action))
            except (OSError, http.client.HTTPException, ValueError, KeyError) as failure:
                status, error = 0, AwsError("Unreachable", action, type(failure).__name__)
            renew = error.code in self.STALE and not renew
            retried = renew or status >= 500 or any(word in error.code.lower() for word in self.RETRIED)
            if (action, error.code) != ("DescribeStacks", "ValidationError"):  # the common "there is none"
                self._log.event("aws", action=action, code=error.code, detail=clip(error.detail, 200), retried=retried)
            if not retried or backoff.tries >= self.TRIES:
                raise error
            self._clock.sleep(backoff.next())

    def _send(self, service: str, headers: Mapping[str, str], body: bytes, renew: bool) -> Tuple[int, bytes]:
        credentials, region = self._imds.credentials(renew), self._imds.fact("placement/region")
        url = (self._endpoint or f"https://{service}.{region}.amazonaws.com") + "/"
        dated = {**headers, "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock.time()))}
        return self._http.request("POST", url, sign(credentials, region, service, "POST", url, dated, body), body, 10.0)

    @staticmethod
    def _code(status: int, answer: bytes, action: str) -> Tuple[str, str, str]:
        """Code, action and message of an error, in either of both forms."""
        text = answer.decode("utf-8", "replace")
        try:
            if text.lstrip().startswith("{"):
                given = json.loads(text)
                kind = str(given.get("__type") or status).split("#")[-1]
                return kind, action, str(given.get("message") or given.get("Message") or "")
            root = ElementTree.fromstring(text)
            return root.findtext(".//{*}Code") or str(status), action, root.findtext(".//{*}Message") or ""
        except (ValueError, ElementTree.ParseError):
            return str(status), action, ""


class Parameters:
    """The records below /mec/<cluster>/, read together and not too often."""

    def __init__(self, aws: Any, clock: Clock, rng: random.Random, cluster: str, node: str) -> None:
        self._aws, self._clock, self._rng, self._prefix = aws, clock, rng, f"/mec/{cluster}/"
        self.names = ("desired", "cluster", "credential", f"nodes/{node}")
        self._records: Dict[str, Any] = {}
        self._next = float("-inf")

    def due(self) -> bool:
        """Whether a read is allowed again."""
        return self._clock.monotonic() >= self._next

    def read(self) -> Dict[str, Any]:
        """The records by name, read anew when that is due; absent or unreadable ones are None. Throws AwsError."""
        if self.due():
            self._next = self._clock.monotonic() + READ_GAP + self._rng.uniform(0.0, READ_GAP / 2)
            request = {"Names": [self._prefix + name for name in self.names], "WithDecryption": True}
            found = {p["Name"]: p["Value"] for p in self._aws.ssm("GetParameters", request).get("Parameters", [])}
            self._records = {name: self._parse(found.get(self._prefix + name)) for name in self.names}
        return self._records

    def put(self, name: str, record: Mapping[str, Any], key_id: str = "") -> None:
        """Write a record, encrypted when a key is given. Throws AwsError, or Trouble when it is too long."""
        value = compact(record)
        if len(value.encode()) > PARAMETER_BYTES:
            raise Trouble(f"{name} is longer than {PARAMETER_BYTES} bytes")
        secret = {"Type": "SecureString", "KeyId": key_id} if key_id else {"Type": "String"}
        self._aws.ssm("PutParameter", {"Name": self._prefix + name, "Value": value, "Overwrite": True, **secret})
        self._records[name] = dict(record)

    @staticmethod
    def _parse(text: Optional[str]) -> Any:
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None


# --- What the agent remembers -----------------------------------------------------------------------------------------


class Progress:
    """What must survive a restart and cannot be observed: when it began, seconds in commands, the last verdict."""

    PATH = "/var/lib/mec/progress.json"

    def __init__(self, files: Files, clock: Clock, instance_id: str) -> None:
        self._files, self._clock, self._saved = files, clock, 0.0
        try:
            kept = json.loads(files.read(self.PATH) or "{}")
        except ValueError:
            kept = {}
        # An image made from a node carries the file of another instance.
        own = kept if isinstance(kept, dict) and kept.get("instanceId") == instance_id else {}
        self.data: Dict[str, Any] = {"instanceId": instance_id, "startedAt": clock.time(), "commandSeconds": 0.0, **own}
        self.save()

    def save(self) -> None:
        """Keep it."""
        self._saved = self._clock.time()
        self._files.write(self.PATH, compact(self.data))

    def set(self, **values: Any) -> None:
        """Remember values at once."""
        self.data.update(values)
        self.save()

    def add_command(self, seconds: float) -> None:
        """Count seconds of a command; kept every two seconds, so a kill loses no more."""
        self.data["commandSeconds"] += seconds
        if self._clock.time() - self._saved > 2.0:
            self.save()

    def seconds(self) -> Tuple[float, float]:
        """Seconds since the agent first started on this instance, and those of them inside commands."""
        whole = max(0.0, self._clock.time() - self.data["startedAt"])
        return round(whole, 1), round(min(whole, self.data["commandSeconds"]), 1)


# --- snap and microk8s ------------------------------------------------------------------------------------------------

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

    def install(self, channel: str) -> None:
        """Install the snap and wait for the end, also of an installation that is under way."""
        result = self._shell.run(["snap", "install", "microk8s", "--classic", f"--channel={channel}"], 1800)
        if result.code and "change in progress" in result.err + result.out:
            self.settle()
        elif result.code:
            raise Trouble("snap install took too long" if result.code == 124 else snap_reason(result.err or result.out))

    def settle(self) -> None:
        """Wait for the last installation to end; what came of it is seen afterwards."""
        self._shell.run(["snap", "watch", "--last=install"], 1800)

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
        result = self._shell.run(["snap", "restart", "microk8s.daemon-k8s-dqlite"], 180)
        if result.code:
            raise Trouble("dqlite cannot be restarted: " + snap_reason(result.err or result.out))

    def rebinding(self) -> bool:
        """Whether a change of the datastore's address is still asked for."""
        return self._files.read(BACKEND + "/update.yaml") is not None

    def enable_dns(self) -> None:
        """The dns add-on; an enabled one is left alone by microk8s itself."""
        result = self._shell.run(["microk8s", "enable", "dns"], 600)
        if result.code:
            raise Trouble("cannot enable dns: " + clip((result.err or result.out).strip().split("\n")[-1], 40))


class Registries:
    """containerd's configuration of registries: the texts of desired, with credentials out of parameters of the user's.

    Sources: https://github.com/containerd/containerd/blob/main/docs/hosts.md (a change needs no restart),
    https://www.rfc-editor.org/rfc/rfc7617 (no colon in a user name, no control characters).
    """

    FOLDER = SNAP_DATA + "/args/certs.d"
    MARK = "@credential@"

    def __init__(self, aws: Any, files: Any) -> None:
        self._aws, self._files = aws, files

    def texts(self, desired: Mapping[str, Any]) -> Dict[str, str]:
        """The text of hosts.toml by registry; secret. Throws Trouble that names the parameter at fault, never its value."""
        texts: Dict[str, str] = dict(desired["launchConfiguration"].get("containerdRegistryConfigs") or {})
        names: Dict[str, str] = desired.get("registryCredentials") or {}
        credentials = {name: self._credential(name) for name in sorted(set(names.values()))}
        for registry, name in names.items():
            texts[registry] = texts[registry].replace(self.MARK, credentials[name])
        return texts

    def write(self, registry: str, text: str) -> bool:
        """Have containerd go by a text from its next pull on; false when it does already. Throws OSError."""
        path = self._path(registry)
        if self._files.read(path) == text:
            return False
        self._files.write(path, text, 0o600)
        return True

    def forget(self, registry: str) -> None:
        """Have containerd treat a registry as any other. Throws OSError."""
        self._files.forget(self._path(registry))

    def _path(self, registry: str) -> str:
        return f"{self.FOLDER}/{registry}/hosts.toml"

    def _credential(self, name: str) -> str:
        # One call for each, so that a refusal is about one.
        try:
            answer = self._aws.ssm("GetParameters", {"Names": [name], "WithDecryption": True})
        except AwsError as error:
            if error.code.startswith("AccessDenied"):
                raise Trouble(f"may not read parameter {name}") from None
            raise Trouble(f"cannot read parameter {name}: {error.code}") from None
        found = answer.get("Parameters") or []
        if not found:
            raise Trouble(f"missing parameter {name}")
        if found[0].get("Type") != "SecureString":
            raise Trouble(f"unencrypted parameter {name}: no SecureString")
        try:
            given = json.loads(found[0]["Value"])
            username, password = given["username"], given["password"]
            if not (isinstance(username, str) and isinstance(password, str) and username and password and ":" not in username):
                raise ValueError
            whole = f"{username}:{password}"
            if not whole.isprintable():
                raise ValueError
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Trouble(f'malformed parameter {name}: no JSON with "username" and "password"') from None
        return base64.b64encode(whole.encode()).decode()


class Deployer:
    """The deployer's client certificate: made here, signed by the cluster CA, believed by the API before it is published."""

    REQUEST = "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nO=system:masters\nCN=mec-deployer\n"
    EXTENSIONS = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n"

    def __init__(self, shell: Any, files: Any, network: Any, microk8s: Microk8s, clock: Clock) -> None:
        self._shell, self._files, self._network, self._microk8s, self._clock = shell, files, network, microk8s, clock

    def make(self) -> Dict[str, Any]:
        """A new credential that the API accepts. Throws Trouble."""
        path = lambda name: self._files.path(f"{SECRETS}/{name}")  # noqa: E731
        certs = self._files.path(SNAP_DATA + "/certs")
        try:
            self._files.secret_folder(SECRETS)
            self._files.write(SECRETS + "/request.cnf", self.REQUEST, 0o600)
            self._files.write(SECRETS + "/extensions.cnf", self.EXTENSIONS, 0o600)
            self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("key.pem"))
            self._openssl("req", "-new", "-config", path("request.cnf"), "-key", path("key.pem"), "-out", path("request.pem"))
            self._openssl(
                "x509", "-req", "-sha256", "-in", path("request.pem"), "-CA", certs + "/ca.crt", "-CAkey", certs + "/ca.key",
                "-set_serial", "0x" + os.urandom(16).hex(), "-days", str(CREDENTIAL_DAYS), "-extfile", path("extensions.cnf"),
                "-out", path("certificate.pem"),
            )  # fmt: skip
            end = self._openssl("x509", "-noout", "-enddate", "-in", path("certificate.pem")).strip().partition("=")[2]
            record = {
                "protocol": PROTOCOL,
                "ca": self._microk8s.certificate("ca").strip() + "\n",
                "certificate": self._files.read(SECRETS + "/certificate.pem"),
                "key": self._files.read(SECRETS + "/key.pem"),
                "caFingerprint": self._microk8s.ca_fingerprint(),
                "notAfter": iso(ssl.cert_time_to_seconds(end)),
            }
        finally:
            self._files.forget(SECRETS)
        if not self.works(record):
            raise Trouble("the API does not accept the new certificate")
        return record

    def works(self, record: Any) -> bool:
        """Whether a credential is of this cluster, lasts, and is accepted by the API. Throws Trouble when the API is silent."""
        try:
            if placeholder(record) or record["protocol"] != PROTOCOL or record["caFingerprint"] != self._microk8s.ca_fingerprint():
                return False
            if fingerprint(record["ca"]) != record["caFingerprint"] or not self.lasts(record):
                return False
            texts = {"ca": record["ca"], "certificate": record["certificate"], "key": record["key"]}
            self._files.secret_folder(SECRETS)
            for name, text in texts.items():
                self._files.write(f"{SECRETS}/{name}.pem", text, 0o600)
            paths = [self._files.path(f"{SECRETS}/{name}.pem") for name in texts]
            status = self._network.api_status(self._microk8s.secure_port(), *paths)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise Trouble("the API server hangs up") from None
        except (KeyError, TypeError, ValueError, AttributeError, ssl.SSLError):
            return False
        except OSError as error:
            raise Trouble(f"the API server does not answer ({type(error).__name__})") from None
        finally:
            self._files.forget(SECRETS)
        if status not in (200, 401, 403):
            raise Trouble(f"the API server answers {status}")
        return status == 200

    def lasts(self, record: Mapping[str, Any]) -> bool:
        """Whether it is far from expiring. Throws ValueError or KeyError for what is no credential."""
        return from_iso(record["notAfter"]) - self._clock.time() > CREDENTIAL_MARGIN_DAYS * DAY

    def _openssl(self, *arguments: str) -> str:
        result = self._shell.run(["openssl", *arguments], 30)
        if result.code:
            raise Trouble(f"openssl {arguments[0]} failed")
        return result.out


# --- What others see --------------------------------------------------------------------------------------------------


class Reporter:
    """This node's status record, and the verdict on its waiting stack. Its methods never throw for AWS's sake."""

    def __init__(self, ports: "Ports", parameters: Parameters, progress: Progress, node: "Node", server: Callable[[], str]) -> None:
        self._ports, self._parameters, self._progress, self._node, self._server = ports, parameters, progress, node, server
        self.phase, self.state, self.reason = "seed", "working", ""
        self.desired: Dict[str, Any] = {}
        self.failed = ""  # the phase in which this node failed, until it gets further
        self.stack: Optional[Dict[str, Any]] = None  # {"id", "created", "seen"} of one that waits and has no verdict
        self.fresh = False  # a stack began to wait since this was last cleared
        self._said, self._dirty, self._busy = False, False, False
        self._next_status, self._looked, self._next_look = float("-inf"), float("-inf"), float("-inf")

    def begin(self, phase: str) -> None:
        """A phase begins. A failure stays visible until the node gets further than it got then."""
        if not self.failed or phase == "ready" or PHASES.index(phase) > PHASES.index(self.failed):
            self.failed = ""
            self.say(phase, "ready" if phase == "ready" else "working")

    def trouble(self, phase: str, reason: str, final: bool = False) -> None:
        """Something did not work. ``final``: only a person, or a new stack to wait for it, makes this node hopeful again."""
        if final and not self.failed:
            self.failed = phase
        self.say(phase, "failed" if self.failed else "working", reason)

    def say(self, phase: str, state: str, reason: str = "") -> None:
        """Set phase, state and reason, and write the status once if anything changed."""
        reason = clip(reason, 120)
        if self._said and (phase, state, reason) == (self.phase, self.state, self.reason):
            return
        self._said, self.phase, self.state, self.reason = True, phase, state, reason
        self._ports.log.phase = phase
        self._ports.log.event("status", state=state, reason=reason)
        self._dirty, self._next_status = True, float("-inf")
        self.write()

    def repeat(self) -> None:
        """Write the status again, for instance because a placeholder stands in its place."""
        self._dirty = True
        self.write()

    def write(self) -> None:
        """Write what was said and has not arrived."""
        if not self._dirty or self._ports.clock.monotonic() < self._next_status:
            return
        seconds, commands = self._progress.seconds()
        record = {
            "protocol": PROTOCOL, "instanceId": self._node.instance_id, "phase": self.phase, "state": self.state,
            "reason": self.reason, "at": iso(self._ports.clock.time()), "seconds": seconds, "commandSeconds": commands,
            "serverFingerprint": self._server(),
        }  # fmt: skip
        try:
            self._parameters.put(f"nodes/{self._node.name}", record)
            self._dirty = False
        except Trouble:
            self._next_status = self._ports.clock.monotonic() + READ_GAP

    def tick(self) -> None:
        """What has to go on while the agent works or waits: the status, the stack, the verdict of failure."""
        if self._busy:
            return
        self._busy = True
        try:
            self.write()
            if self.desired and self._ports.clock.monotonic() >= self._next_look:
                self._look()
            stack, now = self.stack, self._ports.clock.time()
            if stack and self.state != "ready":
                limit = float(self.desired.get("readySeconds", READY_SECONDS))
                if now > max(stack["created"] + limit, stack["seen"] + min(limit, LATE_SIGHT)):
                    reason = self.reason or f"{self.phase}: not done in {limit:.0f} s"
                    if self._signal("FAILURE", reason):
                        self.trouble(self.phase, reason, final=True)
        finally:
            self._busy = False

    def succeed(self) -> None:
        """Tell a waiting stack that the node is ready; if none is known, one is looked for soon."""
        if not self._signal("SUCCESS", "ready"):
            self._next_look = min(self._next_look, self._looked + STACK_GAP)

    def _name(self) -> str:
        return f"mec-{self._node.cluster}--{self._node.name}-{self._node.instance_id}-{self.desired.get('generation', 1)}"

    def _look(self) -> None:
        """See whether a stack waits. After a verdict one looks less often."""
        self._looked = self._ports.clock.monotonic()
        self._next_look = self._looked + STACK_GAP
        try:
            root = self._ports.aws.cloudformation("DescribeStacks", {"StackName": self._name()})
        except AwsError as error:
            if error.code == "ValidationError":  # which says that there is none
                self.stack = None
            return
        identity, status = root.findtext(".//{*}StackId") or "", root.findtext(".//{*}StackStatus") or ""
        now = self._ports.clock.time()
        created = from_iso(root.findtext(".//{*}CreationTime") or iso(now))
        mark = f"{identity} {created:.0f}"
        if self._progress.data.get("verdict") == mark or status != "CREATE_IN_PROGRESS":
            self.stack = None
            if not status.startswith("DELETE"):  # another may take the place of one that goes
                self._next_look = self._looked + STACK_GAP_AFTER
        elif not self.stack or self.stack["mark"] != mark:
            self.stack, self.fresh, self.failed = {"mark": mark, "created": created, "seen": now}, True, ""
            self._ports.log.event("stack waits", stack=self._name())

    def _signal(self, status: str, reason: str) -> bool:
        if not self.stack:
            return False
        suffix = f" #{self._ports.rng.getrandbits(24):06x}"
        unique = reason[: UNIQUE_ID - len(suffix)] + suffix
        request = {"StackName": self._name(), "LogicalResourceId": "Ready", "UniqueId": unique, "Status": status}
        try:
            self._ports.aws.cloudformation("SignalResource", request)
        except AwsError as error:
            self._ports.log.event("signal refused", status=status, code=error.code)
            self._next_look = self._ports.clock.monotonic() + STACK_GAP
            self.stack = None
            return False
        self._ports.log.event("signal", status=status, unique=unique)
        self._progress.set(verdict=self.stack["mark"])
        self.stack, self._next_look = None, self._ports.clock.monotonic() + STACK_GAP_AFTER
        return True


# --- Deciding and doing -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Node:
    """Who this node is; ``address`` is its private IP."""

    cluster: str
    name: str
    instance_id: str
    address: str
    hostname: str


@dataclasses.dataclass
class Ports:
    """Everything through which the agent touches the world."""

    clock: Any
    log: Any
    files: Any
    shell: Any
    network: Any
    aws: Any
    rng: random.Random


class Agent:
    """Brings the first node of a cluster up, keeps it published, and starts over when it is not well."""

    API_SECONDS, DQLITE_SECONDS, TRIES_BEFORE_RESTART = 300.0, 60.0, 10

    def __init__(self, ports: Ports, node: Node) -> None:
        self._ports, self._node = ports, node
        self._progress = Progress(ports.files, ports.clock, node.instance_id)
        self._parameters = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name)
        self._microk8s = Microk8s(ports.shell, ports.files)
        self._registries = Registries(ports.aws, ports.files)
        self._deployer = Deployer(ports.shell, ports.files, ports.network, self._microk8s, ports.clock)
        self._reporter = Reporter(ports, self._parameters, self._progress, node, self._server_fingerprint)
        self._backoffs: Dict[str, Backoff] = {}
        self._proven: Any = None  # the credential that was last seen to work
        ports.shell.tick, ports.shell.meter = self._reporter.tick, self._progress.add_command
        ports.files.forget(SECRETS)  # what a killed predecessor left

    def run(self) -> None:
        """Work for ever."""
        self._ports.log.event("agent starts", node=self._node.name, instance=self._node.instance_id)
        while True:
            try:
                self.bring_up()
                self.watch()
            except Refused as refused:
                self._reporter.fresh = False
                self._reporter.trouble("birth", str(refused), final=True)
                self._pause(READ_GAP)
            except Exception as error:
                self._fail(self._reporter.phase, error)

    def bring_up(self) -> None:
        """Go through all phases once. Throws Refused, or Trouble when one phase does not get on."""
        self._admit(self._records())
        for phase in PHASES[:-1]:
            self._reporter.begin(phase)
            self._attempt(phase, getattr(self, "_" + phase))
        self._reporter.begin("ready")
        self._reporter.succeed()

    def watch(self) -> None:
        """Stay ready. Throws Trouble when the node is not well any more, Refused when the cluster is another's."""
        next_health, bad, next_registries = self._ports.clock.monotonic() + HEALTH_GAP, 0, float("-inf")
        while True:
            self._pause(1.0)
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
        self._microk8s.wait_seeded()

    def _configure(self) -> None:
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
            self._microk8s.install(self._reporter.desired["channel"])
        if not self._microk8s.installed():
            raise Trouble("snapd undid the installation")
        self._microk8s.hold()

    def _start(self) -> None:
        self._until(self._missing, self.API_SECONDS)

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
        self._until(self._missing, self.API_SECONDS)

    def _dns(self) -> None:
        self._microk8s.enable_dns()

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
            for other in nodes[1:]:
                for port in (16443, 25000) if other["role"] == "control-plane" else ():
                    if self._ports.network.answers(other["privateIp"], port):
                        raise Refused(f"birth: {other['privateIp']} answers on {port}; reinitialise is explicit")
        elif cluster.get("instanceId") != self._node.instance_id:
            raise Refused(f"birth: cluster was born on {cluster.get('instanceId')}; reinitialise is explicit")
        elif cluster.get("caFingerprint") != own:
            raise Refused("birth: cluster was born here with another CA; reinitialise is explicit")

    def _publish_birth(self, records: Mapping[str, Any]) -> None:
        own = self._microk8s.ca_fingerprint()
        if not own:
            raise Trouble("the cluster CA is missing")
        if placeholder(records["cluster"]):
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
            raise Refused(f"configure: this agent does not speak protocol {desired.get('protocol')}")
        self._reporter.desired = desired
        return records

    def _missing(self) -> str:
        return self._microk8s.unready(self._node.address, self._node.hostname)

    def _bound(self, address: str) -> bool:
        return self._microk8s.dqlite_address() == address and not self._microk8s.rebinding()

    def _server_fingerprint(self) -> str:
        try:
            return fingerprint(self._microk8s.certificate("server"))
        except (ValueError, OSError):
            return ""

    def _attempt(self, phase: str, work: Callable[[], None]) -> None:
        """Do a phase until it works. Throws Refused; Trouble after so many tries that one should look from the start."""
        for _ in range(self.TRIES_BEFORE_RESTART):
            try:
                work()
                self._backoffs.pop(phase, None)
                return
            except Refused:
                raise
            except Exception as error:
                self._fail(phase, error)
                try:
                    self._records()  # a corrected channel counts at once
                except Trouble:
                    pass
        raise Trouble(self._reporter.reason.partition(": ")[2])

    def _fail(self, phase: str, error: Exception) -> None:
        """Say what went wrong and wait; longer each time, and not at all once a new stack waits."""
        text = self._text(error)
        self._ports.log.event("trouble", error=text)
        self._reporter.fresh = False
        self._reporter.trouble(phase, f"{phase}: {text}")
        backoff = self._backoffs.setdefault(phase, Backoff(1.0, 30.0, self._ports.rng, 0.5))
        self._pause(SLOW if self._reporter.failed else backoff.next())

    @staticmethod
    def _text(error: Exception) -> str:
        """What to say of an error; the message of one that is not ours could quote what it met."""
        if isinstance(error, Trouble):
            return str(error)
        return type(error).__name__ + (f" {error.errno}" if isinstance(error, OSError) else "")

    def _until(self, missing: Callable[[], str], seconds: float) -> None:
        """Wait until nothing is missing, looking often at first. Throws Trouble with what is missing at the end."""
        end, wait = self._ports.clock.monotonic() + seconds, 0.2
        while True:
            what = missing()
            if not what:
                return
            if self._ports.clock.monotonic() > end:
                raise Trouble(what)
            self._pause(wait)
            wait = min(3.0, wait * 1.4)

    def _pause(self, seconds: float) -> None:
        """Wait while the reporter goes on; a stack that begins to wait cuts it short."""
        end = self._ports.clock.monotonic() + seconds
        self._reporter.tick()
        while self._ports.clock.monotonic() < end and not (self._reporter.fresh and self._reporter.state == "failed"):
            self._ports.clock.sleep(max(0.01, min(1.0, end - self._ports.clock.monotonic())))
            self._reporter.tick()


def main() -> None:
    """Assemble the real ports and run; only what hinders that is retried here."""
    environment = os.environ.get
    clock, files, rng, http_port = Clock(), Files(environment("MEC_ROOT", "")), random.SystemRandom(), Http()
    log = Log(clock)
    backoff = Backoff(1.0, 30.0, rng, 0.5)
    while True:
        try:
            given = json.loads(files.read("/etc/mec/node.json") or "")
            imds = Imds(http_port, clock, environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") or "http://169.254.169.254")
            facts = [imds.fact(name) for name in ("instance-id", "local-ipv4", "local-hostname")]
            node = Node(given["cluster"], given["node"], facts[0], facts[1], facts[2].split(".")[0].lower())
            aws = Aws(imds, http_port, clock, log, rng, environment("AWS_ENDPOINT_URL") or "")
            Agent(Ports(clock, log, files, Shell(log), Network(), aws, rng), node).run()
        except Exception as error:
            log.event("agent stumbles", error=type(error).__name__)
            clock.sleep(backoff.next())


if __name__ == "__main__":
    main()
