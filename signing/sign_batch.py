"""Sign records as a batch, on an agency's side: the counterpart of ``batches``."""

import json
from collections.abc import Sequence
from datetime import datetime

from signing import base64url
from signing.batches import MAX_RECORDS, MEMBER
from signing.envelope import Envelope, PayloadType
from signing.sign import SigningKey, sign
from signing.transparency.merkle import (
    Subtree,
    inclusion,
    leaf_hash,
    node_hash,
    root,
)


def sign_batch(
    payloads: Sequence[bytes],
    key: SigningKey,
    *,
    type: PayloadType,  # noqa: A002 - the header's own word
    signed_at: datetime,
) -> list[Envelope]:
    """Return each of ``payloads`` in a compact JWS, under one signature.

    Raises:
        ValueError: there are none, or more than a batch may have.
    """
    size = len(payloads)
    if not 0 < size <= MAX_RECORDS:
        raise ValueError(f"{size} records in a batch, 1 to {MAX_RECORDS} allowed")
    header = {
        "alg": key.algorithm,
        "kid": key.kid,
        "typ": type,
        "iat": int(signed_at.timestamp()),
        MEMBER: size,
        "crit": [MEMBER],
    }
    head = base64url.encode(json.dumps(header, separators=(",", ":")).encode())
    signed = [head + b"." + base64url.encode(payload) for payload in payloads]
    tree = _whole_subtrees([leaf_hash(one) for one in signed])
    statement = {
        "root": base64url.encode(root(size, tree.__getitem__)).decode(),
        "size": size,
    }
    token = sign(
        json.dumps(statement, separators=(",", ":")).encode(),
        key,
        type=PayloadType.BATCH,
        signed_at=signed_at,
    ).signature
    envelopes = []
    for index, one in enumerate(signed):
        hashes = inclusion(index, size, tree.__getitem__)
        proof = index.to_bytes(4) + bytes((len(hashes),)) + b"".join(hashes) + token
        envelopes.append(Envelope(one + b"." + base64url.encode(proof)))
    return envelopes


def _whole_subtrees(leaves: list[bytes]) -> dict[Subtree, bytes]:
    tree: dict[Subtree, bytes] = {}
    level = 0
    while leaves:
        tree |= {(level, place): found for place, found in enumerate(leaves)}
        pairs = zip(leaves[::2], leaves[1::2], strict=False)
        leaves = [node_hash(left, right) for left, right in pairs]
        level += 1
    return tree
