"""Accept a token once: it is remembered by ``jti`` until it expires.

Only tokens whose signature has been checked are remembered, so that a stranger cannot
fill the memory.
"""

from typing import Protocol

from connectors.errors import StoreUnavailableError
from gateway.callers.claims import SKEW_SECONDS
from gateway.callers.refusal import AuthenticationError, Reason


class UsedTokens(Protocol):
    """The tokens that were used, for all gateways on one store."""

    async def use(self, issuer: str, token_id: str, until: float, now: float) -> bool:
        """Note that a token is used; ``False`` if it was used before.

        It has to be known ``until`` then.

        Raises:
            StoreUnavailableError: nobody can say now.
        """


async def use_once(
    used: UsedTokens, issuer: str, token_id: str, expires_at: float, now: float
) -> None:
    """Accept a token that was not used before.

    Raises:
        AuthenticationError: it was used, or nobody can say now.
    """
    try:
        # A clock that is behind accepts it a little longer.
        is_new = await used.use(issuer, token_id, expires_at + SKEW_SECONDS, now)
    except StoreUnavailableError:
        raise AuthenticationError(Reason.REPLAYS_UNKNOWN) from None
    if not is_new:
        raise AuthenticationError(Reason.REPLAYED)
