"""A decision is recorded by the rule of the bureau alone, without a graph."""

from dataclasses import replace
from datetime import date

import pytest

from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Ruling,
)
from bureau.ledger.recording import (
    NotVerifiedError,
)
from policy.certificate import CertificateState
from policy.evidence import (
    ClaimantCategory,
    Hukou,
    Payment,
)
from policy.level import Level
from tests.bureau.ledger.recording import (
    FACTS,
    ITEM,
    STATED,
    Office,
    eligible,
    refused,
    ruled,
)


async def test_a_payment_for_a_certificate_in_force_is_recorded() -> None:
    office = Office()

    decision = await office.record()

    assert (decision.amount_yuan, decision.item) == (1600, "4-02-01-01")
    assert decision.authority == "transport"


async def test_a_decision_without_a_day_is_of_today() -> None:
    assert (await Office().record()).decided_on == date(2026, 11, 25)


async def test_the_same_request_is_answered_again_and_nobody_is_asked() -> None:
    office = Office()
    first = await office.record()

    assert await office.record() == first
    assert office.asked == 1


async def test_another_request_under_the_same_key_is_refused() -> None:
    office = Office()
    await office.record()

    with pytest.raises(DecisionError) as error:
        await office.record(replace(STATED, amount_yuan=1000))

    assert error.value.refusal is DecisionRefusal.KEY_USED


async def test_what_nobody_vouches_for_is_not_recorded() -> None:
    office = Office(None)

    with pytest.raises(NotVerifiedError):
        await office.record()

    assert office.book.kept == []


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        pytest.param(
            CertificateState.REVOKED, DecisionRefusal.NOT_IN_FORCE, id="revoked"
        ),
        pytest.param(None, DecisionRefusal.UNDETERMINED, id="of a state not stated"),
    ],
)
async def test_a_payment_for_what_is_not_known_to_be_in_force_is_refused(
    state: CertificateState | None, refusal: DecisionRefusal
) -> None:
    error = await refused(Office(eligible(state=state)))

    assert error.refusal is refusal
    assert [finding.clause for finding in error.findings] == ["219-3b"]


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        pytest.param({"item": "压力焊", "item_code": None}, "219-1a", id="压力焊"),
        pytest.param({"issued_on": date(2019, 6, 1)}, "219-1b", id="of 2019"),
        pytest.param({"evaluation_body": "某培训学校"}, "219-2a", id="another body"),
    ],
)
@pytest.mark.parametrize("outcome", ["APPROVED", "PAID"])
async def test_what_the_notice_does_not_pay_for_is_refused_whatever_is_ruled(
    changes: dict[str, object], clause: str, outcome: str
) -> None:
    stated = replace(
        STATED,
        outcome=DecisionOutcome(outcome),
        ruling="特批",
        rulings=ruled(clause, "17-amount"),
    )
    error = await refused(Office(eligible(**changes)), stated)

    assert error.refusal is DecisionRefusal.INELIGIBLE
    assert clause in [finding.clause for finding in error.findings]


@pytest.mark.parametrize(
    ("facts", "clause"),
    [
        ({"is_civil_servant": True}, "17-excluded"),
        ({"claimed_on": date(2026, 8, 31)}, "17-window"),
        (
            {"category": ClaimantCategory.UNEMPLOYED, "hukou": Hukou.ELSEWHERE},
            "17-hukou",
        ),
    ],
)
async def test_what_the_claim_states_is_judged(
    facts: dict[str, object], clause: str
) -> None:
    changed = replace(FACTS, **facts)  # type: ignore[arg-type]  # by name
    stated = replace(STATED, category=changed.category or STATED.category)
    error = await refused(Office(), replace(stated, facts=changed))

    assert error.refusal is DecisionRefusal.INELIGIBLE
    assert [finding.clause for finding in error.findings] == [clause]


@pytest.mark.parametrize("yuan", [1, 1599, 2000, 100_000])
async def test_the_amount_is_the_computed_one_or_is_ruled(yuan: int) -> None:
    office, stated = Office(), replace(STATED, amount_yuan=yuan)

    error = await refused(office, stated)
    assert error.refusal is DecisionRefusal.AMOUNT_DIFFERS
    assert "1600" in error.findings[0].reason.en
    # A reason for whatever is undetermined is none for another sum.
    general = await refused(office, replace(stated, ruling="情况属实"))
    assert general.refusal is DecisionRefusal.AMOUNT_DIFFERS
    decision = await office.record(replace(stated, rulings=ruled("17-amount")))
    assert decision.amount_yuan == yuan


