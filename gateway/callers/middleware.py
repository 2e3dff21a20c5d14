"""Name the caller of every question, or refuse it with 401 (RFC 6750, 3).

A websocket without a token is let in: it says later who it is, and can do nothing until
then (``gateway.subscriptions.socket``).
"""

from collections.abc import Callable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.callers import challenge
from gateway.callers.authenticate import Callers
from gateway.callers.refusal import AuthenticationError
from gateway.request_state import KnownConnection, request_of

PAGE = "/graphql"
PROTECTED = (
    PAGE,
    "/totals.csv",
    "/decisions.csv",
    "/reconciliation",
    "/look-ups",
)


class Authentication:
    """Lets a question pass from a known caller only."""

    def __init__(
        self,
        app: ASGIApp,
        callers_of: Callable[[Scope], Callers],
        unauthenticated: Callable[[str], None],
        protected: tuple[str, ...] = PROTECTED,
    ) -> None:
        self._app = app
        self._callers_of = callers_of
        self._unauthenticated = unauthenticated
        """Counts a refusal by its reason."""
        self._protected = protected
        """How what may be asked for by callers alone begins."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 401, or pass on with the request's caller set."""
        if not _asks(scope, self._protected):
            await self._app(scope, receive, send)
            return
        callers = self._callers_of(scope)
        request = request_of(scope)
        try:
            caller = await callers.caller_of(KnownConnection(scope))
            by_router = callers.routers.wrote(request.headers)
        except AuthenticationError as error:
            self._unauthenticated(error.reason)
            await unauthenticated(error)(scope, receive, send)
            return
        request.caller, request.by_router = caller, by_router
        await self._app(scope, receive, send)


def _asks(scope: Scope, protected: tuple[str, ...]) -> bool:
    """Say whether a request may make the graph answer, or a table of it.

    A GET of the page without anything to ask gives the page, which has no data. A
    browser opening a link to the page, with a query in it, is asked for a token too:
    the endpoint must not have to distinguish them before it knows who asks.
    """
    # Whatever a router may take for the endpoint ("/graphql%0A") is asked for a caller.
    if scope["type"] == "lifespan" or not scope["path"].startswith(protected):
        return False
    if scope["type"] == "websocket":
        # Who brings no token here says in connection_init who it is.
        return any(name == b"authorization" for name, _ in scope["headers"])
    if scope["method"] in ("GET", "HEAD"):
        return bool(scope["query_string"]) or not scope["path"].startswith(PAGE)
    # A browser's preflight carries no credentials, ever (Fetch, 3.2.2).
    return bool(scope["method"] != "OPTIONS")


def unauthenticated(error: AuthenticationError) -> JSONResponse:
    """Say what is missing, in the shape of a GraphQL answer."""
    refused = {"message": str(error), "extensions": {"code": "UNAUTHENTICATED"}}
    return JSONResponse(
        {"errors": [refused]},
        status_code=401,
        headers={"WWW-Authenticate": challenge.unauthenticated(error)},
    )
