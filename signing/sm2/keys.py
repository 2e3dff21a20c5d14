"""Public keys of SM2, and what has to be known of them besides the point.

A signature of SM2 covers the signer's id with the message, and comes in three forms.
Neither can be told from the signature, and guessing would make several verdicts of
one: both are the key's, as a trust bundle states them.
"""

import base64
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.errors import TrustBundleError
from signing.sm2 import curve

DEFAULT_SIGNER_ID = "1234567812345678"
"""GM/T 0009 section 10: where nothing else is agreed."""
MAX_SIGNER_ID_BYTES = 8191
"""Their bits are counted in 16 bits."""

OIDS = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
"""AlgorithmIdentifier: id-ecPublicKey on the curve 1.2.156.10197.1.301."""
_SPKI = bytes.fromhex("3059") + OIDS + bytes.fromhex("034200")
_UNCOMPRESSED = 4
_BEGIN, _END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"

_OF_EVERYBODY = {
    curve.G[0]: "its private key is 1 or n - 1",
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020: (
        "its private key is printed in GB/T 32918.5"
    ),
}
"""By the x coordinate: points whose secret everybody has."""


class SignatureForm(StrEnum):
    """How the two numbers of a signature are written."""

    RAW = "raw"  # r || s, 64 bytes
    DER = "der"  # SEQUENCE { r, s }, GM/T 0009 section 7.3
    SIGNED_DATA = "signed-data"  # detached or not, GB/T 35275 section 8


@dataclass(frozen=True)
class Sm2PublicKey:
    """A point of the curve, the id its holder signs under, and the form.

    Raises:
        TrustBundleError: no point that may be a key, or an id that is too long.
    """

    point: curve.Point
    signer_id: str = DEFAULT_SIGNER_ID
    form: SignatureForm = SignatureForm.RAW

    def __post_init__(self) -> None:
        if not curve.is_on_curve(self.point):
            raise TrustBundleError("the SM2 key is no point of the curve")
        if known := _OF_EVERYBODY.get(self.point[0]):
            raise TrustBundleError(f"the SM2 key is everybody's: {known}")
        size = len(self.signer_id.encode())
        if size > MAX_SIGNER_ID_BYTES:
            raise TrustBundleError(
                f"sm2_signer_id has {size} bytes, at most {MAX_SIGNER_ID_BYTES} allowed"
            )

    def used_as(self, signer_id: str, form: SignatureForm) -> Self:
        """Return the key of the same point with another id and form."""
        return type(self)(self.point, signer_id, form)

    def public_bytes(self, encoding: Encoding, format: PublicFormat) -> bytes:  # noqa: A002 - as ``cryptography`` names it
        """Return the SubjectPublicKeyInfo, in DER or PEM; as keys of other kinds do.

        Raises:
            ValueError: another encoding or format.
        """
        if format is not PublicFormat.SubjectPublicKeyInfo:
            raise ValueError(f"{format} asked, SubjectPublicKeyInfo alone is written")
        spelt = _SPKI + bytes((_UNCOMPRESSED,)) + self.coordinates
        if encoding is Encoding.DER:
            return spelt
        if encoding is Encoding.PEM:
            text = base64.b64encode(spelt).decode()
            lines = [text[at : at + 64] for at in range(0, len(text), 64)]
            return "\n".join((_BEGIN, *lines, _END, "")).encode()
        raise ValueError(f"{encoding} asked, DER and PEM are written")

    @property
    def coordinates(self) -> bytes:
        """The two coordinates, 64 bytes."""
        return b"".join(number.to_bytes(curve.BYTES) for number in self.point)

    @cached_property
    def described(self) -> bytes:
        """What decides on a signature besides the point, for a fingerprint."""
        return b"\x1f".join((self.form.encode(), self.signer_id.encode()))

    @cached_property
    def _after_z(self) -> Hash:
        """SM3 of Z, from which every digest goes on (GB/T 32918.2 section 5.5)."""
        signer_id = self.signer_id.encode()
        named = Hash(SM3())
        named.update((8 * len(signer_id)).to_bytes(2) + signer_id)
        for number in (curve.A, curve.B, *curve.G):
            named.update(number.to_bytes(curve.BYTES))
        named.update(self.coordinates)
        digest = Hash(SM3())
        digest.update(named.finalize())
        return digest

    def digest(self, message: bytes) -> bytes:
        """Return what is signed of ``message``: SM3(Z || message), 32 bytes."""
        digest = self._after_z.copy()
        digest.update(message)
        return digest.finalize()


def read_sm2_pem(pem: str) -> Sm2PublicKey | None:
    """Return the key of a PEM text, ``None`` if it is no key of SM2's curve.

    Raises:
        TrustBundleError: it is one, but compressed, cut, off the curve or everybody's.
    """
    text = pem.strip()
    if not text.startswith(_BEGIN) or not text.endswith(_END):
        return None
    body = "".join(text[len(_BEGIN) : -len(_END)].split())
    try:
        spelt = base64.b64decode(body, validate=True)
    # Characters of another alphabet, or of another script.
    except ValueError:
        return None
    if OIDS not in spelt[: len(OIDS) + 4]:
        return None
    point = spelt[len(_SPKI) :]
    if not spelt.startswith(_SPKI) or len(point) != 1 + 2 * curve.BYTES:
        raise TrustBundleError(
            f"the SM2 key has {len(spelt)} bytes of another layout; "
            "an uncompressed point of 65 bytes is expected"
        )
    if point[0] != _UNCOMPRESSED:
        raise TrustBundleError(
            f"the SM2 key's point begins with {point[0]:02x}, "
            "04 (uncompressed) expected"
        )
    x, y = point[1 : 1 + curve.BYTES], point[1 + curve.BYTES :]
    return Sm2PublicKey((int.from_bytes(x), int.from_bytes(y)))
