"""Through ``_entities``, ``node`` and ``nodes`` nothing is had that a field refuses.

That a purpose, the five elements and masks count there is said beside theirs.
"""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.contracts.people import nobodies
from tests.gateway.privacy.callers import AUDITOR, MASKED, asked
from tests.gateway.privacy.questions import (
    NODES,
    PEOPLE,
    certificate_id,
    error_of,
    holder_id,
    number_of,
    person,
    question,
    records,
    ways,
)
from tests.running import TOKEN, Agencies, Gateway

ONCE = dict.fromkeys(("emergency-management", "fire-rescue", "transport"), 1)
NEVER = dict.fromkeys(ONCE, 0)
IDS = """query Ids($people: [PersonInput!]!) { holders(people: $people) {
  ... on Holders { nodes { ... on Holder { id } } } } }"""


def people(numbers: list[str]) -> dict[str, Any]:
    """Return a router's question about people."""
    return question(PEOPLE, r=[person(number) for number in numbers])


def holders(gateway: Gateway, numbers: list[str]) -> dict[str, Any]:
    """Return Relay's question about people, whose ids another caller got."""
    listed = [{"idNumber": number} for number in numbers]
    nodes = gateway.ask(IDS, people=listed)["holders"]["nodes"]
    return question(NODES, ids=[node["id"] for node in nodes])


def test_a_person_is_answered_as_holder_answers(
    gateway: Gateway, agencies: Agencies
) -> None:
    of = ways(gateway, agencies)
    holder = gateway.post(of["holder"])[1]["data"]["holder"]

    (found,) = gateway.post(of["person"])[1]["data"]["_entities"]

    assert (found["idType"], found["idNumber"]) == ("RESIDENT_ID", number_of(agencies))
    shown = [
        (node["number"], node["holderName"]) for node in holder["certificates"]["nodes"]
    ]
    assert shown == [
        (node["number"], node["holderName"])
        for node in found["holder"]["certificates"]["nodes"]
    ]
    assert found["holder"]["sources"] == holder["sources"]


