"""What stands against recording a decision, by what the rules come to."""

from collections.abc import Iterable, Iterator
from datetime import date

from bureau.ledger.entries import (
    AlreadyPaidError,
    DecisionError,
    DecisionRefusal,
    Objection,
    StatedDecision,
)
from connectors.answer import AttestedCertificate
from policy.evidence import ClaimantCategory
from policy.finding import Finding, FindingOutcome
from policy.text import Text

IN_FORCE, ONCE, SHARE, AMOUNT = "219-3b", "17-once", "17-share", "17-amount"


def of_day(found: AttestedCertificate, day: date) -> Iterator[Objection]:
    """Yield what stands against the day it was decided on."""
    record = found.record
    issued = record.issued_on or record.first_issued_on
    if issued is not None and day < issued:
        yield DecisionError(DecisionRefusal.BEFORE_ISSUE)


def of_unmet(
    stated: StatedDecision, findings: Iterable[Finding]
) -> Iterator[Objection]:
    """Yield what stands against it because a clause is unmet."""
    unmet = [one for one in findings if one.outcome is FindingOutcome.UNMET]
    others = []
    for finding in unmet:
        if _is_of_payments(finding.clause, stated):
            yield AlreadyPaidError(finding)
        elif finding.clause == IN_FORCE:
            yield DecisionError(DecisionRefusal.NOT_IN_FORCE, [finding])
        else:
            others.append(finding)
    if others:
        yield DecisionError(DecisionRefusal.INELIGIBLE, others)


def _is_of_payments(clause: str, stated: StatedDecision) -> bool:
    """Say whether an unmet ``clause`` tells of what was paid before."""
    # A vocational student's share is paid so many times in all.
    student = ClaimantCategory.VOCATIONAL_FINAL_YEAR
    return clause == ONCE or (clause == SHARE and stated.claimant_category is student)


def of_amount(stated: StatedDecision, computed: int | None) -> Iterator[Objection]:
    """Yield what stands against the stated sum: it is the computed one, or ruled on."""
    amount = stated.amount_yuan
    if computed is None and amount is None:
        yield DecisionError(DecisionRefusal.BAD_AMOUNT)
    elif None not in (computed, amount) and amount != computed:
        if stated.is_ruled(AMOUNT):
            return
        reason = Text(
            f"按规定应为{computed}元，所述为{amount}元",
            f"it comes to {computed} yuan by the rules, {amount} is stated",
        )
        finding = Finding(AMOUNT, FindingOutcome.UNMET, reason)
        yield DecisionError(DecisionRefusal.AMOUNT_DIFFERS, [finding])


def of_undetermined(
    stated: StatedDecision, findings: Iterable[Finding]
) -> Iterator[Objection]:
    """Yield what stands against it because nobody ruled on what is not known."""
    if stated.ruling is not None:
        return
    unruled = [
        finding
        for finding in findings
        if finding.outcome is FindingOutcome.UNDETERMINED
        and not stated.is_ruled(finding.clause)
    ]
    if unruled:
        yield DecisionError(DecisionRefusal.UNDETERMINED, unruled)
