"""A change that is acknowledged is in every answer of every gateway, and is lifted."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from gateway.registry.live_registry import POLL_SECONDS
from tests.gateway.registration.joining import seconds_until
from tests.gateway.status.sending import (
    TRANSPORT,
    StateSender,
    certificates,
    compact,
    said_of,
    sender_at,
    today,
)
from tests.running import Agencies, Gateway

SECOND_LONG = 1.0
DAYS_AGO = today() - timedelta(days=3)
CHECK = (
    "query($c: [StatedCertificateInput!]!) { verifyClaims(claims: $c) { "
    "... on CheckedClaims { nodes { ... on ClaimCheck { outcome standing } } } } }"
)
BY_ID = (
    "query($i: ID!) { certificate(id: $i) { ... on Certificate { state standing } } }"
)
ENTITIES = (
    "query($r: [_Any!]!) { _entities(representations: $r) "
    "{ ... on Certificate { state standing } } }"
)
BATCH = (
    "query($p: [PersonInput!]!) { holders(people: $p) { ... on Holders { nodes "
    "{ certificates { nodes { itemCode level state } } } } } }"
)


@pytest.fixture(name="number")
def _number(running_agencies: Agencies) -> str:
    number: str = running_agencies.person("whole-annex")["idNumber"]
    return number


@pytest.fixture(name="sender")
def _sender(two: tuple[Gateway, Gateway], running_agencies: Agencies) -> StateSender:
    return sender_at(two[0], running_agencies)


def shown(gateway: Gateway, number: str, level: str, **more: Any) -> dict[str, Any]:
    """Return one certificate of the person who has all levels."""
    found = certificates(gateway, number, **more)
    return next(one for one in found if one["level"] == level)


def send(
    sender: StateSender, number: str, level: str, status: str, **changes: object
) -> dict[str, Any]:
    """Send a change of one certificate; return the certificate as it was before."""
    before = shown(sender.gateway, number, level)
    sequence = sender.status()["states"]["lastSequence"] + 1
    told = sender.send_one(sequence, said_of(before, number, status, **changes))
    # Its certificate was answered a moment ago, and so it is of something known.
    assert (told.outcomes, told.codes) == (["ACCEPTED"], [None]), told
    return before


def test_a_change_of_what_nobody_was_answered_is_told(
    sender: StateSender, number: str
) -> None:
    before = shown(sender.gateway, number, "LEVEL_4")
    mistyped = said_of(before, number, "撤销", certificateNumber="2609000000400000")
    sequence = sender.status()["states"]["lastSequence"] + 1

    told = sender.send_one(sequence, mistyped)

    assert (told.outcomes, told.codes) == (["ACCEPTED"], ["UNKNOWN_CERTIFICATE"])
    assert shown(sender.gateway, number, "LEVEL_4") == before


def test_a_revocation_is_in_the_answers_of_both_within_a_second(
    two: tuple[Gateway, Gateway],
    sender: StateSender,
    number: str,
    record_property: Callable[[str, object], None],
) -> None:
    one, other = two
    # Until answers, plans and renderings are kept at both.
    kept = [shown(gateway, number, "LEVEL_5") for gateway in two * 4]
    assert {certificate["standing"] for certificate in kept} == {"VALID"}

    send(sender, number, "LEVEL_5", "撤销", statusSince=compact(DAYS_AGO))
    at_once = shown(one, number, "LEVEL_5")
    late = seconds_until(
        lambda: shown(other, number, "LEVEL_5")["standing"] == "REVOKED"
    )

    record_property("acknowledged_to_other_answer_ms", round(late * 1000))
    sys.stdout.write(f"the other gateway answers so after {late * 1000:.0f} ms\n")
    assert (at_once["standing"], at_once["state"]) == ("REVOKED", "REVOKED")
    assert late <= POLL_SECONDS + SECOND_LONG
    assert clause(shown(other, number, "LEVEL_5")) == "UNMET"
    assert shown(other, number, "LEVEL_4")["standing"] == "VALID"


def clause(certificate: dict[str, Any]) -> str:
    findings = certificate["eligibility"]["findings"]
    found: str = next(f["outcome"] for f in findings if f["clause"] == "219-3b")
    return found


def test_a_suspension_counts_from_its_day_until_it_is_lifted(
    two: tuple[Gateway, Gateway], sender: StateSender, number: str
) -> None:
    one = two[0]
    send(
        sender,
        number,
        "LEVEL_3",
        "暂扣",
        statusSince=compact(DAYS_AGO),
        statusReason="违章作业",
    )

    before = shown(one, number, "LEVEL_3", day=DAYS_AGO - timedelta(days=1))
    on_it = shown(one, number, "LEVEL_3", day=DAYS_AGO)
    send(sender, number, "LEVEL_3", "有效", statusSince=compact(today()))
    after = shown(one, number, "LEVEL_3", day=today() - timedelta(days=1))

    assert (before["past"], on_it["past"], on_it["standing"]) == (
        "VALID",
        "SUSPENDED",
        "SUSPENDED",
    )
    assert (after["standing"], after["past"]) == ("VALID", "SUSPENDED")
    assert [
        (change["state"], change["effectiveOn"], change["reason"])
        for change in after["stateChanges"]
    ] == [
        ("SUSPENDED", str(DAYS_AGO), "违章作业"),
        ("VALID", str(today()), ""),
    ]


@pytest.fixture(name="withdrawn")
def _withdrawn(sender: StateSender, number: str) -> dict[str, Any]:
    """A certificate that was withdrawn, as it was before."""
    found = shown(sender.gateway, number, "LEVEL_2")
    if found["state"] == "VALID":
        return send(sender, number, "LEVEL_2", "吊销")
    return found


def test_every_way_to_a_certificate_shows_the_change(
    two: tuple[Gateway, Gateway], number: str, withdrawn: dict[str, Any]
) -> None:
    one = two[0]
    bad = {"state": "WITHDRAWN", "standing": "WITHDRAWN"}
    claim = {
        "idNumber": number,
        "item": "4-02-01-01",
        "level": "LEVEL_2",
        "number": withdrawn["number"],
    }
    representation = {"__typename": "Certificate", "id": withdrawn["id"]}

    batch = one.ask(BATCH, p=[{"idNumber": number}])["holders"]["nodes"][0]
    states = {
        (node["itemCode"], node["level"]): node["state"]
        for node in batch["certificates"]["nodes"]
    }

    assert one.ask(BY_ID, i=withdrawn["id"])["certificate"] == bad
    assert one.ask(ENTITIES, r=[representation])["_entities"] == [bad]
    assert one.ask(CHECK, c=[claim])["verifyClaims"]["nodes"] == [
        {"outcome": "MATCH", "standing": "WITHDRAWN"}
    ]
    assert states["4-02-01-01", "LEVEL_2"] == "WITHDRAWN"


def test_who_holds_a_row_is_judged_by_what_was_sent(
    two: tuple[Gateway, Gateway], number: str, withdrawn: dict[str, Any]
) -> None:
    found = two[0].ask(
        "query($n: String!) { holder(idNumber: $n) { ... on Holder { eligibility("
        'itemCode: "4-02-01-01", level: LEVEL_2) { findings { clause outcome } } } } }',
        n=number,
    )

    assert clause(found["holder"]) == "UNMET", withdrawn


def test_the_words_of_a_reason_are_for_those_who_may_see_people(
    two: tuple[Gateway, Gateway],
) -> None:
    schema = two[0].get("/schema.graphql")[1]
    change = schema.partition("type StateChange ")[2].partition("\n}")[0]

    assert 'reason: String! @requiresScopes(scopes: [["identity:read"]])' in change


def test_metrics_say_how_far_each_gateway_knows(
    two: tuple[Gateway, Gateway], withdrawn: dict[str, Any]
) -> None:
    def last(gateway: Gateway) -> float:
        text = gateway.get("/metrics")[1]
        start = "gateway_states_last_change "
        return float(next(li for li in text.splitlines() if li.startswith(start))[27:])

    assert withdrawn
    seconds_until(lambda: last(two[0]) == last(two[1]) > 0)


def test_the_bodies_of_two_gateways_are_the_same(
    two: tuple[Gateway, Gateway], number: str, withdrawn: dict[str, Any]
) -> None:
    """One has the rendering of before it kept, the other none of it."""
    seconds_until(lambda: shown(two[1], number, "LEVEL_2")["state"] == "WITHDRAWN")
    bodies: Iterator[str] = (
        json.dumps(certificates(gateway, number), sort_keys=True)
        for gateway in two
        for _ in range(3)
    )

    assert withdrawn
    assert len(set(bodies)) == 1


def test_an_answer_under_way_does_not_escape_a_revocation(
    two: tuple[Gateway, Gateway], agencies: Agencies
) -> None:
    one, other = two
    number = agencies.person("issued-day-after")["idNumber"]
    (before,) = certificates(other, number)
    sender = sender_at(other, agencies)
    sequence = sender.status()["states"]["lastSequence"] + 1
    agencies.reset()

    def asked() -> tuple[str, float]:
        (certificate,) = certificates(one, number)
        return certificate["standing"], time.monotonic()

    with (
        agencies.fault(TRANSPORT, "slow", seconds=1.2),
        ThreadPoolExecutor(1) as client,
    ):
        under_way = client.submit(asked)
        seconds_until(lambda: agencies.calls(TRANSPORT)["calls"] > 0)
        told = sender.send_one(sequence, said_of(before, number, "撤销"))
        acknowledged_at = time.monotonic()
        standing, answered_at = under_way.result()

    assert told.outcomes == ["ACCEPTED"]
    # A machine that took longer than the agency to acknowledge shows nothing here.
    assert standing == "REVOKED" or answered_at < acknowledged_at + SECOND_LONG / 2
