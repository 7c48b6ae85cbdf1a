"""The Kubernetes objects of one cluster: a small store with the API's own answers, kept in a file.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ (verbs, patches), errors as metav1.Status.
"""

import copy
import json
import pathlib
import threading
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import atomic

class Kind(NamedTuple):
    """A kind of object: its name, whether it lives in a namespace, its API."""

    name: str
    namespaced: bool
    api: str


#: Kinds by their plural names.
KINDS: Dict[str, Kind] = {
    "namespaces": Kind("Namespace", False, "v1"), "nodes": Kind("Node", False, "v1"), "pods": Kind("Pod", True, "v1"),
    "services": Kind("Service", True, "v1"), "configmaps": Kind("ConfigMap", True, "v1"), "secrets": Kind("Secret", True, "v1"),
    "serviceaccounts": Kind("ServiceAccount", True, "v1"), "deployments": Kind("Deployment", True, "apps/v1"),
    "daemonsets": Kind("DaemonSet", True, "apps/v1"), "ingresses": Kind("Ingress", True, "networking.k8s.io/v1"),
    "ingressclasses": Kind("IngressClass", False, "networking.k8s.io/v1"),
    "clusterroles": Kind("ClusterRole", False, "rbac.authorization.k8s.io/v1"),
    "clusterrolebindings": Kind("ClusterRoleBinding", False, "rbac.authorization.k8s.io/v1"),
    "leases": Kind("Lease", True, "coordination.k8s.io/v1"),
}


def base(plural: str) -> str:
    """The path of a kind's API."""
    api = KINDS[plural].api
    return f"/api/{api}" if api == "v1" else f"/apis/{api}"


def resource(plural: str) -> str:
    """A kind as messages name it: with its API group, such as ``leases.coordination.k8s.io``."""
    api = KINDS[plural].api
    return plural if api == "v1" else f"{plural}.{api.partition('/')[0]}"


_IMMORTAL = ("default", "kube-system", "kube-public")
_REASONS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
    409: "AlreadyExists", 415: "UnsupportedMediaType", 422: "Invalid", 500: "InternalError",
}
Result = Tuple[int, Dict[str, Any]]


def status(code: int, message: str, reason: str = "") -> Result:
    """A failure as the API server writes it; ``reason`` where a code has several."""
    return code, {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason or _REASONS.get(code, "Unknown"), "code": code,
    }


