"""Records of a batch, of which one signature is made: over the root of their tree.

An algorithm that is slow to verify, SM2 above all, is slow once a batch. The leaves of
the tree (RFC 9162, ``transparency.merkle``) are what would have been signed of each
record, header and payload; the root stands in a JWS of its own, of the type
``certificate-batch+jws``. Each record brings all of it along and is verified by itself:
its header has ``batch``, how many records there are, named in ``crit`` since it changes
what is signed, and in place of the signature a proof::

    index (4 bytes) | number of hashes (1) | hashes (32 each) | the root's compact JWS

The root has to be of the same ``kid``, ``alg`` and ``iat`` as the record, so that what
is checked of the record's header holds of the root. A root that was found to be right
is known again by its bytes and its key, and so are the last steps that led to it, each
with all the hashes that are left: what is next to a record costs a step or two, and is
still compared to its last byte. ``tests/signing/test_batches.py`` holds the limits.
"""

from typing import NamedTuple, TypeAlias

from signing import base64url, checks, strict_json
from signing.checks import Header, Parts
from signing.errors import Check, Refusal, SigningError
from signing.transparency.merkle import (
    HASH_SIZE,
    ProofError,
    climbed,
    leaf_hash,
)
from signing.trust import TrustedKey

BATCH = "certificate-batch+jws"
"""The ``typ`` of a root, so that none is taken for a record."""
MEMBER = "batch"
MAX_RECORDS = 65_536
MAX_KEPT = 256
"""Roots."""
MAX_STEPS = 128
"""Steps that are known of a root; all kept roots with theirs take under 20 MB."""
MAX_ROOT_BYTES = 1024

_INDEX = 4
_HEAD = _INDEX + 1
_roots: dict[tuple[bytes, bytes], "Root"] = {}


Step: TypeAlias = tuple[int, int, bytes, bytes]
"""Place, last place, hash, and all the hashes of a proof that are left."""


class Root(NamedTuple):
    """What a root's JWS says, and the steps from which the root was reached."""

    hash: bytes
    size: int
    iat: int
    steps: set[Step]


def signature(parts: Parts, header: Header, key: TrustedKey) -> None:
    """Require that the key signed exactly the bytes that came, alone or in a batch.

    Raises:
        SigningError: ``BAD_SIGNATURE``.
    """
    if MEMBER in header.get("crit", ()):
        _in_a_batch(parts, header, key)
    else:
        checks.signature(parts, key)


def _in_a_batch(parts: Parts, header: Header, key: TrustedKey) -> None:
    size, proof = header[MEMBER], parts.signature
    hashes_end = _HEAD + HASH_SIZE * proof[_INDEX] if len(proof) > _HEAD else 0
    token = proof[hashes_end:]
    if not hashes_end or not 0 < len(token) <= MAX_ROOT_BYTES:
        raise _refused(key, f"{len(proof)} bytes that are no proof and root")
    root = _roots.get((key.fingerprint, token))
    if root is None:
        root = _verified(token, key)
    if root.size != size or root.iat != header.get("iat"):
        raise _refused(
            key, "the root is of another size or another iat than the record"
        )
    index = int.from_bytes(proof[:_INDEX])
    if index >= size:
        raise _refused(key, f"number {index} of {size} records")
    step = (index, size - 1, leaf_hash(parts.signed), proof[_HEAD:hashes_end])
    try:
        is_there = _leads_to(root, step)
    except ProofError as error:
        raise _refused(key, str(error)) from None
    if not is_there:
        raise _refused(key, f"the record is not number {index} of the batch")


def _leads_to(root: Root, step: Step) -> bool:
    """Say whether a proof leads from ``step`` to the root.

    Raises:
        ProofError: it is longer or shorter than the tree is high.
    """
    taken: list[Step] = []
    while step not in root.steps:
        place, last, found, left = step
        taken.append(step)
        if not left:
            if last:
                raise ProofError("the proof is shorter than the tree is high")
            if found != root.hash:
                return False
            break
        sibling, rest = left[:HASH_SIZE], left[HASH_SIZE:]
        if place & 1 or place != last:
            # What stands beside leads there as well, with this one for its sibling.
            taken.append((place ^ 1, last, sibling, found + rest))
        step = (*climbed(place, last, found, sibling), rest)
    if len(root.steps) + len(taken) > MAX_STEPS:
        root.steps.clear()
    root.steps.update(taken)
    return True


def _verified(token: bytes, key: TrustedKey) -> Root:
    """Return the root in ``token``, signed by ``key``, and keep it."""
    try:
        parts = checks.form(token, None)
        header = checks.header(parts)
        checks.key_source(header)
        checks.critical(header, None)
        checks.payload_type(header, (BATCH,))
        signed_at = checks.signing_time(header)
        if header.get("kid") != key.kid:
            raise _refused(key, "it names another key than the record")
        checks.algorithm(header, key)
        if "crit" in header:
            raise _refused(key, "it is in a batch itself")
        checks.signature(parts, key)
        content = strict_json.read(parts.payload, Check.SIGNATURE, key.kid)
    except SigningError as error:
        raise _refused(key, f"its root: {error.detail}") from None
    root = _read(content, int(signed_at.timestamp()), key)
    if len(_roots) >= MAX_KEPT:
        _roots.clear()
    _roots[key.fingerprint, token] = root
    return root


def _read(content: object, iat: int, key: TrustedKey) -> Root:
    if isinstance(content, dict) and content.keys() == {"root", "size"}:
        text, size = content["root"], content["size"]
        if isinstance(text, str) and type(size) is int and text.isascii():
            try:
                hash_ = base64url.decode(text.encode(), "root")
            except SigningError:
                hash_ = b""
            if len(hash_) == HASH_SIZE:
                return Root(hash_, size, iat, set())
    raise _refused(key, "its root is no root and size")


def _refused(key: TrustedKey, detail: str) -> SigningError:
    return SigningError(
        Check.SIGNATURE, Refusal.BAD_SIGNATURE, f"of a batch: {detail}", key.kid
    )
