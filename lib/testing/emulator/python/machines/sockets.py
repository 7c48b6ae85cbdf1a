"""``ss`` for what HAProxy listens on, by the ports of its configuration and not those that stand for them on loopback.

Source: https://man7.org/linux/man-pages/man8/ss.8.html (options, filters such as ``sport = :443``).
"""

import re
from typing import Dict, List, Optional, Tuple

from .answer import Answer


def run(argv: List[str], ports: Dict[Tuple[str, int], int], pid: Optional[int]) -> Answer:
    """Run ``ss argv``; ``pid`` is that of HAProxy's worker."""
    letters = "".join(word[1:] for word in argv if re.fullmatch(r"-[a-zA-Z0-9]+", word))
    wanted = re.search(r"sport\s*(?:=|==|eq)\s*:(\d+)", " ".join(argv))
    lines = [] if "H" in letters else ["State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess"]
    for address, port in ports:
        if pid is not None and (not wanted or int(wanted.group(1)) == port):
            users = f' users:(("haproxy",pid={pid},fd=7))' if "p" in letters else ""
            shown = "0.0.0.0" if address in ("", "*") else address
            lines.append(f"LISTEN 0      4096   {shown}:{port}   0.0.0.0:*   {users}")
    return Answer(0, "".join(line + "\n" for line in lines))
