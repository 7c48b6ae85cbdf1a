"""What a command of a simulated machine answers."""

from dataclasses import dataclass
from typing import Any, Dict


@dataclass(frozen=True)
class Answer:
    """Exit code and both output streams of one command."""

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""

    def to_json(self) -> Dict[str, Any]:
        """As the stand-ins' client reads it."""
        return {"exitCode": self.exit_code, "stdout": self.stdout, "stderr": self.stderr}