def test_a_number_is_masked_in_a_person_too(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = number_of(agencies)

    _, answer, _ = gateway.post(people([number]), token=MASKED)

    shown = answer["data"]["_entities"][0]["idNumber"]
    assert shown == f"{number[:3]}*************{number[-2:]}"


@pytest.mark.parametrize("id_of", [holder_id, certificate_id])
def test_a_node_is_found_by_its_id(
    gateway: Gateway, agencies: Agencies, id_of: Any
) -> None:
    id_ = id_of(gateway, agencies)

    found = gateway.ask(NODES, ids=[id_, "invented"])["nodes"]

    assert found[0]["id"] == id_
    assert found[1] is None


@pytest.mark.parametrize("way", ["people", "holders"])
def test_many_are_one_batch_an_agency(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    numbers = [nobody.number for nobody in nobodies(40)]
    body = people(numbers) if way == "people" else holders(gateway, numbers)
    agencies.reset()

    _, answer, _ = gateway.post(body)

    assert "errors" not in answer
    # Those whose ids were asked for a moment ago are in the cache.
    assert asked(agencies) == (ONCE if way == "people" else NEVER)


def test_people_and_certificates_together_are_one_batch(
    gateway: Gateway, agencies: Agencies
) -> None:
    certificate = {"__typename": "Certificate", "id": certificate_id(gateway, agencies)}
    strangers = [person(nobody.number) for nobody in nobodies(3)]
    agencies.reset()

    found = gateway.ask(PEOPLE, r=[strangers[0], certificate, *strangers[1:]])

    assert [bool(one) for one in found["_entities"]] == [True, False, True, True]
    assert asked(agencies) == ONCE
    assert agencies.calls("transport")["holders"] == [3]


@pytest.mark.parametrize("way", ["person", "node", "nodes"])
def test_without_the_scope_nobody_is_asked(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]
    agencies.reset()

    _, answer, _ = gateway.post(body, token=AUDITOR)

    assert {e["extensions"]["code"] for e in answer["errors"]} == {"FORBIDDEN"}
    assert asked(agencies) == NEVER


@pytest.mark.parametrize("shown", ["__typename", "idType", "idNumber"])
def test_whether_somebody_is_there_needs_the_scope(
    gateway: Gateway, agencies: Agencies, shown: str
) -> None:
    body = question(
        "query($r: [_Any!]!) { _entities(representations: $r) "
        f"{{ ... on Person {{ {shown} }} }} }}",
        r=[person(number_of(agencies))],
    )
    agencies.reset()

    _, answer, _ = gateway.post(body, token=AUDITOR)

    assert error_of(answer)["extensions"]["code"] == "FORBIDDEN"
    assert asked(agencies) == NEVER


@pytest.mark.parametrize("way", ["people", "holders"])
def test_people_over_the_budget_are_refused_together(
    gateway: Gateway, agencies: Agencies, sparing: str, way: str
) -> None:
    numbers = [nobody.number for nobody in nobodies(4)]
    body = people(numbers) if way == "people" else holders(gateway, numbers)
    agencies.reset()

    _, answer, _ = gateway.post(body, token=sparing, headers={"X-Request-Id": sparing})

    codes = [error["extensions"]["code"] for error in answer["errors"]]
    assert codes == ["PEOPLE_BUDGET_EXCEEDED"] * 4
    assert (asked(agencies), records(gateway, requestId=sparing)) == (NEVER, [])


@pytest.mark.parametrize("way", ["people", "nodes"])
def test_more_than_a_question_may_ask_about_are_refused_by_the_document(
    gateway: Gateway, way: str
) -> None:
    many = [nobody.number for nobody in nobodies(101)]
    body = people(many) if way == "people" else question(NODES, ids=many)

    _, answer, _ = gateway.post(body)

    extensions = error_of(answer)["extensions"]
    assert (extensions["code"], extensions["limit"], extensions["found"]) == (
        *("LIMIT_EXCEEDED", "people"),
        101,
    )


@pytest.mark.parametrize("way", ["person", "node", "nodes"])
def test_each_is_on_the_audit_log_as_a_look_up_of_its_caller(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]
    name = f"audited-{way}"

    gateway.post(body, token=MASKED, headers={"X-Request-Id": name})

    (record,) = records(gateway, requestId=name)
    assert (record["event"], record["caller"]) == ("LOOKED_UP", MASKED)
    assert record["person"] == next(
        one["person"] for one in records(gateway, idNumber=number_of(agencies))
    )


@pytest.mark.parametrize("way", ["person", "node", "nodes"])
def test_none_is_asked_in_an_address(
    gateway: Gateway, agencies: Agencies, way: str
) -> None:
    body = ways(gateway, agencies)[way]
    address = urlencode({"query": body["query"], "variables": "{}"})

    status, answer = gateway.get(f"/graphql?{address}", token=TOKEN)

    assert (status, "data" in answer) == (405, False)


def test_a_malformed_number_is_an_answer_of_its_own(
    gateway: Gateway, agencies: Agencies
) -> None:
    agencies.reset()

    found = gateway.ask(PEOPLE, r=[person("310")])["_entities"]

    assert found[0]["holder"]["__typename"] == "InvalidIdentity"
    assert asked(agencies) == NEVER


@pytest.mark.parametrize(
    "key",
    [
        pytest.param({"idType": "LIBRARY_CARD"}, id="an id type that is none"),
        pytest.param({"idType": None}, id="no id type"),
        pytest.param({"name": "x"}, id="more than the key"),
    ],
)
def test_another_key_asks_nobody(
    gateway: Gateway, agencies: Agencies, key: dict[str, object]
) -> None:
    agencies.reset()

    _, answer, _ = gateway.post(
        question(PEOPLE, r=[{**person(number_of(agencies)), **key}])
    )

    assert error_of(answer)["extensions"]["code"] == "BAD_USER_INPUT"
    assert asked(agencies) == NEVER


def test_names_stated_of_a_person_are_counted(gateway: Gateway) -> None:
    (stranger,) = nobodies(1)
    aliases = " ".join(
        f'a{n}: holder(name: "{chr(0x4E00 + n)}{chr(0x4E00 + n)}") {{ __typename }}'
        for n in range(21)
    )
    query = f"query($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on Person {{ {aliases} }} }} }}"  # noqa: E501

    _, answer, _ = gateway.post(question(query, r=[person(stranger.number)]))

    assert error_of(answer)["extensions"]["code"] == "TOO_MANY_STATEMENTS"


@pytest.mark.parametrize(
    ("named", "outcome"), [("its own", "MET"), ("another", "UNMET")]
)
def test_a_name_stated_of_a_person_is_compared(
    gateway: Gateway, agencies: Agencies, named: str, outcome: str
) -> None:
    story = agencies.person("all-three")
    query = """query($r: [_Any!]!, $name: String) { _entities(representations: $r) {
      ... on Person { holder(name: $name) { certificates(first: 1) { nodes {
        eligibility { findings { clause outcome } } } } } } } }"""
    name = story["name"] if named == "its own" else "别人"

    found = gateway.ask(query, r=[person(story["idNumber"])], name=name)

    (node,) = found["_entities"][0]["holder"]["certificates"]["nodes"]
    outcomes = {f["clause"]: f["outcome"] for f in node["eligibility"]["findings"]}
    assert outcomes["219-2c"] == outcome
