"""Read a form, and refuse what no page of ours sent (CSRF).

Three things have to hold of each POST: the browser says that it comes from here
(``Origin``, and ``Sec-Fetch-Site`` where it sends one), its cookie is ``SameSite``, and
the form brings the token that belongs to the cookie. A number that is typed stands in
a body alone, and is in no address.
"""

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from gateway.console.sessions import Sessions
from gateway.graphql_http.refusals import Code, RefusedRequestError

MAX_FIELDS = 64
MAX_FORM_BYTES = 32_768
URL_ENCODED = "application/x-www-form-urlencoded"
TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name


class Foreign(StrEnum):
    """What shows that a form is not from a page of ours."""

    ORIGIN = "origin"
    SITE = "site"
    TOKEN = "token"  # noqa: S105 - what is wrong, no token


class ForeignFormError(Exception):
    """No page of ours sent this form."""

    def __init__(self, reason: Foreign) -> None:
        super().__init__(reason)
        self.reason = reason


def require_own_origin(request: Request, address: str | None) -> None:
    """Refuse a POST that another site's page caused.

    ``address`` is how browsers call us; without, it is the request's ``Host``.

    Raises:
        ForeignFormError: it came from elsewhere, or does not say from where.
    """
    origin = request.headers.get("origin", "")
    if address is not None:
        is_own = origin == address
    else:
        is_own = bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
    if not is_own:
        raise ForeignFormError(Foreign.ORIGIN)
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignFormError(Foreign.SITE)


def require_form_token(
    cookie: str | None, sessions: Sessions, fields: Mapping[str, str]
) -> None:
    """Refuse a form without the token that belongs to its cookie.

    Raises:
        ForeignFormError: it has none, or another.
    """
    stated = fields.get(TOKEN_FIELD, "")
    if not cookie or not sessions.is_form_token(cookie, stated):
        raise ForeignFormError(Foreign.TOKEN)


def fields_of(content_type: str, body: bytes) -> Mapping[str, str]:
    """Return the fields of a form; of a field that occurs twice, the last.

    Raises:
        RefusedRequestError: it is no form.
    """
    if content_type.partition(";")[0].strip().lower() != URL_ENCODED:
        raise RefusedRequestError(Code.UNSUPPORTED_MEDIA_TYPE, "send a form")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise RefusedRequestError(Code.BAD_REQUEST, "this is no form") from None
    return dict(pairs)
