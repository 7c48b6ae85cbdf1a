"""CreateStack for waiting stacks, SignalResource, and what follows for the stacks that only wait.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html; the refusal of a late
signal is quoted in https://github.com/aws-cloudformation/aws-cloudformation-templates/issues/34.
"""

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_stack_id
from moto.core.responses import ActionResult, EmptyResult

from .patching import around
from .waiting_stack import WaitingStack, only_wait_condition


def _on_failure(response: Any) -> str:
    """What becomes of a stack that fails; DisableRollback and OnFailure exclude each other."""
    disable, wanted = response._get_param("DisableRollback"), response._get_param("OnFailure")
    if disable is not None and wanted:
        raise ValidationError(message="You can specify either DisableRollback or OnFailure, but not both.")
    if str(disable).lower() == "true":
        return "DO_NOTHING"
    return wanted or "ROLLBACK"


def _signal_resource(self: Any) -> ActionResult:
    name, unique_id = self._get_param("StackName"), self._get_param("UniqueId") or ""
    resource, status = self._get_param("LogicalResourceId"), self._get_param("Status")
    if not 1 <= len(unique_id) <= 64:
        raise ValidationError(
            message=f"1 validation error detected: Value '{unique_id}' at 'uniqueId' failed to satisfy constraint: "
            "Member must have length between 1 and 64"
        )
    if status not in ("SUCCESS", "FAILURE"):
        raise ValidationError(
            message=f"1 validation error detected: Value '{status}' at 'status' failed to satisfy constraint: "
            "Member must satisfy enum value set: [SUCCESS, FAILURE]"
        )
    stacks = [stack for stack in self.cloudformation_backend.stacks.values() if name in (stack.name, stack.stack_id)]
    if not stacks:
        raise ValidationError(message=f"Stack {name} does not exist")
    if not isinstance(stacks[0], WaitingStack):
        raise ValidationError(message=f"Stack {stacks[0].stack_id} is in {stacks[0].status} state and cannot be signaled")
    stacks[0].signal(resource, unique_id, status)
    return EmptyResult()


def _mark(stack: Any, token: Any) -> None:
    """Give the events of an operation its token, those that came already and those to come."""
    stack.request_token = token
    for event in stack.events:
        event.client_request_token = event.client_request_token or token


def install() -> None:
    """Put the waiting stacks into moto's CloudFormation."""

    @around(CloudFormationBackend, "create_stack")
    def _create(original: Any, self: Any, name: str, template: str, parameters: Any, **kwargs: Any) -> Any:
        condition = only_wait_condition(Stack.parse_template(template))
        if condition is None:
            return original(self, name, template, parameters, **kwargs)
        for stack in list(self.stacks.values()):
            # OnFailure DELETE leaves the name free once the stack is gone.
            if stack.name == name and stack.status == "DELETE_COMPLETE":
                self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
            elif stack.name == name:
                raise AlreadyExistsException(f"Stack [{name}] already exists")
        stack = WaitingStack(
            condition,
            stack_id=generate_stack_id(name, self.region_name, self.account_id),
            name=name,
            template=template,
            parameters=parameters,
            account_id=self.account_id,
            region_name=self.region_name,
            cross_stack_resources=self.exports,
            **kwargs,
        )
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        stack.create_resources()
        self.stacks[stack.stack_id] = stack
        return stack

    @around(CloudFormationResponse, "create_stack")
    def _create_response(original: Any, self: Any) -> ActionResult:
        on_failure = _on_failure(self)
        result = original(self)
        stack = self.cloudformation_backend.get_stack(result.result["StackId"])
        stack.disable_rollback = on_failure == "DO_NOTHING"
        stack.on_failure = on_failure
        _mark(stack, self._get_param("ClientRequestToken"))
        return result

    @around(CloudFormationResponse, "delete_stack")
    def _delete_response(original: Any, self: Any) -> ActionResult:
        name, token = self._get_param("StackName"), self._get_param("ClientRequestToken")
        stacks = [stack for stack in self.cloudformation_backend.stacks.values() if name in (stack.name, stack.stack_id)]
        result = original(self)
        for stack in stacks:
            _mark(stack, token)
        return result

    CloudFormationResponse.signal_resource = _signal_resource  # type: ignore[attr-defined]
