"""From a request's credentials to its caller."""

from dataclasses import dataclass

from starlette.datastructures import Headers

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.static_tokens import StaticTokens
from resolvers.caller import Caller

MAX_TOKEN_LENGTH = 8_192


@dataclass(frozen=True, slots=True)
class Callers:
    """Every caller the gateway may know."""

    static_tokens: StaticTokens

    async def caller_of(self, headers: Headers) -> Caller:
        """Return who sent a request with ``headers``.

        Raises:
            AuthenticationError: nobody we know.
        """
        token = bearer_token(headers)
        caller = self.static_tokens.caller_of(token)
        if caller is None:
            raise AuthenticationError(Reason.UNKNOWN_TOKEN)
        return caller


def bearer_token(headers: Headers) -> str:
    """Return the bearer token (RFC 6750, 2.1).

    Raises:
        AuthenticationError: there is none, or more than one thing it could be.
    """
    stated = headers.getlist("authorization")
    if not stated:
        raise AuthenticationError(Reason.NO_CREDENTIALS)
    if len(stated) > 1:
        raise AuthenticationError(Reason.SEVERAL_CREDENTIALS)
    scheme, _, token = stated[0].partition(" ")
    if scheme.lower() != "bearer":
        raise AuthenticationError(Reason.WRONG_SCHEME)
    token = token.strip()
    if len(token) > MAX_TOKEN_LENGTH:
        raise AuthenticationError(Reason.TOKEN_TOO_LONG)
    return token
