"""What was paid on a frozen body's certificates is claimed back when it revokes."""

from typing import Any

import pytest

from tests.federation.offices import (
    PLATFORM,
    SANCTIONER,
    SECOND_SANCTIONER,
    Offices,
    sent,
)
from tests.gateway.collection.sending import ONLY_SENDS, Sender, key_of, line, record
from tests.gateway.registration.joining import seconds_until
from tests.gateway.status.sending import StateSender

TAKEN = (
    "{ __typename ... on Sanction { id state } ... on RegistrationRefused { code } }"
)
PROPOSE = (
    'mutation { it: proposeSanction(body: "transport", kind: FREEZE, reason: "forged") '
    f"{TAKEN} }}"
)
CONFIRM = f'mutation($i: ID!) {{ it: confirmSanction(id: $i, reason: "seen") {TAKEN} }}'
LIFT = f'mutation($i: ID!) {{ it: liftSanction(id: $i, reason: "put right") {TAKEN} }}'
ACCOUNT = "{ agencies { id account } }"


def account(offices: Offices, place: int) -> str:
    """Return how one gateway treats the agency that only sends."""
    found = offices.ask(place, PLATFORM, ACCOUNT)["agencies"]
    state: str = next(one["account"] for one in found if one["id"] == ONLY_SENDS)
    return state


def freeze(offices: Offices) -> str:
    """Freeze the body by two people; return the sanction's id."""
    made: dict[str, Any] = offices.ask(0, SANCTIONER, PROPOSE)["it"]
    offices.ask(1, SECOND_SANCTIONER, CONFIRM, i=made["id"])
    for place in (0, 1):
        seconds_until(lambda place=place: account(offices, place) == "FROZEN")
    return str(made["id"])


def test_a_frozen_body_revokes_and_the_payment_is_claimed_back(
    offices: Offices,
) -> None:
    holder, said, certificate = offices.certified()
    paid = offices.decide(0, certificate, "before-the-freeze")
    _, _, another = offices.certified()
    step: dict[str, Any] = {
        "claim": "approved-before-the-freeze",
        "version": 1,
        "action": "PAY",
    }
    offices.decide(0, another, step["claim"], outcome="APPROVED")
    sanction = freeze(offices)
    key = key_of(offices.agencies)
    try:
        records = Sender(offices.gateways[0], ONLY_SENDS, key).send(
            [line(next(offices.records), record(key, sent(holder, "LEVEL_3")))]
        )
        believed = offices.certificates(1, holder)
        offices.change(said, "撤销")
        opened = offices.recovery("before-the-freeze")
        lifting = StateSender(offices.gateways[1], ONLY_SENDS, key).send_one(
            next(offices.states), {**said, "status": "有效"}
        )
        kept = offices.recovery("before-the-freeze")
        not_paid = offices.pay_step(1, **step)
    finally:
        offices.ask(0, SANCTIONER, LIFT, i=sanction)
    for place in (0, 1):
        seconds_until(lambda place=place: account(offices, place) == "ACTIVE")
    (after,) = offices.certificates(1, holder)

    assert paid["__typename"] == "DecisionRecorded"
    assert (records.status, records.problem) == (403, "ACCOUNT_NOT_ACTIVE")
    assert believed == [], "a frozen account's records are not believed"
    assert opened is not None
    assert (opened["state"], opened["cause"]) == ("OPEN", "REVOKED")
    assert lifting.codes == ["LIFTING_WHILE_FROZEN"]
    assert kept == opened
    assert after["state"] == "REVOKED"
    assert not_paid["code"] == "AGENCY_FROZEN"
    assert offices.pay_step(1, **step)["state"] == "PAID"


@pytest.mark.parametrize("id_", ["x", "", "-1", "²", "999999", "9" * 5_000])
def test_what_is_no_sanction_is_not_confirmed(offices: Offices, id_: str) -> None:
    found = offices.ask(0, SANCTIONER, CONFIRM, i=id_)["it"]

    assert found["code"] == "UNKNOWN_SANCTION"
