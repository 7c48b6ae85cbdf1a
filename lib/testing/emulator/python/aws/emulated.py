"""Everything this package adds to moto, put in place once a process."""

from . import (
    addresses,
    boundaries,
    carrier_gateways,
    dependencies,
    flow_logs,
    images,
    instances,
    internet_gateways,
    launch_rules,
    log_groups,
    nat_gateways,
    parameters,
    private_addresses,
    routes,
    security_group_rules,
    subnets,
    termination_protection,
    waiting_stacks,
    zones,
)

_PARTS = (
    zones, subnets, private_addresses, addresses, internet_gateways, carrier_gateways, nat_gateways, routes, dependencies,
    security_group_rules, images, launch_rules, instances, termination_protection, boundaries, log_groups, flow_logs, parameters,
    waiting_stacks,
)
_installed = False


def install() -> None:
    """Add it all. Has to come after ``settings.apply`` and before the first request; more calls do nothing."""
    global _installed
    if _installed:
        return
    _installed = True
    for part in _PARTS:
        part.install()
