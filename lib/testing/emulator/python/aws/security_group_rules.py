"""Rules between security groups keep their description.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html.
"""

from typing import Any, Dict, Optional

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from .patching import around


def _description(rule: Any) -> Optional[str]:
    return rule.ip_range.get("Description") or getattr(rule, "group_description", None)


def install() -> None:
    """Keep the description apart from the group pair, by which moto tells rules from each other."""

    @around(SecurityGroupRule, "__init__")
    def _init(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.group_description = self.source_group.get("Description")
        self.source_group = {name: value for name, value in self.source_group.items() if name != "Description"}

    @around(SecurityGroupBackend, "modify_security_group_rules")
    def _modify(original: Any, self: Any, group_id: str, rules: Dict[str, Dict[str, Any]]) -> None:
        original(self, group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for rule_id, changed in rules.items():
            if changed.get("ReferencedGroupId"):
                group.get_rule(rule_id).source_group["GroupId"] = changed["ReferencedGroupId"]

    SecurityGroupRule.description = property(_description)  # type: ignore[assignment]