class ObjectStore:
    """Objects by (plural, namespace, name); each change is written to all of ``files`` at once."""

    def __init__(self, *files: pathlib.Path) -> None:
        self._lock = threading.RLock()
        #: The copies of the members that are up; replaced as a whole when one comes or goes.
        self.files: Tuple[pathlib.Path, ...] = files
        self._objects: Dict[str, Dict[str, Any]] = {}
        self._version = 0
        for file in files:
            self.catch_up(file)

    def catch_up(self, file: pathlib.Path) -> None:
        """Take over a member's copy when it is newer than what is known. Throws ValueError or KeyError on a broken one."""
        if not file.exists():
            return
        saved = json.loads(file.read_text("utf-8"))
        with self._lock:
            if saved["version"] > self._version:
                self._objects, self._version = saved["objects"], saved["version"]

    def replicate(self) -> None:
        """Bring every copy up to date."""
        with self._lock:
            self._save()

    def put(self, plural: str, namespace: str, body: Dict[str, Any]) -> Dict[str, Any]:
        """Create or replace an object without further checks."""
        with self._lock:
            kind, key = KINDS[plural], _key(plural, namespace, body["metadata"]["name"])
            old = self._objects.get(key, {}).get("metadata", {})
            self._version += 1
            meta = {**body["metadata"], "resourceVersion": str(self._version)}
            meta["uid"] = old.get("uid") or str(uuid.uuid4())
            meta["creationTimestamp"] = old.get("creationTimestamp") or _now()
            if namespace:
                meta["namespace"] = namespace
            self._objects[key] = {**body, "kind": kind.name, "apiVersion": kind.api, "metadata": meta}
            self._save()
            return copy.deepcopy(self._objects[key])

    def get(self, plural: str, namespace: str, name: str) -> Optional[Dict[str, Any]]:
        """One object, or None."""
        with self._lock:
            return copy.deepcopy(self._objects.get(_key(plural, namespace, name)))

    def all(self, plural: str, namespace: str = "") -> List[Dict[str, Any]]:
        """Objects of a kind, in one namespace or in all."""
        prefix = f"{plural}/{namespace}/" if namespace else f"{plural}/"
        with self._lock:
            return [copy.deepcopy(self._objects[key]) for key in sorted(self._objects) if key.startswith(prefix)]

    def saved(self) -> Dict[str, Dict[str, Any]]:
        """Every object by its key, as a backup of the datastore holds them."""
        with self._lock:
            return copy.deepcopy(self._objects)

    def restore(self, objects: Dict[str, Dict[str, Any]]) -> None:
        """Put back saved objects; others stay, as in a restored datastore."""
        with self._lock:
            self._objects.update(copy.deepcopy(objects))
            self._version += 1
            self._save()

    def request(self, method: str, plural: str, namespace: str, name: str, body: Any, media: str) -> Result:
        """Answer one request on a resource; never throws for a wrong one."""
        if plural not in KINDS or (namespace and not KINDS[plural].namespaced):
            return status(404, "the server could not find the requested resource")
        with self._lock:
            if not name:
                return self._on_collection(method, plural, namespace, body)
            return self._on_object(method, plural, namespace, name, body, media)

    def _on_collection(self, method: str, plural: str, namespace: str, body: Any) -> Result:
        kind, namespaced, api = KINDS[plural]
        if method == "GET":
            listed = {"kind": f"{kind}List", "apiVersion": api, "metadata": {"resourceVersion": str(self._version)}}
            return 200, {**listed, "items": self.all(plural, namespace)}
        if method != "POST" or (namespaced and not namespace):
            return status(405, "the server does not allow this method on the requested resource")
        if not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
            return status(400, "the object provided is unrecognized")
        meta = dict(body["metadata"])
        if not meta.get("name") and meta.get("generateName"):
            meta["name"] = meta["generateName"] + uuid.uuid4().hex[:5]
        if not meta.get("name"):
            return status(422, f'{kind} "" is invalid: metadata.name: Required value: name or generateName is required')
        if namespace and self.get("namespaces", "", namespace) is None:
            return status(404, f'namespaces "{namespace}" not found')
        if self.get(plural, namespace, meta["name"]) is not None:
            return status(409, f'{resource(plural)} "{meta["name"]}" already exists')
        if meta.get("resourceVersion"):
            return status(400, "resourceVersion should not be set on objects to be created")
        fresh = {**body, "metadata": meta}
        if plural == "namespaces":
            fresh.setdefault("spec", {"finalizers": ["kubernetes"]})
            fresh["status"] = {"phase": "Active"}
            fresh["metadata"]["labels"] = {**meta.get("labels", {}), "kubernetes.io/metadata.name": meta["name"]}
        return 201, self.put(plural, namespace, fresh)

    def _on_object(self, method: str, plural: str, namespace: str, name: str, body: Any, media: str) -> Result:
        found = self.get(plural, namespace, name)
        if found is None:
            return status(404, f'{resource(plural)} "{name}" not found')
        if method == "GET":
            return 200, found
        if method == "DELETE":
            return self._delete(plural, namespace, name, found)
        try:
            if method == "PUT":
                changed = dict(body)
                # Optimistic locking: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
                known = changed.get("metadata", {}).get("resourceVersion")
                if known and known != found["metadata"]["resourceVersion"]:
                    return status(
                        409, f'Operation cannot be fulfilled on {resource(plural)} "{name}": the object has been modified; '
                        "please apply your changes to the latest version and try again", "Conflict",
                    )
            elif method == "PATCH" and "json-patch" in media:
                changed = json_patch(found, body)
            elif method == "PATCH" and "merge-patch" in media:
                changed = merge_patch(found, body)
            else:
                return status(415 if method == "PATCH" else 405, "the server does not allow this")
        except (KeyError, TypeError, ValueError, IndexError) as error:
            return status(422, f"the server rejected our request due to an error in our request: {error!r}")
        changed["metadata"] = {**changed.get("metadata", {}), "name": name}
        return 200, self.put(plural, namespace, changed)

    def _delete(self, plural: str, namespace: str, name: str, found: Dict[str, Any]) -> Result:
        if plural == "namespaces" and name in _IMMORTAL:
            return status(403, f'namespaces "{name}" is forbidden: this namespace may not be deleted')
        doomed = [_key(plural, namespace, name)]
        if plural == "namespaces":
            doomed += [key for key in self._objects if key.split("/")[1] == name]
            found["status"] = {"phase": "Terminating"}
        found["metadata"]["deletionTimestamp"] = _now()
        for key in doomed:
            self._objects.pop(key, None)
        self._save()
        return 200, found

    def _save(self) -> None:
        text = json.dumps({"version": self._version, "objects": self._objects})
        for file in self.files:
            try:
                atomic.write(file, text)
            except OSError:
                # A member whose folder was taken away in this very moment has no copy any more.
                pass


def merge_patch(target: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386); strategic merge patches of maps are the same."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def json_patch(target: Any, patch: Any) -> Any:
    """A JSON patch (RFC 6902) of add, replace, remove and test. Throws KeyError, ValueError, IndexError or TypeError."""
    document = copy.deepcopy(target)
    for step in patch:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]]
        spot = document
        for part in way:
            spot = spot[int(part)] if isinstance(spot, list) else spot[part]
        if isinstance(spot, list):
            index = len(spot) if last == "-" else int(last)
            if step["op"] == "add":
                spot.insert(index, step["value"])
                continue
            last = index  # type: ignore[assignment]
        if step["op"] == "remove":
            del spot[last]
        elif step["op"] == "test":
            if spot[last] != step["value"]:
                raise ValueError("test failed")
        elif step["op"] in ("add", "replace"):
            if step["op"] == "replace" and last not in spot and not isinstance(spot, list):
                raise KeyError(last)
            spot[last] = step["value"]
        else:
            raise ValueError(f"unknown op {step['op']!r}")
    return document


def _key(plural: str, namespace: str, name: str) -> str:
    return f"{plural}/{namespace or '-'}/{name}"


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
