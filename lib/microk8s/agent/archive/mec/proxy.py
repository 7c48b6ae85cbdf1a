"""HAProxy on this machine: its configuration, and changing it without doing harm."""

import re
from typing import Any, Mapping, Set

from .basics import Trouble, clip

CONFIG = "/etc/haproxy/haproxy.cfg"
CANDIDATE, GOOD = CONFIG + ".candidate", CONFIG + ".good"

# TLS is passed through: what decides about who may do what is the API server's. Idle watches live for an hour.
# Checks ask the API itself (https://github.com/kubernetes/kubeadm/blob/main/docs/ha-considerations.md); 401 and 403 are
# answers too, where nobody may ask without a name. At first every address counts as up, and some are of nodes that may come: hence redispatch.
# Sessions outlive a reload, but not ten of them: https://docs.haproxy.org/2.8/configuration.html (mworker-max-reloads).
TEMPLATE = """# Written by the gateway's agent out of its parameter: a change by hand is taken back.
global
    log /dev/log local0
    chroot /var/lib/haproxy
    user haproxy
    group haproxy
    maxconn 4096
    mworker-max-reloads 10

defaults
    log global
    mode tcp
    option tcplog
    option dontlognull
    option clitcpka
    option srvtcpka
    option redispatch 1
    retries 3
    timeout connect 4s
    timeout check 3s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h

frontend api
    bind *:{port}
    default_backend control-plane

backend control-plane
    balance roundrobin
    option httpchk
    http-check connect ssl sni kubernetes
    http-check send meth GET uri /readyz
    http-check expect rstatus ^(200|401|403)$
    default-server check verify none inter 5s fastinter 1s downinter 5s fall 3 rise 2 on-marked-down shutdown-sessions
"""


def render(settings: Mapping[str, Any]) -> str:
    """The text of haproxy.cfg for checked settings."""
    servers = [f"    server {address} {address}:{settings['backendPort']}\n" for address in settings["backends"]]
    return TEMPLATE.format(port=settings["port"]) + "".join(servers)


class Proxy:
    """HAProxy of this machine; each method is one look or one idempotent act. Acts throw Trouble."""

    def __init__(self, shell: Any, files: Any) -> None:
        self._shell, self._files = shell, files

    def installed(self) -> bool:
        """Whether the program is there."""
        return self._shell.run(["haproxy", "-v"], 20).code == 0

    def check(self, text: str) -> None:
        """Have HAProxy say whether it would take a configuration, which nothing is changed by."""
        self._files.write(CANDIDATE, text)
        result = self._shell.run(["haproxy", "-c", "-f", self._files.path(CANDIDATE)], 30)
        if result.code:
            alerts = re.findall(r"\[ALERT\][^:]*:\s*(.*)", result.err + result.out) or ["no reason given"]
            where = r"^(?:config\s*:\s*)?(?:parsing \[[^]]*\]\s*:\s*)?"
            raise Trouble("HAProxy refuses: " + clip(re.sub(where, "", alerts[0]), 60))

    def current(self) -> str:
        """The text of the configuration on disk; empty when there is none."""
        return self._files.read(CONFIG) or ""

    def write(self, text: str) -> None:
        """Put a configuration on disk, without loading it."""
        self._files.write(CONFIG, text)

    def remember(self, text: str) -> None:
        """Keep a configuration as the one to go back to."""
        if self.good() != text:
            self._files.write(GOOD, text)

    def good(self) -> str:
        """The configuration to go back to; empty when there is none."""
        return self._files.read(GOOD) or ""

    def load(self) -> None:
        """Have HAProxy run, also after a reboot, by what is on disk; sessions that are open go on."""
        runs = self._shell.run(["systemctl", "is-active", "--quiet", "haproxy"], 20).code == 0
        for verb, done in (("enable", "enabled"), ("reload", "reloaded") if runs else ("restart", "restarted")):
            result = self._shell.run(["systemctl", verb, "haproxy"], 90)
            if result.code:
                said = (result.err or result.out).strip().split("\n")[0] or f"exit code {result.code}"
                raise Trouble(f"HAProxy cannot be {done}: {clip(said, 48)}")

    def listeners(self, port: int) -> Set[str]:
        """Ids of the HAProxy processes that listen on a port: a reload that worked is seen by a new one."""
        result = self._shell.run(["ss", "-H", "-l", "-t", "-n", "-p", "sport", "=", f":{port}"], 20)
        return set(re.findall(r'"haproxy",pid=(\d+)', result.out)) if result.code == 0 else set()
