"""The five elements come by headers or extensions, or are refused with what to send."""

from dataclasses import replace
from datetime import date

import pytest
from starlette.datastructures import Headers

from bureau.caller import Caller
from bureau.look_ups.elements import ElementsError, ElementsMissingError
from connectors.elements import Element, Elements
from resolvers.elements import ELEMENT_EXTENSIONS, ELEMENT_HEADERS, stated_elements
from resolvers.look_ups import refused

CALLER = Caller("hr", frozenset())
VALUES: dict[Element, str] = {one: f"{one}-1" for one in Element}
FIVE = replace(Elements(**VALUES), officer="hr:officer-1")


def stated(
    headers: dict[str, str] | None = None, extensions: dict[str, object] | None = None
) -> Elements | ElementsError:
    return stated_elements(Headers(headers or {}), extensions, CALLER)


def test_headers_state_all_five() -> None:
    assert stated({ELEMENT_HEADERS[one]: VALUES[one] for one in Element}) == FIVE


def test_extensions_state_all_five() -> None:
    by = {ELEMENT_EXTENSIONS[one]: VALUES[one] for one in Element}

    assert stated(extensions=dict(by)) == FIVE


def test_extensions_win_over_headers_one_by_one() -> None:
    headers = {"X-Organisation": "a", "X-Matter-Code": "b"}

    found = stated(headers, {"organisation": "c"})

    assert found == Elements(organisation="c", matter_code="b")


def test_a_header_may_be_chinese() -> None:
    raw = "浦东新区人社局".encode()

    found = stated_elements(Headers(raw=[(b"x-organisation", raw)]), None, CALLER)

    assert found == Elements(organisation="浦东新区人社局")


def test_one_that_cannot_be_used_is_an_error() -> None:
    found = stated({"X-Matter-Code": "1"}, {"businessNumber": 7})

    assert isinstance(found, ElementsError)
    assert found.elements == (Element.BUSINESS_NUMBER,)


@pytest.mark.parametrize("one", Element)
def test_the_refusal_names_both_ways(one: Element) -> None:
    refusal = refused(ElementsMissingError([one]), date(2026, 5, 4))

    assert refusal.code == "ELEMENTS_REQUIRED"
    assert ELEMENT_HEADERS[one] in refusal.message
    assert refusal.more == {"elements": [ELEMENT_EXTENSIONS[one]]}


def test_an_extension_that_is_null_states_nothing() -> None:
    found = stated({"X-Organisation": "a"}, {"organisation": None})

    assert found == Elements()


def test_of_two_headers_the_first_counts() -> None:
    raw = [(b"x-officer", b"1"), (b"x-officer", b"2")]

    found = stated_elements(Headers(raw=raw), None, CALLER)

    assert found == Elements(officer="hr:1")
