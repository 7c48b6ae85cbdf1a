"""The ingress add-on: ingress-nginx up to 1.34, Traefik from 1.35 on; both on the ports 80 and 443 of every node.

Source: github.com/canonical/microk8s-core-addons addons/ingress, branches 1.34 (ingress.yaml) and 1.35 (enable, values.yaml).
"""

from typing import TYPE_CHECKING, Any, Dict, List

from . import manifest
from .answer import Answer
from .manifest import Item, named

if TYPE_CHECKING:
    from .microk8s import Microk8s

_SPACE = "ingress"
_DEFAULT = {"ingressclass.kubernetes.io/is-default-class": "true"}


def _class(name: str, controller: str, is_default: bool = False) -> Item:
    meta: Dict[str, Any] = {"name": name, **({"annotations": _DEFAULT} if is_default else {})}
    return "ingressclasses", "", {"metadata": meta, "spec": {"controller": controller}}


def _daemon(name: str, pod: str, ports: Dict[str, List[int]]) -> List[Item]:
    listed = [{"name": port, "containerPort": inner, "hostPort": outer} for port, (inner, outer) in ports.items()]
    spec = {"containers": [{"name": name, "ports": listed}]}
    return [
        ("daemonsets", _SPACE, named(name, spec={"template": {"spec": spec}})),
        ("pods", _SPACE, named(pod, spec=spec, status={"phase": "Running"})),
    ]


_NGINX: List[Item] = [
    _class("public", "k8s.io/ingress-nginx", True),
    _class("nginx", "k8s.io/ingress-nginx"),
    ("namespaces", "", named(_SPACE)),
    ("serviceaccounts", _SPACE, named("nginx-ingress-microk8s-serviceaccount")),
    ("clusterroles", "", named("nginx-ingress-microk8s-clusterrole")),
    ("clusterrolebindings", "", named("nginx-ingress-microk8s")),
    ("configmaps", _SPACE, named("nginx-load-balancer-microk8s-conf")),
    ("configmaps", _SPACE, named("nginx-ingress-tcp-microk8s-conf")),
    ("configmaps", _SPACE, named("nginx-ingress-udp-microk8s-conf")),
    *_daemon(
        "nginx-ingress-microk8s-controller", "nginx-ingress-microk8s-controller-x7k2p",
        {"http": [80, 80], "https": [443, 443], "health": [10254, 10254]},
    ),
]
_TRAEFIK: List[Item] = [
    ("namespaces", "", named(_SPACE)),
    ("serviceaccounts", _SPACE, named("traefik")),
    ("clusterroles", "", named("traefik-ingress")),
    ("clusterrolebindings", "", named("traefik-ingress")),
    *_daemon("traefik", "traefik-x7k2p", {"web": [8000, 80], "websecure": [8443, 443]}),
    ("services", _SPACE, named("traefik", spec={"type": "LoadBalancer"})),
    _class("traefik", "traefik.io/ingress-controller"),
    _class("public", "traefik.io/ingress-controller", True),
    _class("nginx", "traefik.io/ingress-controller"),
]
_OPTIONS = {"-V": "chart version", "-r": "repository", "-g": "Gateway API version", "--default-ssl-certificate": "namespace/name"}


def enable(microk8s: "Microk8s", arguments: List[str]) -> Answer:
    """``microk8s enable ingress``. Throws PowerLost."""
    if microk8s.minor < 35:
        key = arguments[0].partition("=")[0] if arguments else ""
        if key not in ("", "default-ssl-certificate"):
            return Answer(1, f"Unknown argument '{key}'.\nYou can use 'default-ssl-certificate' to load the default TLS certificate "
                          "from a secret, eg\n   microk8s enable ingress:default-ssl-certificate=namespace/secret_name\n")
        return _made(microk8s, "Enabling Ingress\n", _NGINX, "Ingress is enabled\n")
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        if option not in _OPTIONS:
            return Answer(1, f"Invalid option {option}\nUsage: microk8s enable ingress [OPTIONS]\n")
        if not rest or rest[0].startswith("-"):
            return Answer(1, f"Missing argument for option {option}\nUsage: microk8s enable ingress [OPTIONS]\n")
        rest.pop(0)
    out = (
        'Adding Traefik Helm repository\n"traefik" has been added to your repositories\nInstalling Gateway API CRDs\n'
        "Installing Traefik CRDs\nInstalling Traefik ingress controller\n"
    )
    return _made(microk8s, out, _TRAEFIK, "Traefik ingress controller is enabled\n")


def _made(microk8s: "Microk8s", begin: str, items: List[Item], end: str) -> Answer:
    microk8s.power.must_sleep(microk8s.latencies().addonSeconds)
    made = manifest.apply(microk8s, items)
    # The chart of Traefik is installed by Helm, which does not list objects.
    shown = made.stdout if items is _NGINX else ""
    return Answer(made.exit_code, begin + shown + ("" if made.exit_code else end), made.stderr)


def disable(microk8s: "Microk8s", _: List[str]) -> Answer:
    """``microk8s disable ingress``: from 1.35 on also what an older release left. Throws PowerLost."""
    microk8s.power.must_sleep(microk8s.latencies().addonSeconds)
    if microk8s.minor < 35:
        gone = manifest.delete(microk8s, _NGINX)
        end = "" if gone.exit_code else "Ingress is disabled\n"
        return Answer(gone.exit_code, f"Disabling Ingress\n{gone.stdout}{end}", gone.stderr)
    for items in (_NGINX, _TRAEFIK):
        gone = manifest.delete(microk8s, items)
        if gone.exit_code:
            return Answer(gone.exit_code, "Disabling Traefik ingress controller\n", gone.stderr)
    return Answer(0, (
        "Disabling Traefik ingress controller\nCleaning up legacy nginx-ingress resources...\nUninstalling Traefik...\n"
        "Removing Gateway API CRDs...\nCleaning up Traefik CRDs...\nRemoving ingress namespace...\nIngress is disabled\n"
    ))
