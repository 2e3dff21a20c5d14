"""What an entry of the log says: which kind of row, and commitments to rows.

A commitment is the SHA-256 of a salt and a row's bytes: it tells nothing of the row,
and once row and salt are erased nobody can show what it was of, while the tree stays.
An entry is of one row, or of several that came together (a group of the audit log):
whoever shows one of those shows the commitments of the others beside it.
"""

import hashlib
from collections.abc import Sequence

FORMAT = b"certificate-gateway/log@v1\n"
SALT_SIZE = 16
MOST_ROWS = 1024
"""Rows of an entry."""


def commitment(salt: bytes, row: bytes) -> bytes:
    """Return what commits to a row and tells nothing of it.

    Raises:
        ValueError: the salt has another length.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes, not {len(salt)}")
    return hashlib.sha256(salt + row).digest()


def entry(kind: str, commitments: Sequence[bytes]) -> bytes:
    """Return an entry: ``kind``, and the digest of the commitments, one after another.

    Raises:
        ValueError: there are none, or too many.
    """
    if not 0 < len(commitments) <= MOST_ROWS:
        raise ValueError(f"an entry is of 1 to {MOST_ROWS} rows")
    digest = hashlib.sha256(b"".join(commitments)).hexdigest()
    return FORMAT + f"{kind}\n{digest}\n".encode()
