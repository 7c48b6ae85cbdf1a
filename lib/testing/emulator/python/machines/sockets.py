"""``ss`` for what HAProxy listens on, by the ports of its configuration and not those that stand for them on loopback.

Source: https://man7.org/linux/man-pages/man8/ss.8.html (options, filters such as ``sport = :443``).
"""

import re
from typing import List, Optional, Sequence

from .answer import Answer


def run(argv: List[str], ports: Sequence[int], pid: Optional[int]) -> Answer:
    """Run ``ss argv``; HAProxy's worker has the id ``pid`` and listens on ``ports``."""
    letters = "".join(word[1:] for word in argv if re.fullmatch(r"-[a-zA-Z0-9]+", word))
    wanted = re.search(r"sport\s*(?:=|==|eq)\s*:(\d+)", " ".join(argv))
    lines = [] if "H" in letters else ["State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess"]
    for port in ports:
        if pid is not None and (not wanted or int(wanted.group(1)) == port):
            users = f' users:(("haproxy",pid={pid},fd=7))' if "p" in letters else ""
            lines.append(f"LISTEN 0      4096   0.0.0.0:{port}   0.0.0.0:*   {users}")
    return Answer(0, "".join(line + "\n" for line in lines))
