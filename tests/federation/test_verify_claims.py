"""What applicants state, beside what three real agencies sign."""

import json
from typing import Any

import pytest

from tests.contracts.people import nobodies
from tests.federation.claims import (
    VERIFY,
    claim_of,
    held,
    mismatched,
    story_claim,
    verify,
)
from tests.federation.queries import EMERGENCY, FIRE, TRANSPORT
from tests.running import Agencies, Gateway

STORY = "all-three"


def numbers(agencies: Agencies) -> list[str]:
    """Return the numbers of up to a hundred story persons, each once."""
    stated = (person["idNumber"] for person in agencies.people)
    return list(dict.fromkeys(stated))[:100]


def test_what_registries_say_is_right_for_every_certificate_of_every_story(
    gateway: Gateway, agencies: Agencies
) -> None:
    known = [
        (number, certificate)
        for number, certificate in held(gateway, numbers(agencies))
        if certificate["itemCode"] in {"1.1", "1.2", "3.1", "4-02-01-01"}
        and certificate["level"]
        and certificate["issuedOn"]
    ]

    answers = verify(gateway, [claim_of(*one) for one in known])

    outcomes = {answer["outcome"] for answer in answers}
    assert len(known) > 20
    assert "MATCH" in outcomes
    # A title that nobody knows leaves its item open, as it does for 219-1a.
    assert outcomes <= {"MATCH", "UNKNOWN"}
    assert all(
        (answer["certificateId"], answer["standing"])
        == (certificate["id"], certificate["standing"])
        for answer, (_, certificate) in zip(answers, known, strict=True)
        if answer["outcome"] == "MATCH"
    )


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        pytest.param({"name": "查无此人"}, ["NAME"], id="name"),
        pytest.param({"issuedOn": "2001-01-01"}, ["ISSUED_ON"], id="day"),
        pytest.param({"number": "T1"}, ["NUMBER"], id="number"),
        pytest.param({"level": "LEVEL_1"}, ["LEVEL"], id="level"),
        pytest.param(
            {"level": "LEVEL_1", "name": "查无此人"}, ["LEVEL", "NAME"], id="two"
        ),
    ],
)
def test_what_is_wrong_is_named_and_the_right_one_is_not(
    gateway: Gateway, agencies: Agencies, wrong: dict[str, str], fields: list[str]
) -> None:
    claim = story_claim(gateway, agencies, STORY)

    (answer,) = verify(gateway, [claim | wrong])

    assert (answer["outcome"], mismatched(answer)) == ("MISMATCH", fields)
    assert answer["standing"] is None
    told = json.dumps({**answer, "certificateId": None}, ensure_ascii=False)
    right = [claim["number"], claim["name"], claim["issuedOn"]]
    assert [value for value in right if value in told] == []


def test_wrong_guesses_are_answered_alike(gateway: Gateway, agencies: Agencies) -> None:
    claim = story_claim(gateway, agencies, STORY)
    near = claim["name"][:-1] + "某"
    guesses = [{"name": near}, {"name": "李"}, {"name": claim["name"] * 2}]

    answers = verify(gateway, [claim | guess for guess in guesses])

    assert answers[0] == answers[1] == answers[2]


def test_what_nobody_holds_is_not_found(gateway: Gateway, agencies: Agencies) -> None:
    claim = story_claim(gateway, agencies, STORY)
    (nobody,) = nobodies(1)
    claims = [claim | {"idNumber": nobody.number}, claim | {"item": "9.7"}]

    answers = verify(gateway, claims)

    assert [answer["outcome"] for answer in answers] == ["NOT_FOUND", "NOT_FOUND"]
    assert [answer["fields"] for answer in answers] == [[], []]


@pytest.mark.parametrize(
    "fault", ["silent", "error-500", "refused-403", "tampered", "unsigned-absence"]
)
def test_an_agency_that_proves_nothing_leaves_it_unknown(
    gateway: Gateway, agencies: Agencies, fault: str
) -> None:
    claim = story_claim(gateway, agencies, STORY)
    (nobody,) = nobodies(1)

    with agencies.fault(EMERGENCY, fault):
        (answer,) = verify(gateway, [claim | {"idNumber": nobody.number}])

    assert (answer["outcome"], answer["fields"]) == ("UNKNOWN", [])
    sources = {row["agency"]: row["outcome"] for row in answer["sources"]}
    assert sources[EMERGENCY] not in {"ANSWERED", "NONE", "SKIPPED"}


@pytest.mark.parametrize("fault", ["silent", "error-500", "wrong-key"])
def test_a_statement_is_not_wrong_because_an_agency_is_silent(
    gateway: Gateway, agencies: Agencies, fault: str
) -> None:
    claim = story_claim(gateway, agencies, STORY)

    with agencies.fault(EMERGENCY, fault):
        answers = verify(gateway, [claim, claim | {"name": "某"}])

    assert [answer["outcome"] for answer in answers] == ["UNKNOWN"] * 2


