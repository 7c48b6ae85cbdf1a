"""Random plans: what a world is, what is done with it, and what goes wrong."""

import random
from typing import Any, Callable, Dict, List, Tuple

from joins import LIES
from universe import Plan

NAMES = ("edge", "gpu")
SSM = (["GetParameters"], ["PutParameter"], ["GetParameters", "PutParameter"])
CODES = ("ThrottlingException", "InternalServerError", "Unreachable", "AccessDeniedException")


def _groups(chance: random.Random, most: int) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for name in NAMES[: chance.randint(1, 2)]:
        count = chance.randint(1, max(1, most // 2))
        found[name] = {"count": count}
        if chance.random() < 0.4:
            found[name].update(labels={"tier": name}, taints=[f"only={name}:NoSchedule"])
        if chance.random() < 0.3:
            found[name]["kubeletArgs"] = {"--max-pods": "30"}
    return found


def _single(chance: random.Random) -> Dict[str, Any]:
    return {"control_plane": 1}


def _birth(chance: random.Random) -> Dict[str, Any]:
    return {"control_plane": 3}


def _mixed(chance: random.Random) -> Dict[str, Any]:
    return {"control_plane": chance.choice((1, 1, 3)), "groups": _groups(chance, 3)}


def _large(chance: random.Random) -> Dict[str, Any]:
    return {"control_plane": 5, "groups": _groups(chance, 5)}


def _scale(chance: random.Random) -> Dict[str, Any]:
    first = chance.choice((1, 1, 1, 3))
    events: List[Dict[str, Any]] = [{"do": "scale", "to": 3}] if first == 1 else []
    if chance.random() < 0.4:
        events.append({"do": "scale", "to": 5})
        events.append(chance.choice(({"do": "scale", "to": 3}, {"do": "leave", "to": 3})))
    elif chance.random() < 0.2 or not events:
        events.append(chance.choice(({"do": "scale", "to": 1}, {"do": "leave", "to": 1})))
    return {"control_plane": first, "events": events}


def _workers(chance: random.Random) -> Dict[str, Any]:
    groups = _groups(chance, 4)
    events: List[Dict[str, Any]] = [{"do": "groups", "to": groups}]
    group = chance.choice(sorted(groups))
    way = chance.random()
    if way < 0.4:
        events.append({"do": "leave", "group": group, "to": chance.randint(0, groups[group]["count"] - 1)})
    elif way < 0.7:
        events.append({"do": "groups", "to": {name: one for name, one in groups.items() if name != group}})
    else:
        events.append({"do": "groups", "to": {**groups, "zone": {"count": 1}}})
    return {"control_plane": chance.choice((1, 1, 3)), "events": events}


def _losses(chance: random.Random) -> Dict[str, Any]:
    count = chance.choice((1, 3, 3))
    groups = _groups(chance, 2) if chance.random() < 0.35 else {}
    node = chance.choice([f"cp-{number}" for number in range(count)] + [f"{name}-0" for name in groups])
    events = [chance.choice(({"do": "replace", "node": node}, {"do": "lose", "node": node, "seconds": chance.choice((5, 60, 200, 900))}))]
    faults = []
    if chance.random() < 0.3:  # in the middle of an apply
        events, faults = [], [{"kind": "lost", "node": node, "at": round(chance.uniform(20, 260), 1)}]
    return {"control_plane": count, "groups": groups, "events": events, "faults": faults}


def _updates(chance: random.Random) -> Dict[str, Any]:
    groups = _groups(chance, 2) if chance.random() < 0.4 else {}
    event = chance.choice(({"do": "agent", "number": 2}, {"do": "arguments"}, {"do": "upgrade"}))
    events = [event] if chance.random() < 0.7 else [event, {"do": "scale", "to": 3}]
    return {"control_plane": chance.choice((1, 3, 3)), "groups": groups, "events": events}


def _permanent(chance: random.Random) -> Dict[str, Any]:
    count = chance.choice((1, 1, 3))
    if chance.random() < 0.2:
        return {"control_plane": 3, "events": [{"do": "leave", "to": 1, "refused": True}]}
    if chance.random() < 0.3:
        lost = [{"kind": "lost", "node": f"cp-{number}", "at": 400.0 + number} for number in chance.sample(range(3), 2)]
        return {"control_plane": 3, "events": [{"do": "wait", "seconds": 300}, {"do": "scale", "to": 5}], "faults": lost}
    fault = {"kind": "permanent", "what": chance.choice(("store", "ssm")), "at": round(chance.uniform(0, 150), 1)}
    return {"control_plane": count, "groups": _groups(chance, 2) if chance.random() < 0.3 else {}, "faults": [fault]}


KINDS: Tuple[Tuple[str, int, Callable[[random.Random], Dict[str, Any]]], ...] = (
    ("one node", 36, _single), ("three nodes", 14, _birth), ("with workers", 11, _mixed), ("large", 2, _large), ("scaled", 9, _scale),
    ("groups changed", 6, _workers), ("machines lost", 10, _losses), ("updated", 7, _updates), ("permanent fault", 5, _permanent),
)  # fmt: skip


def plan(seed: int) -> Plan:
    """The plan of a seed."""
    chance = random.Random(seed * 7919 + 13)
    kind, _, make = chance.choices(KINDS, [weight for _, weight, _ in KINDS])[0]
    found = {"groups": {}, "events": [], "faults": [], **make(chance)}
    nodes = [f"cp-{number}" for number in range(max([found["control_plane"]] + [one["to"] for one in found["events"] if one["do"] == "scale"]))]
    for groups in [found["groups"]] + [one["to"] for one in found["events"] if one["do"] == "groups"]:
        nodes += [f"{name}-{number}" for name, group in groups.items() for number in range(group["count"]) if f"{name}-{number}" not in nodes]
    span = 200.0 + 60.0 * len(nodes) + 250.0 * len(found["events"])
    quorum = kind == "permanent fault"
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)) if not quorum else chance.randint(0, 1)):
        found["faults"].append(_fault(chance, nodes, span, found["control_plane"]))
    return Plan(seed=seed, kind=kind, **found)


