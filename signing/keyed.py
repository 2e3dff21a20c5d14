"""HMAC-SHA-256 under one key, begun once for all that is hashed under it.

To begin with a key takes longer than to hash a few bytes, so that what was begun is
copied for each text.
"""

import hmac


class KeyedHash:
    """Hashes texts under a key, each after the same beginning."""

    __slots__ = ("_begun",)

    def __init__(self, key: bytes, beginning: bytes = b"") -> None:
        self._begun = hmac.new(key, beginning, "sha256")

    def hexdigest(self, text: bytes) -> str:
        """Return the HMAC of the beginning and ``text``, in hexadecimal."""
        one = self._begun.copy()
        one.update(text)
        return one.hexdigest()
