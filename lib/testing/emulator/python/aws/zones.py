"""Wavelength Zones in moto's zone table, and opting in to their groups.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyAvailabilityZoneGroup.html.
"""

from typing import Any, Dict, List, Optional, Set

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.responses import EC2Response

from . import zone_table
from .patching import around

WAVELENGTH_INSTANCE_TYPES = ("t3.medium", "t3.xlarge", "r5.2xlarge", "g4dn.2xlarge")
"""What every Wavelength Zone has offered from the start (openshift/enhancements, custom edge machine sets)."""

_opted_in: Set[str] = set()


class WavelengthZone(Zone):
    """A Wavelength Zone with the attributes that DescribeAvailabilityZones shows of it."""

    def __init__(self, names: zone_table.ZoneNames, parent: Zone) -> None:
        super().__init__(names.name, names.region, names.zone_id, "wavelength-zone")
        self.zone_name = names.name
        self.group_name = names.group_name
        self.network_border_group = names.network_border_group
        self.parent_zone_name = parent.name
        self.parent_zone_id = parent.zone_id

    @property
    def opt_in_status(self) -> str:
        """``opted-in`` or ``not-opted-in``: the account starts outside every group."""
        return "opted-in" if self.group_name in _opted_in else "not-opted-in"


def is_usable(zone: Any) -> bool:
    """Whether the account may make resources in a zone."""
    return not isinstance(zone, WavelengthZone) or zone.opt_in_status == "opted-in"


def find_zone(name: Optional[str] = None, zone_id: Optional[str] = None) -> Optional[Any]:
    """The zone with a name or an id, in any Region; None when there is none."""
    for zones in RegionsAndZonesBackend.zones.values():
        for zone in zones:
            if (name and zone.name == name) or (zone_id and zone.zone_id == zone_id):
                return zone
    return None


def zones_of(region: str) -> List[Any]:
    """All zones of a Region, usable or not."""
    return list(RegionsAndZonesBackend.zones.get(region, []))


def border_group_of(zone: Any) -> str:
    """The network border group of a zone: its Region for an ordinary one."""
    return getattr(zone, "network_border_group", zone.region_name)


def forget_opt_ins() -> None:
    """Back to an account that opted in to nothing."""
    _opted_in.clear()


def _describe(self: Any) -> ActionResult:
    self.error_on_dryrun()
    wanted_names, wanted_ids = self._get_param("ZoneNames", []), self._get_param("ZoneIds", [])
    zones = zones_of(self.region)
    for kind, wanted, known in (
        ("availability zone", wanted_names, {zone.name for zone in zones}),
        ("availability zone-id", wanted_ids, {zone.zone_id for zone in zones}),
    ):
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise EC2ClientError("InvalidParameterValue", f"Invalid {kind}: [{', '.join(unknown)}]")
    if not self._get_bool_param("AllAvailabilityZones", False):
        zones = [zone for zone in zones if is_usable(zone)]
    zones = [zone for zone in zones if not wanted_names or zone.name in wanted_names]
    zones = [zone for zone in zones if not wanted_ids or zone.zone_id in wanted_ids]
    filters = self._filters_from_querystring()
    return ActionResult({"AvailabilityZones": [zone for zone in zones if _passes(zone, filters)]})


def _passes(zone: Any, filters: Dict[str, List[str]]) -> bool:
    for name, values in filters.items():
        attribute = {"zone-name": "name"}.get(name, name.replace("-", "_"))
        if not hasattr(Zone("", "", ""), attribute) and attribute not in _EDGE_FILTERS:
            raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
        if getattr(zone, attribute, None) not in values:
            return False
    return True


_EDGE_FILTERS = {"group_name", "opt_in_status", "parent_zone_name", "parent_zone_id", "network_border_group"}


def _modify_group(self: Any) -> ActionResult:
    self.error_on_dryrun()
    group, status = self._get_param("GroupName"), self._get_param("OptInStatus")
    members = [zone for zone in zones_of(self.region) if getattr(zone, "group_name", None) == group]
    if not members:
        raise EC2ClientError("InvalidParameterValue", f"Invalid availability zone group: '{group}'")
    if not isinstance(members[0], WavelengthZone):
        raise EC2ClientError("InvalidParameterValue", f"Opt-in is not required for the zone group '{group}'")
    if status != "opted-in":
        raise EC2ClientError(
            "InvalidParameterValue",
            f"Value ({status}) for parameter OptInStatus is invalid. The only valid value is opted-in. "
            "Contact AWS Support to opt out of a Local Zone or Wavelength Zone group.",
        )
    _opted_in.add(group)
    return ActionResult({"Return": True})


def install() -> None:
    """Register the zones and their instance types; describe and modify them as EC2 does."""
    for region, zones in RegionsAndZonesBackend.zones.items():
        for zone in zones:
            zone.opt_in_status = "opt-in-not-required"
            zone.group_name = f"{region}-zg-1"
            zone.network_border_group = region
    for names in zone_table.all_zones():
        zones = RegionsAndZonesBackend.zones[names.region]
        zones.append(WavelengthZone(names, zones[0]))
        for location_type, location in (("availability-zone", names.name), ("availability-zone-id", names.zone_id)):
            INSTANCE_TYPE_OFFERINGS[location_type].setdefault(names.region, []).extend(
                {"InstanceType": name, "Location": location, "LocationType": location_type}
                for name in WAVELENGTH_INSTANCE_TYPES
            )

    @around(RegionsAndZonesBackend, "describe_availability_zones")
    def _ordinary_zones(original: Any, self: Any, *args: Any, **kwargs: Any) -> List[Any]:
        # moto makes default subnets in these, and picks one of them when a request names none.
        return [zone for zone in original(self, *args, **kwargs) if not isinstance(zone, WavelengthZone)]

    RegionsAndZonesBackend.get_zone_by_name = lambda self, name: find_zone(name)  # type: ignore[method-assign]
    EC2Response.describe_availability_zones = _describe  # type: ignore[method-assign]
    EC2Response.modify_availability_zone_group = _modify_group  # type: ignore[attr-defined]
