"""Attempts to sign in at an issuer that were begun and may come back, for ten minutes.

An attempt is found by its ``state`` (RFC 6749, 10.12) and taken once. It belongs to the
browser that began it, by a cookie; its verifier (PKCE, RFC 7636) and nonce never leave
here but as they have to.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cachetools import TTLCache

LIFE_SECONDS = 600
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way through an issuer's pages."""

    issuer: str
    """Its name in the configuration."""
    redirect_uri: str
    cookie: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """Return what the issuer is told of the verifier (``S256``)."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Attempts:
    """The attempts of one process, of which the oldest make room."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._begun: TTLCache[str, Attempt] = TTLCache(MOST, LIFE_SECONDS, timer=now)

    def begin(self, issuer: str, redirect_uri: str) -> tuple[str, Attempt]:
        """Begin one; return its state beside it."""
        state = secrets.token_urlsafe(32)
        attempt = Attempt(
            issuer,
            redirect_uri,
            *(secrets.token_urlsafe(32) for _ in range(3)),
        )
        self._begun[state] = attempt
        return state, attempt

    def take(self, state: str, cookie: str | None) -> Attempt | None:
        """Return an attempt that comes back to the browser that began it, once."""
        attempt: Attempt | None = self._begun.pop(state, None)
        if attempt is None:
            return None
        is_own = hmac.compare_digest(attempt.cookie.encode(), (cookie or "").encode())
        return attempt if is_own else None