def _fault(chance: random.Random, nodes: List[str], span: float, count: int) -> Dict[str, Any]:
    node, at = chance.choice(nodes), round(chance.uniform(5.0, span), 1)
    way = chance.random()
    if way < 0.34:
        return {"kind": "kill", "node": node, "call": int(chance.triangular(1, 500, 40)), "after": chance.random() < 0.5}
    if way < 0.42:
        return {"kind": "kill", "node": node, "at": at}
    if way < 0.56:
        return {"kind": "reboot", "node": node, "at": at}
    if way < 0.64:
        return {"kind": "store", "from": at, "to": at + round(chance.uniform(10, 300), 1)}
    if way < 0.76:
        end = at + round(chance.uniform(5, 150), 1)
        return {"kind": "aws", "from": at, "to": end, "actions": chance.choice(SSM), "share": chance.choice((0.3, 0.7, 1.0)), "code": chance.choice(CODES)}
    if way < 0.80:
        return {"kind": "aws", "from": at, "to": at + 60.0, "actions": ["DescribeStacks", "SignalResource"], "share": 0.8, "code": "Throttling"}
    if way < 0.85:
        return {"kind": "slow", "node": node, "factor": chance.choice((2.0, 5.0, 8.0))}
    if way < 0.90:
        return {"kind": "api", "node": node, "from": at, "to": at + round(chance.uniform(3, 60), 1)}
    joiners = [one for one in nodes if one != "cp-0"] or nodes
    return {"kind": "join", "node": chance.choice(joiners), "number": chance.choice((1, 1, 1, 2)), "how": chance.choice(LIES)}
