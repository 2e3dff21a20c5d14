"""Tokens of the configuration, known by their SHA-256 (RFC 6750).

The file holds no token. The hash is plain because a long random token needs no slow
one; every entry is compared, so that the time says nothing about which fits.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Self

from bureau.caller import Caller
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.roles import Roles
from gateway.settings.callers import Token


class StaticTokens:
    """The configuration's tokens and their callers."""

    def __init__(self, callers: Sequence[tuple[Token, Caller]]) -> None:
        self._callers = callers

    @classmethod
    def of(cls, tokens: Sequence[Token], roles: Roles) -> Self:
        """Return the callers of ``tokens``.

        Raises:
            StartError: an unknown role or scope, or half a purpose.
        """
        return cls(
            [(t, roles.caller_of(t, f"token of {t.caller}")) for t in tokens],
        )

    def caller_of(self, token: str, now: float) -> Caller | None:
        """Return whose ``token`` it is; ``None`` if it is not known.

        Raises:
            AuthenticationError: it has expired.
        """
        digest = sha256_of(token)
        found = None
        for entry in self._callers:
            if hmac.compare_digest(entry[0].sha256, digest):
                found = entry
        if found is None:
            return None
        known, caller = found
        if known.expires_at is not None and now >= known.expires_at.timestamp():
            raise AuthenticationError(Reason.EXPIRED)
        return caller


def sha256_of(token: str) -> str:
    """Return what the configuration holds of ``token``."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
