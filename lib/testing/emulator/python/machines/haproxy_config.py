"""A configuration of HAProxy: read, checked where the host has no haproxy, and rewritten for loopback.

Source: https://docs.haproxy.org/2.8/configuration.html (sections, keywords, bind and server lines).
"""

import re
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

_SECTIONS = ("global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "userlist", "program", "ring")
#: First words of lines, by kind of section; those of proxies are common to frontend, backend, listen and defaults.
_GLOBAL = (
    "log chroot stats user group daemon maxconn nbthread pidfile ca-base crt-base ssl-default-bind-ciphers "
    "ssl-default-bind-options ssl-default-bind-ciphersuites tune.ssl.default-dh-param hard-stop-after spread-checks "
    "description node quiet unix-bind ulimit-n master-worker expose-fd set-dumpable no tune.bufsize tune.maxrewrite "
    "mworker-max-reloads log-send-hostname log-tag default-path"
).split()
_PROXY = (
    "mode log option no timeout maxconn retries default_backend use_backend bind server balance default-server errorfile stats acl "
    "tcp-request tcp-response tcp-check http-request http-response http-check description id disabled enabled fullconn hash-type "
    "load-server-state-from-file log-format log-tag monitor-uri rate-limit source stick stick-table unique-id-format backlog cookie "
    "redirect http-reuse email-alert external-check monitor max-keep-alive-queue"
).split()
_MODES = ("tcp", "http", "health")
#: Lines that would reach out of the machine's folder, or need its users.
_LEFT_OUT = ("chroot", "user", "group", "daemon", "pidfile", "log", "ca-base", "crt-base", "unix-bind", "master-worker", "default-path")


@dataclass
class Server:
    """A server line: name, IP address, port, whether it is checked, its interval (s) and the options after it."""

    name: str
    address: str
    port: int
    is_checked: bool
    interval: float


@dataclass
class Proxy:
    """A frontend, backend or listen section."""

    kind: str
    name: str
    binds: List[Tuple[str, int]] = field(default_factory=list)
    servers: List[Server] = field(default_factory=list)
    default_backend: str = ""
    checks: bool = False
    """Whether its servers are checked without saying so themselves."""


@dataclass
class Config:
    """The proxies of a file, and what is wrong with it: (line, text)."""

    proxies: List[Proxy] = field(default_factory=list)
    problems: List[Tuple[int, str]] = field(default_factory=list)
    has_stats_socket: bool = False

    def servers_of(self, proxy: Proxy) -> List[Server]:
        """The servers that a frontend or listen section sends connections to."""
        named = next((one for one in self.proxies if one.kind in ("backend", "listen") and one.name == proxy.default_backend), None)
        return proxy.servers or (named.servers if named else [])


def words_of(line: str) -> List[str]:
    """The words of a line without its comment."""
    return re.sub(r"(^|\s)#.*$", "", line).split()


def parse(text: str) -> Config:
    """Read a configuration; never throws, but lists what is wrong."""
    config, section, proxy = Config(), "", None  # type: Config, str, Optional[Proxy]
    for number, line in enumerate(text.splitlines(), 1):
        words = words_of(line)
        if not words:
            continue
        if words[0] in _SECTIONS:
            section, proxy = words[0], None
            if section in ("frontend", "backend", "listen"):
                if len(words) < 2:
                    config.problems.append((number, f"'{section}' expects an <id> argument"))
                proxy = Proxy(section, words[1] if len(words) > 1 else "")
                config.proxies.append(proxy)
            continue
        wrong = _read_line(config, section, proxy, words)
        if wrong:
            config.problems.append((number, wrong))
    names = {one.name for one in config.proxies if one.kind in ("backend", "listen")}
    for one in config.proxies:
        if one.default_backend and one.default_backend not in names:
            config.problems.append((0, f"Proxy '{one.name}': unable to find required default_backend: '{one.default_backend}'."))
    return config


def _read_line(config: Config, section: str, proxy: Optional[Proxy], words: List[str]) -> str:
    word = words[0]
    if not section:
        return f"unknown keyword '{word}' out of section."
    if section == "global":
        config.has_stats_socket = config.has_stats_socket or words[:2] == ["stats", "socket"]
        return "" if word in _GLOBAL else f"unknown keyword '{word}' in 'global' section"
    if section in ("frontend", "backend", "listen", "defaults") and word not in _PROXY:
        return f"unknown keyword '{word}' in '{section}' section"
    if word == "mode" and (len(words) != 2 or words[1] not in _MODES):
        return f"unknown proxy mode '{' '.join(words[1:])}'."
    if word == "timeout" and (len(words) < 3 or not re.fullmatch(r"\d+(us|ms|s|m|h|d)?", words[2])):
        return f"'timeout {' '.join(words[1:2])}': unexpected character or missing value."
    if proxy is None:
        return ""
    if word == "default-server" and "check" in words:
        proxy.checks = True
    if word == "default_backend":
        proxy.default_backend = words[1] if len(words) > 1 else ""
    if word == "bind":
        return _read_bind(proxy, words)
    if word == "server":
        return _read_server(proxy, words)
    return ""


def _read_bind(proxy: Proxy, words: List[str]) -> str:
    if proxy.kind == "backend":
        return "'bind' not allowed in 'backend' section."
    for part in words[1].split(",") if len(words) > 1 else []:
        address, _, port = part.rpartition(":")
        if not port.isdigit() or not 1 <= int(port) <= 65535:
            return f"'bind {words[1]}' : invalid address: missing or wrong port"
        proxy.binds.append((address, int(port)))
    return "" if proxy.binds else "'bind' expects [<addr>]:<port> and optional arguments"


def _read_server(proxy: Proxy, words: List[str]) -> str:
    if proxy.kind == "frontend":
        return "'server' not allowed in 'frontend' section."
    if len(words) < 3:
        return "'server' expects <name> and <addr>[:<port>] as arguments."
    if any(one.name == words[1] for one in proxy.servers):
        return f"backend '{proxy.name}', server '{words[1]}': a server of this name is there already"
    address, _, port = words[2].rpartition(":")
    if not address or not port.isdigit() or not 1 <= int(port) <= 65535:
        return f"'server {words[1]}' : invalid address '{words[2]}'."
    options = words[3:]
    interval = re.fullmatch(r"(\d+)(ms|s)?", options[options.index("inter") + 1]) if "inter" in options[:-1] else None
    seconds = int(interval.group(1)) * (1.0 if interval.group(2) == "s" else 0.001) if interval else 2.0
    proxy.servers.append(Server(words[1], address, int(port), proxy.checks or "check" in options, seconds))
    return ""


def rewrite(
    text: str, own_port: Callable[[str, int], int], port_of: Callable[[str, int], int]
) -> Tuple[str, Dict[Tuple[str, int], int]]:
    """The same lines for loopback: binds on ``own_port``, servers on ``port_of``; with the ports that binds became."""
    lines, ports, section = [], {}, ""  # type: List[str], Dict[Tuple[str, int], int], str
    for line in text.splitlines():
        words = words_of(line)
        if words and words[0] in _SECTIONS:
            section = words[0]
        own = section == "global" and (words[:1] or [""])[0] in _LEFT_OUT or words[:2] in (["stats", "socket"], ["stats", "timeout"])
        if own or words[:1] == ["log"]:
            lines.append(f"# {line.strip()}")
        elif words[:1] == ["bind"] and len(words) > 1:
            shown = []
            for part in words[1].split(","):
                address, _, port = part.rpartition(":")
                if not port.isdigit():
                    shown.append(part)
                    continue
                ports[(address, int(port))] = own_port(address, int(port))
                shown.append(f"127.0.0.1:{ports[(address, int(port))]}")
            lines.append(f"    bind {','.join(shown)} {' '.join(words[2:])}".rstrip())
        elif words[:1] == ["default-server"]:
            lines.append(f"    default-server {' '.join(_without_port(words[1:]))}".rstrip())
        elif words[:1] == ["server"] and len(words) > 2 and re.fullmatch(r"\d+(\.\d+){3}:\d+", words[2]):
            address, _, port = words[2].rpartition(":")
            lines.append(f"    server {words[1]} 127.0.0.1:{port_of(address, int(port))} {' '.join(_without_port(words[3:]))}".rstrip())
        else:
            lines.append(line)
    return "\n".join([*lines, ""]), ports


def _without_port(options: List[str]) -> List[str]:
    """Options of a server without the addresses and ports that only the real network has."""
    kept, rest = [], list(options)
    while rest:
        word = rest.pop(0)
        if word in ("port", "addr", "source"):
            rest = rest[1:]
        else:
            kept.append(word)
    return kept
