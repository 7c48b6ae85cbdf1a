"""What a stand-in asks of a simulated machine, and what the command answers."""

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Question:
    """One command of a machine: the machine's secret, the client's process id, the command and its arguments."""

    secret: str
    pid: int
    command: str
    argv: Tuple[str, ...]

    @staticmethod
    def from_bytes(body: bytes) -> "Question":
        """As the stand-ins' client writes it: its words, with a NUL between two. Throws ValueError."""
        secret, pid, command, *argv = body.decode("utf-8", "surrogateescape").split("\0")
        return Question(secret, int(pid), command, tuple(argv))


@dataclass(frozen=True)
class Answer:
    """Exit code and both output streams of one command."""

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""

    def to_bytes(self) -> bytes:
        """As the stand-ins' client reads it: a line with the exit code and the length of stdout (bytes), then both streams."""
        stdout = self.stdout.encode("utf-8", "surrogateescape")
        return b"%d %d\n%b%b" % (self.exit_code, len(stdout), stdout, self.stderr.encode("utf-8", "surrogateescape"))
