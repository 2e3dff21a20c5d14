"""An authority whose servers and clients a test may be: PEM files in one folder."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A certificate and its key."""

    certificate_file: Path
    key_file: Path
    der: bytes
    serial: int


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates."""

    folder: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @property
    def file(self) -> Path:
        """The certificate that others trust."""
        return self.folder / "ca.pem"

    def leaf(self, name: str) -> Leaf:
        """Return a certificate for ``name`` on this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        here = x509.IPAddress(ipaddress.ip_address(HERE))
        certificate = (
            _begun(_name(name), self.name, key)
            .add_extension(x509.SubjectAlternativeName([here]), critical=False)
            .sign(self.key, SHA256())
        )
        made = Leaf(
            self.folder / f"{name}.pem",
            self.folder / f"{name}.key",
            certificate.public_bytes(Encoding.DER),
            certificate.serial_number,
        )
        made.certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        made.key_file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return made

    def revocation_list(self, *revoked: Leaf) -> bytes:
        """Return who is trusted no more, PEM."""
        now = datetime.now(UTC)
        built = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(now - DAY)
            .next_update(now + DAY)
        )
        for leaf in revoked:
            built = built.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(leaf.serial)
                .revocation_date(now - DAY)
                .build()
            )
        return built.sign(self.key, SHA256()).public_bytes(Encoding.PEM)

    def client(self, leaf: Leaf | None = None) -> ssl.SSLContext:
        """Return the TLS of a client that trusts this authority and shows ``leaf``."""
        context = ssl.create_default_context(cafile=str(self.file))
        if leaf is not None:
            context.load_cert_chain(leaf.certificate_file, leaf.key_file)
        return context


def authority_in(folder: Path) -> Authority:
    """Make an authority that nobody else knows."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(folder.name)
    certificate = (
        _begun(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return Authority(folder, name, key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
    )
