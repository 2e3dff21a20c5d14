"""A thousand signatures of SM2 on which unrelated programs have to agree.

Key, id and message of each follow from its number. The signatures are kept in
``signatures.txt``, since signing has chance in it; OpenSSL, GmSSL and ``gmalg`` made a
third each. Every fourth is also there altered, and then of nothing.

    python -m tests.signing.sm2.many

makes them anew, and has ``gmalg`` check them all, for two minutes.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import gmalg
import gmssl_pyx

from signing.sm2 import curve
from signing.sm2.keys import SignatureForm
from signing.sm2.sign import Sm2PrivateKey
from signing.sm2.signatures import read_der
from tests.vectors.sm2 import halves, in_der

FILE = Path(__file__).parent / "signatures.txt"
COUNT = 1024
KEYS = 16
IDS = ("1234567812345678", "", "ALICE123@YAHOO.COM", "上海市消防救援总队")


@dataclass(frozen=True, slots=True)
class Signed:
    """A message, a signature of 64 bytes, and whether it is right."""

    secret: int
    signer_id: str
    message: bytes
    signature: bytes
    is_right: bool = True

    @property
    def key(self) -> Sm2PrivateKey:
        key = _derived(self.secret)
        return key.used_as(key.public.used_as(self.signer_id, SignatureForm.RAW))


@cache
def _derived(secret: int) -> Sm2PrivateKey:
    return Sm2PrivateKey.derive(secret)


def unsigned(number: int) -> Signed:
    """Return what is signed under a number."""
    seed = hashlib.shake_256(b"SM2 %d" % number)
    secret = hashlib.sha256(b"TEST ONLY SM2 %d" % (number % KEYS)).digest()
    return Signed(
        secret=int.from_bytes(secret) % (curve.N - 3) + 2,
        signer_id=IDS[number // KEYS % len(IDS)],
        message=seed.digest(number % 300),
        signature=b"",
    )


def altered(right: Signed, number: int) -> Signed:
    """Return something like ``right`` that nobody signed."""
    r, s = (int.from_bytes(right.signature[at : at + 32]) for at in (0, 32))
    other = unsigned(number + 1)
    return replace(
        right,
        is_right=False,
        **(
            {"message": right.message + b"\0"},
            {"signer_id": right.signer_id + "0"},
            {"secret": other.secret},
            {"signature": halves(r, curve.N - s)},
            {"signature": halves(s, r)},
            {"signature": halves(r ^ 1, s)},
            {"signature": halves(r, s ^ 1)},
        )[number // 4 % 7],
    )


def all_of_them() -> list[Signed]:
    """Return every signature, right ones first."""
    kept = FILE.read_text().split()
    right = [
        replace(unsigned(number), signature=bytes.fromhex(text))
        for number, text in enumerate(kept)
    ]
    return right + [altered(right[at], at) for at in range(0, len(right), 4)]


def z_and_message(signed: Signed) -> bytes:
    """Return what is hashed, made anew by ``gmalg``."""
    core = gmalg.SM2()._core
    x, y = signed.key.public.point
    public = gmalg.SM2(pk=b"\4" + halves(x, y))._pk
    return bytes(core.entity_info(signed.signer_id.encode(), public)) + signed.message


def by_gmssl(signed: Signed) -> bool:
    """Ask GmSSL, which takes no empty id: then for the digest alone."""
    public = signed.key.public.coordinates
    spelt = in_der(*(int.from_bytes(signed.signature[at : at + 32]) for at in (0, 32)))
    if signed.signer_id:
        return bool(
            gmssl_pyx.sm2_verify(
                public, signed.message, spelt, signed.signer_id.encode()
            )
        )
    digest = gmssl_pyx.sm3_hash(z_and_message(signed))
    return bool(gmssl_pyx.sm2_verify_sm3_digest(public, digest, spelt))


def by_gmalg(signed: Signed) -> bool:
    public: Any = gmalg.SM2(pk=b"\4" + signed.key.public.coordinates)._pk
    r, s = (int.from_bytes(signed.signature[at : at + 32]) for at in (0, 32))
    core = gmalg.SM2()._core
    return bool(core.verify(signed.message, r, s, signed.signer_id.encode(), public))


def _signature(number: int) -> bytes:
    signed = unsigned(number)
    key = signed.key
    if number % 3 == 0:
        return key.sign(signed.message)
    if number % 3 == 1:
        digest = gmssl_pyx.sm3_hash(z_and_message(signed))
        secret = signed.secret.to_bytes(32)
        return halves(*read_der(gmssl_pyx.sm2_sign_sm3_digest(secret, digest)))
    public: Any = gmalg.SM2(pk=b"\4" + key.public.coordinates)._pk
    signer_id = signed.signer_id.encode()
    core = gmalg.SM2()._core
    return halves(*core.sign(signed.message, signed.secret, signer_id, public))


def main() -> None:
    FILE.write_text("".join(f"{_signature(at).hex()}\n" for at in range(COUNT)))
    for signed in all_of_them():
        if by_gmalg(signed) is not signed.is_right:
            raise SystemExit(f"gmalg does not agree on {signed}")


if __name__ == "__main__":
    main()
