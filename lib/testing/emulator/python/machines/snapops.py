"""``snap install``, ``refresh``, ``revert`` and ``switch``: what the store says, which change begins, and the last words.

Source: github.com/canonical/snapd cmd/snapd/cli/cmd_snap_op.go, error.go; daemon/api_snaps.go (summaries, "cannot revert").
"""

import textwrap
from typing import Dict, List, Tuple

from . import store
from .answer import Answer
from .snapd import Snapd, SnapdError


def _filled(text: str) -> str:
    # Errors of the daemon are wrapped at 80 columns and indented under "error: ".
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False).replace("\n", "\n       ")


def named(words: List[str]) -> None:
    """Throws SnapdError when no snap is named."""
    if not words:
        raise SnapdError("the required argument `<snap> (at least 1 argument)` was not provided", 64)


def need_microk8s(words: List[str]) -> None:
    """Throws SnapdError when the first snap is not microk8s."""
    named(words)
    if words[0] != "microk8s":
        raise SnapdError(f'snap "{words[0]}" not found')


def _need_installed(snapd: Snapd, words: List[str]) -> None:
    named(words)
    if words[0] not in snapd.others and not (words[0] == "microk8s" and snapd.snap):
        raise SnapdError(f'snap "{words[0]}" is not installed')


def _fetched(snapd: Snapd, action: str, channel: str, options: Dict[str, str]) -> Tuple[store.Release, str]:
    """What the store has in a channel, and the error that its download will end with. Throws SnapdError."""
    failure, broken = snapd.store_failure(), ""
    if failure is not None:
        snapd.power.must_sleep(0.2)
        text = store.UNUSABLE[failure % len(store.UNUSABLE)]
        if text:
            raise SnapdError(_filled(text.format(action=action)))
        broken = store.BROKEN_DOWNLOAD
    release = store.look_up(channel)
    if release is None:
        raise SnapdError(_filled(f'snap "microk8s" not available on channel "{channel}" (see \'snap info microk8s\')'))
    if release.classic and "classic" not in options and not (snapd.snap and snapd.snap["classic"]):
        raise SnapdError(_NEEDS_CLASSIC)
    return release, broken


def _full(channel: str) -> str:
    return channel if "/" in channel else f"{channel}/stable"


def _done(snapd: Snapd, action: str) -> str:
    """What snap says of the microk8s that is there now, as it would of a channel other than latest/stable."""
    snap = snapd.snap or {}
    track = "" if snap["channel"] in ("stable", "latest/stable") else f" ({snap['channel']})"
    return f"microk8s{track} {snap['version']} from Canonical** {action}\n"


def install(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    """``snap install``. Throws SnapdError or PowerLost."""
    named(words)
    name = words[0]
    already = Answer(0, "", f"snap \"{name}\" is already installed, see 'snap help refresh'\n")
    if name != "microk8s":
        return already if name in snapd.others else _install_other(snapd, name, options)
    if snapd.snap and not any(change["status"] == "Doing" for change in snapd.changes()):
        return already
    snapd.check_free()
    channel = _full(options.get("channel", "latest/stable"))
    release, broken = _fetched(snapd, "install", options.get("channel", channel), options)
    change = snapd.install(release, channel, broken)
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, _done(snapd, "installed"))


def _install_other(snapd: Snapd, name: str, options: Dict[str, str]) -> Answer:
    if not snapd.seeded:
        snapd.check_free()
    if snapd.store_failure() is not None:
        raise SnapdError(store.UNUSABLE[0])
    if name == "amazon-ssm-agent" and "classic" not in options:
        raise SnapdError(_NEEDS_CLASSIC.replace("microk8s", name))
    if not snapd.install_other(name):
        raise SnapdError(f'snap "{name}" not found')
    snapd.record("install-snap", f'Install "{name}" snap', lambda: None)
    return Answer(0, f"{name} {snapd.others[name]['version']} from Amazon Web Services (aws**) installed\n")


_NEEDS_CLASSIC = """This revision of snap "microk8s" was published using classic confinement
       and thus may perform arbitrary system changes outside of the security
       sandbox that snaps are usually confined to, which may put your system at
       risk.

       If you understand and want to proceed repeat the command including
       --classic."""


def refresh(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    """``snap refresh``. Throws SnapdError or PowerLost."""
    if not words and not options:
        return Answer(0, "", "All snaps up to date.\n")
    if "hold" in options or "unhold" in options:
        return _hold(snapd, words, options)
    _need_installed(snapd, words)
    no_update = Answer(0, "", f'snap "{words[0]}" has no updates available\n')
    if words[0] != "microk8s" or snapd.snap is None:
        return no_update
    snapd.check_free()
    # A snap that is named is refreshed whatever holds it: holds count for general and automatic refreshes.
    channel = _full(options.get("channel", snapd.snap["channel"]))
    release, broken = _fetched(snapd, "refresh", options.get("channel", channel), options)
    if release.revision == snapd.snap["revision"]:
        old = snapd.snap["channel"]
        if channel == old:
            return no_update
        snapd.switch("refresh-snap", f'Refresh "microk8s" snap from "{channel}" channel', channel)
        return Answer(0, _done(snapd, "refreshed"))
    change = snapd.refresh(release, channel, broken)
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, _done(snapd, "refreshed"))


def _hold(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    if {"channel", "revision"} & set(options):
        raise SnapdError(f"cannot use --{'hold' if 'hold' in options else 'unhold'} with other flags")
    need_microk8s(words)
    if "hold" in options:
        until = options["hold"] or "forever"
        snapd.record("hold-snap", 'Hold general refreshes for "microk8s"', lambda: snapd.hold(True))
        shown = "indefinitely" if until == "forever" else f"until {until}"
        return Answer(0, f'General refreshes of "microk8s" held {shown}\n')
    snapd.record("unhold-snap", 'Remove refresh hold on "microk8s"', lambda: snapd.hold(False))
    return Answer(0, 'Removed general refresh hold of "microk8s"\n')


def revert(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    """``snap revert``. Throws SnapdError or PowerLost."""
    _need_installed(snapd, words)
    if words[0] != "microk8s":
        raise SnapdError(f'cannot revert "{words[0]}": no revision to revert to')
    snapd.check_free()
    change = snapd.revert()
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, f"microk8s reverted to {(snapd.snap or {})['version']}\n")


def switch(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    """``snap switch``. Throws SnapdError."""
    if not options.get("channel"):
        raise SnapdError("nothing to switch; specify --channel (and/or one of --cohort/--leave-cohort)")
    _need_installed(snapd, words)
    need_microk8s(words)
    snapd.check_free()
    channel = _full(options["channel"])
    snapd.switch("switch-snap", f'Switch "microk8s" snap to channel "{channel}"', channel)
    return Answer(0, f'"microk8s" switched to the "{channel}" channel\n')
