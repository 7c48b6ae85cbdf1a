"""What the AWS half says of an instance that starts, and what its metadata service tells it."""

import json
from dataclasses import dataclass
from typing import Dict, Optional


@dataclass(frozen=True)
class BootSpec:
    """What the AWS half knows of an instance when it starts."""

    instance_id: str
    user_data: bytes
    private_ip: str
    hostname: str
    region: str
    zone: str
    role_name: Optional[str]


def metadata(spec: BootSpec) -> Dict[str, str]:
    """The metadata service's facts: path below /latest → text."""
    identity = {
        "instanceId": spec.instance_id, "privateIp": spec.private_ip, "region": spec.region,
        "availabilityZone": spec.zone, "accountId": "123456789012",
    }
    return {
        "meta-data/instance-id": spec.instance_id,
        "meta-data/local-ipv4": spec.private_ip,
        "meta-data/local-hostname": spec.hostname,
        "meta-data/hostname": spec.hostname,
        "meta-data/placement/region": spec.region,
        "meta-data/placement/availability-zone": spec.zone,
        "dynamic/instance-identity/document": json.dumps(identity),
        "user-data": spec.user_data.decode("utf-8", "replace"),
    }
