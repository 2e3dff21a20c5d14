"""HMAC-SHA-256 under one key, begun once for all that is hashed under it.

To begin with a key costs OpenSSL several times what it takes to hash a few bytes, and
the standard library looks the algorithm up each time. Here both hashes of RFC 2104 are
begun when the key is known, and copied for each text;
``tests/signing/test_keyed.py`` holds that what comes out is ``hmac``'s.
"""

import hashlib

_BLOCK = hashlib.sha256().block_size
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """Hashes texts under a key, each after the same beginning."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, beginning: bytes = b"") -> None:
        # RFC 2104, 2: a key longer than a block is hashed first.
        short = key if len(key) <= _BLOCK else hashlib.sha256(key).digest()
        padded = short.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(padded.translate(_INNER) + beginning)
        self._outer = hashlib.sha256(padded.translate(_OUTER))

    def hexdigest(self, text: bytes) -> str:
        """Return the HMAC of the beginning and ``text``, in hexadecimal."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.hexdigest()