async def test_an_approval_needs_no_sum_where_the_rules_say_which() -> None:
    approved = replace(STATED, outcome=DecisionOutcome.APPROVED, amount_yuan=None)
    unknown = replace(approved, category=None, rulings=ruled("17-share", "17-hukou"))

    assert (await Office().record(approved)).amount_yuan is None
    error = await refused(Office(), unknown)
    assert error.refusal is DecisionRefusal.BAD_AMOUNT
    assert (await Office().record(replace(unknown, amount_yuan=7))).amount_yuan == 7


async def test_what_is_not_known_is_recorded_where_each_clause_was_ruled_on() -> None:
    office = Office(eligible(state=None))
    stated = replace(STATED, facts=replace(FACTS, acquisition=None))
    both = ruled("219-3b", "17-excluded")

    error = await refused(office, replace(stated, rulings=ruled("219-3b")))
    assert error.refusal is DecisionRefusal.UNDETERMINED
    assert [one.clause for one in error.findings] == ["17-excluded"]
    assert (await office.record(replace(stated, rulings=both))).amount_yuan == 1600


async def test_a_reason_without_clauses_stands_for_all_for_a_version_yet() -> None:
    office = Office(eligible(state=None))

    decision = await office.record(replace(STATED, ruling="经电话核实有效"))

    assert decision.ruling == "经电话核实有效"


@pytest.mark.parametrize(
    "rulings",
    [
        pytest.param(ruled("219-9z"), id="of no clause there is"),
        pytest.param(ruled(), id="of no clause"),
        pytest.param(ruled("219-3b") + ruled("219-3b"), id="of one clause twice"),
        pytest.param(ruled("219-3b", reason=" "), id="for no reason"),
        pytest.param(ruled("219-3b", reason="110101199003074514"), id="that names"),
        pytest.param(
            (Ruling(clauses=("219-3b",), reason="r", officer=""),), id="by nobody"
        ),
    ],
)
async def test_a_ruling_that_does_not_say_who_why_and_on_what_is_refused(
    rulings: tuple[Ruling, ...],
) -> None:
    office = Office(eligible(state=None))

    error = await refused(office, replace(STATED, rulings=rulings))

    assert error.refusal is DecisionRefusal.BAD_RULING
    assert office.asked == 0


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        (date(2026, 8, 31), DecisionRefusal.BEFORE_ISSUE),
        (date(2023, 9, 1), DecisionRefusal.BEFORE_ISSUE),
        (date(2026, 11, 26), DecisionRefusal.BAD_DAY),
    ],
)
@pytest.mark.parametrize("outcome", DecisionOutcome)
async def test_a_decision_is_of_a_day_between_issue_and_today(
    day: date, refusal: DecisionRefusal, outcome: DecisionOutcome
) -> None:
    facts = replace(FACTS, claimed_on=None)
    stated = replace(STATED, decided_on=day, outcome=outcome, facts=facts)
    if outcome is DecisionOutcome.REFUSED:
        stated = replace(stated, amount_yuan=None)

    error = await refused(Office(), replace(stated, rulings=ruled("17-window")))

    assert error.refusal is refusal


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2026, 11, 25)])
async def test_the_first_and_the_last_day_are_between(day: date) -> None:
    facts = replace(FACTS, claimed_on=date(2026, 9, 1))

    decision = await Office().record(replace(STATED, decided_on=day, facts=facts))

    assert decision.decided_on == day


async def test_a_claim_is_not_decided_before_it_was_made() -> None:
    error = await refused(Office(), replace(STATED, decided_on=date(2026, 10, 31)))

    assert error.refusal is DecisionRefusal.BAD_DAY


async def test_a_refusal_needs_no_eligibility() -> None:
    office = Office(eligible(issued_on=date(2019, 6, 1)))
    stated = replace(STATED, outcome=DecisionOutcome.REFUSED, amount_yuan=None)

    assert (await office.record(stated)).outcome is DecisionOutcome.REFUSED


async def test_what_was_paid_before_is_told_as_that() -> None:
    office = Office()
    office.book.paid = (
        Payment(item_code=ITEM.code, level=Level.LEVEL_3, category=None),
    )

    with pytest.raises(AlreadyPaidError):
        await office.record(replace(STATED, rulings=ruled("17-once")))
