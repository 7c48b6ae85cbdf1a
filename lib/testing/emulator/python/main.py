"""The emulated AWS as a process: moto with Wavelength Zones, and a simulated machine behind every instance.

Usage: python3 main.py --state DIR [--port N] [--parent PID] [--faults FILE]. Prints one JSON line {"port":N,"pid":N} when it
answers on 127.0.0.1.
"""

import argparse
import json
import os
import pathlib
import sys
import threading
from typing import Any, List, Optional

from aws import settings

settings.apply()

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402

from aws import emulated, instances  # noqa: E402
from aws.access import Gate  # noqa: E402
from aws.aftermath import Aftermath  # noqa: E402
from aws.identities import IdentityBook  # noqa: E402
from control import Control  # noqa: E402
from gateway import Gateway  # noqa: E402
from log import Log  # noqa: E402
from server import Lifetime, listen  # noqa: E402


class Emulator:
    """All parts, wired: AWS, its gate, the machines."""

    def __init__(self, state_dir: pathlib.Path, port: int, faults: Any, lifetime: Lifetime, make_park: Any) -> None:
        self.log = Log(state_dir)
        self.identities = IdentityBook()
        emulated.install()
        self.aftermath = Aftermath(lambda error: self.log.error("machines", error))
        self._server = listen(port, lambda environ, start: self._gateway(environ, start))
        self.port = int(self._server.server_port)
        # The park needs the port, the gate needs the park: nothing is served before both are there.
        self.gate = Gate(
            self.identities, lambda instance_id: self._throttled(faults, instance_id),
            lambda instance_id, name: self._failing(faults, instance_id, name),
        )
        endpoint = f"http://127.0.0.1:{self.port}"
        self.park = make_park(state_dir, endpoint, faults, self.identities.issue, self.gate.way_out)
        self._gateway = Gateway(
            DomainDispatcherApplication(create_backend_app), self.gate, Control(self.park, faults, lifetime.end), self.park,
            self.aftermath, self.log,
        )
        instances.connect(self._events(), self.aftermath.add)

    def serve(self) -> None:
        """Answer requests from now on, in threads of their own."""
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="http", daemon=True).start()
        self.log.line("listening", self.port)

    def close(self) -> None:
        """End the machines and stop answering."""
        self.park.stop_all()
        self._server.shutdown()
        self._server.server_close()
        self.log.line("ended")

    def _throttled(self, faults: Any, instance_id: str) -> bool:
        cluster = self.park.cluster_of(instance_id)
        return cluster is not None and bool(faults.take_throttle(cluster))

    def _failing(self, faults: Any, instance_id: str, name: str) -> Optional[str]:
        cluster = self.park.cluster_of(instance_id)
        failure: Optional[str] = None if cluster is None else faults.take_aws_failure(cluster, name)
        return failure

    def _events(self) -> instances.Events:
        def optional(name: str) -> Any:
            return getattr(self.park, name, lambda instance_id: None)

        def launched(launch: instances.Launch) -> None:
            self.log.line("boot", launch.instance_id, launch.private_ip, launch.zone)
            self.park.boot(launch)

        def terminated(instance_id: str) -> None:
            self.log.line("terminate", instance_id)
            self.identities.revoke(instance_id)
            self.park.terminate(instance_id)

        return instances.Events(launched, optional("stop"), optional("start"), optional("reboot"), terminated)


def _arguments(argv: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Emulated AWS for cdktf-wavelength-mec")
    parser.add_argument("--state", required=True, type=pathlib.Path, help="folder for machines and logs")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--parent", type=int, help="end with this process")
    parser.add_argument("--faults", type=pathlib.Path, help="JSON file with faults to inject")
    return parser.parse_args(argv)


def main(argv: Optional[List[str]] = None) -> int:
    """Run until the end. Returns the exit code."""
    from machines.faults import FaultBook
    from machines.park import BootSpec, MachinePark

    class Park(MachinePark):  # type: ignore[misc]
        """The machines, booted from what EC2 knows of an instance."""

        def boot(self, launch: instances.Launch) -> None:
            """Boot the machine of an instance."""
            super().boot(BootSpec(**vars(launch)))

    given = _arguments(argv)
    state_dir = given.state.resolve()
    state_dir.mkdir(parents=True, exist_ok=True)
    faults = FaultBook()
    if given.faults:
        faults.load(json.loads(given.faults.read_text("utf-8")))
    lifetime = Lifetime()
    lifetime.watch_signals()
    emulator = Emulator(state_dir, given.port, faults, lifetime, Park)
    if given.parent:
        lifetime.watch_parent(given.parent)
    emulator.serve()
    print(json.dumps({"port": emulator.port, "pid": os.getpid()}), flush=True)
    emulator.log.take_over_stderr()
    try:
        lifetime.wait()
    finally:
        emulator.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
