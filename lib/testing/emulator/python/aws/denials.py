"""Errors in the form of each kind of service.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (texts),
https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html (JSON),
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html (query),
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (S3),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (EC2).
"""

import json
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

_ACCESS_DENIED = {"json": ("AccessDeniedException", 400), "query": ("AccessDenied", 403), "s3": ("AccessDenied", 403),
                  "ec2": ("UnauthorizedOperation", 403)}
_BAD_SIGNATURE = {"json": ("InvalidSignatureException", 400), "query": ("SignatureDoesNotMatch", 403),
                  "s3": ("SignatureDoesNotMatch", 403), "ec2": ("AuthFailure", 401)}
_THROTTLED = {"json": ("ThrottlingException", 400), "query": ("Throttling", 400), "s3": ("SlowDown", 503),
              "ec2": ("RequestLimitExceeded", 503)}
_BROKEN = {"json": "InternalFailure", "query": "InternalFailure", "s3": "InternalError", "ec2": "InternalError"}
_NAMESPACES = {
    "cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}


@dataclass(frozen=True)
class Denial:
    """An error response."""

    status: int
    code: str
    content_type: str
    body: bytes


def denial(protocol: str, service: str, status: int, code: str, message: str) -> Denial:
    """An error with a code of AWS's, in the form of the service."""
    request_id = str(uuid.uuid4())
    if protocol == "json":
        body = json.dumps({"__type": code, "message": message})
        return Denial(status, code, "application/x-amz-json-1.1", body.encode())
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if protocol == "s3":
        xml = f"<Error>{error}<RequestId>{request_id}</RequestId></Error>"
    elif protocol == "ec2":
        xml = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    else:
        namespace = _NAMESPACES.get(service, "")
        xml = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>Sender</Type>{error}</Error>'
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    return Denial(status, code, "text/xml", ('<?xml version="1.0" encoding="UTF-8"?>\n' + xml).encode())


def access_denied(protocol: str, service: str, who: str, action: str, resource: str, why: str) -> Denial:
    """The principal may not do the action on the resource."""
    code, status = _ACCESS_DENIED[protocol]
    quoted = f'"{resource}"' if protocol == "s3" else resource
    message = f"User: {who} is not authorized to perform: {action} on resource: {quoted} {why}"
    return denial(protocol, service, status, code, message)


def bad_signature(protocol: str, service: str, message: str) -> Denial:
    """The request is not signed as it should be."""
    code, status = _BAD_SIGNATURE[protocol]
    if "security token" in message:
        code = {"json": "UnrecognizedClientException", "s3": "InvalidToken"}.get(protocol, "InvalidClientTokenId")
        if message.endswith("expired"):
            code = "ExpiredTokenException" if protocol == "json" else "ExpiredToken"
    return denial(protocol, service, status, code, message)


def throttled(protocol: str, service: str) -> Denial:
    """The answer above a service's rate; Parameter Store's is HTTP 400, ThrottlingException."""
    code, status = _THROTTLED[protocol]
    return denial(protocol, service, status, code, "Please reduce your request rate." if protocol == "s3" else "Rate exceeded")


def broken(protocol: str, service: str) -> Denial:
    """The answer of a service that has a trouble of its own: HTTP 500."""
    code = {"logs": "ServiceUnavailableException", "ssm": "InternalServerError"}.get(service) or _BROKEN[protocol]
    return denial(protocol, service, 500, code, "We encountered an internal error. Please try again.")
