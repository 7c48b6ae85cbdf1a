"""Termination protection, asked for at launch or later.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html. moto refuses to
terminate a protected instance, but forgets the protection in RunInstances and keeps it as text in ModifyInstanceAttribute.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.responses import EC2Response

from .patching import around


def install() -> None:
    """Keep the protection as it was asked for."""

    @around(EC2Response, "run_instances")
    def _run(original: Any, self: Any) -> ActionResult:
        result = original(self)
        for instance in result.result.instances:
            instance.disable_api_termination = self._get_bool_param("DisableApiTermination", False)
        return result

    @around(InstanceBackend, "modify_instance_attribute")
    def _modify(original: Any, self: Any, instance_id: str, key: str, value: Any) -> Any:
        if key in ("disable_api_termination", "disable_api_stop"):
            value = str(value).lower() == "true"
        return original(self, instance_id, key, value)
