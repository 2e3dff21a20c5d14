"""Whoever looks a person up says why, or nobody is asked."""

import pytest

from tests.gateway.privacy.callers import PURPOSE, UNSTATED, asked
from tests.gateway.privacy.questions import (
    HOLDER,
    error_of,
    number_of,
    question,
    records,
    ways,
)
from tests.running import Agencies, Gateway

WAYS = [
    *("holder", "holders", "certificate", "licence", "entities", "claims"),
    *("person", "node", "nodes"),
]
NOBODY = {"emergency-management": 0, "fire-rescue": 0, "transport": 0}


@pytest.mark.parametrize("way", WAYS)
def test_without_a_purpose_nobody_is_asked(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]
    agencies.reset()

    _, answer, _ = gateway.post(
        body, token=UNSTATED, headers={"X-Request-Id": f"no-purpose-{way}"}
    )

    assert error_of(answer)["extensions"]["code"] == "PURPOSE_REQUIRED"
    assert asked(agencies) == NOBODY
    assert records(gateway, requestId=f"no-purpose-{way}") == []


@pytest.mark.parametrize("way", WAYS)
def test_headers_state_a_purpose(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]

    _, answer, _ = gateway.post(body, token=UNSTATED, headers=PURPOSE)

    assert "errors" not in answer


@pytest.mark.parametrize("way", WAYS)
def test_extensions_state_a_purpose(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    extensions = {"purpose": "RECOVERY", "caseNumber": "沪人社补〔2026〕12号"}
    body = {**ways(gateway, agencies)[way], "extensions": extensions}

    _, answer, _ = gateway.post(body, token=UNSTATED)

    assert "errors" not in answer


def test_a_purpose_that_cannot_be_used_is_not_replaced_by_the_callers_own(
    gateway: Gateway, agencies: Agencies
) -> None:
    body = question(HOLDER, n=number_of(agencies))

    _, answer, _ = gateway.post(body, headers={**PURPOSE, "X-Purpose": "CURIOSITY"})

    assert error_of(answer)["extensions"]["code"] == "PURPOSE_REQUIRED"


def test_each_field_that_was_refused_has_an_error_at_its_own_place(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = number_of(agencies)
    query = "query($n: String!) { a: holder(idNumber: $n) { __typename } b: holder(idNumber: $n) { __typename } }"  # noqa: E501
    for headers in ({}, {"X-Purpose": "CURIOSITY"}):
        _, answer, _ = gateway.post(
            question(query, n=number), token=UNSTATED, headers=headers
        )

        assert sorted(error["path"] for error in answer["errors"]) == [["a"], ["b"]]


def test_a_question_about_nobody_needs_no_purpose(gateway: Gateway) -> None:
    body = question("{ agencies { id } }")

    _, answer, _ = gateway.post(body, token=UNSTATED, headers={"X-Purpose": "wrong"})

    assert "errors" not in answer


def test_a_malformed_number_is_nobody_s(gateway: Gateway) -> None:
    _, answer, _ = gateway.post(question(HOLDER, n="123"), token=UNSTATED)

    assert answer["data"]["holder"]["__typename"] == "InvalidIdentity"


def test_refusals_are_counted(gateway: Gateway, agencies: Agencies) -> None:
    gateway.post(question(HOLDER, n=number_of(agencies)), token=UNSTATED)

    metrics = gateway.get("/metrics")[1]
    assert 'gateway_look_ups_refused_total{code="PURPOSE_REQUIRED"}' in metrics
