"""Which role the members of a dqlite cluster get.

Source: github.com/canonical/go-dqlite app/options.go (3 voters, 3 standbys), app/roles.go (Adjust, Assume); failure domains are
not part of the simulated machine.
"""

from typing import Dict, List, Set

VOTERS, STANDBYS = 3, 3
#: Below so many members there is exactly one voter, the leader (minVoters).
LEAST = 3
_VOTER, _STANDBY, _SPARE = "0", "1", "2"


def assume(own: str, members: List[Dict[str, str]], online: Set[str]) -> str:
    """The role that the node ``own`` (an ID) takes when it has just been added; its present one when it takes no other."""
    present = next(m["Role"] for m in members if m["ID"] == own)
    if len(members) < LEAST or present != _SPARE:
        return present
    if len(_of(members, _VOTER, online)) < VOTERS:
        return _VOTER
    return _STANDBY if len(_of(members, _STANDBY, online)) < STANDBYS else present


def adjust(leader: str, members: List[Dict[str, str]], online: Set[str]) -> List[Dict[str, str]]:
    """The members after the leader has gone over their roles (IDs in ``online`` answer)."""
    changed = [dict(m) for m in members]
    # Each round assigns one role, as the leader does until nothing is left to change.
    for _ in range(3 * len(changed)):
        if not _step(leader, changed, online):
            break
    return changed


def _step(leader: str, members: List[Dict[str, str]], online: Set[str]) -> bool:
    if len(members) == 1:
        return False
    offline = {m["ID"] for m in members} - online
    if len(members) < LEAST:
        return _assign([m for m in members if m["ID"] != leader and m["Role"] == _VOTER], _SPARE)
    voters, standbys = _of(members, _VOTER, online), _of(members, _STANDBY, online)
    if len(voters) < VOTERS:
        if _assign(standbys + _of(members, _SPARE, online), _VOTER):
            return True
        return False
    if len(voters) > VOTERS:
        return _assign([m for m in voters if m["ID"] != leader], _SPARE)
    if _assign(_of(members, _VOTER, offline), _SPARE):
        return True
    if len(standbys) < STANDBYS and _assign(_of(members, _SPARE, online), _STANDBY):
        return True
    if len(standbys) > STANDBYS:
        return _assign(standbys, _SPARE)
    return _assign(_of(members, _STANDBY, offline), _SPARE)


def _of(members: List[Dict[str, str]], role: str, ids: Set[str]) -> List[Dict[str, str]]:
    return [m for m in members if m["Role"] == role and m["ID"] in ids]


def _assign(candidates: List[Dict[str, str]], role: str) -> bool:
    for one in candidates[:1]:
        one["Role"] = role
    return bool(candidates)
