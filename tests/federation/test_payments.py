"""Payment feedback and recovery over sockets: paid once, claimed back, seen by few."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from tests.federation.offices import (
    ANOTHER_PLATFORM,
    CLAIM,
    DECIDE,
    PLATFORM,
    Offices,
    clauses,
    sent,
    stated,
)
from tests.federation.paying import (
    SPELT,
    WRITERS,
    live_certificate,
    outcome,
)
from tests.gateway.status.sending import today
from tests.running import eventually


def test_a_request_that_comes_again_is_answered_word_for_word(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    decision = stated(claim="again", certificate=certificate)

    first = offices.post(0, PLATFORM, DECIDE, key="again-1", decision=decision)
    # Whatever became of the certificate: the first answer was given.
    offices.change(said, "撤销")
    again = offices.post(1, PLATFORM, DECIDE, key="again-1", decision=decision)

    assert first[1]["data"]["recordDecision"]["__typename"] == "DecisionRecorded"
    assert again == first


def test_a_key_stands_for_one_request_of_one_caller(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    first = offices.decide(0, certificate, "one-key")

    other = offices.decide(1, certificate, "one-key", amountYuan=1)
    another_s = offices.decide(1, certificate, "one-key", token=ANOTHER_PLATFORM)

    assert outcome(first) == ("DecisionRecorded", None)

    assert outcome(other) == ("DecisionRefused", "KEY_USED")
    assert outcome(another_s) == ("AlreadyPaid", "17-once")


def test_of_fifty_who_pay_one_claim_at_two_gateways_one_does(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    claim = "raced"

    def pay(number: int) -> dict[str, Any]:
        key = f"raced-{number}"
        return offices.decide(number % 2, certificate, claim, key=key)

    with ThreadPoolExecutor(WRITERS) as writers:
        answers = list(writers.map(pay, range(WRITERS)))

    kinds = [answer["__typename"] for answer in answers]
    assert kinds.count("DecisionRecorded") == 1
    assert kinds.count("AlreadyPaid") == WRITERS - 1


def test_a_level_that_was_paid_bars_it_and_lower_ones(offices: Offices) -> None:
    holder, _, middle = offices.certified("LEVEL_4")
    for level in ("LEVEL_5", "LEVEL_3"):
        offices.send(sent(holder, level))
    ids = {one["level"]: one["id"] for one in offices.certificates(0, holder)}
    assert outcome(offices.decide(0, middle, "level-4")) == (
        *("DecisionRecorded", None),
    )

    # What another gateway took in is seen within half a second.
    eventually(lambda: len(offices.certificates(1, holder)) == len(ids))
    judged = {one["level"]: clauses(one) for one in offices.certificates(1, holder)}
    lower = offices.decide(1, ids["LEVEL_5"], "level-5")
    higher = offices.decide(1, ids["LEVEL_3"], "level-3", amountYuan=2000)

    once = {level: found["17-once"] for level, found in judged.items()}
    assert once == {"LEVEL_5": "UNMET", "LEVEL_4": "UNMET", "LEVEL_3": "MET"}
    assert outcome(lower) == ("AlreadyPaid", "17-once")
    assert outcome(higher) == ("DecisionRecorded", None)


@pytest.mark.parametrize("spelt", SPELT.values(), ids=SPELT)
def test_what_shows_as_revoked_is_claimed_back_however_it_was_spelt(
    offices: Offices, spelt: dict[str, Any]
) -> None:
    holder, said, certificate = offices.certified()
    claim = f"spelt-{holder.number[-4:]}"
    offices.decide(0, certificate, claim)
    words = said | {name: spell(said[name]) for name, spell in spelt.items()}

    codes = offices.change(words, "撤销")

    (shown,) = offices.certificates(0, holder)
    opened = offices.recovery(claim)
    assert codes == [None]
    assert clauses(shown)["219-3b"] == "UNMET"
    assert opened is not None
    assert (opened["cause"], opened["state"]) == ("REVOKED", "OPEN")


@pytest.mark.parametrize(
    "other", [{"certificateNumber": "S-0"}, {"issueDate": "20200101"}]
)
def test_what_is_of_another_certificate_does_neither(
    offices: Offices, other: dict[str, Any]
) -> None:
    holder, said, certificate = offices.certified()
    claim = f"other-{holder.number[-4:]}"
    offices.decide(0, certificate, claim)

    codes = offices.change(said | other, "撤销")

    (shown,) = offices.certificates(0, holder)
    assert codes == ["UNKNOWN_CERTIFICATE"]
    assert clauses(shown)["219-3b"] == "MET"
    assert offices.recovery(claim) is None


def test_what_is_stated_and_what_the_ledger_has_count_together(
    offices: Offices,
) -> None:
    holder, _, certificate = offices.certified()
    earlier = [{"itemCode": "4-02-01-01", "level": "LEVEL_3"}]

    (stated_alone,) = offices.certificates(0, holder, payments=earlier)
    offices.decide(0, certificate, "together")
    (denied,) = offices.certificates(1, holder, payments=[])

    assert clauses(stated_alone)["17-once"] == "UNMET"
    assert clauses(denied)["17-once"] == "UNMET"


def test_a_decision_is_of_the_day_that_is_stated(offices: Offices) -> None:
    _, _, certificate = offices.certified()
    day = (today() - timedelta(days=20)).isoformat()
    decision = stated(certificate=certificate, claim="a-day", decidedOn=day)

    query = DECIDE.replace(
        "__typename", "__typename ... on DecisionRecorded {decidedOn}"
    )
    facts = {**CLAIM, "claimedOn": day}
    answer = offices.post(
        *(0, PLATFORM, query), key="a-day", decision=decision, claim=facts
    )[1]

    assert answer["data"]["recordDecision"]["decidedOn"] == day


def test_the_bytes_of_live_and_collected_records_are_kept_as_they_were_signed(
    offices: Offices,
) -> None:
    _, _, collected = offices.certified()
    live = live_certificate(offices, "look-alike")
    refused: dict[str, Any] = {"outcome": "REFUSED", "amountYuan": None}
    config = next(offices.gateways[0].folder.glob("*.toml"))

    for number, certificate in enumerate((collected, live)):
        claim = f"bytes-{number}"
        recorded = offices.decide(0, certificate, claim, key=claim, **refused)
        digest = recorded["evidence"]
        shown = CliRunner().invoke(
            app, ["evidence", "show", "--config", str(config), digest]
        )
        assert hashlib.sha256(shown.stdout_bytes).hexdigest() == digest
