"""The credential of the deployer."""

import os
import ssl
from typing import Any, Dict, Mapping

from .basics import DAY, PROTOCOL, SECRETS, SNAP_DATA, Trouble, fingerprint, from_iso, iso, placeholder
from .microk8s import Microk8s
from .ports import Clock

CREDENTIAL_DAYS, CREDENTIAL_MARGIN_DAYS = 365, 60


class Deployer:
    """The deployer's client certificate: made here, signed by the cluster CA, believed by the API before it is published."""

    REQUEST = "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nO=system:masters\nCN=mec-deployer\n"
    EXTENSIONS = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n"

    def __init__(self, shell: Any, files: Any, network: Any, microk8s: Microk8s, clock: Clock) -> None:
        self._shell, self._files, self._network, self._microk8s, self._clock = shell, files, network, microk8s, clock

    def make(self) -> Dict[str, Any]:
        """A new credential that the API accepts. Throws Trouble."""
        path = lambda name: self._files.path(f"{SECRETS}/{name}")  # noqa: E731
        certs = self._files.path(SNAP_DATA + "/certs")
        try:
            self._files.secret_folder(SECRETS)
            self._files.write(SECRETS + "/request.cnf", self.REQUEST, 0o600)
            self._files.write(SECRETS + "/extensions.cnf", self.EXTENSIONS, 0o600)
            self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path("key.pem"))
            self._openssl("req", "-new", "-config", path("request.cnf"), "-key", path("key.pem"), "-out", path("request.pem"))
            self._openssl(
                "x509", "-req", "-sha256", "-in", path("request.pem"), "-CA", certs + "/ca.crt", "-CAkey", certs + "/ca.key",
                "-set_serial", "0x" + os.urandom(16).hex(), "-days", str(CREDENTIAL_DAYS), "-extfile", path("extensions.cnf"),
                "-out", path("certificate.pem"),
            )  # fmt: skip
            end = self._openssl("x509", "-noout", "-enddate", "-in", path("certificate.pem")).strip().partition("=")[2]
            record = {
                "protocol": PROTOCOL,
                "ca": self._microk8s.certificate("ca").strip() + "\n",
                "certificate": self._files.read(SECRETS + "/certificate.pem"),
                "key": self._files.read(SECRETS + "/key.pem"),
                "caFingerprint": self._microk8s.ca_fingerprint(),
                "notAfter": iso(ssl.cert_time_to_seconds(end)),
            }
        finally:
            self._files.forget(SECRETS)
        if not self.works(record):
            raise Trouble("the API does not accept the new certificate")
        return record

    def works(self, record: Any) -> bool:
        """Whether a credential is of this cluster, lasts, and is accepted by the API. Throws Trouble when the API is silent."""
        try:
            if placeholder(record) or record["protocol"] != PROTOCOL or record["caFingerprint"] != self._microk8s.ca_fingerprint():
                return False
            if fingerprint(record["ca"]) != record["caFingerprint"] or not self.lasts(record):
                return False
            texts = {"ca": record["ca"], "certificate": record["certificate"], "key": record["key"]}
            self._files.secret_folder(SECRETS)
            for name, text in texts.items():
                self._files.write(f"{SECRETS}/{name}.pem", text, 0o600)
            paths = [self._files.path(f"{SECRETS}/{name}.pem") for name in texts]
            status = self._network.api_status(self._microk8s.secure_port(), *paths)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            raise Trouble("the API server hangs up") from None
        except (KeyError, TypeError, ValueError, AttributeError, ssl.SSLError):
            return False
        except OSError as error:
            raise Trouble(f"the API server does not answer ({type(error).__name__})") from None
        finally:
            self._files.forget(SECRETS)
        if status not in (200, 401, 403):
            raise Trouble(f"the API server answers {status}")
        return status == 200

    def lasts(self, record: Mapping[str, Any]) -> bool:
        """Whether it is far from expiring. Throws ValueError or KeyError for what is no credential."""
        return from_iso(record["notAfter"]) - self._clock.time() > CREDENTIAL_MARGIN_DAYS * DAY

    def _openssl(self, *arguments: str) -> str:
        result = self._shell.run(["openssl", *arguments], 30)
        if result.code:
            raise Trouble(f"openssl {arguments[0]} failed")
        return result.out
