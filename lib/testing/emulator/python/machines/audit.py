"""The API server's audit log: its policy, and a file that is rotated.

Sources: https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ (policy, first matching rule, log backend),
https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ (Event), github.com/kubernetes/apiserver
pkg/audit/policy/reader.go (texts), github.com/natefinch/lumberjack (rotation, names of old files).
"""

import json
import pathlib
import threading
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Sequence
from urllib.parse import urlsplit

import yaml

_LEVELS = ("None", "Metadata", "Request", "RequestResponse")
_STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")
_MEGABYTE = 1024 * 1024


class PolicyError(Exception):
    """The API server does not start with this policy."""


def load_policy(file: pathlib.Path, path: str) -> List[Dict[str, Any]]:
    """The rules of the policy in ``file``, which the machine calls ``path``. Throws PolicyError."""
    try:
        text = file.read_text("utf-8")
    except OSError:
        raise PolicyError(
            f'loading audit policy file: failed to read file path "{path}": open {path}: no such file or directory'
        ) from None
    try:
        policy = yaml.safe_load(text)
    except yaml.YAMLError as error:
        why = f"error converting YAML to JSON: {str(error).splitlines()[0]}"
        raise PolicyError(f"loading audit policy file: failed decoding: {why}") from None
    if not isinstance(policy, dict) or policy.get("kind") != "Policy" or policy.get("apiVersion") != "audit.k8s.io/v1":
        raise PolicyError(f'loading audit policy file: failed decoding: no kind "Policy" of audit.k8s.io/v1: from file {path}')
    rules = policy.get("rules")
    if not isinstance(rules, list) or not rules:
        raise PolicyError(f"loading audit policy file: loaded illegal policy with 0 rules from file {path}")
    for number, rule in enumerate(rules):
        level = rule.get("level") if isinstance(rule, dict) else None
        if level not in _LEVELS:
            shown = ", ".join(f'"{one}"' for one in _LEVELS)
            why = f'Unsupported value: "{level}": supported values: {shown}'
            raise PolicyError(f"loading audit policy file: rules[{number}].level: {why}")
    for stage in policy.get("omitStages") or []:
        if stage not in _STAGES:
            raise PolicyError(f'loading audit policy file: omitStages: Unsupported value: "{stage}"')
    return rules


class AuditLog:
    """Writes one Event a request, at the stage ResponseComplete. ``flags`` are those of the API server."""

    def __init__(self, file: pathlib.Path, rules: List[Dict[str, Any]], flags: Dict[str, str]) -> None:
        self._file, self._rules, self._lock = file, rules, threading.Lock()
        self._limit = int(flags.get("audit-log-maxsize") or 0) * _MEGABYTE or 100 * _MEGABYTE
        self._backups = int(flags.get("audit-log-maxbackup") or 0)

    def write(self, user: str, groups: Sequence[str], method: str, target: str, code: int, agent: str, began: datetime) -> None:
        """Append the Event of a request, where the policy wants one; a file that cannot be written to loses it."""
        event = _event(user, groups, method, target, code, agent, began)
        level = self._level(event)
        if level == "None":
            return
        line = json.dumps({**event, "level": level}, separators=(",", ":")) + "\n"
        try:
            with self._lock:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                if self._file.exists() and self._file.stat().st_size + len(line) > self._limit:
                    self._rotate()
                with open(self._file, "a", encoding="utf-8") as log:
                    log.write(line)
                self._file.chmod(0o600)
        except OSError:
            pass

    def _rotate(self) -> None:
        stamp = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H-%M-%S.%f")[:-3]
        stem, suffix = self._file.stem, self._file.suffix
        self._file.rename(self._file.with_name(f"{stem}-{stamp}{suffix}"))
        old = sorted(self._file.parent.glob(f"{stem}-*{suffix}"))
        for file in old[: -self._backups] if self._backups else []:
            file.unlink(missing_ok=True)

    def _level(self, event: Dict[str, Any]) -> str:
        return next((str(rule["level"]) for rule in self._rules if _applies(rule, event)), "None")


def _applies(rule: Dict[str, Any], event: Dict[str, Any]) -> bool:
    reference = event.get("objectRef")
    if rule.get("users") and event["user"]["username"] not in rule["users"]:
        return False
    if rule.get("userGroups") and not set(rule["userGroups"]) & set(event["user"]["groups"]):
        return False
    if rule.get("verbs") and event["verb"] not in rule["verbs"]:
        return False
    if rule.get("namespaces") and (reference or {}).get("namespace", "") not in rule["namespaces"]:
        return False
    if rule.get("nonResourceURLs"):
        path = urlsplit(event["requestURI"]).path
        return reference is None and any(
            path == pattern or pattern.endswith("*") and path.startswith(pattern[:-1]) for pattern in rule["nonResourceURLs"]
        )
    if rule.get("resources"):
        return reference is not None and any(_names(one, reference) for one in rule["resources"])
    return True


def _names(given: Dict[str, Any], reference: Dict[str, str]) -> bool:
    if given.get("group", "") != reference.get("apiGroup", ""):
        return False
    resources = given.get("resources") or ["*"]
    return "*" in resources or reference.get("resource") in resources


def _event(
    user: str, groups: Sequence[str], method: str, target: str, code: int, agent: str, began: datetime
) -> Dict[str, Any]:
    reference = object_reference(urlsplit(target).path)
    verbs = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
    verb = verbs.get(method, method.lower())
    if reference is not None and method == "GET" and "name" not in reference:
        verb = "list"
    event: Dict[str, Any] = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": str(uuid.uuid4()), "stage": "ResponseComplete",
        "requestURI": target, "verb": verb, "user": {"username": user, "groups": list(groups)}, "sourceIPs": ["127.0.0.1"],
        "userAgent": agent, "responseStatus": {"metadata": {}, "code": code}, "requestReceivedTimestamp": _stamp(began),
        "stageTimestamp": _stamp(datetime.now(timezone.utc)),
        "annotations": {"authorization.k8s.io/decision": "forbid" if code == 403 else "allow", "authorization.k8s.io/reason": ""},
    }
    if reference is not None:
        event["objectRef"] = reference
    return event


def object_reference(path: str) -> Optional[Dict[str, str]]:
    """Group, version, resource, namespace and name in the path of a request on a resource; None for any other path."""
    words = path.strip("/").split("/")
    if words[:1] == ["api"] and len(words) > 2:
        group, version, rest = "", words[1], words[2:]
    elif words[:1] == ["apis"] and len(words) > 3:
        group, version, rest = words[1], words[2], words[3:]
    else:
        return None
    reference = {"apiVersion": version}
    if group:
        reference["apiGroup"] = group
    if rest[0] == "namespaces" and len(rest) >= 3:
        reference["namespace"], rest = rest[1], rest[2:]
    reference["resource"] = rest[0]
    if len(rest) > 1:
        reference["name"] = rest[1]
    return reference


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
