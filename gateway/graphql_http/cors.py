"""Let pages of other sites ask: none, unless an operator names them."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from gateway.graphql_http.csrf import PREFLIGHT_HEADER
from resolvers.look_ups import CASE_NUMBER_HEADER, PURPOSE_HEADER

READABLE = ("X-Request-Id", "Retry-After", "WWW-Authenticate", "Preference-Applied")
SENDABLE = (
    "Authorization",
    "Content-Type",
    PREFLIGHT_HEADER,
    PURPOSE_HEADER,
    CASE_NUMBER_HEADER,
    "X-Request-Id",
    "Last-Event-ID",
    "Prefer",
)
PREFLIGHT_SECONDS = 600


def cors(allowed_origins: tuple[str, ...]) -> list[Middleware]:
    """Return what answers preflights; nothing if no origin is allowed.

    A preflight then has no ``Access-Control-*`` header in its answer, which browsers
    take for a no. Cookies and client certificates are never asked for.
    """
    if not allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=allowed_origins,
            allow_methods=("GET", "POST"),
            allow_headers=SENDABLE,
            expose_headers=READABLE,
            max_age=PREFLIGHT_SECONDS,
        )
    ]
