"""Keys and certificates as MicroK8s makes them with openssl.

Source: github.com/canonical/microk8s microk8s-resources/actions/common/utils.sh (produce_certs, gen_server_cert,
create_user_certificates) and microk8s-resources/certs/csr.conf.template.
"""

import ipaddress
import pathlib
import re
from datetime import datetime, timedelta, timezone
from typing import List, Optional, Sequence, Tuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import atomic

ALWAYS_DNS = (
    "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster",
    "kubernetes.default.svc.cluster.local",
)
ALWAYS_IPS = ("127.0.0.1", "10.152.183.1")
LONG_DAYS = 3650


def new_rsa_key(path: pathlib.Path) -> None:
    """An RSA 2048 key in PEM, unless the file is there already."""
    if not path.exists():
        _write_key(path, rsa.generate_private_key(public_exponent=65537, key_size=2048))


def _write_key(path: pathlib.Path, key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey") -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    atomic.write(path, pem, 0o660)


def _read_key(path: pathlib.Path) -> rsa.RSAPrivateKey:
    return serialization.load_pem_private_key(path.read_bytes(), None)  # type: ignore[return-value]


def _name(pairs: Sequence[Tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _builder(subject: x509.Name, issuer: x509.Name, public_key: rsa.RSAPublicKey, days: float) -> x509.CertificateBuilder:
    born = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
        .serial_number(x509.random_serial_number()).not_valid_before(born).not_valid_after(born + timedelta(days=days))
    )


def _usage(**on: bool) -> x509.KeyUsage:
    names = ("digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign "
             "crl_sign encipher_only decipher_only").split()
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


def self_signed_ca(certificate: pathlib.Path, key_path: pathlib.Path, common_name: str, key_usage: bool) -> None:
    """A CA of 3650 days. Without ``key_usage`` it is one of before June 2026 (github.com/canonical/microk8s/issues/4864)."""
    key = _read_key(key_path)
    name = _name([(NameOID.COMMON_NAME, common_name)])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(name, name, key.public_key(), LONG_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    if key_usage:
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    _write_certificate(certificate, builder.sign(key, hashes.SHA256()))


def _signed(certs: pathlib.Path, ca: str, builder: x509.CertificateBuilder) -> x509.Certificate:
    authority = x509.load_pem_x509_certificate((certs / f"{ca}.crt").read_bytes())
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
    )
    return builder.sign(_read_key(certs / f"{ca}.key"), hashes.SHA256())


def _issuer(certs: pathlib.Path, ca: str) -> x509.Name:
    return x509.load_pem_x509_certificate((certs / f"{ca}.crt").read_bytes()).subject


def client_certificate(
    certs: pathlib.Path, name: str, common_name: str, group: Optional[str], sans: List[str], signer: Optional[pathlib.Path] = None
) -> None:
    """``<name>.key`` and ``<name>.crt`` of 3650 days, signed by the cluster CA, which may lie in the folder ``signer``."""
    signer = signer or certs
    new_rsa_key(certs / f"{name}.key")
    pairs = [(NameOID.COMMON_NAME, common_name)] + ([(NameOID.ORGANIZATION_NAME, group)] if group else [])
    builder = _builder(_name(pairs), _issuer(signer, "ca"), _read_key(certs / f"{name}.key").public_key(), LONG_DAYS)
    if sans:
        builder = builder.add_extension(x509.SubjectAlternativeName(_general_names(sans)), critical=False)
    _write_certificate(certs / f"{name}.crt", _signed(signer, "ca", builder))


def server_certificate(certs: pathlib.Path, days: float) -> None:
    """``server.crt`` of so many days (365 in MicroK8s) with the names of ``csr.conf``, signed by the cluster CA."""
    _leaf(certs, "server", "ca", days, [
        (NameOID.COUNTRY_NAME, "GB"), (NameOID.STATE_OR_PROVINCE_NAME, "Canonical"), (NameOID.LOCALITY_NAME, "Canonical"),
        (NameOID.ORGANIZATION_NAME, "Canonical"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "Canonical"),
        (NameOID.COMMON_NAME, "127.0.0.1"),
    ])


def front_proxy_certificate(certs: pathlib.Path, days: float) -> None:
    """``front-proxy-client.crt`` of so many days (365 in MicroK8s), signed by the front-proxy CA."""
    _leaf(certs, "front-proxy-client", "front-proxy-ca", days, [(NameOID.COMMON_NAME, "front-proxy-client")])


def _leaf(certs: pathlib.Path, name: str, ca: str, days: float, subject: Sequence[Tuple[x509.ObjectIdentifier, str]]) -> None:
    names = sans_of((certs / "csr.conf").read_text("utf-8"))
    builder = (
        _builder(_name(subject), _issuer(certs, ca), _read_key(certs / f"{name}.key").public_key(), days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(_usage(key_encipherment=True, data_encipherment=True, digital_signature=True), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
    )
    _write_certificate(certs / f"{name}.crt", _signed(certs, ca, builder))


def dqlite_certificate(folder: pathlib.Path, hostname: str) -> None:
    """``cluster.crt`` and ``cluster.key``; an EC key, for the RSA 4096 of the original takes seconds and serves nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    _write_key(folder / "cluster.key", key)
    name = _name([(NameOID.COMMON_NAME, "k8s")])
    builder = _builder(name, name, key.public_key(), LONG_DAYS)  # type: ignore[arg-type]
    builder = builder.add_extension(x509.SubjectAlternativeName(_general_names([hostname, "127.0.0.1"])), critical=False)
    _write_certificate(folder / "cluster.crt", builder.sign(key, hashes.SHA256()))


def _general_names(names: Sequence[str]) -> List[x509.GeneralName]:
    out: List[x509.GeneralName] = []
    for name in names:
        try:
            out.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            out.append(x509.DNSName(name))
    return out


def _write_certificate(path: pathlib.Path, certificate: x509.Certificate) -> None:
    atomic.write(path, certificate.public_bytes(serialization.Encoding.PEM))


def check_rsa(key: pathlib.Path) -> None:
    """Throws ValueError when the file is no RSA key in PEM, OSError when it cannot be read."""
    if not isinstance(serialization.load_pem_private_key(key.read_bytes(), None), rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")


def fingerprint(certificate: pathlib.Path) -> str:
    """SHA-256 of a certificate's DER, in hex. Throws OSError or ValueError."""
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()


def expiry(certificate: pathlib.Path) -> datetime:
    """When a certificate ends. Throws OSError or ValueError."""
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    # Older versions of the library know it without a time zone only.
    return read.not_valid_after_utc if hasattr(read, "not_valid_after_utc") else read.not_valid_after.replace(tzinfo=timezone.utc)


def csr_template(extra_sans: Sequence[str]) -> str:
    """``csr.conf.template`` with the names that are always there and ``extra_sans``.

    Source: github.com/canonical/microk8s-cluster-agent pkg/util/csr.go (extraSANs replace the template).
    """
    dns, ips = list(ALWAYS_DNS), list(ALWAYS_IPS)
    for name in extra_sans:
        try:
            ipaddress.ip_address(name)
            ips.append(name)
        except ValueError:
            dns.append(name)
    lines = ["[ req ]", "distinguished_name = dn", "", "[ dn ]", "CN = 127.0.0.1", "", "[ alt_names ]"]
    lines += [f"DNS.{i + 1} = {name}" for i, name in enumerate(dns)]
    lines += [f"IP.{i + 1} = {ip}" for i, ip in enumerate(ips)]
    return "\n".join([*lines, "#MOREIPS", ""])


def render_csr(template: str, own_ips: Sequence[str]) -> str:
    """The template with the machine's own addresses in place of #MOREIPS, under numbers not yet used."""
    taken, lines, number = set(re.findall(r"^IP\.(\d+)", template, re.M)), [], 3
    for ip in own_ips:
        while str(number) in taken:
            number += 1
        lines.append(f"IP.{number} = {ip}")
        number += 1
    return template.replace("#MOREIPS", "\n".join(lines))


def sans_of(csr: str) -> List[str]:
    """The names in a rendered csr.conf, without repeats."""
    return list(dict.fromkeys(re.findall(r"^(?:DNS|IP)\.\d+\s*=\s*(\S+)", csr, re.M)))
