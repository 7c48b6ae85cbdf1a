"""Secrets as Kubernetes' Go clients write them: Helm keeps its releases in Secrets, and its client prefers protobuf to JSON.

Sources: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding (the envelope),
https://protobuf.dev/programming-guides/encoding/ (fields), github.com/kubernetes/api core/v1/generated.proto (Secret) and
github.com/kubernetes/apimachinery pkg/apis/meta/v1/generated.proto (ObjectMeta).
"""

from base64 import b64encode
from typing import Any, Dict, List, Tuple

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\x00"


def secret(message: bytes) -> Dict[str, Any]:
    """The Secret in a message. Throws ValueError for what is no message of one."""
    if not message.startswith(_MAGIC):
        raise ValueError("no Kubernetes message")
    envelope = _fields(message[len(_MAGIC):])
    kind = {number: value for number, value in _fields(_last(envelope, 1, b""))}.get(2)
    if kind != b"Secret":
        raise ValueError(f"a message of {kind!r}")
    body = _fields(_last(envelope, 2, b""))
    meta = _fields(_last(body, 1, b""))
    metadata: Dict[str, Any] = {"name": _text(meta, 1), "labels": _map(meta, 11), "annotations": _map(meta, 12)}
    for key, number in (("generateName", 2), ("namespace", 3), ("resourceVersion", 6)):
        if _text(meta, number):
            metadata[key] = _text(meta, number)
    data = {key: b64encode(value).decode("ascii") for key, value in _pairs(body, 2)}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data, "type": _text(body, 3) or "Opaque"}


def _fields(message: bytes) -> List[Tuple[int, Any]]:
    """Numbers and values of the fields; a value is an int, or bytes."""
    found: List[Tuple[int, Any]] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            found.append((number, value))
            continue
        if wire == 2:
            size, at = _varint(message, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > len(message):
            raise ValueError("cut off")
        found.append((number, message[at:at + size]))
        at += size
    return found


def _varint(message: bytes, at: int) -> Tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("cut off")


def _last(fields: List[Tuple[int, Any]], number: int, fallback: Any) -> Any:
    return next((value for found, value in reversed(fields) if found == number), fallback)


def _text(fields: List[Tuple[int, Any]], number: int) -> str:
    return _last(fields, number, b"").decode("utf-8")


def _pairs(fields: List[Tuple[int, Any]], number: int) -> List[Tuple[str, bytes]]:
    entries = [_fields(value) for found, value in fields if found == number]
    return [(_text(entry, 1), _last(entry, 2, b"")) for entry in entries]


def _map(fields: List[Tuple[int, Any]], number: int) -> Dict[str, str]:
    return {key: value.decode("utf-8") for key, value in _pairs(fields, number)}
