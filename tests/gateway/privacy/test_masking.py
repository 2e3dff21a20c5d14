"""Numbers and names are masked for everybody without identity:read."""

import json

import pytest

from tests.federation.queries import HOLDER_CHECK
from tests.gateway.privacy.callers import MASKED
from tests.gateway.privacy.questions import (
    CERTIFICATE,
    HOLDER,
    number_of,
    question,
    ways,
)
from tests.running import TOKEN, Agencies, Gateway

WAYS = ["holder", "certificate", "entities", "person", "node", "nodes"]


@pytest.mark.parametrize("way", WAYS)
def test_numbers_and_names_are_masked(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    person = agencies.person("all-three")

    _, answer, _ = gateway.post(ways(gateway, agencies)[way], token=MASKED)

    text = json.dumps(answer, ensure_ascii=False)
    assert "errors" not in answer
    assert f'"{person["name"][0]}*' in text
    assert [w for w in (person["idNumber"], person["name"]) if w in text] == []


@pytest.mark.parametrize("way", WAYS)
def test_identity_read_shows_them(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    name = agencies.person("all-three")["name"]

    _, answer, _ = gateway.post(ways(gateway, agencies)[way], token=TOKEN)

    assert f'"{name}"' in json.dumps(answer, ensure_ascii=False)


def test_a_special_operations_number_keeps_its_shape(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = number_of(agencies)

    _, answer, _ = gateway.post(question(HOLDER, n=number), token=MASKED)

    numbers = {
        node["number"] for node in answer["data"]["holder"]["certificates"]["nodes"]
    }
    assert f"T{number[:3]}*************{number[-2:]}" in numbers


def test_every_story_is_answered_in_full_but_for_the_person(
    gateway: Gateway, agencies: Agencies
) -> None:
    for person in agencies.people:
        body = question(HOLDER_CHECK, idNumber=person["idNumber"])
        _, answer, _ = gateway.post(body, token=MASKED)
        _, whole, _ = gateway.post(body, token=TOKEN)

        for one in (answer, whole):
            for node in one["data"]["holder"]["certificates"]["nodes"]:
                del node["number"]
            for source in one["data"]["holder"]["sources"]:
                source.pop("latencyMilliseconds", None)
        assert answer == whole


@pytest.mark.parametrize("field", ["envelope", "body"])
def test_signed_bytes_need_identity_read(
    gateway: Gateway, agencies: Agencies, field: str
) -> None:
    query = f"query($n: String!) {{ holder(idNumber: $n) {{ certificates {{ nodes {{ provenance {{ {field} }} }} }} }} }}"  # noqa: E501

    _, answer, _ = gateway.post(question(query, n=number_of(agencies)), token=MASKED)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            {"query": HOLDER, "variables": {"n": 310110199003074514}},
            id="a variable of another type",
        ),
        pytest.param(
            {"query": HOLDER, "variables": {"n": {"张三": "310110199003074514"}}},
            id="an object for a text",
        ),
        pytest.param(
            {"query": "{ holder(idNumber: 310110199003074514) { __typename } }"},
            id="a literal of another type",
        ),
        pytest.param(
            {"query": '{ holder(idNumber: "310110199003074514" "张三") }'},
            id="a syntax error",
        ),
        pytest.param({"query": "{ T310110199003074514 }"}, id="a field"),
        pytest.param(
            {
                "query": HOLDER,
                "variables": {"n": "1"},
                "operationName": "T310110199003074514",
            },
            id="an operation that is not there",
        ),
        pytest.param(
            {"query": CERTIFICATE, "variables": {"id": "T310110199003074514"}},
            id="a certificate id that is none",
        ),
        pytest.param(
            {
                "query": 'query($n: String!) { holder(idNumber: $n, agencies: ["T310110199003074514"]) { __typename } }',  # noqa: E501
                "variables": {"n": "310110199003074514"},
            },
            id="an agency",
        ),
        pytest.param(
            {
                "query": HOLDER,
                "variables": {"n": "310110199003074514"},
                "extensions": {"purpose": "310110199003074514", "caseNumber": "1"},
            },
            id="a purpose",
        ),
        pytest.param({"310110199003074514": "张三"}, id="no question at all"),
    ],
)
@pytest.mark.parametrize("token", [MASKED, TOKEN])
def test_no_error_quotes_what_was_asked(
    gateway: Gateway, body: object, token: str
) -> None:
    _, answer, headers = gateway.post(body, token=token)

    text = json.dumps([answer, dict(headers)], ensure_ascii=False)
    assert [word for word in ("310110199003074514", "张三") if word in text] == []


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Case-Number", "X-Purpose"])
def test_no_header_leads_a_number_into_answer_or_log(
    gateway: Gateway, agencies: Agencies, name: str
) -> None:
    body = question(HOLDER, n=number_of(agencies))

    _, answer, headers = gateway.post(
        body, token=MASKED, headers={name: "310110199003074514"}
    )

    said = json.dumps([answer, dict(headers)]) + gateway.log
    assert "310110199003074514" not in said
