"""An answer to an open question never flips what was decided without it.

Each example draws a case with every fact known, forgets some of the facts, and
then learns some of those again. Whatever a clause, and so the verdict, had
decided before must still stand after. What identifies the question is never
forgotten: the claimant, the title and the item's name. A code and a category are
forgotten only where they agree with the item's name, for a code that contradicts
the name is another certificate and not an answer about this one. A graded
qualification's missing end of validity is no open question but "no end", and its
missing day of first issue is "not made again". An answer may bring to light that a
record contradicts itself, and then leaves in doubt what was decided; it never turns
that round.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from policy.catalogue import load_catalogue
from policy.certificate import CertificateState, StateChange
from policy.contradictions import (
    HOLDER_IN_DOUBT,
    ISSUE_IN_DOUBT,
    LEVEL_IN_DOUBT,
    VALIDITY_IN_DOUBT,
    warnings_of,
)
from policy.eligibility import Eligibility, EligibilityOutcome, evaluate
from policy.evidence import (
    AccountState,
    Acquisition,
    Claimant,
    ClaimantCategory,
    Evidence,
    Fund,
    HeldLevel,
    Hukou,
    Payment,
)
from policy.finding import FindingOutcome
from policy.level import Level
from policy.parameters import Grouping, Parameters, load_parameters
from policy.row import row_of
from policy.states import state_on
from tests.policy.factories import (
    BY_FIRE_DETACHMENT,
    BY_TRANSPORT_CENTRE,
    BY_WORK_SAFETY_INSTITUTE,
    EMPLOYED_CLAIM,
    FIRE_MONITORING,
    HOLDER,
    LOW_VOLTAGE,
    RAIL_DRIVER,
    SOMEBODY_ELSE,
    TODAY,
)

UNLISTED = replace(LOW_VOLTAGE, category=None, item="某作业", item_code="6.1")
CERTIFICATES = (
    (LOW_VOLTAGE, BY_WORK_SAFETY_INSTITUTE),
    (RAIL_DRIVER, BY_TRANSPORT_CENTRE),
    (FIRE_MONITORING, BY_FIRE_DETACHMENT),
    (replace(FIRE_MONITORING, item_code="4-07-05-04"), BY_FIRE_DETACHMENT),
    (replace(LOW_VOLTAGE, item="压力焊作业"), BY_WORK_SAFETY_INSTITUTE),
    (UNLISTED, BY_WORK_SAFETY_INSTITUTE),
    (replace(LOW_VOLTAGE, title="某培训公司结业证书"), BY_WORK_SAFETY_INSTITUTE),
    (replace(RAIL_DRIVER, category=None, item="挖掘机驾驶"), BY_TRANSPORT_CENTRE),
)
DAYS = st.sampled_from(
    [
        date(2019, 5, 6),
        date(2022, 8, 22),
        date(2022, 8, 23),
        date(2024, 2, 29),
        date(2024, 6, 1),
        date(2025, 2, 28),
        date(2025, 3, 1),
        date(2025, 3, 2),
        date(2030, 5, 31),
    ]
)


PAYMENTS = st.builds(
    Payment,
    item_code=st.sampled_from(
        [
            "1.1",
            "1.2",
            "4-02-01-01",
            "4-07-05-04",
            "4-07-05-04.2",
            "4-02-01-1",
            "4-03-02-01",
            "6-31-01-03",
        ]
    ),
    level=st.sampled_from(Level),
    category=st.sampled_from(ClaimantCategory),
    fund=st.sampled_from(Fund),
    paid_on=DAYS,
    amount_yuan=st.sampled_from([800, 1000, 2000]),
)
HELD = st.builds(
    HeldLevel,
    item_code=st.sampled_from(["1.1", "1.2", "4-02-01-01", "4-07-05-04", "1.9"]),
    level=st.sampled_from(Level),
)
CHANGES = st.builds(
    StateChange,
    state=st.sampled_from(CertificateState),
    effective_on=DAYS,
    received_at=st.just(datetime(2030, 6, 1, tzinfo=UTC)),
)
# What each fact may be instead of what makes the certificate eligible.
RECORD_POOLS: Mapping[str, st.SearchStrategy[object]] = {
    "level": st.sampled_from(Level),
    "first_issued_on": DAYS,
    "issued_on": DAYS,
    "valid_from": DAYS,
    "valid_until": DAYS,
    "review_due_on": DAYS,
    "state": st.sampled_from(CertificateState),
    "state_since": DAYS,
    "changes": st.lists(CHANGES, max_size=3).map(tuple),
    "holder_name": st.just("王晓明"),
    "evaluation_body": st.just("江苏省安全生产科学研究院"),
}
ATTESTATION_POOLS: Mapping[str, st.SearchStrategy[object]] = {
    "institution": st.just("shanghai-metro-training-school"),
    "scope": st.just(frozenset({"9.1"})),
    "key_in_force": st.just(False),
    "account": st.sampled_from(AccountState),
}
CLAIM_POOLS: Mapping[str, st.SearchStrategy[object]] = {
    "claimed_on": DAYS,
    "category": st.sampled_from(ClaimantCategory),
    "hukou": st.sampled_from(Hukou),
    "studies_in_shanghai": st.booleans(),
    "discharged_on": DAYS,
    "payments": st.lists(PAYMENTS, max_size=2).map(tuple),
    "is_civil_servant": st.booleans(),
    "acquisition": st.sampled_from(Acquisition),
    "held": st.lists(HELD, max_size=2).map(tuple),
}
KNOWN_CLAIM = replace(
    EMPLOYED_CLAIM, studies_in_shanghai=True, discharged_on=date(2024, 6, 1)
)


@st.composite
def spoilt(
    draw: st.DrawFn, pools: Mapping[str, st.SearchStrategy[object]]
) -> dict[str, Any]:
    """Draw other values for at most three of the facts."""
    names = draw(st.sets(st.sampled_from(sorted(pools)), max_size=3))
    return {name: draw(pools[name]) for name in sorted(names)}


@st.composite
def cases(draw: st.DrawFn) -> Evidence:
    """Draw evidence with every fact known, some of it spoilt."""
    record, signer = draw(st.sampled_from(CERTIFICATES))
    return Evidence(
        record=replace(record, **draw(spoilt(RECORD_POOLS))),
        attestation=replace(signer, **draw(st.just({}) | spoilt(ATTESTATION_POOLS))),
        claimant=Claimant(
            draw(st.sampled_from([HOLDER, HOLDER, HOLDER, SOMEBODY_ELSE])),
            draw(st.sampled_from(["王小明", None])),
        ),
        claim=draw(
            st.none()
            | st.just(KNOWN_CLAIM)
            | spoilt(CLAIM_POOLS).map(lambda changes: replace(KNOWN_CLAIM, **changes))
        ),
        as_of=draw(st.just(TODAY) | DAYS),
        today=draw(st.just(date(2035, 1, 1)) | DAYS),
    )


@st.composite
def parameters(draw: st.DrawFn) -> Parameters:
    """Draw figures as an operator may set them."""
    figures = replace(
        load_parameters().in_force(TODAY),
        review_overdue=draw(st.sampled_from(FindingOutcome)),
        transferred=draw(
            st.sampled_from([FindingOutcome.UNMET, FindingOutcome.UNDETERMINED])
        ),
        occupation_grouping=draw(st.sampled_from(Grouping)),
        yearly_payments=draw(st.integers(0, 2)),
        yearly_yuan=draw(st.sampled_from([0, 1000, 2000, 4000])),
        held_higher_bars=draw(st.booleans()),
        excluding_funds=draw(st.frozensets(st.sampled_from(Fund), max_size=2)),
        days_between_payments=draw(st.sampled_from([0, 30])),
    )
    return Parameters((), (date.min,), (figures,))


RECORD_FACTS = (
    "category",
    "item_code",
    "level",
    "first_issued_on",
    "issued_on",
    "state",
    "holder_name",
    "evaluation_body",
)
# Of a graded qualification a missing one of these is no open question.
LICENCE_FACTS = ("valid_from", "valid_until", "review_due_on")
ATTESTATION_FACTS = ("key_in_force", "account")
CLAIM_FACTS = (
    "claimed_on",
    "category",
    "hukou",
    "studies_in_shanghai",
    "discharged_on",
    "payments",
    "is_civil_servant",
    "acquisition",
    "held",
)
PAYMENT_FACTS = ("item_code", "level", "category", "fund", "paid_on", "amount_yuan")
HELD_FACTS = ("item_code", "level")


def facts_of(known: Evidence) -> list[str]:
    """Return the name of every fact that can be forgotten about a case."""
    facts = [f"record.{name}" for name in RECORD_FACTS]
    changes = known.record.changes
    if not changes or changes[-1].state is not known.record.state:
        facts.append("record.changes")
    if known.record.level is Level.UNGRADED:
        facts += [f"record.{name}" for name in LICENCE_FACTS]
    facts += [f"attestation.{name}" for name in ATTESTATION_FACTS]
    if known.claim is not None:
        facts += [f"claim.{name}" for name in CLAIM_FACTS]
        facts += [f"payment.{name}" for name in PAYMENT_FACTS]
        facts += [f"held.{name}" for name in HELD_FACTS]
    return facts


def forget(known: Evidence, facts: set[str]) -> Evidence:
    """Return ``known`` with the named facts unknown."""

    def lost(part: str) -> dict[str, Any]:
        names = (fact.split(".") for fact in facts)
        return {name: None for place, name in names if place == part}

    record = replace(known.record, **lost("record"))
    attestation = replace(known.attestation, **lost("attestation"))
    claim = known.claim
    if claim is not None and claim.payments is not None:
        paid = tuple(replace(payment, **lost("payment")) for payment in claim.payments)
        held = tuple(replace(one, **lost("held")) for one in claim.held or ())
        claim = replace(replace(claim, payments=paid, held=held), **lost("claim"))
    return replace(known, record=record, attestation=attestation, claim=claim)


def decided(verdict: Eligibility) -> dict[str, FindingOutcome]:
    return {
        found.clause: found.outcome
        for found in verdict.findings
        if found.outcome is not FindingOutcome.UNDETERMINED
    }


def is_in_order(known: Evidence) -> bool:
    """Whether nothing in the record is in doubt once all of it is known."""
    touching = LEVEL_IN_DOUBT | ISSUE_IN_DOUBT | VALIDITY_IN_DOUBT | HOLDER_IN_DOUBT
    return touching.isdisjoint(warnings_of(known.record)) and not is_made_again(known)


def is_made_again(known: Evidence) -> bool:
    """Whether a record was first issued before the notice and may be made again."""
    first, issued = known.record.first_issued_on, known.record.issued_on
    notice = date(2022, 8, 23)
    item = row_of(known.record, load_catalogue()).item
    is_anchored = item is not None and item.anchored_on_first_issue
    return not is_anchored and (
        first is not None and issued is not None and first < notice <= issued
    )


@settings(deadline=None)
@given(known=cases().filter(is_in_order), figures=parameters(), data=st.data())
def test_an_answer_never_flips_a_decided_verdict(
    known: Evidence, figures: Parameters, data: st.DataObject
) -> None:
    forgotten = data.draw(st.sets(st.sampled_from(facts_of(known)), max_size=6))
    still = (
        data.draw(st.sets(st.sampled_from(sorted(forgotten)))) if forgotten else set()
    )
    before = evaluate(
        forget(known, forgotten), catalogue=load_catalogue(), parameters=figures
    )
    event(before.outcome)
    assume(before.outcome is not EligibilityOutcome.UNDETERMINED)

    after = evaluate(
        forget(known, still), catalogue=load_catalogue(), parameters=figures
    )

    assert after.outcome is before.outcome


@settings(deadline=None)
@given(known=cases().filter(is_in_order), figures=parameters(), data=st.data())
def test_an_answer_never_flips_a_decided_finding(
    known: Evidence, figures: Parameters, data: st.DataObject
) -> None:
    forgotten = data.draw(st.sets(st.sampled_from(facts_of(known)), max_size=12))
    still = (
        data.draw(st.sets(st.sampled_from(sorted(forgotten)))) if forgotten else set()
    )
    before = evaluate(
        forget(known, forgotten), catalogue=load_catalogue(), parameters=figures
    )

    after = evaluate(
        forget(known, still), catalogue=load_catalogue(), parameters=figures
    )

    assert decided(before).items() <= decided(after).items()


@settings(deadline=None)
@given(known=cases(), figures=parameters(), data=st.data())
def test_a_contradiction_leaves_in_doubt_and_turns_nothing_round(
    known: Evidence, figures: Parameters, data: st.DataObject
) -> None:
    forgotten = data.draw(st.sets(st.sampled_from(facts_of(known)), max_size=12))
    still = (
        data.draw(st.sets(st.sampled_from(sorted(forgotten)))) if forgotten else set()
    )

    before, after = (
        decided(
            evaluate(
                forget(known, unknown),
                catalogue=load_catalogue(),
                parameters=figures,
            )
        )
        for unknown in (forgotten, still)
    )

    assert {
        clause: (outcome, after[clause])
        for clause, outcome in before.items()
        if after.get(clause, outcome) is not outcome
    } == {}


@settings(deadline=None)
@given(known=cases(), figures=parameters())
def test_the_same_evidence_gives_the_same_verdict(
    known: Evidence, figures: Parameters
) -> None:
    first = evaluate(known, catalogue=load_catalogue(), parameters=figures)

    second = evaluate(known, catalogue=load_catalogue(), parameters=figures)

    assert second == first


@given(known=cases(), figures=parameters())
def test_what_is_outdated_decides_nothing_but_that_it_is_revoked(
    known: Evidence, figures: Parameters
) -> None:
    outdated = replace(known, attestation=replace(known.attestation, is_outdated=True))
    is_revoked = state_on(known.record, known.as_of) is CertificateState.REVOKED

    was, found = (
        evaluate(one, catalogue=load_catalogue(), parameters=figures)
        for one in (known, outdated)
    )

    if is_revoked:
        assert found == was
        return
    assert found.outcome is EligibilityOutcome.UNDETERMINED
    assert found.amount_yuan is None
    assert [one.clause for one in found.findings] == [
        one.clause for one in was.findings
    ]