def test_a_withheld_certificate_leaves_what_is_wrong_unknown_and_what_is_right(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person("shared-number")["idNumber"]
    claims = [claim_of(*one) for one in held(gateway, [number])]

    with agencies.fault(EMERGENCY, "withheld"):
        answers = verify(gateway, [*claims, claims[0] | {"name": "某"}])

    assert sorted(a["outcome"] for a in answers[:-1]) == ["MATCH", "UNKNOWN"]
    assert answers[-1]["outcome"] == "UNKNOWN"


def test_only_those_who_collect_the_item_are_asked(
    gateway: Gateway, agencies: Agencies
) -> None:
    claim = story_claim(gateway, agencies, STORY)
    agencies.reset()

    (answer,) = verify(gateway, [claim])

    assert {row["agency"]: row["outcome"] for row in answer["sources"]} == {
        EMERGENCY: "ANSWERED",
        TRANSPORT: "SKIPPED",
        FIRE: "SKIPPED",
    }
    called = [
        agencies.calls(agency)["calls"] for agency in (EMERGENCY, TRANSPORT, FIRE)
    ]
    assert called == [1, 0, 0]


def test_500_claims_are_five_calls(gateway: Gateway, agencies: Agencies) -> None:
    claims = [{"idNumber": one.number, "item": "1.2"} for one in nobodies(500)]

    answers = verify(gateway, claims)

    assert [answer["outcome"] for answer in answers] == ["NOT_FOUND"] * 500
    assert agencies.calls(EMERGENCY) == {"calls": 5, "holders": [100] * 5}


def test_several_claims_about_one_person_are_one_look_up(
    gateway: Gateway, agencies: Agencies
) -> None:
    claim = story_claim(gateway, agencies, STORY)
    agencies.reset()

    answers = verify(gateway, [claim, claim | {"name": "某"}, claim | {"item": "9.7"}])

    assert [a["outcome"] for a in answers] == ["MATCH", "MISMATCH", "NOT_FOUND"]
    assert agencies.calls(EMERGENCY) == {"calls": 1, "holders": [1]}


def test_claims_about_one_person_go_to_each_agency_they_concern(
    gateway: Gateway, agencies: Agencies
) -> None:
    number = agencies.person(STORY)["idNumber"]
    claims = [claim_of(*one) for one in held(gateway, [number])]
    agencies.reset()

    answers = verify(gateway, claims)

    assert len(claims) == 3
    assert [answer["outcome"] for answer in answers] == ["MATCH"] * 3
    for agency in (EMERGENCY, TRANSPORT, FIRE):
        assert agencies.calls(agency) == {"calls": 1, "holders": [1]}


@pytest.mark.parametrize("count", [0, 501])
def test_a_list_of_no_or_too_many_claims_is_a_typed_answer_without_a_call(
    gateway: Gateway, agencies: Agencies, count: int
) -> None:
    claims = [{"idNumber": "1", "item": "1.2"}] * count

    answer = gateway.ask(VERIFY, claims=claims)["verifyClaims"]

    assert answer == {
        "__typename": "InvalidList",
        "found": count,
        "allowed": 500,
        "message": f"{count} claims given, 1 to 500 allowed; ask in several batches",
    }
    assert agencies.calls(EMERGENCY)["calls"] == 0


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        pytest.param({"idNumber": "310"}, "BAD_ID_NUMBER", id="number"),
        pytest.param({"item": "压力焊作业"}, "UNKNOWN_ITEM", id="a look-alike"),
        pytest.param({"item": "x" * 101}, "TOO_LONG", id="too long"),
        pytest.param({"issuedOn": "9999-12-31"}, "ISSUED_IN_FUTURE", id="not yet"),
    ],
)
def test_a_claim_that_cannot_be_compared_is_refused_by_itself(
    gateway: Gateway, agencies: Agencies, wrong: dict[str, Any], problem: str
) -> None:
    claim = story_claim(gateway, agencies, STORY)

    first, second = verify(gateway, [claim | wrong, claim])

    assert (first["__typename"], first["problem"]) == ("RefusedClaim", problem)
    assert second["outcome"] == "MATCH"


def test_trying_one_value_after_the_other_comes_to_an_end(
    gateway: Gateway,
) -> None:
    # A person of this test alone: the count lasts all day, and other tests ask too.
    (nobody,) = nobodies(1)
    claim = {"idNumber": nobody.number, "item": "1.2"}
    days = [claim | {"issuedOn": f"2001-01-{day:02}"} for day in range(1, 32)]

    answers = [*verify(gateway, days[:10]), *verify(gateway, days[10:])]

    refused = [answer.get("problem") for answer in answers].index("TOO_MANY_STATEMENTS")
    assert refused == 20
    assert {answer.get("problem") for answer in answers[refused:]} == {
        "TOO_MANY_STATEMENTS"
    }
