"""``ss``, as far as it shows what HAProxy listens on.

Source: https://manpages.ubuntu.com/manpages/noble/man8/ss.8.html
"""

from typing import List, Optional, Sequence

from .answer import Answer


def run(argv: List[str], ports: Sequence[int], pid: Optional[int]) -> Answer:
    """``ss -H -l -t -n -p sport = :PORT``, where the process ``pid`` listens on ``ports``."""
    wanted = argv[-1].lstrip(":") if argv else ""
    if pid is None or wanted not in [str(port) for port in ports]:
        return Answer()
    return Answer(0, f'LISTEN 0 4096 0.0.0.0:{wanted} 0.0.0.0:* users:(("haproxy",pid={pid},fd=7))\n')
