"""Runs as a command of a simulated machine: hands its arguments to the emulator and repeats the answer.

Called as ``client.py <identity file> <command> [arguments…]``; all work is done in the emulator, so
killing this client kills no work of snapd or MicroK8s, as on a real machine. A program that serves (haproxy) ends with it.
"""

import http.client
import json
import os
import signal
import sys


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        identity = json.load(file)
    call = {"secret": identity["secret"], "command": sys.argv[2], "argv": sys.argv[3:], "pid": os.getpid()}
    if sys.argv[2] == "haproxy":
        # The master of HAProxy takes this signal to reload.
        signal.signal(signal.SIGUSR2, lambda *_: _tell(identity, {**call, "argv": ["--reload"]}))
    body = json.dumps(call)
    # A day bounds a call that waits for something which never comes.
    connection = http.client.HTTPConnection(identity["host"], identity["port"], timeout=86400)
    try:
        connection.request("POST", identity["path"], body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        payload = answer.read()
        if answer.status != 200:
            raise OSError(f"HTTP {answer.status}")
        result = json.loads(payload)
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.stderr.write(f"{sys.argv[2]}: the simulated machine does not answer: {error}\n")
        return 75
    # Plain descriptors: what the agent reads must not depend on the locale.
    _write(1, result["stdout"])
    _write(2, result["stderr"])
    return int(result["exitCode"])


def _tell(identity: "dict[str, object]", call: "dict[str, object]") -> None:
    connection = http.client.HTTPConnection(str(identity["host"]), int(str(identity["port"])), timeout=30)
    try:
        connection.request("POST", str(identity["path"]), json.dumps(call), {"Content-Type": "application/json"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()


def _write(descriptor: int, text: str) -> None:
    data = text.encode("utf-8")
    while data:
        data = data[os.write(descriptor, data):]


if __name__ == "__main__":
    sys.exit(main())
