"""Keep other sites' pages from asking in the name of whoever reads them (CSRF).

A browser lets any page send a GET, or a form, anywhere, with whatever the browser
adds by itself: cookies, a password it knows, a client certificate. It asks first
(a CORS preflight, closed by default) before it sends JSON, or a header a page has
set. So every question must be JSON (``media_types.require_json``) or carry one of
``ASKED_FIRST``. ``Accept`` is none: a page may set it freely.
"""

from starlette.datastructures import Headers

from gateway.graphql_http.refusals import Code, RefusedRequestError

PREFLIGHT_HEADER = "GraphQL-Preflight"
"""For callers known by a client certificate, who send no other; any value does."""

ASKED_FIRST = ("authorization", PREFLIGHT_HEADER.lower())
"""Headers a page cannot send to us without a preflight. ``Authorization`` is one as
long as no scheme is accepted that browsers answer by themselves, as Basic is."""


def require_preflight(headers: Headers) -> None:
    """Refuse a GET that any page could have caused.

    Raises:
        RefusedRequestError: no header of ``ASKED_FIRST`` is there.
    """
    if not any(name in headers for name in ASKED_FIRST):
        raise RefusedRequestError(
            Code.CROSS_SITE_REQUEST,
            f"a GET needs an Authorization or a {PREFLIGHT_HEADER} header",
        )
