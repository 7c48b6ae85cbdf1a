"""Signature Version 4 of a machine's requests, checked as AWS does.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
"""

import hashlib
import hmac
import re
import time
from calendar import timegm
from typing import Any, Dict, List, Optional
from urllib.parse import parse_qsl, quote

from .call import Call, raw_path
from .identities import Identity

_FIELD = re.compile(r"(SignedHeaders|Signature|Credential)=([^,\s]+)")
_SKEW_SECONDS = 900
_EMPTY = hashlib.sha256(b"").hexdigest()


def problem(environ: Dict[str, Any], call: Call, identity: Identity) -> Optional[str]:
    """What is wrong with the signature of a request, in AWS's words; None when nothing is."""
    given = dict(_FIELD.findall(environ.get("HTTP_AUTHORIZATION", "")))
    if environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "") != identity.token:
        return "The security token included in the request is invalid."
    if time.time() > identity.expires:
        return "The security token included in the request is expired"
    stamp = environ.get("HTTP_X_AMZ_DATE", "")
    try:
        sent = timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return "Date must be in ISO-8601 'basic format'."
    if abs(time.time() - sent) > _SKEW_SECONDS:
        return f"Signature expired: {stamp} is not within 15 minutes of the server's clock"
    names = given.get("SignedHeaders", "").split(";")
    if "host" not in names or "x-amz-date" not in names:
        return "'Host' and 'X-Amz-Date' must be signed headers in the AWS Authorization."
    scope = given.get("Credential", "").partition("/")[2]
    canonical = "\n".join(
        [
            environ["REQUEST_METHOD"],
            _path(environ, call),
            _query(environ),
            *[f"{name}:{_header(environ, name)}" for name in names],
            "",
            ";".join(names),
            _payload_hash(environ, call),
        ]
    )
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    expected = hmac.new(_key(identity.secret_key, scope.split("/")), to_sign.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, given.get("Signature", "")):
        return (
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
            "and signing method. Consult the service documentation for details."
        )
    return None


def _path(environ: Dict[str, Any], call: Call) -> str:
    sent = raw_path(environ)
    # Every service but S3 has the path encoded once more.
    return sent if call.service == "s3" else quote(sent, safe="/~")


def _query(environ: Dict[str, Any]) -> str:
    pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    return "&".join(f"{name}={value}" for name, value in sorted((quote(n, safe="-_.~"), quote(v, safe="-_.~")) for n, v in pairs))


def _header(environ: Dict[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    value = environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", "")
    return " ".join(str(value).split())


def _payload_hash(environ: Dict[str, Any], call: Call) -> str:
    if call.service == "s3":
        # S3 wants the hash (or UNSIGNED-PAYLOAD) in a header that is signed itself.
        return str(environ.get("HTTP_X_AMZ_CONTENT_SHA256", _EMPTY))
    return hashlib.sha256(call.body).hexdigest()


def _key(secret: str, scope: List[str]) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
