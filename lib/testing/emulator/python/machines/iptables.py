"""``iptables`` of one boot: tables, chains and rules, as far as a node's own rules go; nothing filters anything.

Source: https://man7.org/linux/man-pages/man8/iptables.8.html and iptables-extensions.8.html (options, exit codes: 0 for done,
1 for a rule or chain that is not there, 2 for a wrong call, 3 for a table that is not there, 4 for what the kernel refuses).
"""

import ipaddress
import re
import threading
from typing import Dict, List, Tuple

from .answer import Answer

VERSION = "v1.8.10 (nf_tables)"
_TABLES = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "raw": ("PREROUTING", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}
_LONG = {
    "--append": "-A", "--check": "-C", "--delete": "-D", "--insert": "-I", "--list-rules": "-S", "--list": "-L", "--flush": "-F",
    "--new-chain": "-N", "--delete-chain": "-X", "--policy": "-P", "--table": "-t", "--protocol": "-p", "--source": "-s",
    "--src": "-s", "--destination": "-d", "--dst": "-d", "--in-interface": "-i", "--out-interface": "-o", "--jump": "-j",
    "--goto": "-g", "--match": "-m", "--numeric": "-n", "--verbose": "-v", "--wait": "-w", "--sport": "--source-port",
    "--dport": "--destination-port", "--sports": "--source-ports", "--dports": "--destination-ports",
}
_SHOWN = {"--source-port": "--sport", "--destination-port": "--dport", "--source-ports": "--sports", "--destination-ports": "--dports"}
#: Options of a rule and how many words follow.
_RULE = {
    "-p": 1, "-s": 1, "-d": 1, "-i": 1, "-o": 1, "-j": 1, "-g": 1, "-m": 1, "--source-port": 1, "--destination-port": 1,
    "--source-ports": 1, "--destination-ports": 1, "--syn": 0, "--tcp-flags": 2, "--mss": 1, "--set-mss": 1,
    "--clamp-mss-to-pmtu": 0, "--to-destination": 1, "--to-source": 1, "--to-ports": 1, "--ctstate": 1, "--state": 1,
    "--comment": 1, "--reject-with": 1, "--uid-owner": 1, "--gid-owner": 1, "--icmp-type": 1, "--limit": 1, "--limit-burst": 1,
    "--mark": 1, "--set-mark": 1, "--set-xmark": 1, "--dst-type": 1, "--src-type": 1, "--log-prefix": 1, "--hl-lt": 1, "--ttl-lt": 1,
}
_TARGETS = ("ACCEPT", "DROP", "RETURN", "REJECT", "LOG", "MARK", "TCPMSS", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NOTRACK")
_ONLY_NAT = ("DNAT", "SNAT", "MASQUERADE", "REDIRECT")
_ORDER = {"-s": 0, "-d": 1, "-i": 2, "-o": 3, "-p": 4, "-j": 8, "-g": 8}
Option = Tuple[str, ...]


class _Failed(Exception):
    """The command ends with this exit code and text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Iptables:
    """The rules of one address family; they vanish with the boot they were made in."""

    def __init__(self, command: str = "iptables") -> None:
        self._command, self._lock = command, threading.Lock()
        self._chains: Dict[str, Dict[str, List[str]]] = {
            table: {chain: [] for chain in chains} for table, chains in _TABLES.items()
        }
        self._policies = {table: {chain: "ACCEPT" for chain in chains} for table, chains in _TABLES.items()}

    def run(self, argv: List[str]) -> Answer:
        """Run ``iptables argv``."""
        try:
            with self._lock:
                return Answer(0, self._do([_LONG.get(word, word) for word in _split(argv)]))
        except _Failed as failed:
            return Answer(failed.code, "", f"{failed}\n")

    def rules(self, table: str = "filter") -> List[str]:
        """The rules of a table as ``-S`` shows them."""
        with self._lock:
            return [f"-A {chain} {rule}" for chain, rules in self._chains[table].items() for rule in rules]

    def _do(self, words: List[str]) -> str:
        table, act, rest = "filter", "", []  # type: str, str, List[str]
        while words:
            word = words.pop(0)
            if word == "-t":
                table = words.pop(0) if words else ""
            elif word == "-w":
                if words and words[0].isdigit():
                    words.pop(0)
            elif word in ("-A", "-C", "-D", "-I", "-S", "-L", "-F", "-N", "-X", "-P") and not act:
                act = word
            elif word in ("-n", "-v", "--line-numbers", "-x"):
                continue
            elif word == "--version" or word == "-V":
                return f"{self._command} {VERSION}\n"
            else:
                rest.append(word)
        if table not in self._chains:
            raise self._wrong(3, f"table '{table}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.")
        if not act:
            raise self._wrong(2, "no command specified")
        return self._act(table, act, rest)

    def _act(self, table: str, act: str, rest: List[str]) -> str:
        chains = self._chains[table]
        chain = rest.pop(0) if rest and not rest[0].startswith("-") else ""
        if act in ("-S", "-L") and not chain:
            return "".join(self._shown(table, name, act) for name in chains)
        if act == "-F" and not chain:
            for rules in chains.values():
                rules.clear()
            return ""
        if act == "-N":
            if chain in chains:
                raise _Failed(1, f"{self._command}: Chain already exists.")
            chains[chain] = []
            return ""
        if chain not in chains:
            raise _Failed(1, f"{self._command}: No chain/target/match by that name.")
        if act in ("-S", "-L"):
            return self._shown(table, chain, act)
        if act == "-F":
            chains[chain].clear()
        elif act == "-X":
            if chain in _TABLES[table] or chains[chain]:
                raise self._wrong(4, f" CHAIN_DEL failed (Device or resource busy): chain {chain}")
            del chains[chain]
        elif act == "-P":
            if chain not in _TABLES[table] or rest[:1] not in (["ACCEPT"], ["DROP"]):
                raise self._wrong(2, "Bad policy name. Run `dmesg' for more information.")
            self._policies[table][chain] = rest[0]
        else:
            self._on_rules(table, chain, act, rest)
        return ""

    def _on_rules(self, table: str, chain: str, act: str, rest: List[str]) -> None:
        rules = self._chains[table][chain]
        number = int(rest.pop(0)) if act in ("-I", "-D") and rest and rest[0].isdigit() else None
        if act == "-D" and number is not None:
            if not 1 <= number <= len(rules):
                raise _Failed(1, f"{self._command}: Index of deletion too big.")
            del rules[number - 1]
            return
        rule = self._rule(table, chain, rest)
        if act in ("-C", "-D") and rule not in rules:
            raise _Failed(1, f"{self._command}: Bad rule (does a matching rule exist in that chain?).")
        if act == "-A":
            rules.append(rule)
        elif act == "-D":
            rules.remove(rule)
        elif act == "-I":
            if number is not None and not 1 <= number <= len(rules) + 1:
                raise _Failed(1, f"{self._command}: Index of insertion too big.")
            rules.insert((number or 1) - 1, rule)

    def _rule(self, table: str, chain: str, words: List[str]) -> str:
        """A rule as ``-S`` shows it, so that two ways to write one are one."""
        options, negated = [], False  # type: List[Option], bool
        while words:
            word = words.pop(0)
            if word == "!":
                negated = True
                continue
            if word not in _RULE:
                raise self._wrong(2, f'unknown option "{word}"' if word.startswith("-") else f"Bad argument `{word}'")
            if len(words) < _RULE[word]:
                raise self._wrong(2, f'option "{word}" requires an argument')
            values = [words.pop(0) for _ in range(_RULE[word])]
            if word == "--syn":
                word, values = "--tcp-flags", ["FIN,SYN,RST,ACK", "SYN"]
            if word in ("-s", "-d"):
                values = [self._address(values[0])]
            options.append((*(["!"] if negated else []), word, *values))
            negated = False
        self._check(table, chain, options)
        return " ".join(_quoted(word) for option in _ordered(options) for word in option)

    def _check(self, table: str, chain: str, options: List[Option]) -> None:
        target = next((option[-1] for option in options if option[-2:-1] in (("-j",), ("-g",))), "")
        if target and target not in _TARGETS and target not in self._chains[table]:
            help_text = f"Try `{self._command} -h' or '{self._command} --help' for more information."
            raise self._wrong(2, f"Chain '{target}' does not exist\n{help_text}")
        flags = [option for option in options if "--tcp-flags" in option]
        protocol = next((option[-1] for option in options if option[-2:-1] == ("-p",)), "")
        if flags and protocol != "tcp":
            raise self._wrong(2, 'unknown option "--tcp-flags"')
        if any("port" in word for option in options for word in option[:2]) and protocol not in ("tcp", "udp"):
            word = next(word for option in options for word in option[:2] if "port" in word)
            raise self._wrong(2, f'unknown option "{_SHOWN.get(word, word)}"')
        refused = target in _ONLY_NAT and table != "nat"
        if target == "TCPMSS":
            clamped = any("--clamp-mss-to-pmtu" in option for option in options)
            refused = refused or not any("SYN" in option[-1] for option in flags) or (clamped and chain in ("INPUT", "PREROUTING"))
        if refused:
            raise self._wrong(4, f" RULE_INSERT failed (Invalid argument): rule in chain {chain}")

    def _address(self, text: str) -> str:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise self._wrong(2, f"host/network `{text}' not found") from None
        if (network.version == 6) != (self._command == "ip6tables"):
            raise self._wrong(2, f"host/network `{text}' not found")
        return str(network)

    def _shown(self, table: str, chain: str, act: str) -> str:
        own, rules = chain in _TABLES[table], self._chains[table][chain]
        if act == "-S":
            head = f"-P {chain} {self._policies[table][chain]}\n" if own else f"-N {chain}\n"
            return head + "".join(f"-A {chain} {rule}\n" for rule in rules)
        head = f"Chain {chain} (policy {self._policies[table][chain]})\n" if own else f"Chain {chain} (0 references)\n"
        return head + "target     prot opt source               destination\n" + "".join(f"{rule}\n" for rule in rules) + "\n"

    def _wrong(self, code: int, text: str) -> _Failed:
        return _Failed(code, f"{self._command} {VERSION}: {text}")


def _split(argv: List[str]) -> List[str]:
    words: List[str] = []
    for word in argv:
        name, given, value = word.partition("=")
        words += [name, value] if word.startswith("--") and given and re.fullmatch(r"--[a-z-]+", name) else [word]
    return words


def _ordered(options: List[Option]) -> List[Option]:
    """The order of ``-S``: addresses, interfaces, protocol, its match, other matches, target and what belongs to it."""
    loaded = {option[-1] for option in options if option[-2:-1] == ("-m",)}
    protocol = next((option[-1] for option in options if option[-2:-1] == ("-p",)), "")
    of_target = ("--set-mss", "--clamp-mss-to-pmtu", "--to-", "--reject-with", "--set-mark", "--set-xmark", "--log-prefix")
    ranked: List[Tuple[int, int, Option]] = []
    implied = any("port" in word or word == "--tcp-flags" for option in options for word in option[:2])
    if implied and protocol in ("tcp", "udp") and protocol not in loaded and "multiport" not in loaded:
        ranked.append((5, 0, ("-m", protocol)))
    for at, option in enumerate(options):
        word = option[1] if option[0] == "!" else option[0]
        rank = _ORDER.get(word, 9 if word.startswith(of_target) else 6)
        rank = 5 if word == "-m" and option[-1] == protocol else rank
        shown = tuple(_SHOWN.get(part, part) for part in option)
        ranked.append((rank, at + 1, shown))
    return [option for _, _, option in sorted(ranked, key=lambda one: one[:2])]


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
