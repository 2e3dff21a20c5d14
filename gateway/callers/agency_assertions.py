"""Agencies sign in with the keys they sign records with (RFC 7523, section 3).

An assertion is a JWT of type ``client-authentication+jwt``, with the agency's id as
``iss`` and ``sub``, at most five minutes long and valid for one request: its ``jti``
is remembered. A record is of another type, so neither passes for the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bureau.caller import Caller, Scope
from gateway.callers.claims import (
    require_audience,
    require_in_time,
    require_seconds,
    require_word,
)
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.signed_token import SignedToken
from gateway.callers.single_use import UsedTokens, use_once
from policy.evidence import AccountState
from signing import checks
from signing.errors import SigningError
from signing.trust import TrustedKey

TYPE = "client-authentication+jwt"
LONGEST_SECONDS = 300
AGENCIES = "agency"
"""How an agency's id begins as a caller's; no issuer has this name."""


@dataclass(frozen=True, slots=True)
class KnownAgency:
    """An agency, as far as signing in needs it."""

    collection_body: str
    account: AccountState


@dataclass(frozen=True, slots=True)
class AgencyAssertions:
    """The agencies that may sign in, and what they may do then."""

    agency_of: Callable[[str], KnownAgency | None]
    """Finds an agency in force by its id."""
    key_of: Callable[[str], TrustedKey | None]
    """Finds a key in force by its id."""
    audience: str
    scopes: frozenset[Scope]
    used: UsedTokens

    async def caller_of(
        self, token: SignedToken, now: float, *, again: bool = False
    ) -> Caller:
        """Return which agency signed ``token``.

        ``again`` says that it is of a request that goes on, and has been used by it.

        Raises:
            AuthenticationError: none that may sign in now.
        """
        claims = token.claims
        name = require_word(claims, "iss")
        agency = self.agency_of(name)
        if agency is None or require_word(claims, "sub") != name:
            raise AuthenticationError(Reason.UNKNOWN_AGENCY)
        key = self.key_of(token.key_id)
        if key is None or key.institution != agency.collection_body:
            raise AuthenticationError(Reason.UNKNOWN_KEY)
        if token.algorithm != key.algorithm:
            raise AuthenticationError(Reason.WRONG_ALGORITHM)
        if not key.signature_check(token.signature, token.signed):
            raise AuthenticationError(Reason.BAD_SIGNATURE)
        _require_in_force(key, now)
        if agency.account is not AccountState.ACTIVE:
            raise AuthenticationError(Reason.ACCOUNT_NOT_ACTIVE)
        require_audience(claims, self.audience)
        require_in_time(claims, now)
        expires_at = require_seconds(claims, "exp")
        if expires_at - require_seconds(claims, "iat") > LONGEST_SECONDS:
            raise AuthenticationError(Reason.TOO_LONG_LIVED)
        token_id = require_word(claims, "jti")
        if not again:
            await use_once(self.used, name, token_id, expires_at, now)
        return Caller(id=f"{AGENCIES}:{name}", scopes=self.scopes)


def _require_in_force(key: TrustedKey, now: float) -> None:
    moment = datetime.fromtimestamp(now, UTC)
    try:
        checks.key_state(key, moment)
    except SigningError:
        raise AuthenticationError(Reason.KEY_NOT_IN_FORCE) from None
    if not key.not_before <= moment <= key.not_after:
        raise AuthenticationError(Reason.KEY_NOT_IN_FORCE)
