"""Who may ask: a bearer token of the configuration (RFC 6750)."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.settings import Token, caller_of

PROTECTED = "/graphql"


class BearerTokens:
    """Lets a question pass with a known token only, and names its caller."""

    def __init__(self, app: ASGIApp, tokens: list[Token]) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 401, or pass on with ``state["caller"]`` set."""
        asks = scope["type"] == "http" and scope["path"] == PROTECTED
        # GET gives the page that has no data; only POST asks.
        if not asks or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        caller = None
        if scheme.lower() == "bearer":
            caller = caller_of(token.strip(), self._tokens)
        if caller is None:
            await _unauthenticated(scheme)(scope, receive, send)
            return
        scope["state"]["caller"] = caller
        await self._app(scope, receive, send)


def _unauthenticated(scheme: str) -> JSONResponse:
    """Say what is missing, in the shape of a GraphQL answer."""
    if scheme:
        message = "the bearer token is not known; check it, or ask the operator for one"
        challenge = 'Bearer error="invalid_token"'
    else:
        message = "send an Authorization header with a bearer token"
        challenge = "Bearer"
    error = {"message": message, "extensions": {"code": "UNAUTHENTICATED"}}
    return JSONResponse(
        {"errors": [error]}, status_code=401, headers={"WWW-Authenticate": challenge}
    )
