"""Tokens that are accepted once: remembered by ``jti`` until they expire.

Each process remembers for itself: a token may be shown once to every gateway behind
one address. Only tokens whose signature has been checked are remembered, so that a
stranger cannot fill the memory; when it is full, nothing more is accepted.
"""

from gateway.callers.claims import SKEW_SECONDS
from gateway.callers.refusal import AuthenticationError, Reason

MOST = 100_000
"""How many tokens are remembered at once."""


class UsedTokens:
    """What has been used, and until when that has to be known."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._until: dict[tuple[str, str], int] = {}

    def use(self, issuer: str, token_id: str, expires_at: int, now: float) -> None:
        """Note that a token is used.

        Raises:
            AuthenticationError: it was used before, or there is no room to know.
        """
        key = (issuer, token_id)
        if key in self._until:
            raise AuthenticationError(Reason.REPLAYED)
        if len(self._until) >= self._most:
            self._until = {k: end for k, end in self._until.items() if end > now}
            if len(self._until) >= self._most:
                raise AuthenticationError(Reason.REPLAYS_UNKNOWN)
        self._until[key] = expires_at + SKEW_SECONDS
