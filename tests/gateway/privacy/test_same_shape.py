"""Known and unknown people, and ids, are answered in one shape and by one way."""

import json
from typing import Any

import pytest

from tests.gateway.privacy.callers import SPARING, UNSTATED
from tests.gateway.privacy.questions import CERTIFICATE, HOLDER, number_of, question
from tests.running import Agencies, Gateway

UNKNOWN = "110101199003070003"


def shape(value: Any) -> Any:
    """Return an answer without what it says, lists by their first element."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_an_unknown_person_is_answered_in_the_shape_of_one_without_certificates(
    gateway: Gateway, agencies: Agencies
) -> None:
    _, known, _ = gateway.post(question(HOLDER, n=number_of(agencies, "none")))
    _, unknown, _ = gateway.post(question(HOLDER, n=UNKNOWN))

    for answer in (known, unknown):
        assert answer["data"]["holder"]["certificates"]["totalCount"] == 0
    assert known == unknown


def test_an_unknown_person_is_asked_about_as_a_known_one(
    gateway: Gateway, agencies: Agencies
) -> None:
    calls = []
    for number in (number_of(agencies, "all-three"), "110101199003070118"):
        agencies.reset()
        gateway.post(question(HOLDER, n=number))
        calls.append([agencies.calls(id_)["calls"] for id_ in agencies.urls])

    # What an agency said to another test of this gateway may be kept.
    assert set(calls[0]) <= {0, 1}
    assert calls[1] == [1, 1, 1]


@pytest.mark.parametrize("token", [UNSTATED, SPARING[-1]])
def test_a_refusal_is_the_same_for_known_and_unknown_people(
    gateway: Gateway, agencies: Agencies, token: str
) -> None:
    people = [{"idNumber": person["idNumber"]} for person in agencies.people[:9]]
    query = "query($people: [PersonInput!]!) { holders(people: $people) { __typename ... on Holders { nodes { __typename } } } }"  # noqa: E501
    unknown = [{"idNumber": UNKNOWN}, *people[1:]]

    _, one, _ = gateway.post(question(query, people=people), token=token)
    _, other, _ = gateway.post(question(query, people=unknown), token=token)

    assert shape(one) == shape(other)
    assert one["errors"][0]["message"] == other["errors"][0]["message"]


def test_an_id_that_is_none_is_answered_as_one_of_a_lost_certificate(
    gateway: Gateway, agencies: Agencies
) -> None:
    node = gateway.ask(HOLDER, n=number_of(agencies))["holder"]["certificates"]
    id_: str = node["nodes"][0]["id"]
    changed = ("A" if id_[0] != "A" else "B") + id_[1:]

    _, answer, _ = gateway.post(question(CERTIFICATE, id=changed))

    assert answer == {
        "data": {"certificate": {"__typename": "UnknownCertificate", "id": changed}}
    }


def test_without_a_purpose_an_id_is_neither_known_nor_unknown(
    gateway: Gateway, agencies: Agencies
) -> None:
    node = gateway.ask(HOLDER, n=number_of(agencies))["holder"]["certificates"]
    answers = [
        gateway.post(question(CERTIFICATE, id=id_), token=UNSTATED)[1]
        for id_ in (node["nodes"][0]["id"], "none")
    ]

    assert json.dumps(answers[0]) == json.dumps(answers[1])
