"""Whether a flow log can deliver to its log group, by the role it was given.

Sources: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html (who must be trusted, and with what) and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html (Access error). A flow log is made all the same, and
tells by its status; looked at are the two actions without which nothing arrives in a log group that exists.
"""

from typing import Any, Optional

from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.logs.models import logs_backends

from .lookup import find_role
from .patching import around
from .policy import ALLOWED, as_list, statements_of, verdict

_SERVICE = "vpc-flow-logs.amazonaws.com"
_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


def _log_group(flow_log: Any) -> Optional[str]:
    """Name of the log group that a flow log delivers to; None when it delivers elsewhere."""
    if flow_log.log_destination_type != "cloud-watch-logs":
        return None
    if flow_log.log_group_name:
        return str(flow_log.log_group_name)
    return str(flow_log.log_destination).split(":log-group:", 1)[-1].removesuffix(":*")


def _trusts(role: Any) -> bool:
    for statement in statements_of(role.assume_role_policy_document):
        principal = statement.get("Principal")
        services = as_list(principal.get("Service")) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and _SERVICE in services and "sts:AssumeRole" in as_list(statement.get("Action")):
            return True
    return False


def _delivers(backend: Any, flow_log: Any, log_group: str) -> bool:
    arn = str(flow_log.deliver_logs_permission_arn)
    role = find_role(arn.rsplit("/", 1)[-1])
    if role is None or role.arn != arn or not _trusts(role):
        return False
    groups = logs_backends[backend.account_id][backend.region_name].groups
    stream = f"arn:aws:logs:{backend.region_name}:{backend.account_id}:log-group:{log_group}:log-stream:{flow_log.id}"
    return log_group in groups and all(verdict(role, action, stream) is ALLOWED for action in _ACTIONS)


def install() -> None:
    """Show the status of each flow log to a log group as it is at the moment."""

    @around(FlowLogsBackend, "describe_flow_logs")
    def _describe(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        for flow_log in self.flow_logs.values():
            log_group = _log_group(flow_log)
            if log_group is not None:
                fine = _delivers(self, flow_log, log_group)
                flow_log.deliver_logs_status = "SUCCESS" if fine else "FAILED"
                flow_log.deliver_logs_error_message = None if fine else "Access error"
        return original(self, *args, **kwargs)
