"""Read a signature in its key's form, and check it.

``(r, s)`` has to be in range (GB/T 32918.2 section 7.1, B1 to B5) before OpenSSL sees
it. SM2 is not malleable as ECDSA is: ``(r, n - s)`` is another signature, of nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.sm2 import curve
from signing.sm2.der import SEQUENCE, DerError, Reader
from signing.sm2.keys import SignatureForm, Sm2PublicKey
from signing.sm2.library import Key
from signing.sm2.signed_data import signature_of


class Numbers(NamedTuple):
    """The two numbers of a signature."""

    r: int
    s: int


def sm2_check(key: Sm2PublicKey) -> Callable[[bytes, bytes], bool]:
    """Return the check of a signature by ``key``.

    Raises:
        NoSm2Error: there is no library for it.
    """
    by_openssl = Key(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def check(signature: bytes, signed: bytes) -> bool:
        try:
            r, s = read_signature(key.form, signature, signed)
        except DerError:
            return False
        return by_openssl.verifies(key.digest(signed), r, s)

    return check


def why_not(key: Sm2PublicKey, signature: bytes, signed: bytes) -> str:
    """Return what may be the matter with a signature that does not hold."""
    try:
        read_signature(key.form, signature, signed)
    except DerError as error:
        return f"{error}; the trust bundle says sm2_signature = {key.form.value!r}"
    return (
        "it may be the signer id that is set differently on the two sides: "
        f"here sm2_signer_id = {key.signer_id[:64]!a}"
    )


def read_signature(form: SignatureForm, signature: bytes, signed: bytes) -> Numbers:
    """Return the numbers of ``signature``, which is in the key's form.

    Raises:
        DerError: it is in another form, or a number is out of range.
    """
    if form is SignatureForm.RAW:
        numbers = _raw(signature)
    elif form is SignatureForm.DER:
        numbers = read_der(signature)
    else:
        numbers = read_der(signature_of(signature, signed))
    for name, number in numbers._asdict().items():
        if not 1 <= number < curve.N:
            raise DerError(f"{name} is not from 1 to n - 1")
    if sum(numbers) == curve.N:
        raise DerError("r + s is n")
    return numbers


def _raw(signature: bytes) -> Numbers:
    if len(signature) != 2 * curve.BYTES:
        raise DerError(f"{len(signature)} bytes, 64 expected (r and s)")
    return Numbers(
        int.from_bytes(signature[: curve.BYTES]),
        int.from_bytes(signature[curve.BYTES :]),
    )


def read_der(signature: bytes) -> Numbers:
    """Return the numbers of ``SEQUENCE { r, s }``.

    Raises:
        DerError: it is none, or spelt otherwise than DER spells it.
    """
    outer = Reader(signature, "signature")
    inner = outer.within(SEQUENCE)
    outer.end()
    numbers = Numbers(inner.integer(), inner.integer())
    inner.end()
    return numbers
