"""Registries as containerd is told of them."""

import base64
import json
from typing import Any, Dict, Mapping

from .basics import SNAP_DATA, AwsError, Trouble


class Registries:
    """containerd's configuration of registries: the texts of desired, with credentials out of parameters of the user's.

    Sources: https://github.com/containerd/containerd/blob/main/docs/hosts.md (a change needs no restart),
    https://www.rfc-editor.org/rfc/rfc7617 (no colon in a user name, no control characters).
    """

    FOLDER = SNAP_DATA + "/args/certs.d"
    MARK = "@credential@"

    def __init__(self, aws: Any, files: Any) -> None:
        self._aws, self._files = aws, files

    def texts(self, desired: Mapping[str, Any]) -> Dict[str, str]:
        """The text of hosts.toml by registry; secret. Throws Trouble that names the parameter at fault, never its value."""
        texts: Dict[str, str] = dict(desired["launchConfiguration"].get("containerdRegistryConfigs") or {})
        names: Dict[str, str] = desired.get("registryCredentials") or {}
        credentials = {name: self._credential(name) for name in sorted(set(names.values()))}
        for registry, name in names.items():
            texts[registry] = texts[registry].replace(self.MARK, credentials[name])
        return texts

    def write(self, registry: str, text: str) -> bool:
        """Have containerd go by a text from its next pull on; false when it does already. Throws OSError."""
        path = self._path(registry)
        if self._files.read(path) == text:
            return False
        self._files.write(path, text, 0o600)
        return True

    def forget(self, registry: str) -> None:
        """Have containerd treat a registry as any other. Throws OSError."""
        self._files.forget(self._path(registry))

    def _path(self, registry: str) -> str:
        return f"{self.FOLDER}/{registry}/hosts.toml"

    def _credential(self, name: str) -> str:
        # One call for each, so that a refusal is about one.
        try:
            answer = self._aws.ssm("GetParameters", {"Names": [name], "WithDecryption": True})
        except AwsError as error:
            if error.code.startswith("AccessDenied"):
                raise Trouble(f"may not read parameter {name}") from None
            raise Trouble(f"cannot read parameter {name}: {error.code}") from None
        found = answer.get("Parameters") or []
        if not found:
            raise Trouble(f"missing parameter {name}")
        if found[0].get("Type") != "SecureString":
            raise Trouble(f"unencrypted parameter {name}: no SecureString")
        try:
            given = json.loads(found[0]["Value"])
            username, password = given["username"], given["password"]
            if not (isinstance(username, str) and isinstance(password, str) and username and password and ":" not in username):
                raise ValueError
            whole = f"{username}:{password}"
            if not whole.isprintable():
                raise ValueError
        except (KeyError, TypeError, ValueError, RecursionError):
            raise Trouble(f'malformed parameter {name}: no JSON with "username" and "password"') from None
        return base64.b64encode(whole.encode()).decode()
