"""A wrong payment is put right by two people, and the sums are right."""

from typing import Any

import pytest

from policy.identity import Identity
from tests.federation.offices import (
    ANOTHER_PLATFORM,
    BUREAU,
    PLATFORM,
    Offices,
    clauses,
    stated,
)
from tests.gateway.status.sending import today

ELSEWHERE = "310101"
OPEN = "{ openCorrections { id claim } }"
RULED = [{"clauses": ["17-amount"], "reason": "补差", "officer": "浦0017"}]
TOTALS = """query($day: Date!) { totals(from: $day, to: $day, by: [DISTRICT]) {
  district paid paidYuan } }"""
Sums = dict[str, tuple[int, int]]


def paid(offices: Offices, claim: str, **more: Any) -> tuple[Identity, str, str]:
    """Pay a claim of somebody new; return who, the certificate and the decision."""
    holder, _, certificate = offices.certified()
    recorded = offices.decide(0, certificate, claim, **more)
    assert recorded["__typename"] == "DecisionRecorded"
    return holder, certificate, recorded["id"]


def sums(offices: Offices) -> Sums:
    rows = offices.ask(0, BUREAU, TOTALS, day=today().isoformat())["totals"]
    return {row["district"]: (row["paid"], row["paidYuan"]) for row in rows}


def risen(before: Sums, after: Sums, district: str) -> tuple[int, int]:
    was = before.get(district, (0, 0))
    return after[district][0] - was[0], after[district][1] - was[1]


def test_a_wrong_sum_in_a_wrong_district_is_put_right(offices: Offices) -> None:
    before = sums(offices)
    _, certificate, wrong = paid(
        offices, "wrong-sum", amountYuan=100_000, rulings=RULED
    )
    right = stated(certificate=certificate, claim="wrong-sum", district=ELSEWHERE)

    proposed = offices.propose(wrong, replacement=right)
    waiting = offices.ask(1, BUREAU, OPEN)["openCorrections"]
    own = offices.answer(proposed["id"], PLATFORM)
    officer = offices.answer(proposed["id"], officer="浦0017")
    done = offices.answer(proposed["id"])
    after = sums(offices)
    again = offices.propose(wrong, replacement=right)

    assert {"id": proposed["id"], "claim": "wrong-sum"} in waiting
    assert [own["code"], officer["code"]] == ["SAME_PERSON"] * 2
    assert done["answered"]["answer"] == "CONFIRM"
    assert done["answered"]["actor"] == ANOTHER_PLATFORM
    assert risen(before, after, ELSEWHERE) == (1, 1600)
    assert risen(before, after, "310115") == (0, 0)
    assert again["code"] == "REVERSED_BEFORE"


def test_another_sum_than_was_computed_needs_a_ruling(offices: Offices) -> None:
    _, certificate, wrong = paid(offices, "no-ruling")
    right = stated(certificate=certificate, claim="no-ruling", amountYuan=1700)

    proposed = offices.propose(wrong, replacement=right)
    refused = offices.answer(proposed["id"])
    rejected = offices.answer(proposed["id"], answer="REJECT")
    ruled = offices.propose(wrong, replacement={**right, "rulings": RULED})
    done = offices.answer(ruled["id"])

    assert (refused["__typename"], refused["refused"]) == (
        *("DecisionRefused", "AMOUNT_DIFFERS"),
    )
    assert rejected["answered"]["answer"] == "REJECT"
    assert done["answered"]["replacedBy"] is not None


def test_the_right_person_is_paid_once_the_right_certificate_is_judged(
    offices: Offices,
) -> None:
    wrong_holder, _, wrong = paid(offices, "wrong-person")
    holder, said, certificate = offices.certified()
    right = stated(certificate=certificate, claim="wrong-person")
    proposed = offices.propose(wrong, replacement=right)

    offices.change(said, "暂扣")
    # At the gateway it was sent to, since the other learns of it a moment later.
    suspended = offices.answer(proposed["id"], place=0)
    offices.change(said, "有效")
    done = offices.answer(proposed["id"], place=0)
    (is_free,) = offices.certificates(0, wrong_holder)
    (is_paid,) = offices.certificates(1, holder)

    assert (suspended["refused"], suspended["clause"]) == ("NOT_IN_FORCE", "219-3b")
    assert done["answered"]["replacedBy"] is not None
    assert clauses(is_free)["17-once"] == "MET"
    assert clauses(is_paid)["17-once"] == "UNMET"


def test_what_was_revoked_since_is_still_put_in_its_district(offices: Offices) -> None:
    _, said, certificate = offices.certified()
    wrong = str(offices.decide(0, certificate, "revoked-then")["id"])
    offices.change(said, "撤销")
    right = stated(certificate=certificate, claim="revoked-then", district=ELSEWHERE)

    proposed = offices.propose(wrong, replacement=right)
    done = offices.answer(proposed["id"])

    assert done["answered"]["replacedBy"] is not None
    assert offices.recovery("revoked-then") is not None


def test_a_claim_that_should_not_have_been_paid_is_decided_anew(
    offices: Offices,
) -> None:
    holder, certificate, wrong = paid(offices, "not-at-all")

    proposed = offices.propose(wrong)
    done = offices.answer(proposed["id"])
    (is_free,) = offices.certificates(1, holder)
    anew = offices.decide(0, certificate, "not-at-all", key="not-at-all-2")

    assert done["answered"]["replacedBy"] is None
    assert clauses(is_free)["17-once"] == "MET"
    assert anew["__typename"] == "DecisionRecorded"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"decision": "999999"}, "UNKNOWN_DECISION"),
        ({"decision": "x"}, "UNKNOWN_DECISION"),
        ({"officer": ""}, "NOT_SAID"),
        ({"reason": "310199198602140067"}, "NOT_SAID"),
        ({"outcome": "APPROVED"}, "NOT_A_PAYMENT"),
        ({"claim": "another-claim"}, "OTHER_CLAIM"),
        ({"district": "110101"}, "BAD_DISTRICT"),
        ({"amountYuan": 0}, "BAD_AMOUNT"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_by_its_reason(
    offices: Offices, change: dict[str, Any], code: str
) -> None:
    claim = f"cannot-{code}-{len(str(change))}"
    _, certificate, wrong = paid(offices, claim)
    own = {"decision", "officer", "reason"}
    replacement = stated(certificate=certificate, claim=claim)
    replacement |= {name: v for name, v in change.items() if name not in own}

    more = {name: value for name, value in change.items() if name in own}
    refused = offices.propose(
        more.pop("decision", wrong), replacement=replacement, **more
    )

    assert refused.get("code", refused.get("refused")) == code
    assert offices.propose(wrong)["__typename"] == "Correction"


@pytest.mark.parametrize("number", ["x", "999999"])
def test_a_correction_that_is_none_is_not_answered(
    offices: Offices, number: str
) -> None:
    assert offices.answer(number)["code"] == "UNKNOWN_CORRECTION"
