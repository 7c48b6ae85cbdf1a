"""What a call needs: actions on resources, with what conditions can ask for.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html,
.../list_amazons3.html, .../list_awscloudformation.html, .../list_awskeymanagementservice.html,
.../list_amazoncloudwatchlogs.html (streams; https://github.com/aws-solutions/aws-crr-monitor/issues/8 quotes the resource that
CreateLogStream asks for), and
https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html (what a SecureString needs
of its key, and the encryption context).
"""

from typing import Dict, List, NamedTuple, Tuple

from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from .call import Call
from .lookup import key_arn
from .settings import ACCOUNT_ID


# The key that AWS manages for Parameter Store lets in everyone of the account who comes through Parameter Store.
_MANAGED_KEY = "alias/aws/ssm"
_S3_ACTIONS: Dict[str, str] = {"HeadObject": "GetObject", "ListObjects": "ListBucket", "HeadBucket": "ListBucket"}


class Need(NamedTuple):
    """An action on a resource."""

    action: str
    resource: str
    context: Tuple[Tuple[str, str], ...] = ()
    """Condition keys of the request, and their values."""


class UnknownKey(Exception):
    """A SecureString names a key that does not exist."""


def needs_of(call: Call, instance_id: str) -> List[Need]:
    """Everything that must be allowed for a call, in the order AWS asks for it. Throws UnknownKey."""
    needs = {"ssm": _ssm, "s3": _s3, "cloudformation": _cloudformation, "kms": _kms, "logs": _logs}.get(call.service)
    if needs is not None:
        return needs(call, instance_id)
    if (call.service, call.action) == ("sts", "GetCallerIdentity"):
        return []
    return [Need(f"{call.service}:{call.action}", "*")]


def _arn(call: Call, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{call.region}:{ACCOUNT_ID}:{resource}"


def _ssm(call: Call, instance_id: str) -> List[Need]:
    action = f"ssm:{call.action}"
    if call.action == "UpdateInstanceInformation":
        return [Need(action, _arn(call, "ec2", f"instance/{instance_id}"))]
    names = [*call.parameters.get("Names", []), call.text("Name"), call.text("Path")]
    names = [str(name) for name in names if name]
    if not names:
        return [Need(action, "*")]
    needs = [Need(action, _parameter(call, name)) for name in names]
    return needs + _secure_string(call, names)


def _parameter(call: Call, name: str) -> str:
    return _arn(call, "ssm", f"parameter/{_bare(name)}")


def _bare(name: str) -> str:
    """A parameter's name without version or label, and without its first slash."""
    if name.startswith("arn:"):
        name = name.split(":parameter", 1)[-1]
    return name.split(":", 1)[0].lstrip("/")


def _secure_string(call: Call, names: List[str]) -> List[Need]:
    if call.action == "PutParameter":
        if call.text("Type") != "SecureString":
            return []
        advanced = call.text("Tier") == "Advanced"
        action = "kms:GenerateDataKey" if advanced else "kms:Encrypt"
        return _key_need(call, action, call.text("KeyId") or _MANAGED_KEY, names[0])
    if not call.parameters.get("WithDecryption"):
        return []
    stored = ssm_backends[ACCOUNT_ID][call.region]._parameters
    needs: List[Need] = []
    for name in names:
        versions = stored.get(name) or stored.get("/" + _bare(name)) or []
        if versions and versions[-1].parameter_type == "SecureString":
            needs += _key_need(call, "kms:Decrypt", versions[-1].keyid or _MANAGED_KEY, name)
    return list(dict.fromkeys(needs))


def _key_need(call: Call, action: str, key_id: str, name: str) -> List[Need]:
    if key_id == _MANAGED_KEY:
        return []
    arn = key_arn(call.region, key_id)
    if arn is None:
        raise UnknownKey(key_id)
    context = (("kms:EncryptionContext:PARAMETER_ARN", _parameter(call, name)), ("kms:ViaService", f"ssm.{call.region}.amazonaws.com"))
    return [Need(action, arn, context)]


def _s3(call: Call, _: str) -> List[Need]:
    bucket, key = call.text("Bucket"), call.text("Key")
    if not bucket:
        return [Need("s3:ListAllMyBuckets", "*")]
    action = f"s3:{_S3_ACTIONS.get(call.action, call.action)}"
    needs = [Need(action, f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}")]
    if action == "s3:GetObject" and not _object_exists(bucket, key):
        # Whether an object is missing is told only to those who may list the bucket:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        needs.append(Need("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    return needs


def _object_exists(bucket: str, key: str) -> bool:
    held = s3_backends[ACCOUNT_ID]["aws"].buckets.get(bucket)
    return held is None or key in held.keys


def _cloudformation(call: Call, _: str) -> List[Need]:
    action, stack = f"cloudformation:{call.action}", call.text("StackName")
    if not stack:
        return [Need(action, "*")]
    return [Need(action, stack if stack.startswith("arn:") else _arn(call, "cloudformation", f"stack/{stack}/*"))]


def _kms(call: Call, _: str) -> List[Need]:
    key_id = call.text("KeyId")
    return [Need(f"kms:{call.action}", (key_arn(call.region, key_id) if key_id else None) or "*")]


def _logs(call: Call, _: str) -> List[Need]:
    group, stream = call.text("logGroupName"), call.text("logStreamName")
    arn = _arn(call, "logs", f"log-group:{group}")
    return [Need(f"logs:{call.action}", f"{arn}:log-stream:{stream}" if stream else arn if group else "*")]
