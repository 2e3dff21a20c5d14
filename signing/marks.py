"""Mark signatures that were verified, so that the same bytes need no second time.

What is kept for years is read often, and to verify it each time is most of what reading
it costs. A mark is an HMAC-SHA-256, under a key that only the gateways have, of the
digest of everything that came and of the key that had signed it. It says that these
bytes were in order and the signature right, which nothing can change; state, window,
freshness and scope of the key are asked each time, as ever. A rule for bytes that
becomes stricter takes another purpose, so that what was marked is looked at again.

Whoever can write where marks are kept can make none: other bytes have another digest,
another key under the same name another fingerprint, and for both the signature is
verified as if there were no mark.
"""

import hmac
from typing import NamedTuple

from signing.keyed import KeyedHash
from signing.trust import TrustedKey

_PURPOSE = b"a signature was verified"


class SignatureMarks:
    """Makes marks, under a key of their own that follows from the gateway's."""

    def __init__(self, key: bytes) -> None:
        self._under = KeyedHash(hmac.digest(key, _PURPOSE, "sha256"))

    def of(self, digest: bytes, key: TrustedKey) -> bytes:
        """Return the mark of an envelope that verified under ``key``, in hexadecimal.

        Whoever calls this has verified it.
        """
        return self._under.hexdigest(digest + key.fingerprint).encode()


class KeptMark(NamedTuple):
    """A mark as it was found, made by nobody knows whom."""

    marks: SignatureMarks
    mark: bytes

    def is_of(self, digest: bytes, key: TrustedKey) -> bool:
        """Say whether the envelope of ``digest`` verified under ``key`` before."""
        return hmac.compare_digest(self.mark, self.marks.of(digest, key))
