"""The kinds of objects that the simulated API server knows from the start, and those that custom resource definitions add.

Source: https://kubernetes.io/docs/reference/kubernetes-api/ (groups, versions, plurals).
"""

from typing import Any, Dict, Iterable, NamedTuple


class Kind(NamedTuple):
    """A kind of object: its name, whether it lives in a namespace, its API."""

    name: str
    namespaced: bool
    api: str

    @property
    def base(self) -> str:
        """The path of its API."""
        return f"/api/{self.api}" if self.api == "v1" else f"/apis/{self.api}"


_RBAC, _NETWORK, _ADMISSION = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1", "admissionregistration.k8s.io/v1"

#: Kinds by their plural names.
KINDS: Dict[str, Kind] = {
    "namespaces": Kind("Namespace", False, "v1"), "nodes": Kind("Node", False, "v1"), "pods": Kind("Pod", True, "v1"),
    "services": Kind("Service", True, "v1"), "configmaps": Kind("ConfigMap", True, "v1"), "secrets": Kind("Secret", True, "v1"),
    "serviceaccounts": Kind("ServiceAccount", True, "v1"), "deployments": Kind("Deployment", True, "apps/v1"),
    "daemonsets": Kind("DaemonSet", True, "apps/v1"), "ingresses": Kind("Ingress", True, _NETWORK),
    "ingressclasses": Kind("IngressClass", False, _NETWORK), "clusterroles": Kind("ClusterRole", False, _RBAC),
    "clusterrolebindings": Kind("ClusterRoleBinding", False, _RBAC),
    "leases": Kind("Lease", True, "coordination.k8s.io/v1"),
    # What charts make beside these.
    "endpoints": Kind("Endpoints", True, "v1"), "persistentvolumeclaims": Kind("PersistentVolumeClaim", True, "v1"),
    "persistentvolumes": Kind("PersistentVolume", False, "v1"), "limitranges": Kind("LimitRange", True, "v1"),
    "resourcequotas": Kind("ResourceQuota", True, "v1"), "replicasets": Kind("ReplicaSet", True, "apps/v1"),
    "statefulsets": Kind("StatefulSet", True, "apps/v1"), "jobs": Kind("Job", True, "batch/v1"),
    "cronjobs": Kind("CronJob", True, "batch/v1"),
    "roles": Kind("Role", True, _RBAC), "rolebindings": Kind("RoleBinding", True, _RBAC),
    "networkpolicies": Kind("NetworkPolicy", True, _NETWORK), "storageclasses": Kind("StorageClass", False, "storage.k8s.io/v1"),
    "poddisruptionbudgets": Kind("PodDisruptionBudget", True, "policy/v1"),
    "priorityclasses": Kind("PriorityClass", False, "scheduling.k8s.io/v1"),
    "horizontalpodautoscalers": Kind("HorizontalPodAutoscaler", True, "autoscaling/v2"),
    "runtimeclasses": Kind("RuntimeClass", False, "node.k8s.io/v1"),
    "mutatingwebhookconfigurations": Kind("MutatingWebhookConfiguration", False, _ADMISSION),
    "validatingwebhookconfigurations": Kind("ValidatingWebhookConfiguration", False, _ADMISSION),
    "customresourcedefinitions": Kind("CustomResourceDefinition", False, "apiextensions.k8s.io/v1"),
    "apiservices": Kind("APIService", False, "apiregistration.k8s.io/v1"),
}


def custom_kinds(definitions: Iterable[Dict[str, Any]]) -> Dict[str, Kind]:
    """The kinds that definitions add, each in the version it is stored in; a built-in plural keeps its kind."""
    kinds = {}
    for definition in definitions:
        spec = definition["spec"]
        stored = next((one["name"] for one in spec["versions"] if one.get("storage")), None)
        if stored and spec["names"]["plural"] not in KINDS:
            api = f"{spec['group']}/{stored}"
            kinds[spec["names"]["plural"]] = Kind(spec["names"]["kind"], spec["scope"] == "Namespaced", api)
    return kinds


def base(plural: str) -> str:
    """The path of a built-in kind's API."""
    return KINDS[plural].base


def qualified(plural: str, kind: Kind) -> str:
    """A kind as messages name it: with its API group, such as ``leases.coordination.k8s.io``."""
    return plural if kind.api == "v1" else f"{plural}.{kind.api.partition('/')[0]}"


def resource(plural: str) -> str:
    """A built-in kind as messages name it."""
    return qualified(plural, KINDS[plural])
