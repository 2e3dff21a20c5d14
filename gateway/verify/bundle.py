"""Check an evidence bundle offline, with the program that auditors run alone."""

from collections.abc import Mapping
from pathlib import Path

from gateway.errors import StartError
from gateway.evidence.verify_bundle import (
    FORMAT,
    SM2,
    UNKNOWN,
    BrokenError,
    Found,
    verify,
)
from gateway.verify.statement import examine_statement, is_statement
from signing.errors import TrustBundleError
from signing.sm2 import curve
from signing.sm2.keys import SignatureForm, Sm2PublicKey, read_sm2_pem
from signing.sm2.library import NoSm2Error
from signing.sm2.signatures import sm2_check

_BEGIN = 4096


def examine_bundle(file: Path, policy: Path | None) -> list[Found] | None:
    """Return what came of each check of a bundle, or of the text of a code.

    ``None`` if ``file`` is neither.

    Raises:
        StartError: a file cannot be read.
    """
    raw = _read(file)
    if is_statement(raw):
        return examine_statement(raw, None if policy is None else _read(policy))
    if not raw.startswith(b"{") or f'"format":"{FORMAT}"'.encode() not in raw[:_BEGIN]:
        return None
    try:
        trusted = None if policy is None else _read(policy).decode()
    except UnicodeDecodeError:
        raise StartError(f"{policy} is no text") from None
    return verify(raw, trusted, {"SM2": _is_signed_by_sm2, SM2: _is_cosigned_by_sm2})


def _is_signed_by_sm2(fact: Mapping[str, str], value: bytes, signed: bytes) -> bool:
    """Return whether the key of a fact made a signature, by the library for SM2."""
    if "sm2SignerId" not in fact:
        raise BrokenError("UNSUPPORTED", UNKNOWN)
    body = fact["publicKey"]
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----"
    form = SignatureForm(fact["sm2Signature"])
    try:
        point = read_sm2_pem(pem)
        key = None if point is None else point.used_as(fact["sm2SignerId"], form)
    except TrustBundleError:
        key = None
    if key is None:
        raise BrokenError("WRONG_ALGORITHM")
    return _fits(key, value, signed)


def _is_cosigned_by_sm2(coordinates: bytes, value: bytes, signed: bytes) -> bool:
    """Return whether a note's key made a signature; what is no point made none."""
    if len(coordinates) != 2 * curve.BYTES:
        return False
    x, y = coordinates[: curve.BYTES], coordinates[curve.BYTES :]
    try:
        key = Sm2PublicKey((int.from_bytes(x), int.from_bytes(y)))
    except TrustBundleError:
        return False
    return _fits(key, value, signed)


def _fits(key: Sm2PublicKey, value: bytes, signed: bytes) -> bool:
    try:
        return sm2_check(key)(value, signed)
    except NoSm2Error:
        raise BrokenError("UNSUPPORTED", UNKNOWN) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
