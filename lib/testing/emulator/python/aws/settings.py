"""Settings of moto that must be in the environment before any of its modules is imported."""

import os

ACCOUNT_ID = "123456789012"
"""The one emulated account: moto's default, and the account number of AWS's own examples."""

_SETTINGS = {
    # Images come from images.py; moto's own thousands only cost start-up time.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # RunInstances refuses images and instance types that do not exist, as EC2 does.
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
    # A profile of the user's must not reach the botocore inside moto.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def apply() -> None:
    """Set moto's environment and forget every AWS setting of the user's. Call it before importing moto."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ.update(_SETTINGS)
