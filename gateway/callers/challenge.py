"""``WWW-Authenticate``: what a client has to bring the next time (RFC 6750, 3)."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.callers.refusal import AuthenticationError, Reason


def unauthenticated(error: AuthenticationError) -> str:
    """Return the challenge of a 401."""
    if error.reason is Reason.NO_CREDENTIALS:
        # Without any credentials no error is to be named.
        return "Bearer"
    return f'Bearer error="invalid_token", error_description="{error}"'


def insufficient_scope(needed: Iterable[Sequence[Sequence[str]]]) -> Mapping[str, str]:
    """Return the header of a 403, with scopes that would have been enough.

    ``needed`` are alternatives, one list an error; the first of each is named.
    """
    scopes = sorted({scope for sets in needed for scope in (sets or [[]])[0]})
    stated = f', scope="{" ".join(scopes)}"' if scopes else ""
    return {"WWW-Authenticate": f'Bearer error="insufficient_scope"{stated}'}
