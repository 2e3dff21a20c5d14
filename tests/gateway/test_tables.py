"""What an address asks of a table is read in one way, and refused in words."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from gateway.tables import (
    MAX_PARAMETERS,
    both_days,
    day_of,
    districts_of,
    only,
    refused,
    stated_in,
    words_of,
)
from policy.districts import DISTRICTS
from resolvers.errors import RequestError
from resolvers.ledger.enums import TotalsBy

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_what_is_stated_is_read_in_its_order() -> None:
    query = b"from=2026-11-01&by=MONTH%2CDISTRICT&by=&x=1"

    # What has no value states nothing.
    assert stated_in(query) == [
        *(("from", "2026-11-01"), ("by", "MONTH,DISTRICT"), ("x", "1")),
    ]
    assert stated_in(b"") == []
    assert len(stated_in(b"&".join([b"a=1"] * MAX_PARAMETERS))) == 16


def test_days_words_and_districts_are_read() -> None:
    assert day_of("from", "2026-11-01") == FIRST
    assert words_of("by", "MONTH,LEVEL", TotalsBy) == [TotalsBy.MONTH, TotalsBy.LEVEL]
    assert districts_of("310115,310104,310115") == {"310104", "310115"}
    assert both_days({"from": FIRST, "to": FIRST}) == (FIRST, FIRST)
    assert both_days({"to": LAST, "from": FIRST}) == (FIRST, LAST)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: stated_in(b"a=%ff"), "the address is not to be read"),
        (lambda: stated_in(b"a=\xff"), "the address is not to be read"),
        (
            lambda: stated_in(b"&".join([b"a=1"] * (MAX_PARAMETERS + 1))),
            "the address is not to be read",
        ),
        (lambda: day_of("to", "yesterday"), "to is no day; write 2026-11-01"),
        (
            lambda: words_of("by", "MONTH,X", TotalsBy),
            "by is any of MONTH, AUTHORITY, DISTRICT, ITEM, LEVEL",
        ),
        (
            lambda: districts_of("310115,1"),
            f"district is any of {', '.join(DISTRICTS)}",
        ),
        (lambda: both_days({"from": FIRST}), "state from and to, as 2026-11-01"),
        (lambda: both_days({"to": FIRST}), "state from and to, as 2026-11-01"),
        (lambda: both_days({"from": LAST, "to": FIRST}), "from is after to"),
    ],
)
def test_what_is_not_to_be_read_is_said(read: Callable[[], object], said: str) -> None:
    with pytest.raises(RequestError) as error:
        read()

    assert (error.value.message, error.value.code) == (said, "BAD_USER_INPUT")


def test_what_may_be_stated_is_named() -> None:
    said = only(("from", "to", "by")).message

    assert said == "state from, to and by, and nothing else"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("BAD_USER_INPUT", 400),
        ("FORBIDDEN", 403),
        ("STORE_UNAVAILABLE", 503),
        ("AUDIT_UNAVAILABLE", 503),
        ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("TOO_LARGE", 413),
        ("TOO_SLOW", 408),
        ("TOO_MANY_LISTS", 429),
    ],
)
def test_a_refusal_has_the_shape_of_an_answer_and_its_codes_status(
    code: str, status: int
) -> None:
    answer = refused(RequestError("so", code), {"X-More": "1"})

    assert (answer.status_code, answer.headers["x-more"]) == (status, "1")
    assert ("retry-after" in answer.headers) == code.endswith("_UNAVAILABLE")
    assert json.loads(bytes(answer.body)) == {
        "errors": [{"message": "so", "extensions": {"code": code}}]
    }
