"""Runs as a command of a simulated machine: hands its arguments to the emulator and repeats the answer.

Called as ``client.py <identity file> <command> [arguments…]``; all work is done in the emulator, so
killing this client kills no work of snapd or MicroK8s, as on a real machine. A program that serves (haproxy) ends with it.

A deploy runs thousands of them: importing ``http.client`` and ``json`` would take five times the processor time of all the
rest, so one request of HTTP/1.0 (https://www.rfc-editor.org/rfc/rfc1945) is written by hand, in the form of ``answer.py``.
"""

import _socket
import os
import sys


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        identity = file.read().split("\n")
    command, argv = sys.argv[2], sys.argv[3:]
    if command == "haproxy":
        import signal

        # The master of HAProxy takes this signal to reload.
        signal.signal(signal.SIGUSR2, lambda *_: _tell(identity, ["--reload"]))
    try:
        head, _, body = _call(identity, command, argv).partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1:2]
        if status != [b"200"]:
            raise OSError("HTTP " + (b"".join(status).decode("ascii", "replace") or "without an answer"))
        numbers, _, output = body.partition(b"\n")
        exit_code, length = (int(word) for word in numbers.split())
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{command}: the simulated machine does not answer: {error}\n")
        return 75
    # Plain descriptors: what the agent reads must not depend on the locale.
    _write(1, output[:length])
    _write(2, output[length:])
    return exit_code


def _tell(identity: "list[str]", argv: "list[str]") -> None:
    try:
        _call(identity, "haproxy", argv)
    except OSError:
        pass


def _call(identity: "list[str]", command: str, argv: "list[str]") -> bytes:
    host, port, path, secret = identity
    body = "\0".join([secret, str(os.getpid()), command, *argv]).encode("utf-8", "surrogateescape")
    connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    try:
        # A day bounds a call that waits for something which never comes.
        connection.settimeout(86400)
        connection.connect((host, int(port)))
        data = f"POST {path} HTTP/1.0\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        while data:
            data = data[connection.send(data):]
        answer = []
        while True:
            piece = connection.recv(1 << 16)
            if not piece:
                return b"".join(answer)
            answer.append(piece)
    finally:
        connection.close()


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data):]


if __name__ == "__main__":
    sys.exit(main())
