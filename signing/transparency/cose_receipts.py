"""Prove an entry to those who speak SCITT: COSE receipts (RFC 9942, RFC 9052).

A receipt is a COSE_Sign1 of the log over the tree's root, with the inclusion proof of
RFC 9162 in its unprotected header. The root is not in it: whoever verifies it rebuilds
it from the entry's leaf and the path, and a receipt for another leaf is of another
root, which nobody signed.

A receipt is the log's word alone, without witnesses. Whoever can read a ``.tlog-proof``
asks for that (``proofs``); this one is for whoever cannot.

What is signed begins with the byte of a CBOR array, which no text begins with: a
receipt is never a checkpoint, though one key signs both.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signing.transparency.merkle import ProofError, root_of_inclusion
from signing.transparency.notes import VerifierKey
from signing.transparency.proofs import PATH_LIMIT

RECEIPT_LIMIT = 16_384
"""Bytes of a receipt; the longest path takes some 2,200."""
_SIGN1 = 18
_ALGORITHM, _KEY_ID, _CLAIMS, _STRUCTURE, _PROOFS = 1, 4, 15, 395, 396
_EDDSA = -8
_ISSUER, _SUBJECT = 1, 2
_RFC9162_SHA256 = 1
_INCLUSION = -1
_DEPTH = 6
_PARTS = 4


class CoseReceiptError(ValueError):
    """This is no receipt, or of something else, or of somebody else."""


class Inclusion(NamedTuple):
    """Where a leaf is, in a log of which size, and what stands beside it."""

    size: int
    place: int
    path: Sequence[bytes]


class ReceiptProved(NamedTuple):
    """What a receipt proved."""

    issuer: str
    """The log's origin."""
    subject: str
    """What the log says that the entry is about."""
    size: int
    """In a log of how many; the root alone is signed, and of some sizes the path is the
    same."""
    place: int


class UnsignedReceipt(NamedTuple):
    """A receipt that lacks its signature."""

    protected: bytes
    unprotected: Mapping[int, object]
    signed: bytes
    """What the log's key has to sign, bare Ed25519."""

    def with_signature(self, signature: bytes) -> bytes:
        """Return the receipt."""
        parts = [self.protected, self.unprotected, None, signature]
        return _encoded(cbor2.CBORTag(_SIGN1, parts))


def unsigned_receipt(
    key: VerifierKey, subject: str, leaf: bytes, inclusion: Inclusion
) -> UnsignedReceipt:
    """Return the receipt by ``key`` that ``leaf`` is where ``inclusion`` says.

    Raises:
        ProofError: no tree has this path there.
    """
    protected = _encoded(
        {
            _ALGORITHM: _EDDSA,
            _KEY_ID: key.id,
            _CLAIMS: {_ISSUER: key.name, _SUBJECT: subject},
            _STRUCTURE: _RFC9162_SHA256,
        }
    )
    size, place, path = inclusion
    root = root_of_inclusion(leaf, place, size, path)
    unprotected = {_PROOFS: {_INCLUSION: [_encoded([size, place, list(path)])]}}
    return UnsignedReceipt(protected, unprotected, _signed(protected, root))


def require_cose_receipt(raw: bytes, leaf: bytes, key: VerifierKey) -> ReceiptProved:
    """Return what a receipt proves of ``leaf``, by the log's ``key``.

    Only what is written as ``UnsignedReceipt`` writes is read: one spelling, one proof.

    Raises:
        CoseReceiptError: it is none, or does not prove that.
    """
    match _decoded(raw):
        case cbor2.CBORTag(tag=18, value=parts) if len(parts) == _PARTS:
            protected, unprotected, payload, signature = parts
        case _:
            raise CoseReceiptError("a receipt is a COSE_Sign1 of four parts")
    if payload is not None:
        raise CoseReceiptError("a receipt has no payload; the root is rebuilt")
    subject = _subject(protected, key)
    size, place, path = _inclusion(unprotected)
    try:
        root = root_of_inclusion(leaf, place, size, path)
    except ProofError as error:
        raise CoseReceiptError(str(error)) from error
    if not isinstance(signature, bytes):
        raise CoseReceiptError("a signature is bytes")
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(
            signature, _signed(protected, root)
        )
    except InvalidSignature as error:
        raise CoseReceiptError(
            f"the signature of {key.name} does not fit this leaf at {place}"
        ) from error
    return ReceiptProved(key.name, subject, size, place)


def _subject(protected: object, key: VerifierKey) -> str:
    """Return what a protected header is about, which has to be of ``key``.

    Raises:
        CoseReceiptError: it says something else.
    """
    if not isinstance(protected, bytes):
        raise CoseReceiptError("a protected header is bytes")
    header = _decoded(protected)
    claims = header.get(_CLAIMS) if isinstance(header, Mapping) else None
    subject = claims.get(_SUBJECT) if isinstance(claims, Mapping) else None
    if not isinstance(subject, str) or header != {
        _ALGORITHM: _EDDSA,
        _KEY_ID: key.id,
        _CLAIMS: {_ISSUER: key.name, _SUBJECT: subject},
        _STRUCTURE: _RFC9162_SHA256,
    }:
        raise CoseReceiptError(
            f"a receipt of {key.name} says EdDSA, its key, its name, a subject and "
            "RFC9162_SHA256, and nothing else"
        )
    return subject


def _inclusion(unprotected: object) -> Inclusion:
    """Return size, place and path by an unprotected header.

    Raises:
        CoseReceiptError: it says something else.
    """
    match unprotected:
        case {396: {-1: [bytes() as encoded]}, **others} if not others:
            proof = _decoded(encoded)
        case _:
            raise CoseReceiptError("a receipt has one inclusion proof")
    match proof:
        case [int() as size, int() as place, [*path]] if len(path) <= PATH_LIMIT:
            hashes = [one for one in path if isinstance(one, bytes)]
            if len(hashes) == len(path):
                return Inclusion(size, place, hashes)
    raise CoseReceiptError("an inclusion proof is size, place and path")


def _signed(protected: bytes, root: bytes) -> bytes:
    """Return the bytes that a signature is made over (RFC 9052, 4.4)."""
    return _encoded(["Signature1", protected, b"", root])


def _encoded(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def _decoded(raw: bytes) -> object:
    """Return what CBOR says, in its one deterministic spelling (RFC 8949, 4.2).

    Raises:
        CoseReceiptError: it is none, or in another spelling.
    """
    if len(raw) > RECEIPT_LIMIT:
        raise CoseReceiptError(f"a receipt has at most {RECEIPT_LIMIT} bytes")
    try:
        value: object = cbor2.loads(
            raw, max_depth=_DEPTH, allow_indefinite=False, allow_duplicate_keys=False
        )
        again = _encoded(value)
    except cbor2.CBORError as error:
        raise CoseReceiptError(f"this is no CBOR: {error}") from error
    if again != raw:
        raise CoseReceiptError("this is CBOR in another spelling")
    return value
