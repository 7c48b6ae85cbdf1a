"""The Kubernetes objects of one cluster: a small store with the API's own answers, kept in a file.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ (verbs, patches), errors as metav1.Status.
"""

import copy
import json
import pathlib
import threading
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Tuple

from . import atomic, controllers
from .kinds import KINDS, Kind, custom_kinds, qualified
from .patches import json_patch, merge_patch, strategic_merge_patch

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

    @property
    def kinds(self) -> Dict[str, Kind]:
        """The kinds that there are, by their plurals: the built-in ones, and those of custom resource definitions."""
        with self._lock:
            definitions = [one for key, one in self._objects.items() if key.startswith("customresourcedefinitions/")]
            return {**KINDS, **custom_kinds(definitions)} if definitions else KINDS

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
            kind, key = self.kinds[plural], _key(plural, namespace, body["metadata"]["name"])
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
        kinds = self.kinds
        if plural not in kinds or (namespace and not kinds[plural].namespaced):
            return status(404, "the server could not find the requested resource")
        with self._lock:
            if not name:
                return self._on_collection(method, plural, namespace, body)
            return self._on_object(method, plural, namespace, name, body, media)

    def _on_collection(self, method: str, plural: str, namespace: str, body: Any) -> Result:
        kind, namespaced, api = self.kinds[plural]
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
            return status(409, f'{self._named(plural)} "{meta["name"]}" already exists')
        if meta.get("resourceVersion"):
            return status(400, "resourceVersion should not be set on objects to be created")
        fresh = {**body, "metadata": meta}
        if plural == "namespaces":
            fresh.setdefault("spec", {"finalizers": ["kubernetes"]})
            fresh["status"] = {"phase": "Active"}
            fresh["metadata"]["labels"] = {**meta.get("labels", {}), "kubernetes.io/metadata.name": meta["name"]}
        return 201, self._write(plural, namespace, fresh, None)

    def _on_object(self, method: str, plural: str, namespace: str, name: str, body: Any, media: str) -> Result:
        found = self.get(plural, namespace, name)
        if found is None:
            return status(404, f'{self._named(plural)} "{name}" not found')
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
                        409, f'Operation cannot be fulfilled on {self._named(plural)} "{name}": the object has been modified; '
                        "please apply your changes to the latest version and try again", "Conflict",
                    )
            elif method == "PATCH" and "json-patch" in media:
                changed = json_patch(found, body)
            elif method == "PATCH" and "strategic-merge-patch" in media:
                changed = strategic_merge_patch(found, body)
            elif method == "PATCH" and "merge-patch" in media:
                changed = merge_patch(found, body)
            else:
                return status(415 if method == "PATCH" else 405, "the server does not allow this")
        except (KeyError, TypeError, ValueError, IndexError) as error:
            return status(422, f"the server rejected our request due to an error in our request: {error!r}")
        changed["metadata"] = {**changed.get("metadata", {}), "name": name}
        return 200, self._write(plural, namespace, changed, found)

    def _write(self, plural: str, namespace: str, body: Dict[str, Any], before: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        written = self.put(plural, namespace, controllers.settled(plural, body, before, len(self.all("nodes"))))
        for made, dependent in controllers.made_of(plural, written):
            self.put(made, namespace, dependent)
        return written

    def _named(self, plural: str) -> str:
        return qualified(plural, self.kinds[plural])

    def _delete(self, plural: str, namespace: str, name: str, found: Dict[str, Any]) -> Result:
        if plural == "namespaces" and name in _IMMORTAL:
            return status(403, f'namespaces "{name}" is forbidden: this namespace may not be deleted')
        doomed = [_key(plural, namespace, name)]
        if plural == "namespaces":
            doomed += [key for key in self._objects if key.split("/")[1] == name]
            found["status"] = {"phase": "Terminating"}
        if plural == "customresourcedefinitions":
            doomed += [key for key in self._objects if key.split("/")[0] == found["spec"]["names"]["plural"]]
        # What it owns goes with it: https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
        uid = found["metadata"]["uid"]
        doomed += [key for key, one in self._objects.items() if uid in _owners(one)]
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


def _owners(document: Dict[str, Any]) -> List[str]:
    return [owner.get("uid", "") for owner in document["metadata"].get("ownerReferences") or []]


def _key(plural: str, namespace: str, name: str) -> str:
    return f"{plural}/{namespace or '-'}/{name}"


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
