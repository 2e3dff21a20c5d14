"""Tokens that are accepted once: remembered by ``jti`` until they expire.

Only tokens whose signature has been checked are remembered, so that a stranger cannot
fill the memory.
"""

from typing import Protocol

from gateway.callers.claims import SKEW_SECONDS


class UsedTokens(Protocol):
    """What has been used, for all gateways that have one store."""

    async def use(self, issuer: str, token_id: str, until: float, now: float) -> None:
        """Note that a token is used, which has to be known ``until`` then.

        Raises:
            AuthenticationError: it was used before, or that cannot be known now.
        """


async def use_once(
    used: UsedTokens, issuer: str, token_id: str, expires_at: int, now: float
) -> None:
    """Accept a token that was not used before.

    Raises:
        AuthenticationError: it was used, or nobody can say now.
    """
    # A clock that is behind accepts it a little longer.
    await used.use(issuer, token_id, expires_at + SKEW_SECONDS, now)
