"""Whether the other end of a connection is still there."""

import select
import socket


def is_closed(connection: socket.socket) -> bool:
    """Whether the peer has closed or lost the connection; data that waits to be read means that it has not."""
    try:
        poll = select.poll()
        poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
        if not poll.poll(0):
            return False
        return connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True
