"""Limits of Parameter Store that moto does not keep.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html (a standard
parameter holds 4 KB) and https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html.
"""

from typing import Any

from moto.ssm.exceptions import ValidationException
from moto.ssm.models import SimpleSystemManagerBackend

from .patching import around

_STANDARD_CHARACTERS = 4096
_ADVANCED_CHARACTERS = 8192


def install() -> None:
    """Refuse values that are too long for their tier."""

    @around(SimpleSystemManagerBackend, "put_parameter")
    def _put(original: Any, self: Any, name: str, description: Any, value: str, *args: Any, tier: Any = None, **kwargs: Any) -> Any:
        before = self._parameters[name][-1] if name in self._parameters and self._parameters[name] else None
        kept = tier or (before.tier if before else None) or "Standard"
        if kept == "Standard" and len(value) > _STANDARD_CHARACTERS:
            raise ValidationException(
                "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter "
                "value, upgrade the parameter to use the advanced-parameter tier. For more information, see "
                "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
            )
        if len(value) > _ADVANCED_CHARACTERS:
            raise ValidationException("The parameter value is longer than 8192 characters.")
        return original(self, name, description, value, *args, tier=tier, **kwargs)
