"""The Wavelength Zones of the emulated account, in both generations of names.

Sources: https://docs.aws.amazon.com/wavelength/latest/developerguide/available-wavelength-zones.html and, for the raw
API answer about Boston, https://github.com/boto/boto3/issues/3994.
"""

import re
from dataclasses import dataclass
from typing import Iterator

# Opt-in group → cities: one group per carrier and Region, zones `<group>-<city>-wlz-1`.
_NUMBERED_CARRIERS = {
    "us-east-1-wl1": "atl bna bos chi clt dfw dtw iah mia msp nyc tpa was",
    "us-west-2-wl1": "den las lax phx sea sfo",
    "ap-northeast-1-wl1": "nrt kix",
    "ap-northeast-2-wl1": "cjj sel",
    "ca-central-1-wl1": "yto",
    "eu-central-1-wl1": "ber dtm muc",
    "eu-west-2-wl1": "lon man",
    "eu-west-2-wl2": "man",
}
_LETTERED = ("eu-west-3-cmn-wlz-1a", "us-east-1-foe-wlz-1a")

_REGION = r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
_NUMBERED_NAME = re.compile(_REGION + r"-(?P<carrier>wl\d+)-(?P<city>[a-z]{3})-wlz-(?P<number>\d+)")
_LETTERED_NAME = re.compile(_REGION + r"-(?P<city>[a-z]{3})-wlz-(?P<number>\d+)[a-z]")

_SHORT_REGIONS = {
    "us-east-1": "use1",
    "us-west-2": "usw2",
    "ap-northeast-1": "apne1",
    "ap-northeast-2": "apne2",
    "ca-central-1": "cac1",
    "eu-central-1": "euc1",
    "eu-west-2": "euw2",
    "eu-west-3": "euw3",
}


@dataclass(frozen=True)
class ZoneNames:
    """The names of one Wavelength Zone."""

    name: str
    zone_id: str
    region: str
    group_name: str
    network_border_group: str


def names_of(zone_name: str) -> ZoneNames:
    """The names that follow from a zone's name. Throws ValueError when the name follows neither grammar."""
    numbered = _NUMBERED_NAME.fullmatch(zone_name)
    if numbered:
        region, carrier, city, number = numbered.group("region", "carrier", "city", "number")
        zone_id = f"{_SHORT_REGIONS[region]}-{carrier}-{city}-wlz{number}"
        return ZoneNames(zone_name, zone_id, region, f"{region}-{carrier}", zone_name)
    lettered = _LETTERED_NAME.fullmatch(zone_name)
    if lettered:
        region, city, number = lettered.group("region", "city", "number")
        border_group = zone_name[:-1]
        zone_id = f"{_SHORT_REGIONS[region]}-{city}1-wlz{number}"
        return ZoneNames(zone_name, zone_id, region, border_group, border_group)
    raise ValueError(f"{zone_name} is not named like a Wavelength Zone")


def all_zones() -> Iterator[ZoneNames]:
    """Every Wavelength Zone whose name is public."""
    for group, cities in _NUMBERED_CARRIERS.items():
        for city in cities.split():
            yield names_of(f"{group}-{city}-wlz-1")
    for name in _LETTERED:
        yield names_of(name)
