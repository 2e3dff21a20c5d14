"""What applicants state is compared, in the order stated; what cannot be says why."""

from typing import Any

import pytest

from connectors.answer import Answer
from resolvers.claims.verify import MAX_WORDS
from tests.connectors.agency import OTHER, ZHANG
from tests.resolvers.answered import IDS, SIGNED, UNSIGNED, Asked, answer, executed
from tests.resolvers.attested import certificate
from tests.resolvers.certificates.test_certificate import KNOWN

RIGHT = 'item: "4-02-01-01", level: LEVEL_4, issuedOn: "2025-06-01", number: "0000123"'
SHOWN = """__typename ... on ClaimCheck { outcome reason standing certificateId
  fields { field outcome } sources { outcome reason } }
  ... on RefusedClaim { problem message en: message(language: EN) }"""


def claim(stated: str = RIGHT, number: str = ZHANG) -> str:
    return f'{{idNumber: "{number}", {stated}}}'


def asked_for(asked: Asked, *claims: str, shown: str = SHOWN) -> Any:
    text = f"""{{ verifyClaims(claims: [{", ".join(claims)}]) {{
      ... on CheckedClaims {{ nodes {{ {shown} }} }}
      ... on InvalidList {{ found allowed en: message(language: EN) }} }} }}"""
    found = executed(asked, text, **KNOWN)
    assert found.errors is None, found.errors
    return (found.data or {})["verifyClaims"]


def checked(stated: str, *answers: Answer) -> Any:
    (one,) = asked_for(Asked([*answers]), claim(stated))["nodes"]
    return one


def test_what_is_right_in_every_field() -> None:
    asked = Asked([answer(SIGNED)])

    (one,) = asked_for(asked, claim())["nodes"]

    assert one.pop("reason")
    assert one == {
        "__typename": "ClaimCheck",
        "outcome": "MATCH",
        "standing": "VALID",
        "certificateId": IDS.seal(SIGNED),
        "fields": [
            {"field": "NUMBER", "outcome": "MATCH"},
            {"field": "ITEM", "outcome": "MATCH"},
            {"field": "LEVEL", "outcome": "MATCH"},
            {"field": "ISSUED_ON", "outcome": "MATCH"},
            {"field": "NAME", "outcome": "NOT_STATED"},
        ],
        "sources": [{"outcome": "ANSWERED", "reason": None}],
    }
    assert asked.shown == [1]


@pytest.mark.parametrize(
    "stated", [RIGHT.replace("LEVEL_4", "LEVEL_3"), RIGHT.replace("-06-", "-07-")]
)
def test_of_what_is_wrong_no_standing_is_told(stated: str) -> None:
    one = checked(stated, answer(SIGNED))

    assert (one["outcome"], one["standing"]) == ("MISMATCH", None)
    assert one["certificateId"] == IDS.seal(SIGNED)


def test_of_what_is_not_there_nothing_is_told() -> None:
    one = checked(RIGHT, answer())

    assert one["outcome"] == "NOT_FOUND"
    assert (one["standing"], one["certificateId"], one["fields"]) == (None, None, [])


def test_what_nobody_signed_is_compared_with_nothing() -> None:
    asked = Asked([answer(unsigned=[UNSIGNED])])

    (one,) = asked_for(asked, claim())["nodes"]

    assert one["outcome"] != "MATCH"
    assert asked.shown == [0]


def test_a_certificate_of_another_row_is_shown_to_nobody() -> None:
    electrician = certificate(
        item_code="1.2", item="低压电工作业", title="特种作业人员", number="9999"
    )
    asked = Asked([answer(electrician)])

    asked_for(asked, claim('item: "4-02-01-01"'))

    assert asked.shown == [0]


def test_an_agency_that_does_not_collect_the_item_is_not_asked() -> None:
    one = checked('item: "3.1"')

    assert one["sources"] == [
        {"outcome": "SKIPPED", "reason": "所述项目不由该机构归集，未查询"}
    ]


@pytest.mark.parametrize(
    ("stated", "number", "problem"),
    [
        pytest.param(RIGHT, "1", "BAD_ID_NUMBER", id="no number"),
        pytest.param('item: "99.9"', ZHANG, "UNKNOWN_ITEM", id="no row"),
        pytest.param(f'item: "{"x" * 101}"', ZHANG, "TOO_LONG", id="a long item"),
        pytest.param(
            f'{RIGHT}, name: "{"x" * 101}"', ZHANG, "TOO_LONG", id="a long name"
        ),
        pytest.param(
            f'item: "3.1", number: "{"1" * 101}"', ZHANG, "TOO_LONG", id="a long number"
        ),
        pytest.param(
            'item: "3.1", issuedOn: "2026-03-02"',
            ZHANG,
            "ISSUED_IN_FUTURE",
            id="tomorrow",
        ),
    ],
)
def test_a_claim_that_cannot_be_compared_says_why_and_nobody_is_asked(
    stated: str, number: str, problem: str
) -> None:
    asked = Asked([])

    (one,) = asked_for(asked, claim(stated, number))["nodes"]

    assert (one["__typename"], one["problem"]) == ("RefusedClaim", problem)
    assert one["message"] != one["en"]
    assert asked.log.records == []


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param(f'{RIGHT}, name: "{"x" * MAX_WORDS}"', id="as long as may be"),
        pytest.param('item: "4-02-01-01", issuedOn: "2026-03-01"', id="issued today"),
        pytest.param('item: "4-02-01-01"', id="no more than a row"),
        pytest.param(RIGHT.replace("0000123", " "), id="an empty number"),
    ],
)
def test_other_claims_are_compared(stated: str) -> None:
    assert checked(stated, answer(SIGNED))["__typename"] == "ClaimCheck"


def test_claims_are_answered_in_the_order_stated_and_a_person_is_asked_about_once() -> (
    None
):
    asked = Asked([answer(SIGNED)], people=2)

    found = asked_for(
        *(asked, claim(), claim(number="1"), claim(number=OTHER), claim()),
        shown="__typename ... on ClaimCheck { outcome }",
    )["nodes"]

    kinds = [one["__typename"] for one in found]
    assert kinds == ["ClaimCheck", "RefusedClaim", "ClaimCheck", "ClaimCheck"]
    assert found[0] == found[3]
    assert len(asked.log.records) == 2


def test_who_states_too_much_about_one_person_is_told_no_more() -> None:
    asked = Asked([answer(SIGNED)])
    stated = [
        claim(f'item: "4-02-01-01", issuedOn: "2025-01-{day:02}"')
        for day in range(1, 23)
    ]

    found = asked_for(asked, *stated)["nodes"]

    kinds = [one["__typename"] for one in found]
    assert kinds == ["ClaimCheck"] * 20 + ["RefusedClaim"] * 2
    assert found[-1]["problem"] == "TOO_MANY_STATEMENTS"


@pytest.mark.parametrize("count", [0, 501])
def test_none_and_too_many_are_refused_and_nobody_is_asked(count: int) -> None:
    asked = Asked([])

    found = asked_for(asked, *[claim(number="1")] * count)

    assert (found["found"], found["allowed"]) == (count, 500)
    assert found["en"].startswith(f"{count} claims given, 1 to 500 allowed")
    assert asked.log.records == []


def test_as_many_as_may_be_are_compared() -> None:
    found = asked_for(Asked([]), *[claim(number="1")] * 500, shown="__typename")

    assert len(found["nodes"]) == 500
