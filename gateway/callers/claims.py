"""Claims of a token whose signature has been checked (RFC 7519, 4.1).

Numbers are whole seconds. Clocks may differ by ``SKEW_SECONDS``; a token is not
accepted beyond that, at either end.
"""

from collections.abc import Mapping

from gateway.callers.refusal import AuthenticationError, Reason
from signing.strict_json import Json

SKEW_SECONDS = 30

Claims = Mapping[str, Json]


def require_word(claims: Claims, name: str) -> str:
    """Return a claim that is a text.

    Raises:
        AuthenticationError: it is missing, empty or no text.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise AuthenticationError(Reason.MISSING_CLAIM)
    return value


def require_seconds(claims: Claims, name: str) -> int:
    """Return a claim that is a moment.

    Raises:
        AuthenticationError: it is missing or no whole number.
    """
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AuthenticationError(Reason.MISSING_CLAIM)
    return value


def require_audience(claims: Claims, audience: str) -> None:
    """Refuse a token that is meant for somebody else.

    Raises:
        AuthenticationError: ``aud`` is missing or does not name ``audience``.
    """
    stated = claims.get("aud")
    if stated is None:
        raise AuthenticationError(Reason.MISSING_CLAIM)
    if stated != audience and not (isinstance(stated, list) and audience in stated):
        raise AuthenticationError(Reason.WRONG_AUDIENCE)


def require_in_time(claims: Claims, now: float) -> None:
    """Refuse a token outside its time.

    Raises:
        AuthenticationError: ``exp`` or ``iat`` is missing, ``exp`` is past, or
            ``iat`` or ``nbf`` is in the future.
    """
    expires_at = require_seconds(claims, "exp")
    begins_at = require_seconds(claims, "iat")
    if "nbf" in claims:
        begins_at = max(begins_at, require_seconds(claims, "nbf"))
    if now >= expires_at + SKEW_SECONDS:
        raise AuthenticationError(Reason.EXPIRED)
    if now < begins_at - SKEW_SECONDS:
        raise AuthenticationError(Reason.NOT_YET_VALID)
