"""The control API below /_mec/, for the runner and for tests."""

import json
import os
from typing import Any, Callable, Dict, Tuple
from urllib.parse import parse_qs

from aws import inventory

Answer = Tuple[int, Any]


class Control:
    """Answers for health, machines, inventory, parameters, faults and stop."""

    def __init__(self, park: Any, faults: Any, stop: Callable[[], None]) -> None:
        self._park, self._faults, self._stop = park, faults, stop
        self._routes: Dict[Tuple[str, str], Callable[[str, bytes], Answer]] = {
            ("GET", "health"): lambda query, body: (200, {"status": "ok", "pid": os.getpid()}),
            ("GET", "machines"): lambda query, body: (200, self._park.list()),
            ("GET", "inventory"): lambda query, body: (200, self._inventory()),
            ("GET", "parameters"): self._parameters,
            ("POST", "faults"): self._load_faults,
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

    def _begin_stop(self, _: str, __: bytes) -> Answer:
        self._stop()
        return 200, {}
