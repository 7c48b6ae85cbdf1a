"""Packages of Ubuntu's archive."""

import re
from typing import Any

from .basics import Trouble, clip

UNREACHABLE = (
    "temporary failure resolving", "could not resolve", "could not connect", "cannot initiate the connection",
    "connection timed out", "connection failed", "failed to fetch", "unable to connect", "network is unreachable",
    "no route to host", "connection refused",
)  # fmt: skip


def apt_reason(text: str) -> str:
    """Few words for what apt said. The texts are apt's own: https://salsa.debian.org/apt-team/apt (methods, apt-pkg)."""
    low = " ".join(text.split()).lower()
    if "could not get lock" in low or "unable to acquire the dpkg" in low:
        return "another apt is at work"
    if "unable to locate package" in low or "has no installation candidate" in low:
        return "the archive does not have it"
    if any(sign in low for sign in UNREACHABLE):
        return "cannot reach the Ubuntu archive"
    if "no space left" in low or "enough free space" in low:
        return "no space left on the disk"
    if "dpkg was interrupted" in low:
        return "dpkg was interrupted"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E:")] or lines
    return clip(re.sub(r"^E:\s*", "", errors[0]), 48) if errors else "apt failed and did not say why"


class Apt:
    """Installs packages; each method is one idempotent act that throws Trouble."""

    KEEP = "/etc/apt/apt.conf.d/90mec"
    # Files that were changed are kept, without a question: also in unattended upgrades, which leave a package alone otherwise.
    KEEP_TEXT = 'Dpkg::Options { "--force-confdef"; "--force-confold"; };\n'
    # A lock is waited for, and a download tried again: first boots have both troubles.
    OPTIONS = ("-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3")

    def __init__(self, shell: Any, files: Any) -> None:
        self._shell, self._files = shell, files

    def install(self, package: str) -> None:
        """Install a package, or have its interrupted installation come to its end."""
        if self._files.read(self.KEEP) != self.KEEP_TEXT:
            self._files.write(self.KEEP, self.KEEP_TEXT)
        # Lists that are not brought up to date are no reason by themselves: an image may have them, or a source that is gone.
        update = self._run("update", timeout=300)
        install = self._run("install", "--no-install-recommends", package, timeout=900)
        if install.code and "dpkg was interrupted" in install.err + install.out:
            self._shell.run(["dpkg", "--configure", "-a"], 600)
            install = self._run("install", "--no-install-recommends", package, timeout=900)
        if install.code == 124:
            raise Trouble(f"{package}: the installation took too long")
        if install.code:
            reason = apt_reason(install.err or install.out)
            if update.code and reason == "the archive does not have it":  # it was never asked
                reason = "the lists took too long" if update.code == 124 else apt_reason(update.err or update.out)
            raise Trouble(f"{package}: {reason}")

    def _run(self, *arguments: str, timeout: float) -> Any:
        return self._shell.run(["apt-get", *self.OPTIONS, *arguments], timeout)
