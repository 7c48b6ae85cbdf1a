"""Schedules with a name: what the real agent lives through, and each mutant does not."""

from typing import Any, Dict

from universe import Plan


def _plan(seed: int, control_plane: int, **more: Any) -> Plan:
    return Plan({"seed": seed, "kind": "named", "control_plane": control_plane, "groups": {}, "events": [], "faults": [], **more})


SCHEDULES: Dict[str, Plan] = {
    "three": _plan(1, 3),
    "lies": _plan(2, 3, groups={"gpu": {"count": 1}}, faults=[
        {"kind": "join", "node": "cp-1", "number": 1, "how": "lie"}, {"kind": "join", "node": "cp-2", "number": 1, "how": "half"},
        {"kind": "join", "node": "gpu-0", "number": 1, "how": "lie"},
    ]),
    "replaced": _plan(3, 3, events=[{"do": "replace", "node": "cp-1"}]),
    "first lost": _plan(4, 3, events=[{"do": "wait", "seconds": 60}, {"do": "lose", "node": "cp-0", "seconds": 60}]),
    "five": _plan(10, 5, groups={"gpu": {"count": 2}}),
    "thirty": _plan(12, 5, groups={"edge": {"count": 12}, "gpu": {"count": 13}}),
    "long silence": _plan(11, 3, groups={"gpu": {"count": 1}}, events=[{"do": "wait", "seconds": 900}], faults=[
        {"kind": "reboot", "node": "gpu-0", "at": 400.0, "seconds": 300.0},
        {"kind": "aws", "from": 800.0, "to": 1100.0, "actions": ["GetParameters"], "share": 0.6, "code": "ThrottlingException"},
    ]),
    "shaken": _plan(5, 3, events=[{"do": "wait", "seconds": 420}], faults=[
        {"kind": "reboot", "node": "cp-2", "at": 260.0}, {"kind": "kill", "node": "cp-1", "at": 300.0},
        {"kind": "aws", "from": 330.0, "to": 470.0, "actions": ["GetParameters"], "share": 1.0, "code": "ThrottlingException"},
        {"kind": "reboot", "node": "cp-1", "at": 480.0},
    ]),
    "no consent": _plan(6, 3, events=[{"do": "leave", "to": 1, "refused": True}]),
    "born again": _plan(7, 1, groups={"gpu": {"count": 1}}, events=[{"do": "lose", "node": "cp-0", "seconds": 30}]),
    "updated": _plan(8, 3, events=[{"do": "arguments"}]),
    "hanging": _plan(14, 3, faults=[
        {"kind": "join", "node": "cp-1", "number": 1, "how": "hang"}, {"kind": "kill", "node": "cp-1", "at": 110.0},
    ]),
    "store down": _plan(9, 1, faults=[{"kind": "permanent", "what": "store", "at": 0.0}]),
}  # fmt: skip
