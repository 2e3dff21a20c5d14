"""Certificates of an invented authority, right ones and wrong ones."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Authority:
    """A certificate authority; its files are kept in one folder."""

    folder: Path
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """The file that a client is told to trust."""
        return self.folder / "ca.pem"

    def server(self, host: str = HERE, *, ends_in: timedelta = DAY) -> ssl.SSLContext:
        """Return the TLS of a server at ``host``."""
        now = datetime.now(UTC)
        key = generate_private_key(SECP256R1())
        certificate = (
            _names(host, self.certificate.subject)
            .public_key(key.public_key())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + ends_in)
            .add_extension(
                x509.SubjectAlternativeName(
                    [x509.IPAddress(ipaddress.ip_address(host))]
                ),
                critical=False,
            )
            .sign(self.key, SHA256())
        )
        path = self.folder / "server.pem"
        path.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def authority_in(folder: Path) -> Authority:
    """Make an authority nobody else knows."""
    folder.mkdir()
    now = datetime.now(UTC)
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    certificate = (
        _names("test authority", name)
        .public_key(key.public_key())
        .not_valid_before(now - 60 * DAY)
        .not_valid_after(now + 60 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    made = Authority(folder, key, certificate)
    made.file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return made


def _names(subject: str, issuer: x509.Name) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
    )
