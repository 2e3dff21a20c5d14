"""Bind an answer to the question that it answers.

A signature says who said something, not in answer to what: what an agency signed about
a person yesterday, or for another gateway, verifies as well. An agency that binds signs
beside what it says the SHA-256 of the exact bytes of our question, a nonce made for
it, and the name under which it knows this gateway. All three are of one exchange,
however many people it is about; that what came is about the right person is asked
beside it.
"""

import hashlib
from dataclasses import dataclass

from signing import base64url


@dataclass(frozen=True, slots=True)
class BoundTo:
    """The question that went out, as the signed bytes must repeat it."""

    question: str
    """The SHA-256 of its exact bytes, in base64url."""
    nonce: str
    audience: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The question that signed bytes answer, as they say."""

    nonce: str | None
    question: str | None = None
    audience: str | None = None
    sequence: int | None = None
    """The number of what the agency had changed last, if it counts that."""

    @property
    def is_whole(self) -> bool:
        """Whether the question itself is named, and not a nonce alone."""
        return self.question is not None and self.audience is not None


def digest_of(question: bytes) -> str:
    """Return a question's digest, as an agency signs it."""
    return base64url.encode(hashlib.sha256(question).digest()).decode()
