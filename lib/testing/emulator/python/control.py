"""The control API below /_mec/, for the runner and for tests."""

import json
import os
from typing import Any, Callable, Dict, Tuple
from urllib.parse import parse_qs

from aws import inventory

Answer = Tuple[int, Any]


class Control:
    """Answers for health, machines, inventory, parameters, faults, power and stop."""

    def __init__(self, park: Any, faults: Any, stop: Callable[[], None]) -> None:
        self._park, self._faults, self._stop = park, faults, stop
        self._routes: Dict[Tuple[str, str], Callable[[str, bytes], Answer]] = {
            ("GET", "health"): lambda query, body: (200, {"status": "ok", "pid": os.getpid()}),
            ("GET", "machines"): lambda query, body: (200, self._park.list()),
            ("GET", "inventory"): lambda query, body: (200, self._inventory()),
            ("GET", "parameters"): self._parameters,
            ("POST", "faults"): self._load_faults,
            ("POST", "power"): self._power,
            ("POST", "stop"): self._begin_stop,
        }

    def handle(self, method: str, path: str, query: str, body: bytes) -> Answer:
        """Status and JSON for a request below /_mec/."""
        route = self._routes.get((method, path[len("/_mec/"):]))
        return route(query, body) if route else (404, {"error": f"no {method} {path}"})

    def _inventory(self) -> Dict[str, Any]:
        return {
            "resources": inventory.resources(),
            "parameters": inventory.parameter_names("/mec/"),
            "processes": sorted(self._park.pids()),
        }

    def _parameters(self, query: str, _: bytes) -> Answer:
        prefix = parse_qs(query).get("prefix", ["/mec/"])[0]
        return 200, inventory.parameters(prefix)

    def _load_faults(self, _: str, body: bytes) -> Answer:
        try:
            self._faults.load(json.loads(body or b"{}"))
        except (ValueError, TypeError) as error:
            return 400, {"error": str(error)}
        return 200, {}

    def _power(self, _: str, body: bytes) -> Answer:
        """Cut a machine's power, or give it back, without EC2 noticing."""
        try:
            given = json.loads(body or b"{}")
            instance_id, is_on = str(given["instanceId"]), bool(given["on"])
        except (ValueError, KeyError, TypeError):
            return 400, {"error": 'give {"instanceId": "i-…", "on": false}'}
        (self._park.start if is_on else self._park.stop)(instance_id)
        return 200, {}

    def _begin_stop(self, _: str, __: bytes) -> Answer:
        self._stop()
        return 200, {}
