"""A caller's people are counted through every way of asking, and across restarts."""

import json
from pathlib import Path
from typing import Any

import pytest

from policy.identifiers import mod_37_36
from tests.gateway.privacy.callers import (
    OF_PUDONG,
    OF_XUHUI,
    TABLES,
    TRYING,
    TRYING_IDS,
    WARNED,
)
from tests.gateway.privacy.questions import (
    CERTIFICATE,
    ENTITIES,
    HOLDER,
    HOLDERS,
    LICENCE,
    error_of,
    question,
    records,
)
from tests.running import Agencies, Gateway, gateway_by, running_gateway


def numbers(agencies: Agencies) -> list[str]:
    """Return the numbers of story persons, each once."""
    return list(dict.fromkeys(person["idNumber"] for person in agencies.people))


def aliases(people: list[str]) -> dict[str, object]:
    """Return one question about many, each under an alias."""
    fields = " ".join(
        f'p{n}: holder(idNumber: "{number}") {{ __typename }}'
        for n, number in enumerate(people)
    )
    return question(f"{{ {fields} }}")


def batch(people: list[str]) -> dict[str, object]:
    """Return one question about many, as a list."""
    return question(HOLDERS, people=[{"idNumber": number} for number in people])


def ids(gateway: Gateway, agencies: Agencies, count: int) -> list[str]:
    """Return certificate ids of so many different people, asked by another caller."""
    found = []
    for number in numbers(agencies):
        holder = gateway.ask(HOLDER, n=number)["holder"]
        nodes = holder["certificates"]["nodes"]
        found += [node["id"] for node in nodes[:1]]
    return found[:count]


def entities(found: list[str]) -> dict[str, object]:
    return question(
        ENTITIES, r=[{"__typename": "Certificate", "id": id_} for id_ in found]
    )


def nothing_was_answered(answer: Any) -> bool:
    """Say whether everything was refused, for the budget alone."""
    codes = {error["extensions"]["code"] for error in answer["errors"]}
    values = list((answer["data"] or {}).values())
    return codes == {"PEOPLE_BUDGET_EXCEEDED"} and values in (
        [],
        [None],
        [None] * 4,
        [[None] * 4],
    )


def alerts_about(gateway: Gateway, caller: str) -> list[tuple[str, int]]:
    """Return the alerts of the log about one caller."""
    lines = (json.loads(line) for line in gateway.log.splitlines() if "alert" in line)
    return [(e["alert"], e["people"]) for e in lines if e["caller"] == caller]


