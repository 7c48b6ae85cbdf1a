"""Calls to AWS, signed with the keys of the instance's role."""

import dataclasses
import hashlib
import hmac
import http.client
import json
import random
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from .basics import AwsError, Backoff, clip, from_iso
from .ports import Clock, Http, Log


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
    """Calls to SSM and CloudWatch Logs (JSON 1.1), CloudFormation (query) and S3 (REST), retried a bounded number of times.

    Sources: https://docs.aws.amazon.com/general/latest/gr/api-retries.html and the API references of the services.
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
        return self._parsed(json.loads, action, self._call("ssm", action, headers, json.dumps(request).encode()) or b"{}")

    def logs(self, action: str, request: Mapping[str, Any]) -> Dict[str, Any]:
        """One call of CloudWatch Logs. Throws AwsError."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328." + action}
        body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
        return self._parsed(json.loads, action, self._call("logs", action, headers, body) or b"{}")

    def cloudformation(self, action: str, request: Mapping[str, str]) -> ElementTree.Element:
        """One call of CloudFormation; the root of its answer. Throws AwsError."""
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        form = urllib.parse.urlencode({"Action": action, "Version": "2010-05-15", **request}).encode()
        return self._parsed(ElementTree.fromstring, action, self._call("cloudformation", action, headers, form))

    def get_object(self, bucket: str, key: str) -> bytes:
        """The bytes of an object in S3. Throws AwsError."""
        headers = {"X-Amz-Content-Sha256": hashlib.sha256(b"").hexdigest()}
        return self._call("s3", "GetObject", headers, b"", (bucket, key))

    @staticmethod
    def _parsed(parse: Callable[[bytes], Any], action: str, answer: bytes) -> Any:
        try:
            return parse(answer)
        except (ValueError, ElementTree.ParseError):  # cut short on its way
            raise AwsError("Unreachable", action, "half an answer") from None

    def _call(
        self, service: str, action: str, headers: Mapping[str, str], body: bytes, target: Optional[Tuple[str, str]] = None
    ) -> bytes:
        backoff = Backoff(0.2, 5.0, self._rng)
        renew = False
        while True:
            try:
                status, answer = self._send(service, headers, body, renew, target)
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

    def _send(
        self, service: str, headers: Mapping[str, str], body: bytes, renew: bool, target: Optional[Tuple[str, str]]
    ) -> Tuple[int, bytes]:
        credentials, region = self._imds.credentials(renew), self._imds.fact("placement/region")
        dated = {**headers, "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock.time()))}
        if target is None:
            method, url = "POST", (self._endpoint or f"https://{service}.{region}.amazonaws.com") + "/"
        else:
            bucket, key = target
            base = f"{self._endpoint}/{bucket}" if self._endpoint else f"https://{bucket}.{service}.{region}.amazonaws.com"
            method, url = "GET", f"{base}/{key}"
        return self._http.request(method, url, sign(credentials, region, service, method, url, dated, body), body, 10.0)

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
