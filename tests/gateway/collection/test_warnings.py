"""A record that contradicts itself is shown with its warnings, and decides nothing."""

from typing import Any

import pytest

from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    ITEM,
    ONLY_SENDS,
    Sender,
    key_of,
    payload,
)
from tests.gateway.collection.test_answers import next_line
from tests.running import Agencies, Gateway

ASK = """query Ask($n: String!, $codes: [String!]) { holder(idNumber: $n,
  agencies: ["only-sends"]) { certificates(filter: {itemCodes: $codes}) { nodes {
    itemCode level licenceId warnings { code message(language: EN) }
    row { item { code name } level }
    eligibility { outcome findings { clause outcome } } } } } }"""


@pytest.fixture(name="key")
def _key(running_agencies: Agencies) -> Any:
    return key_of(running_agencies)


def asked(gateway: Gateway, number: str, *codes: str) -> list[dict[str, Any]]:
    """Return a person's certificates of the rows of ``codes``."""
    holder = gateway.ask(ASK, n=number, codes=list(codes) or None)["holder"]
    nodes: list[dict[str, Any]] = holder["certificates"]["nodes"]
    return nodes


def in_doubt(certificate: dict[str, Any]) -> set[str]:
    findings = certificate["eligibility"]["findings"]
    return {one["clause"] for one in findings if one["outcome"] == "UNDETERMINED"}


def test_a_number_of_another_level_and_year_is_warned_of(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    next_line(sender, payload(person, "1909000000500001"))

    (found,) = asked(collecting, person.number)

    assert [one["code"] for one in found["warnings"]] == ["NUMBER_LEVEL", "NUMBER_YEAR"]
    assert "Digit 11" in found["warnings"][0]["message"]
    assert (found["level"], found["row"]["level"]) == ("LEVEL_4", None)
    assert found["eligibility"]["outcome"] == "UNDETERMINED"
    assert in_doubt(found) == {"219-1a", "219-1b"}


def test_a_number_that_fits_is_not_and_its_row_is_found(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    # The registry leaves the code out: the annex's row is known by its name.
    next_line(sender, payload(person, "2409000000400001", jobCode=None))

    (found,) = asked(collecting, person.number, ITEM)

    assert (found["warnings"], found["itemCode"]) == ([], None)
    assert found["row"] == {
        "item": {"code": ITEM, "name": "轨道交通司机（城市轨道交通列车司机）"},
        "level": "LEVEL_4",
    }
    assert found["eligibility"]["outcome"] == "ELIGIBLE"
    assert asked(collecting, person.number, "1.2") == []


def test_what_has_no_row_has_none_and_is_found_by_its_own_code(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    said = payload(person, "A1", jobCode="4-02-01-99", job="某作业")
    next_line(sender, said)

    (found,) = asked(collecting, person.number, "4-02-01-99")

    assert found["row"] is None
    assert asked(collecting, person.number, ITEM) == []


def test_a_graded_certificate_made_again_is_undetermined(
    collecting: Gateway, key: Any
) -> None:
    (person,) = nobodies(1)
    sender = Sender(collecting, ONLY_SENDS, key)
    next_line(sender, payload(person, "1909000000400001", firstIssueDate="20190601"))

    (found,) = asked(collecting, person.number)

    assert found["warnings"] == []
    assert found["eligibility"]["outcome"] == "UNDETERMINED"
    assert in_doubt(found) == {"219-1b"}
