"""What the controllers of a cluster make of an object that a client writes: defaults, and the status of what is ready at once.

No pod runs: a workload is taken to be ready, a job to have succeeded, a claim to have its volume, as soon as they are there.
Sources: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ (defaults, status),
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ (conditions).
"""

from typing import Any, Dict, List, Optional, Tuple


def settled(plural: str, body: Dict[str, Any], before: Optional[Dict[str, Any]], nodes: int) -> Dict[str, Any]:
    """The object with its generation, defaults and status; ``before`` is the object that it replaces."""
    if plural not in _SETTLE:
        return body
    spec = dict(body.get("spec") or {})
    old = (before or {}).get("metadata", {}).get("generation", 0)
    generation = old if before is not None and before.get("spec") == spec else old + 1
    meta = {**body["metadata"], "generation": generation}
    spec, status = _SETTLE[plural](spec, meta, nodes)
    return {**body, "metadata": meta, "spec": spec, "status": {**body.get("status", {}), **status}}


def made_of(plural: str, body: Dict[str, Any]) -> List[Tuple[str, Dict[str, Any]]]:
    """The objects, with their plurals, that a controller makes for an object that is in the store."""
    if plural != "deployments":
        return []
    meta, spec = body["metadata"], body["spec"]
    replicas, generation = spec["replicas"], meta["generation"]
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": meta["name"], "uid": meta["uid"], "controller": True}
    template = spec.get("template") or {}
    fresh = {
        "metadata": {
            "name": f"{meta['name']}-{generation}", "labels": template.get("metadata", {}).get("labels", {}),
            "ownerReferences": [owner], "generation": 1,
        },
        "spec": {"replicas": replicas, "selector": spec.get("selector") or {}, "template": template},
        "status": {"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas, "observedGeneration": 1},
    }
    return [("replicasets", fresh)]


def _strategy(given: Optional[Dict[str, Any]], rolling: Dict[str, Any]) -> Dict[str, Any]:
    """A strategy of updates with its defaults: clients read those of a rolling one without looking whether they are there."""
    strategy = {"type": "RollingUpdate", **(given or {})}
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {**rolling, **(strategy.get("rollingUpdate") or {})}
    return strategy


def _deployment(spec: Dict[str, Any], meta: Dict[str, Any], _: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
    spec = {"replicas": 1, **spec, "strategy": _strategy(spec.get("strategy"), rolling)}
    count = spec["replicas"]
    available = {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}
    return spec, {
        "observedGeneration": meta["generation"], "replicas": count, "updatedReplicas": count, "readyReplicas": count,
        "availableReplicas": count, "conditions": [available],
    }


def _stateful_set(spec: Dict[str, Any], meta: Dict[str, Any], _: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    spec = {"replicas": 1, **spec, "updateStrategy": _strategy(spec.get("updateStrategy"), {"partition": 0})}
    count, revision = spec["replicas"], f"{meta['name']}-{meta['generation']}"
    return spec, {
        "observedGeneration": meta["generation"], "replicas": count, "readyReplicas": count, "updatedReplicas": count,
        "availableReplicas": count, "currentReplicas": count, "currentRevision": revision, "updateRevision": revision,
    }


def _daemon_set(spec: Dict[str, Any], meta: Dict[str, Any], nodes: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    spec = {**spec, "updateStrategy": _strategy(spec.get("updateStrategy"), {"maxSurge": 0, "maxUnavailable": 1})}
    counts = ("currentNumberScheduled", "desiredNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable")
    return spec, {"observedGeneration": meta["generation"], "numberMisscheduled": 0, **{name: nodes for name in counts}}


def _job(spec: Dict[str, Any], *_: Any) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    spec = {"completions": 1, "parallelism": 1, "backoffLimit": 6, **spec}
    return spec, {"succeeded": spec["completions"], "conditions": [{"type": "Complete", "status": "True"}]}


def _claim(spec: Dict[str, Any], meta: Dict[str, Any], _: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    spec = {"volumeMode": "Filesystem", "volumeName": f"pvc-{meta['name']}", **spec}
    capacity = (spec.get("resources") or {}).get("requests", {})
    return spec, {"phase": "Bound", "accessModes": spec.get("accessModes", []), "capacity": capacity}


def _service(spec: Dict[str, Any], meta: Dict[str, Any], _: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    # microk8s' own range of services (canonical/microk8s microk8s-resources/default-args/kube-apiserver).
    number = sum(meta["name"].encode()) % 65000 + 256
    own = {} if spec.get("type") == "ExternalName" else {"clusterIP": f"10.152.{183 + number // 65536}.{number % 254 + 1}"}
    return {"type": "ClusterIP", **own, **spec}, {"loadBalancer": {}}


def _definition(spec: Dict[str, Any], meta: Dict[str, Any], _: int) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    conditions = [{"type": name, "status": "True", "reason": name} for name in ("NamesAccepted", "Established")]
    stored = [one["name"] for one in spec.get("versions", []) if one.get("storage")]
    return spec, {"conditions": conditions, "acceptedNames": spec.get("names", {}), "storedVersions": stored}


_SETTLE = {
    "deployments": _deployment, "statefulsets": _stateful_set, "daemonsets": _daemon_set, "jobs": _job,
    "persistentvolumeclaims": _claim, "services": _service, "customresourcedefinitions": _definition,
}
