"""A malformed identity number is a typed answer, and nobody is asked."""

import pytest

from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.running import Agencies, Gateway

QUERY = """query($n: String!, $t: IdType) { holder(idNumber: $n, idType: $t) {
  __typename certificates { totalCount } sources { outcome }
  ... on InvalidIdentity { problem zh: message en: message(language: EN) } } }"""


@pytest.mark.parametrize(
    ("number", "id_type", "problem"),
    [
        pytest.param("", None, "EMPTY", id="empty"),
        pytest.param("310", None, "BAD_LENGTH", id="too short"),
        pytest.param("1" * 1000, None, "TOO_LONG", id="too long"),
        pytest.param(
            "110101199003074515", None, "BAD_CHECK_CHARACTER", id="check character"
        ),
        pytest.param("110101199013074514", None, "BAD_BIRTH_DATE", id="birth date"),
        pytest.param("110101-19900307-4514", None, "BAD_CHARACTERS", id="hyphens"),
        pytest.param("110101900307451", None, "OLD_FORM", id="the old form"),
        pytest.param("E1234567", None, "UNKNOWN_TYPE", id="a passport unstated"),
        pytest.param("110101199003074514", "PASSPORT", "WRONG_TYPE", id="another type"),
        pytest.param("1' OR '1'='1", None, "BAD_CHARACTERS", id="an injection"),
    ],
)
def test_a_malformed_number_is_named_and_nobody_asked(
    gateway: Gateway, agencies: Agencies, number: str, id_type: str, problem: str
) -> None:
    holder = gateway.ask(QUERY, n=number, t=id_type)["holder"]

    assert (holder["__typename"], holder["problem"]) == ("InvalidIdentity", problem)
    assert (holder["certificates"], holder["sources"]) == (
        None,
        [{"outcome": "SKIPPED"}] * 3,
    )
    assert [agencies.calls(a)["calls"] for a in (EMERGENCY, TRANSPORT, FIRE)] == [
        0,
        0,
        0,
    ]


def test_the_message_says_what_to_do_in_both_languages_without_the_number(
    gateway: Gateway,
) -> None:
    holder = gateway.ask(QUERY, n="110101199003074515", t=None)["holder"]

    assert "校验码" in holder["zh"]
    assert "last character" in holder["en"]
    assert "110101199003074515" not in str(holder)


def test_an_unknown_id_type_is_refused_by_name(gateway: Gateway) -> None:
    status, body, _ = gateway.post({"query": QUERY, "variables": {"n": "1", "t": "X"}})

    assert status == 200
    assert "IdType" in body["errors"][0]["message"]


def test_a_number_in_another_spelling_is_the_same_person(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = next(
        person["idNumber"]
        for person in agencies.people
        if person["idNumber"].endswith("X")
    )

    spelt = gateway.ask(QUERY, n=f" {number.lower()} ", t=None)["holder"]
    plain = gateway.ask(QUERY, n=number, t=None)["holder"]

    assert spelt == plain
