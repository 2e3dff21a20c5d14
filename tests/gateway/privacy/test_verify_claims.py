"""Verifying claims looks people up: for a reason, counted, on record, and unnamed."""

import json
from typing import Any

import pytest

from gateway.batch.query import QUERY
from tests.federation.claims import VERIFY, claim_of, held
from tests.gateway.privacy.callers import AUDITOR, MASKED, asked
from tests.gateway.privacy.questions import error_of, question, records
from tests.running import TOKEN, Agencies, Gateway


def claims_about(agencies: Agencies, count: int) -> list[dict[str, Any]]:
    """Return one claim about each of so many story persons."""
    numbers = dict.fromkeys(person["idNumber"] for person in agencies.people)
    return [{"idNumber": number, "item": "1.2"} for number in list(numbers)[:count]]


def test_each_person_is_on_the_log_once_with_what_was_compared(
    gateway: Gateway, agencies: Agencies
) -> None:
    first, second = claims_about(agencies, 2)
    claims = [first, second, first | {"item": "9.7"}, first | {"name": "某"}]

    gateway.post(
        question(QUERY, claims=claims), token=MASKED, headers={"X-Request-Id": "claims"}
    )

    found = records(gateway, requestId="claims")
    assert [record["event"] for record in found] == ["LOOKED_UP"] * 2
    assert len({record["person"] for record in found}) == 2
    assert {record["caseNumber"] for record in found} == {"masked-1"}
    assert {record["operation"] for record in found} == {"VerifyClaims"}
    assert all(
        [source["agency"] for source in record["sources"]] == ["emergency-management"]
        for record in found
    )


def test_certificates_of_other_items_were_not_compared(
    gateway: Gateway, agencies: Agencies
) -> None:
    person = agencies.person("shared-number")
    claim = {"idNumber": person["idNumber"], "item": "1.2"}
    assert len(person["certificates"]) == 2

    gateway.post(question(QUERY, claims=[claim]), headers={"X-Request-Id": "compared"})

    (record,) = records(gateway, requestId="compared")
    assert record["certificates"] == 1


def test_the_last_allowed_person_is_verified(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    claims = claims_about(agencies, 3)

    _, answer, _ = gateway.post(question(QUERY, claims=claims * 2), token=sparing)

    assert len(answer["data"]["verifyClaims"]["nodes"]) == 6


def test_one_more_than_the_budget_is_refused_as_a_whole(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    agencies.reset()
    body = question(QUERY, claims=claims_about(agencies, 4))

    _, answer, _ = gateway.post(body, token=sparing, headers={"X-Request-Id": sparing})

    assert error_of(answer)["extensions"]["code"] == "PEOPLE_BUDGET_EXCEEDED"
    assert answer["data"] == {"verifyClaims": None}
    assert records(gateway, requestId=sparing) == []
    assert set(asked(agencies).values()) == {0}


def test_a_claim_that_is_none_costs_nothing(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    malformed = [{"idNumber": str(n), "item": "1.2"} for n in range(4)]
    unknown = [claim | {"item": "x"} for claim in claims_about(agencies, 9)]
    gateway.post(question(QUERY, claims=malformed + unknown), token=sparing)

    _, answer, _ = gateway.post(
        question(QUERY, claims=claims_about(agencies, 3)), token=sparing
    )

    assert "errors" not in answer


@pytest.mark.parametrize(("token", "status"), [(AUDITOR, 403), (MASKED, 200)])
def test_verifying_needs_certificates_read(
    gateway: Gateway, agencies: Agencies, token: str, status: int
) -> None:
    body = question(QUERY, claims=claims_about(agencies, 1))

    found, answer, _ = gateway.post(
        body, token=token, headers={"Accept": "application/graphql-response+json"}
    )

    assert found == status
    if status == 403:
        assert error_of(answer)["extensions"]["requiredScopes"] == [
            ["certificates:read"]
        ]


def test_the_certificates_id_is_for_those_who_see_people(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(VERIFY, claims=claims_about(agencies, 1))

    _, refused, _ = gateway.post(body, token=MASKED)
    _, answer, _ = gateway.post(body, token=TOKEN)

    assert error_of(refused)["extensions"]["requiredScopes"] == [["identity:read"]]
    assert "data" not in refused
    assert answer["data"]["verifyClaims"]["nodes"][0]["certificateId"]


def test_nothing_of_a_registry_is_in_an_answer_to_who_sees_masks(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("all-three")["idNumber"]
    certificates = held(gateway, [number])
    claims = [
        claim_of(*one) | wrong
        for one in certificates
        for wrong in (
            {},
            {"name": "某某某"},
            {"number": "1"},
            {"issuedOn": "2001-01-01"},
        )
    ]

    _, answer, _ = gateway.post(question(QUERY, claims=claims), token=MASKED)

    text = json.dumps(answer, ensure_ascii=False)
    values = {
        certificate[field]
        for _, certificate in certificates
        for field in ("number", "holderName", "issuedOn", "item")
    }
    assert len(answer["data"]["verifyClaims"]["nodes"]) == len(claims)
    assert [value for value in values if value in text] == []
