"""A person is shown with what agencies answered, each as it did, and judged by that."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.answer import Answer, NotAsked, RefusedRecord, SourceOutcome
from policy.text import Text
from tests.bureau.test_person import GOOD
from tests.connectors.agency import NOW, ZHANG
from tests.resolvers.answered import IDS, SIGNED, Asked, answer, executed
from tests.resolvers.certificates.test_certificate import KNOWN

AN_HOUR = timedelta(hours=1)
SOURCE = """agency authority { id } outcome reason en: reason(language: EN) attempts
  latencyMilliseconds retrievedAt asOf collectedAt cacheAgeSeconds notAskedSince
  nextTryAt availableAt refusals { code reason keyId digest }"""
NOTHING = dict.fromkeys(
    [
        *("reason", "en", "latencyMilliseconds", "retrievedAt", "asOf", "collectedAt"),
        *("cacheAgeSeconds", "notAskedSince", "nextTryAt", "availableAt"),
    ]
)


def asked_for(text: str, *answers: Answer, people: int = 1) -> Any:
    """Return what the graph answers, or what it has against the question."""
    found = executed(Asked([*answers], people=people), text, **KNOWN)
    if found.errors:
        return [error.message for error in found.errors]
    return found.data


def holder(selected: str, *answers: Answer, stated: str = "") -> Any:
    text = f"""{{ holder(idNumber: "{ZHANG}"{stated}) {{
      __typename ... on Holder {{ {selected} }} }} }}"""
    found = asked_for(text, *answers)
    if isinstance(found, list):
        return found
    assert found["holder"].pop("__typename") == "Holder"
    return found["holder"]


def source(told: Answer) -> Any:
    (one,) = holder(f"sources {{ {SOURCE} }}", told)["sources"]
    return one


def test_a_person_is_shown_by_a_sealed_id_with_what_they_hold() -> None:
    found = holder("id idType certificates { nodes { number } }", answer(SIGNED))

    assert found == {
        "id": IDS.seal_holder(SIGNED.record.holder),
        "idType": "RESIDENT_ID",
        "certificates": {"nodes": [{"number": "0000123"}]},
    }


def test_an_agency_that_answers_now() -> None:
    told = replace(answer(), latency_seconds=0.1234567, attempts=2, retrieved_at=NOW)

    assert source(told) == {
        **NOTHING,
        "agency": "transport",
        "authority": {"id": "transport"},
        "outcome": "ANSWERED",
        "latencyMilliseconds": 123.457,
        "attempts": 2,
        "retrievedAt": "2026-03-01T08:00:00+00:00",
        "cacheAgeSeconds": 0,
        "refusals": [],
    }


@pytest.mark.parametrize(
    ("changes", "attempts", "collected_at"),
    [
        pytest.param({}, 0, None, id="it was kept, and nobody asked"),
        pytest.param(
            {"as_of": NOW - AN_HOUR}, 2, None, id="it stands in for one asked"
        ),
        pytest.param(
            {"is_collected": True}, 2, "2026-03-01T07:00:00+00:00", id="it was sent"
        ),
    ],
)
def test_an_answer_of_before_says_how_it_came(
    changes: dict[str, Any], attempts: int, collected_at: str | None
) -> None:
    told = replace(answer(), attempts=2, retrieved_at=NOW - AN_HOUR, **changes)

    found = source(told)

    assert (found["attempts"], found["collectedAt"]) == (attempts, collected_at)
    assert found["cacheAgeSeconds"] == 3600
    assert (found["asOf"] is None) is ("as_of" not in changes)


def test_an_agency_that_does_not_answer_says_why_and_when_it_is_asked_again() -> None:
    told = Answer(
        agency="transport",
        outcome=SourceOutcome.CIRCUIT_OPEN,
        reason=Text("暂停", "paused"),
        not_asked=NotAsked(NOW - AN_HOUR, NOW + AN_HOUR),
        available_at=NOW + 2 * AN_HOUR,
    )

    found = source(told)

    assert (found["reason"], found["en"]) == ("暂停", "paused")
    assert found["notAskedSince"] == "2026-03-01T07:00:00+00:00"
    assert found["nextTryAt"] == "2026-03-01T09:00:00+00:00"
    assert found["availableAt"] == "2026-03-01T10:00:00+00:00"


@pytest.mark.parametrize(("digest", "shown"), [(b"\1\2", "0102"), (None, None)])
def test_what_was_not_believed_is_named_by_its_digest(
    digest: bytes | None, shown: str | None
) -> None:
    refused = RefusedRecord("WRONG_HOLDER", "of another", "transport-1", digest)

    found = source(replace(answer(), refusals=(refused,)))

    assert found["refusals"] == [
        {
            "code": "WRONG_HOLDER",
            "reason": "of another",
            "keyId": "transport-1",
            "digest": shown,
        }
    ]


def test_who_is_not_chosen_is_not_asked_and_says_so() -> None:
    found = holder(
        "sources { outcome reason } certificates { nodes { id } }",
        stated=", agencies: []",
    )

    assert found == {
        "sources": [{"outcome": "SKIPPED", "reason": "本次未选择该机构，未查询"}],
        "certificates": {"nodes": []},
    }


def test_an_agency_that_there_is_not_cannot_be_chosen() -> None:
    found = holder("id", answer(SIGNED), stated=', agencies: ["transport", "nobody"]')

    assert found == ["no agency 'nobody'; known are transport"]


def test_a_number_that_is_none_is_said_to_be_and_nobody_is_asked() -> None:
    found = asked_for(
        """{ holder(idNumber: "1") { sources { outcome reason }
          certificates { nodes { id } }
          ... on InvalidIdentity { problem message en: message(language: EN) } } }"""
    )["holder"]

    assert found["sources"] == [
        {"outcome": "SKIPPED", "reason": "证件号码有误，未查询"}
    ]
    assert (found["certificates"], found["problem"]) == (None, "BAD_LENGTH")
    assert found["message"] != found["en"]


ROW = 'itemCode: "%s", level: LEVEL_4'


@pytest.mark.parametrize("code", ["4-02-01-01", " ４-02-01-01"])
def test_a_row_of_the_annex_is_judged_by_the_best_certificate(code: str) -> None:
    row = ROW % code

    found = holder(
        f"""eligibility({row}) {{ outcome }}
        before: eligibility({row}, asOf: "2025-05-31") {{ outcome }}
        claimEligibility({row}, claim: {{claimedOn: "2026-03-02"}}) {{ __typename }}
        today: claimEligibility({row}, claim: {{claimedOn: "2026-03-01"}}) {{
          __typename }}""",
        answer(GOOD),
    )

    assert found["claimEligibility"] == {"__typename": "ClaimInFuture"}
    assert found["today"] == {"__typename": "Eligibility"}
    assert found["eligibility"]["outcome"] == "ELIGIBLE"
    assert found["before"]["outcome"] == "INELIGIBLE"


def test_a_row_that_is_not_in_the_annex_and_a_claim_to_come_are_refused() -> None:
    row, none = ROW % "4-02-01-01", ROW % "99.9"

    unknown = holder(f"eligibility({none}) {{ outcome }}", answer(SIGNED))
    to_come = holder(
        f'eligibility({row}, claim: {{claimedOn: "2026-03-02"}}) {{ outcome }}',
        answer(SIGNED),
    )

    assert unknown == ["itemCode '99.9' is not in the annex; see catalogue.items"]
    assert to_come[0].startswith("申领日期2026-03-02尚未到来，请更正 / ")


def test_several_are_answered_in_the_order_asked_and_none_or_too_many_are_not() -> None:
    people = [f'{{idNumber: "{number}"}}' for number in ("1", ZHANG)]
    text = "{ holders(people: [%s]) { ... on Holders { nodes { __typename } } "
    text += "... on InvalidList { found allowed } } }"

    both = asked_for(text % ", ".join(people), answer(SIGNED), people=2)
    none = asked_for(text % "")
    many = asked_for(text % ", ".join(people[:1] * 101))
    most = asked_for(text % ", ".join(people[:1] * 100))

    assert both["holders"] == {
        "nodes": [{"__typename": "InvalidIdentity"}, {"__typename": "Holder"}]
    }
    assert none["holders"] == {"found": 0, "allowed": 100}
    assert many["holders"] == {"found": 101, "allowed": 100}
    assert len(most["holders"]["nodes"]) == 100


def test_what_has_a_global_id_is_found_again_by_it() -> None:
    person, one = IDS.seal_holder(SIGNED.record.holder), IDS.seal(SIGNED)
    text = f"""{{ nodes(ids: ["{person}", "{one}", "none"]) {{ __typename id }}
      node(id: "{one}") {{ id }} }}"""

    found = asked_for(text, answer(SIGNED), people=4)

    assert found == {
        "nodes": [
            {"__typename": "Holder", "id": person},
            {"__typename": "Certificate", "id": one},
            None,
        ],
        "node": {"id": one},
    }


def test_a_certificate_of_an_agency_that_is_away_is_an_error_in_its_place() -> None:
    one = IDS.seal(SIGNED)
    told = Answer(agency="transport", outcome=SourceOutcome.TIMED_OUT)
    text = f'{{ nodes(ids: ["none", "{one}"]) {{ id }} }}'

    found = executed(Asked([told], people=2), text, **KNOWN)

    assert found.data == {"nodes": [None, None]}
    (error,) = found.errors or []
    assert error.path == ["nodes", 1]
    assert error.extensions == {
        "code": "AGENCY_UNAVAILABLE",
        "agency": "transport",
        "outcome": "TIMED_OUT",
    }


def test_a_person_of_a_supergraph_is_found_by_their_number() -> None:
    text = f"""{{ _entities(representations: [{{__typename: "Person",
      idType: "RESIDENT_ID", idNumber: "{ZHANG}"}}]) {{ ... on Person {{
      idType idNumber holder {{ certificates {{ nodes {{ number }} }} }} }} }} }}"""

    (found,) = asked_for(text, answer(SIGNED))["_entities"]

    assert found == {
        "idType": "RESIDENT_ID",
        "idNumber": ZHANG,
        "holder": {"certificates": {"nodes": [{"number": "0000123"}]}},
    }
