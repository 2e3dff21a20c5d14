"""A form is taken from a page of ours, and from nobody else's."""

import pytest
from starlette.requests import Request

from gateway.console.forms import (
    Foreign,
    ForeignFormError,
    fields_of,
    require_form_token,
    require_own_origin,
)
from gateway.console.sessions import Sessions
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.settings.console import Console

FORM = "application/x-www-form-urlencoded"
OURS = "https://gateway.example"


def sent(**headers: str) -> Request:
    listed = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in {"host": "gateway.example", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "headers": listed})


@pytest.mark.parametrize("address", [OURS, None], ids=["by address", "by host"])
def test_a_form_of_this_origin_is_taken(address: str | None) -> None:
    require_own_origin(sent(origin=OURS, sec_fetch_site="same-origin"), address)


@pytest.mark.parametrize("address", [OURS, None], ids=["by address", "by host"])
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        pytest.param({}, Foreign.ORIGIN, id="no origin"),
        pytest.param({"origin": "null"}, Foreign.ORIGIN, id="a hidden origin"),
        pytest.param({"origin": "https://a.test"}, Foreign.ORIGIN, id="another site"),
        pytest.param(
            {"origin": "https://gateway.example.a.test"}, Foreign.ORIGIN, id="a longer"
        ),
        pytest.param(
            {"origin": "https://gateway.example:8443"}, Foreign.ORIGIN, id="a port"
        ),
        pytest.param(
            {"origin": OURS, "sec_fetch_site": "same-site"}, Foreign.SITE, id="beside"
        ),
        pytest.param(
            {"origin": OURS, "sec_fetch_site": "cross-site"}, Foreign.SITE, id="across"
        ),
    ],
)
def test_a_form_from_elsewhere_is_refused(
    headers: dict[str, str], reason: Foreign, address: str | None
) -> None:
    with pytest.raises(ForeignFormError) as refused:
        require_own_origin(sent(**headers), address)

    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("cookie", "fields"),
    [
        pytest.param(None, {"form_token": "x"}, id="no cookie"),
        pytest.param("one", {}, id="no token"),
        pytest.param("one", {"form_token": "x"}, id="another token"),
    ],
)
def test_a_form_without_the_token_of_its_cookie_is_refused(
    cookie: str | None, fields: dict[str, str]
) -> None:
    with pytest.raises(ForeignFormError) as refused:
        require_form_token(cookie, Sessions(Console(), lambda: 0.0), fields)

    assert refused.value.reason is Foreign.TOKEN


def test_fields_are_read_and_the_last_of_a_name_counts() -> None:
    fields = fields_of(f"{FORM}; charset=utf-8", b"a=%E4%B8%80&b=&a=2")

    assert fields == {"a": "2", "b": ""}


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        pytest.param("application/json", b"{}", Code.UNSUPPORTED_MEDIA_TYPE, id="JSON"),
        pytest.param("", b"a=1", Code.UNSUPPORTED_MEDIA_TYPE, id="no type"),
        pytest.param(FORM, b"a=%ff", Code.BAD_REQUEST, id="no UTF-8"),
        pytest.param(FORM, "a=é".encode(), Code.BAD_REQUEST, id="no ASCII"),
        pytest.param(FORM, b"&a=1" * 70, Code.BAD_REQUEST, id="too many fields"),
    ],
)
def test_what_is_no_form_is_refused(content_type: str, body: bytes, code: Code) -> None:
    with pytest.raises(RefusedRequestError) as refused:
        fields_of(content_type, body)

    assert refused.value.code is code
