"""What RunInstances and CreateVolume refuse in a Wavelength Zone, and the private addresses they hand out.

Sources: https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html (gp2 only),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html (unsupported instance type),
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (codes).
"""

from typing import Any, Dict, List, Optional

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import EBSBackend
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.responses import EC2Response

from .images import ROOT_GIBIBYTES, root_volume_type
from .patching import around
from .private_addresses import check_address
from .subnets import zone_of
from .zones import WAVELENGTH_INSTANCE_TYPES, WavelengthZone, find_zone, zones_of

_ROOT_DEVICE = "/dev/sda1"


def _refuse_type(zone: Any, instance_type: str) -> None:
    if instance_type not in WAVELENGTH_INSTANCE_TYPES:
        choices = ", ".join(other.name for other in zones_of(zone.region_name) if not isinstance(other, WavelengthZone))
        raise EC2ClientError(
            "Unsupported",
            f"Your requested instance type ({instance_type}) is not supported in your requested Availability Zone "
            f"({zone.name}). Please retry your request by not specifying an Availability Zone or choosing {choices}.",
        )


def _refuse_volume(zone: Any, volume_type: str) -> None:
    if volume_type != "gp2":
        raise EC2ClientError(
            "InvalidParameterValue",
            f"The volume type '{volume_type}' is not supported in the Wavelength Zone '{zone.name}': only gp2 is.",
        )


def _volume_types(backend: Any, image_id: str, mappings: Optional[List[Dict[str, Any]]]) -> List[str]:
    """The types of the volumes a launch makes; the image's own mapping counts where the request is silent."""
    given = {mapping["DeviceName"]: (mapping.get("Ebs") or {}).get("VolumeType") for mapping in mappings or []}
    of_image = root_volume_type(backend, image_id)
    types = [given.pop(_ROOT_DEVICE, None) or of_image]
    return types + [volume_type or "gp2" for volume_type in given.values()]


def _complete_root(backend: Any, image_id: str, mappings: Optional[List[Dict[str, Any]]]) -> None:
    """What the request does not say about the root volume comes from the image."""
    for mapping in mappings or []:
        if mapping["DeviceName"] == _ROOT_DEVICE:
            mapping["Ebs"]["VolumeType"] = mapping["Ebs"].get("VolumeType") or root_volume_type(backend, image_id)


def _interfaces(kwargs: Dict[str, Any]) -> List[Dict[str, Any]]:
    primary = [{"SubnetId": kwargs.get("subnet_id"), "PrivateIpAddress": kwargs.get("private_ip"),
                "AssociatePublicIpAddress": kwargs.get("associate_public_ip")}]
    return [nic for nic in kwargs.get("nics") or primary if not nic.get("NetworkInterfaceId")]


def _check_launch(backend: Any, image_id: str, kwargs: Dict[str, Any]) -> None:
    for nic in _interfaces(kwargs):
        if not nic.get("SubnetId"):
            continue
        subnet = backend.get_subnet(nic["SubnetId"])
        zone = zone_of(subnet)
        if isinstance(zone, WavelengthZone):
            _refuse_type(zone, kwargs.get("instance_type", ""))
            for volume_type in _volume_types(backend, image_id, kwargs.get("block_device_mappings")):
                _refuse_volume(zone, volume_type)
            if str(nic.get("AssociatePublicIpAddress")).lower() == "true":
                raise EC2ClientError(
                    "InvalidParameterCombination",
                    f"The associatePublicIPAddress parameter cannot be used in the Wavelength Zone '{zone.name}': "
                    "use a carrier IP address.",
                )
        more = [entry["PrivateIpAddress"] for entry in nic.get("PrivateIpAddresses", [])]
        for address in dict.fromkeys([nic.get("PrivateIpAddress") or "", *more]):
            if address:
                check_address(subnet, address)


def install() -> None:
    """Put the rules around moto's launches and volumes."""

    @around(InstanceBackend, "run_instances")
    def _run(original: Any, self: Any, image_id: str, count: int, user_data: Any, security_group_names: Any, **kwargs: Any) -> Any:
        _check_launch(self, image_id, kwargs)
        _complete_root(self, image_id, kwargs.get("block_device_mappings"))
        own = {nic.get("NetworkInterfaceId") for nic in kwargs.get("nics") or []}
        spared = {int(nic.get("DeviceIndex", 0)) for nic in kwargs.get("nics") or [] if nic.get("DeleteOnTermination") is False}
        reservation = original(self, image_id, count, user_data, security_group_names, **kwargs)
        for instance in reservation.instances:
            # Groups that came with the interface are the instance's too.
            instance.security_groups = instance.security_groups or list(instance.nics[0].group_set)
            for index, interface in instance.nics.items():
                if interface.id not in own and index not in spared:
                    # An interface made at launch goes with the instance unless the request says otherwise:
                    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
                    interface.delete_on_termination = True
        return reservation

    @around(EC2Response, "_parse_block_device_mapping")
    def _parse(original: Any, self: Any) -> Any:
        for mapping in self._get_param("BlockDeviceMappings", []):
            if mapping.get("DeviceName") == _ROOT_DEVICE:
                # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html
                volume = mapping.setdefault("Ebs", {})
                volume.setdefault("VolumeSize", ROOT_GIBIBYTES)
                volume.setdefault("DeleteOnTermination", True)
        return original(self)

    @around(Instance, "setup_defaults")
    def _root_of_image(original: Any, self: Any) -> None:
        backend = self.ec2_backend
        volume = backend.create_volume(
            size=ROOT_GIBIBYTES, zone_name=self._placement.zone, volume_type=root_volume_type(backend, self.image_id)
        )
        backend.attach_volume(volume.id, self.id, _ROOT_DEVICE, True)

    @around(EBSBackend, "create_volume")
    def _create_volume(original: Any, self: Any, size: Any, zone_name: str, *args: Any, **kwargs: Any) -> Any:
        zone = find_zone(zone_name)
        if isinstance(zone, WavelengthZone):
            _refuse_volume(zone, kwargs.get("volume_type") or "gp2")
        return original(self, size, zone_name, *args, **kwargs)
