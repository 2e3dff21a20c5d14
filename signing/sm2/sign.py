"""Sign by SM2, as the counterpart of ``signatures``: questions, and in the sandbox."""

import base64
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from signing.errors import TrustBundleError
from signing.sm2 import curve, der, signed_data
from signing.sm2.keys import OIDS, SignatureForm, Sm2PublicKey
from signing.sm2.library import Key
from signing.sm2.signatures import read_der

_HEAD = bytes.fromhex("308187020100") + OIDS + bytes.fromhex("046d306b0201010420")
_MIDDLE = bytes.fromhex("a14403420004")
_BEGIN, _END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class Sm2PrivateKey:
    """A number from 1 to n - 2, and the public key it makes."""

    secret: int
    public: Sm2PublicKey

    @classmethod
    def derive(cls, secret: int) -> Self:
        """Return the key of a number.

        Raises:
            TrustBundleError: the number is everybody's.
        """
        return cls(secret, Sm2PublicKey(curve.multiplied(secret, curve.G)))

    @classmethod
    def generate(cls) -> Self:
        """Return a new key."""
        return cls.derive(2 + secrets.randbelow(curve.N - 3))

    def used_as(self, public: Sm2PublicKey) -> Self:
        """Return the key that signs as ``public``, of the same point, says."""
        return type(self)(
            self.secret, self.public.used_as(public.signer_id, public.form)
        )

    def public_key(self) -> Sm2PublicKey:
        """Return the public key."""
        return self.public

    def private_bytes(
        self,
        encoding: Encoding,
        format: PrivateFormat,  # noqa: A002 - as ``cryptography`` names it
        encryption_algorithm: NoEncryption,  # noqa: ARG002 - the one there is
    ) -> bytes:
        """Return a PrivateKeyInfo (RFC 5208) as OpenSSL writes it, in DER or PEM.

        Raises:
            ValueError: another encoding or format.
        """
        if format is not PrivateFormat.PKCS8:
            raise ValueError(f"{format} asked, PKCS8 alone is written")
        secret = self.secret.to_bytes(curve.BYTES)
        spelt = _HEAD + secret + _MIDDLE + self.public.coordinates
        if encoding is Encoding.DER:
            return spelt
        if encoding is Encoding.PEM:
            return f"{_BEGIN}\n{base64.encodebytes(spelt).decode()}{_END}\n".encode()
        raise ValueError(f"{encoding} asked, DER and PEM are written")

    def pem(self) -> bytes:
        """Return the key as a PEM text."""
        return self.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, message: bytes) -> bytes:
        """Return a signature of ``message`` in the key's form."""
        signature = self.sign_digest(self.public.digest(message))
        match self.public.form:
            case SignatureForm.RAW:
                r, s = read_der(signature)
                return r.to_bytes(curve.BYTES) + s.to_bytes(curve.BYTES)
            case SignatureForm.DER:
                return signature
            case SignatureForm.SIGNED_DATA:
                return in_signed_data(signature)

    def sign_digest(self, digest: bytes) -> bytes:
        """Return a signature of SM3(Z || message), in DER."""
        spelt = self.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return Key(spelt, is_private=True).sign(digest)


def read_private_pem(pem: bytes) -> Sm2PrivateKey | None:
    """Return the key of a PEM text, ``None`` if it is none that is written here.

    Raises:
        TrustBundleError: the secret does not make the public key beside it.
    """
    text = pem.decode("ascii", "replace").strip()
    if not text.startswith(_BEGIN) or not text.endswith(_END):
        return None
    spelt = base64.b64decode(text[len(_BEGIN) : -len(_END)])
    if not spelt.startswith(_HEAD):
        return None
    secret = int.from_bytes(spelt[len(_HEAD) : len(_HEAD) + curve.BYTES])
    key = Sm2PrivateKey.derive(secret)
    if key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) != spelt:
        raise TrustBundleError("the SM2 private key and its public key do not fit")
    return key


ISSUER_AND_SERIAL = der.value(
    der.SEQUENCE, der.value(der.SEQUENCE), der.value(der.INTEGER, b"\x01")
)
"""Nobody's, since nobody looks."""


def in_signed_data(signature: bytes, content: bytes | None = None) -> bytes:
    """Return a SignedData (GB/T 35275) of one signature in DER, detached or not."""
    digest = _algorithm(signed_data.SM3)
    attached = (
        ()
        if content is None
        else (der.value(der.CONTEXT | 0, der.value(der.OCTET_STRING, content)),)
    )
    signer = der.value(
        der.SEQUENCE,
        der.value(der.INTEGER, b"\x01"),
        ISSUER_AND_SERIAL,
        digest,
        _algorithm(signed_data.SM2_SIGN),
        der.value(der.OCTET_STRING, signature),
    )
    body = der.value(
        der.SEQUENCE,
        der.value(der.INTEGER, b"\x01"),
        der.value(der.SET, digest),
        der.value(
            der.SEQUENCE,
            der.value(der.OBJECT_IDENTIFIER, signed_data.DATA),
            *attached,
        ),
        der.value(der.SET, signer),
    )
    return der.value(
        der.SEQUENCE,
        der.value(der.OBJECT_IDENTIFIER, signed_data.SIGNED_DATA),
        der.value(der.CONTEXT | 0, body),
    )


def _algorithm(oid: bytes) -> bytes:
    return der.value(der.SEQUENCE, der.value(der.OBJECT_IDENTIFIER, oid))
