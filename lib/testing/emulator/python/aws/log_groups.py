"""Log groups with an encryption key: CloudWatch Logs itself must be allowed to use it.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html (what the key's policy must allow
to the service, and the encryption context) and
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html; the refusal is quoted in
https://github.com/hashicorp/terraform-provider-aws/issues/29282.
"""

import re
from typing import Any, Optional

from moto.logs.exceptions import LogsClientError, ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

from .lookup import find_key
from .patching import around
from .policy import as_list, matches, statements_of

_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey")
_CONTEXT = "kms:EncryptionContext:aws:logs:arn"
_OPERATORS = {"ArnEquals", "ArnLike", "StringEquals", "StringLike"}


def _concerns(statement: Any, service: str, log_group_arn: str) -> bool:
    principal = statement.get("Principal")
    services = ["*"] if principal == "*" else as_list(principal.get("Service")) if isinstance(principal, dict) else []
    if service not in services and "*" not in services:
        return False
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, patterns in keys.items():
            fits = any(matches(pattern, log_group_arn) for pattern in as_list(patterns))
            # A condition on anything else is taken as not fulfilled.
            if operator not in _OPERATORS or key.lower() != _CONTEXT.lower() or not fits:
                return False
    return True


def _is_allowed(key: Any, service: str, log_group_arn: str) -> bool:
    allowed = [
        pattern
        for statement in statements_of(key.policy)
        if statement.get("Effect") == "Allow" and _concerns(statement, service, log_group_arn)
        for pattern in as_list(statement.get("Action"))
    ]
    return all(any(matches(pattern, action, re.IGNORECASE) for pattern in allowed) for action in _ACTIONS)


def _check(backend: Any, log_group_name: str, kms_key_id: Optional[str]) -> None:
    if not kms_key_id:
        return
    region = backend.region_name
    arn = f"arn:aws:logs:{region}:{backend.account_id}:log-group:{log_group_name}"
    key = find_key(region, kms_key_id)
    if key is None or key.key_state != "Enabled" or not _is_allowed(key, f"logs.{region}.amazonaws.com", arn):
        raise LogsClientError(
            "AccessDeniedException", f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
        )


def _change_key(response: Any, kms_key_id: Optional[str]) -> str:
    backend, name = response.logs_backend, response._get_param("logGroupName")
    if name not in backend.groups:
        raise ResourceNotFoundException()
    _check(backend, name, kms_key_id)
    backend.groups[name].kms_key_id = kms_key_id
    return ""


def install() -> None:
    """Check keys when log groups get them; moto has neither of the two actions that change one."""

    @around(LogsBackend, "create_log_group")
    def _create(original: Any, self: Any, log_group_name: str, tags: Any, **kwargs: Any) -> Any:
        _check(self, log_group_name, kwargs.get("kmsKeyId"))
        return original(self, log_group_name, tags, **kwargs)

    LogsResponse.associate_kms_key = lambda self: _change_key(self, self._get_param("kmsKeyId"))  # type: ignore[attr-defined]
    LogsResponse.disassociate_kms_key = lambda self: _change_key(self, None)  # type: ignore[attr-defined]
