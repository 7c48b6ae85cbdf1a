"""Everything this package adds to moto, put in place once a process."""

from . import addresses, gateways, images, instances, launch_rules, parameters, reservations, subnets, waiting_stacks, zones

_installed = False


def install() -> None:
    """Add it all. Has to come after ``settings.apply`` and before the first request; more calls do nothing."""
    global _installed
    if _installed:
        return
    _installed = True
    for part in (zones, subnets, reservations, addresses, gateways, images, launch_rules, instances, parameters, waiting_stacks):
        part.install()