def test_the_last_allowed_person_is_answered(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    _, answer, _ = gateway.post(batch(numbers(agencies)[:3]), token=sparing)

    assert "errors" not in answer


def test_one_more_is_refused_with_what_is_allowed_and_until_when(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    _, answer, _ = gateway.post(batch(numbers(agencies)[:4]), token=sparing)

    extensions = error_of(answer)["extensions"]
    assert (extensions["code"], extensions["found"], extensions["allowed"]) == (
        "PEOPLE_BUDGET_EXCEEDED",
        4,
        3,
    )
    assert extensions["resetsAt"].endswith("T00:00:00+08:00")


def test_a_person_beside_a_list_is_refused_with_it(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    """What stands in a list is asked for a turn later than what stands beside it."""
    one, *others = numbers(agencies)[:4]
    query = f'query($people: [PersonInput!]!) {{ one: holder(idNumber: "{one}") '
    query += "{ __typename } others: holders(people: $people) { __typename } }"
    people = [{"idNumber": number} for number in others]

    _, answer, _ = gateway.post(
        question(query, people=people),
        token=sparing,
        headers={"X-Request-Id": sparing},
    )

    assert answer["data"] == {"one": None, "others": None}
    assert {e["extensions"]["code"] for e in answer["errors"]} == {
        "PEOPLE_BUDGET_EXCEEDED"
    }
    assert records(gateway, requestId=sparing) == []


@pytest.mark.parametrize("ask", [aliases, batch])
def test_a_batch_over_the_budget_asks_nobody(
    gateway: Gateway, agencies: Agencies, ask: object, sparing: str
) -> None:
    assert callable(ask)

    _, answer, _ = gateway.post(
        ask(numbers(agencies)[:4]), token=sparing, headers={"X-Request-Id": sparing}
    )

    assert nothing_was_answered(answer)
    assert records(gateway, requestId=sparing) == []


def test_licences_that_nobody_knows_count_as_people(
    gateway: Gateway, sparing: str
) -> None:
    codes = []
    for serial in range(4):
        parts = ("A124", "25GABC12340", f"9000{serial}", "2")
        check = mod_37_36("".join(parts))
        licence_id = ".".join(("1.2.156.3005.2", *parts, check))
        _, answer, _ = gateway.post(question(LICENCE, id=licence_id), token=sparing)
        errors = answer.get("errors", [])
        codes.append([error["extensions"]["code"] for error in errors])

    assert codes == [[], [], [], ["PEOPLE_BUDGET_EXCEEDED"]]


def test_entities_over_the_budget_ask_nobody(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    question_ = entities(ids(gateway, agencies, 4))

    _, answer, _ = gateway.post(
        question_, token=sparing, headers={"X-Request-Id": sparing}
    )

    assert nothing_was_answered(answer)
    assert records(gateway, requestId=sparing) == []


def test_people_of_a_refused_batch_are_not_asked_about(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    strangers = [with_check_character(f"3101101985030{n}") for n in range(1000, 1004)]

    gateway.post(batch(strangers), token=sparing)

    # Whoever is asked about now shows that the agencies count.
    gateway.post(batch(strangers[:1]), token=TRYING)
    holders = agencies.calls("transport")["holders"]
    assert holders == [1]


def test_certificate_ids_count_whom_they_are_about(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    *first, fourth = ids(gateway, agencies, 4)
    for id_ in (*first, *first):
        _, answer, _ = gateway.post(question(CERTIFICATE, id=id_), token=sparing)
        assert "errors" not in answer

    _, answer, _ = gateway.post(question(CERTIFICATE, id=fourth), token=sparing)

    assert error_of(answer)["extensions"]["code"] == "PEOPLE_BUDGET_EXCEEDED"


def test_somebody_counted_already_is_answered_after_the_budget_is_spent(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    people = numbers(agencies)
    gateway.post(batch(people[:3]), token=sparing)
    gateway.post(batch(people[:4]), token=sparing)

    _, answer, _ = gateway.post(aliases([people[0]] * 5), token=sparing)

    assert "errors" not in answer


def test_other_callers_are_not_held_up(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    gateway.post(batch(numbers(agencies)[:4]), token=sparing)

    _, answer, _ = gateway.post(batch(numbers(agencies)[:4]))

    assert "errors" not in answer


def test_one_caller_s_districts_spend_apart(
    gateway: Gateway, agencies: Agencies
) -> None:
    people = numbers(agencies)

    _, first, _ = gateway.post(batch(people[:3]), token=OF_PUDONG)
    _, over, _ = gateway.post(batch(people[3:4]), token=OF_PUDONG)
    _, other, _ = gateway.post(batch(people[3:6]), token=OF_XUHUI)

    assert "errors" not in first
    assert nothing_was_answered(over)
    assert "errors" not in other
    found = {tuple(one["districts"]) for one in records(gateway, caller="of-two")}
    assert found == {("310115",), ("310104",)}


def test_ids_that_are_none_count_as_people(gateway: Gateway, sparing: str) -> None:
    answers = [
        gateway.post(question(CERTIFICATE, id=f"tried-{n}"), token=sparing)[1]
        for n in (0, 0, 1, 2, 3)
    ]

    assert ["errors" in answer for answer in answers] == [False] * 4 + [True]
    assert error_of(answers[-1])["extensions"]["code"] == "PEOPLE_BUDGET_EXCEEDED"


def test_malformed_numbers_cost_nothing(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    gateway.post(batch(["1", "2", "3", "4"]), token=sparing)

    _, answer, _ = gateway.post(batch(numbers(agencies)[:3]), token=sparing)

    assert "errors" not in answer


def test_the_count_survives_a_restart(
    agencies: Agencies, tmp_path: Path, sparing: str
) -> None:
    people = numbers(agencies)
    with running_gateway(tmp_path, agencies, tables=TABLES) as gateway:
        gateway.post(batch(people[:3]), token=sparing)
        port = int(gateway.url.rpartition(":")[2])

    with gateway_by(tmp_path / "gateway.toml", port) as gateway:
        _, answer, _ = gateway.post(batch(people[3:4]), token=sparing)

    assert error_of(answer)["extensions"]["found"] == 4


def test_alerts_are_logged_and_counted(
    gateway: Gateway, agencies: Agencies, sparing: str
) -> None:
    people = numbers(agencies)
    gateway.post(batch(people[:3]), token=sparing)
    gateway.post(batch(people[:4]), token=sparing)

    assert alerts_about(gateway, sparing) == [("PEOPLE_BUDGET_SPENT", 3)]
    metrics = gateway.get("/metrics")[1]
    assert 'gateway_privacy_alerts_total{alert="PEOPLE_BUDGET_SPENT"}' in metrics


def test_four_of_five_are_a_warning(gateway: Gateway, agencies: Agencies) -> None:
    gateway.post(batch(numbers(agencies)[:4]), token=WARNED)

    assert alerts_about(gateway, WARNED) == [("PEOPLE_BUDGET_80", 4)]


def test_a_caller_that_tries_numbers_is_reported(gateway: Gateway) -> None:
    for seventeen in range(31011019900307000, 31011019900307020):
        gateway.post(batch([with_check_character(str(seventeen))]), token=TRYING)

    assert ("MANY_UNKNOWN_PEOPLE", 20) in alerts_about(gateway, TRYING)
    metrics = gateway.get("/metrics")[1]
    assert 'gateway_privacy_alerts_total{alert="MANY_UNKNOWN_PEOPLE"}' in metrics


def test_a_caller_that_tries_certificate_ids_is_reported(gateway: Gateway) -> None:
    for number in range(20):
        gateway.post(question(CERTIFICATE, id=f"tried-{number}"), token=TRYING_IDS)

    assert ("MANY_UNKNOWN_PEOPLE", 20) in alerts_about(gateway, TRYING_IDS)


def with_check_character(seventeen: str) -> str:
    """Return an identity number, by the weights of GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(seventeen, weights, strict=True))
    return seventeen + "10X98765432"[total % 11]
