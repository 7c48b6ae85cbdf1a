"""An HTTP request read as an AWS call: who signed it, which service, which action, which parameters.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (Authorization header),
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html (S3 actions by method, path and query).
"""

import io
import json
import re
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple
from urllib.parse import parse_qs, parse_qsl, unquote

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/(?P<date>\d+)/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_LARGEST_BODY = 4 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """One AWS call. ``parameters`` may hold secrets: never log them."""

    access_key: str
    region: str
    service: str
    action: str
    parameters: Dict[str, Any]
    body: bytes
    protocol: str
    """``json``, ``query`` (form in, XML out), ``ec2`` or ``s3``: the form of the service's errors."""

    def text(self, name: str) -> str:
        """A parameter as text, empty when it is absent."""
        return str(self.parameters.get(name) or "")


def read_call(environ: Dict[str, Any]) -> Call:
    """The AWS call in a WSGI environment; the request can still be read afterwards."""
    match = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region, service = match.group("key", "region", "service") if match else ("", "us-east-1", "s3")
    if service == "s3":
        action, parameters = _s3(environ)
        return Call(key, region, service, action, parameters, b"", "s3")
    body = _body(environ)
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        parameters = _json(body)
        return Call(key, region, service, target.rsplit(".", 1)[-1], parameters, body, "json")
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items()}
    form.update(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    return Call(key, region, service, form.get("Action", ""), form, body, "ec2" if service == "ec2" else "query")


def raw_path(environ: Dict[str, Any]) -> str:
    """The path of a request as it was sent, still percent-encoded."""
    return str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO") or "/").split("?", 1)[0] or "/"


def _body(environ: Dict[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > _LARGEST_BODY:
        raise ValueError(f"a request of {length} bytes")
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _json(body: bytes) -> Dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _s3(environ: Dict[str, Any]) -> Tuple[str, Dict[str, Any]]:
    bucket, _, key = unquote(raw_path(environ)).lstrip("/").partition("/")
    method = environ.get("REQUEST_METHOD", "GET")
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    return _s3_action(method, bucket, key, query), {"Bucket": bucket, "Key": key}


def _s3_action(method: str, bucket: str, key: str, query: Dict[str, str]) -> str:
    verb = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "POST": "Post", "DELETE": "Delete"}.get(method, method.title())
    if not bucket:
        return "ListBuckets"
    subresource = _subresource(query)
    if subresource:
        return verb + ("Object" if key else "") + subresource.title().replace("-", "")
    if key:
        return f"{verb}Object"
    return {"GET": "ListObjects", "PUT": "CreateBucket"}.get(method, f"{verb}Bucket")


def _subresource(query: Dict[str, str]) -> Optional[str]:
    for name, value in query.items():
        if value == "" and name not in ("prefix", "delimiter", "marker"):
            return name
    return None
