"""A payment goes its way at two gateways: published, paid, come back, paid again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.federation.offices import (
    PAYMENT_STEP,
    READER,
    Offices,
    clauses,
)
from tests.gateway.status.sending import today


def approved(offices: Offices, claim: str) -> tuple[Any, str]:
    """Approve a claim of somebody new; return who it is, and the certificate's id."""
    holder, said, certificate = offices.certified()
    answer = offices.decide(0, certificate, claim, outcome="APPROVED", amountYuan=None)
    assert (answer["__typename"], answer["amountYuan"]) == ("DecisionRecorded", 1600)
    return (holder, said), certificate


def test_a_payment_goes_its_way(offices: Offices) -> None:
    (holder, said), certificate = approved(offices, "its-way")

    steps = []
    for number, action in enumerate(("PUBLISH", "PAY", "RETURN", "PAY"), 1):
        taken = offices.pay_step(
            number % 2, claim="its-way", version=number, action=action
        )
        steps.append(taken)
    (seen,) = offices.certificates(0, holder)
    again = offices.decide(1, certificate, "its-way-again")

    assert [(step["state"], step["version"]) for step in steps] == [
        *(("PUBLISHED", 2), ("PAID", 3), ("RETURNED", 4), ("PAID", 5)),
    ]
    assert [step["amountYuan"] for step in steps[-1]["history"]] == [
        *(0, 0, 1600, -1600, 1600),
    ]
    assert clauses(seen)["17-once"] == "UNMET"
    assert again["__typename"] == "AlreadyPaid"
    # Paid by a step, it is claimed back like any other.
    offices.change(said, "撤销")
    recovery = offices.recovery("its-way")
    assert recovery is not None
    assert recovery["amountYuan"] == 1600


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"action": "RETURN"}, "WRONG_STATE"),
        ({"action": "PAY", "version": 2}, "CHANGED_MEANWHILE"),
        ({"action": "PAY", "officer": " "}, "NOT_SAID"),
        ({"action": "PAY", "reason": "310199198602140067"}, "NOT_SAID"),
        ({"action": "PAY", "day": "2999-01-01"}, "BAD_DAY"),
        # The day before the notice was in force.
        ({"action": "PAY", "day": "2022-08-21"}, "BAD_DAY"),
        (
            {"action": "PAY", "day": (today() - timedelta(days=1)).isoformat()},
            "BAD_DAY",
        ),
        ({"action": "PAY", "claim": "nobody's"}, "UNKNOWN_PAYMENT"),
    ],
)
def test_an_illegal_step_is_refused_by_its_reason(
    offices: Offices, step: dict[str, object], code: str
) -> None:
    claim = f"illegal-{code}-{step.get('day', len(str(step)))}"
    approved(offices, claim)

    refused = offices.pay_step(1, **{"claim": claim, "version": 1, **step})
    paid = offices.pay_step(0, claim=claim, version=1, action="PAY")

    assert (refused["__typename"], refused["code"]) == ("PaymentRefused", code)
    assert paid["state"] == "PAID"


def test_a_claim_is_found_in_any_spelling(offices: Offices) -> None:
    approved(offices, "spelt-1")

    taken = offices.pay_step(1, claim="\u3000spelt-1\u200b", version=1, action="PAY")

    assert taken["state"] == "PAID"


def test_of_officers_at_two_gateways_one_pays(offices: Offices) -> None:
    approved(offices, "raced-step")

    def pay(place: int) -> str:
        taken = offices.pay_step(place % 2, claim="raced-step", version=1, action="PAY")
        kind: str = taken.get("code") or taken["state"]
        return kind

    with ThreadPoolExecutor(8) as officers:
        answers = list(officers.map(pay, range(8)))

    assert sorted(answers) == ["CHANGED_MEANWHILE"] * 7 + ["PAID"]


def test_what_was_revoked_since_is_not_paid(offices: Offices) -> None:
    (_, said), _ = approved(offices, "revoked-since")
    offices.change(said, "撤销")

    refused = offices.pay_step(1, claim="revoked-since", version=1, action="PAY")
    cancelled = offices.pay_step(0, claim="revoked-since", version=1, action="CANCEL")

    assert refused["code"] == "NOT_IN_FORCE"
    assert refused["payment"] == {"version": 1, "state": "APPROVED"}
    assert cancelled["state"] == "CANCELLED"


def test_who_may_not_pay_takes_no_step(offices: Offices) -> None:
    approved(offices, "not-theirs")
    step = {
        "claim": "not-theirs",
        "version": 1,
        "action": "PAY",
        "officer": "o",
        "reason": "r",
    }

    answer = offices.post(0, READER, PAYMENT_STEP, step=step)[1]

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
