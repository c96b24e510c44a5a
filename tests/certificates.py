"""A private authority and the certificates it gives, made in the test."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.settings import Tls

DAY = timedelta(days=1)
NOW = datetime.now(UTC)
SPOKEN_FOR = ("127.0.0.1",)


@dataclass(frozen=True)
class PrivateAuthority:
    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, name: str = "Pusat", since: datetime = NOW - DAY, until: datetime = NOW + 365 * DAY) -> Self:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(name)
        certificate = (
            _builder(subject, subject, key.public_key(), since, until)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(subject, key, certificate)

    def file(self, folder: Path, *others: "PrivateAuthority") -> Path:
        """One PEM file of this authority and others, as a technician keeps it during a change."""
        path = folder / "authority.pem"
        path.write_bytes(b"".join(_pem(each.certificate) for each in (self, *others)))
        return path

    def give(
        self,
        folder: Path,
        hosts: tuple[str, ...] = SPOKEN_FOR,
        since: datetime = NOW - DAY,
        until: datetime = NOW + 90 * DAY,
    ) -> Tls:
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_general_name(host) for host in hosts]
        certificate = (
            _builder(_named("server"), self.name, key.public_key(), since, until)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        tls = Tls(folder / "server.crt", folder / "server.key")
        tls.certificate.write_bytes(_pem(certificate))
        tls.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return tls


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
