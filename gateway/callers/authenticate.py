"""From a request's credentials to its caller.

An ``Authorization`` header is judged alone: a wrong token is not helped by a valid
certificate. Static tokens come first, because they are known by their hash whatever
they look like; a JWT says by its ``typ`` which kind it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from bureau.caller import Caller
from gateway.callers import access_tokens, agency_assertions
from gateway.callers.access_tokens import AccessTokens
from gateway.callers.agency_assertions import AgencyAssertions
from gateway.callers.client_certificates import ClientCertificates
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.routers import Routers
from gateway.callers.signed_token import looks_signed, read_signed_token
from gateway.callers.static_tokens import StaticTokens

MAX_TOKEN_LENGTH = 8_192


@dataclass(frozen=True, slots=True)
class Callers:
    """Every caller the gateway may know."""

    static_tokens: StaticTokens
    access_tokens: AccessTokens
    agency_assertions: AgencyAssertions | None
    """``None`` where agencies may not sign in."""
    client_certificates: ClientCertificates
    routers: Routers
    now: Callable[[], float]
    """The clock, in seconds since 1970."""

    async def caller_of(
        self, request: HTTPConnection, *, again: bool = False
    ) -> Caller:
        """Return who sent ``request``.

        ``again`` says that it was found before, by the same request, which goes on:
        what may be used once is not used a second time, and all else is judged anew.

        Raises:
            AuthenticationError: nobody we know.
        """
        certificate = self.client_certificates.shown_by(request)
        token = bearer_token(request.headers)
        if token is None:
            if certificate is None:
                raise AuthenticationError(Reason.NO_CREDENTIALS)
            return self.client_certificates.caller_of(certificate)
        caller = self.static_tokens.caller_of(token, self.now())
        if caller is None:
            caller = await self._caller_of_signed(token, certificate, again=again)
        return caller

    async def _caller_of_signed(
        self, token: str, certificate: bytes | None, *, again: bool
    ) -> Caller:
        """Return who has, or made, a signed token."""
        assertions = self.agency_assertions
        if not self.access_tokens.issuers and assertions is None:
            raise AuthenticationError(Reason.UNKNOWN_TOKEN)
        if not looks_signed(token):
            raise AuthenticationError(Reason.UNKNOWN_TOKEN)
        signed = read_signed_token(token)
        if signed.type == access_tokens.TYPE:
            return await self.access_tokens.caller_of(
                signed, certificate, self.now(), again=again
            )
        if signed.type == agency_assertions.TYPE and assertions is not None:
            return await assertions.caller_of(signed, self.now(), again=again)
        raise AuthenticationError(Reason.WRONG_TYPE)


def bearer_token(headers: Headers) -> str | None:
    """Return the bearer token (RFC 6750, 2.1); ``None`` if nothing is stated.

    Raises:
        AuthenticationError: there is more than one thing it could be.
    """
    stated = headers.getlist("authorization")
    if not stated:
        return None
    if len(stated) > 1:
        raise AuthenticationError(Reason.SEVERAL_CREDENTIALS)
    scheme, _, token = stated[0].partition(" ")
    if scheme.lower() != "bearer":
        raise AuthenticationError(Reason.WRONG_SCHEME)
    token = token.strip()
    if len(token) > MAX_TOKEN_LENGTH:
        raise AuthenticationError(Reason.TOO_LONG)
    return token
