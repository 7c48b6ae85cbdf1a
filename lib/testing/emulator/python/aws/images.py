"""Canonical's Ubuntu images and the public parameters that point at the newest of them, in every Region.

Source: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ (parameter names; owner 099720109477).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Dict, List

from moto.core.utils import utcnow
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ssm.models import Parameter, ParameterDict

from .patching import around

_CANONICAL = "099720109477"


@dataclass(frozen=True)
class _Release:
    version: str
    codename: str
    volume_type: str

    @property
    def parameter(self) -> str:
        return (
            f"/aws/service/canonical/ubuntu/server/{self.version}/stable/current/amd64/hvm/"
            f"ebs-{self.volume_type}/ami-id"
        )

    @property
    def image_name(self) -> str:
        store = "hvm-ssd-gp3" if self.volume_type == "gp3" else "hvm-ssd"
        return f"ubuntu/images/{store}/ubuntu-{self.codename}-{self.version}-amd64-server-20261101"

    def image_id(self, region: str) -> str:
        return "ami-" + hashlib.sha256(f"{region}/{self.image_name}".encode()).hexdigest()[:17]


# 24.04 is registered with a gp3 root volume, 22.04 with gp2.
_RELEASES = (_Release("24.04", "noble", "gp3"), _Release("22.04", "jammy", "gp2"))
ROOT_GIBIBYTES = 8
"""Size of the root volume in the images (GiB)."""


class UbuntuImage(Ami):
    """One of Canonical's images, with its root volume as Canonical registers it."""

    volume_type = "gp2"

    @property
    def block_device_mappings(self) -> List[Dict[str, Any]]:
        """The root volume as the image has it."""
        root = {
            "SnapshotId": self.ebs_snapshot.id,
            "VolumeSize": ROOT_GIBIBYTES,
            "DeleteOnTermination": True,
            "VolumeType": self.volume_type,
            "Encrypted": False,
        }
        return [{"DeviceName": self.root_device_name, "Ebs": root}]


def root_volume_type(backend: Any, image_id: str) -> str:
    """Volume type that an instance of an image gets when the request names none."""
    image = backend.amis.get(image_id)
    return image.block_device_mappings[0]["Ebs"]["VolumeType"] if image else "gp2"


def _image(backend: Any, release: _Release, zone_name: str) -> UbuntuImage:
    image = UbuntuImage(
        backend,
        release.image_id(backend.region_name),
        name=release.image_name,
        description=f"Canonical, Ubuntu, {release.version}, amd64 {release.codename} image",
        owner_id=_CANONICAL,
        owner_alias="amazon",
        public=True,
        virtualization_type="hvm",
        architecture="x86_64",
        image_location=f"amazon/{release.image_name}",
        hypervisor="xen",
        root_device_type="ebs",
        root_device_name="/dev/sda1",
        boot_mode="uefi-preferred",
        region_name=zone_name,
    )
    image.volume_type = release.volume_type
    return image


def _parameter(account_id: str, region: str, release: _Release) -> Parameter:
    return Parameter(
        account_id=account_id,
        name=release.parameter,
        value=release.image_id(region),
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=utcnow(),
        version=1,
        data_type="aws:ec2:image",
        tier="Standard",
    )


def install() -> None:
    """Have the images and parameters in each Region that is used."""

    @around(AmiBackend, "_load_amis")
    def _load(original: Any, self: Any) -> None:
        original(self)
        zones = RegionsAndZonesBackend.zones.get(self.region_name)
        if zones:
            for release in _RELEASES:
                self.amis[release.image_id(self.region_name)] = _image(self, release, zones[0].name)

    @around(ParameterDict, "_check_loading_status")
    def _load_parameters(original: Any, self: Any, key: str) -> None:
        original(self, key)
        if str(key or "").startswith("/aws/service/canonical/") and not getattr(self, "_canonical_loaded", False):
            self._canonical_loaded = True
            for release in _RELEASES:
                self[release.parameter].append(_parameter(self.account_id, self.region_name, release))
