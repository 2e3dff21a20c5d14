"""Cookies of the console: random words without a meaning, out of scripts' reach.

A cookie is ``Secure``, and by its name bound to this host, unless a browser calls us by
a name of its own machine.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

SESSION = "gateway-console"
"""The id of a session."""
FORM = "gateway-console-form"
"""What the form to sign in is tied to, where there is no session yet."""
SIGNING_IN = "gateway-console-signing-in"
"""What a way through an issuer's pages is tied to."""
LANGUAGE = "gateway-console-language"

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
YEAR_SECONDS = 31_536_000


def is_local(request: Request) -> bool:
    """Say whether the browser calls us by a name of its own machine."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    return host in LOCAL


def cookie_of(request: Request, name: str) -> str | None:
    """Return a cookie of ours."""
    return request.cookies.get(_full(request, name))


def put_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    seconds: int | None = None,
) -> None:
    """Have the browser keep a cookie: for ``seconds``, or until it is closed.

    ``SIGNING_IN`` alone is sent when another site leads here, as an issuer does.
    """
    response.set_cookie(
        _full(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=not is_local(request),
        httponly=True,
        samesite="lax" if name == SIGNING_IN else "strict",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(
        _full(request, name),
        path="/",
        secure=not is_local(request),
        httponly=True,
        samesite="strict",
    )


def _full(request: Request, name: str) -> str:
    return name if is_local(request) else f"__Host-{name}"
