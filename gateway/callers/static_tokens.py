"""Tokens of the configuration, known by their SHA-256 (RFC 6750).

The file holds no token. The hash is plain because a long random token needs no slow
one; every entry is compared, so that the time says nothing about which fits.
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Self

from gateway.callers.options import Token
from gateway.callers.roles import Roles
from resolvers.caller import Caller


class StaticTokens:
    """The configuration's tokens and their callers."""

    def __init__(self, callers: Sequence[tuple[str, Caller]]) -> None:
        self._callers = callers

    @classmethod
    def of(cls, tokens: Sequence[Token], roles: Roles) -> Self:
        """Return the callers of ``tokens``.

        Raises:
            StartError: an unknown role or scope, or half a purpose.
        """
        return cls(
            [
                (token.sha256, roles.caller_of(token, f"token of {token.caller}"))
                for token in tokens
            ]
        )

    def caller_of(self, token: str) -> Caller | None:
        """Return whose ``token`` it is; ``None`` if it is nobody's."""
        digest = sha256_of(token)
        found = None
        for known, caller in self._callers:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def sha256_of(token: str) -> str:
    """Return what the configuration holds of ``token``."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
