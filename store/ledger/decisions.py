"""Decisions in the database: one answer a key, one payment an occupation and level.

Writers follow one another (``store.writer``), so what is read here before a
row is written is true until the commit, whichever gateway or district writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, select

from bureau.ledger.book import Weighed
from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
    Objection,
)
from bureau.ledger.evidence import SealedEvidence
from bureau.ledger.judging import Judge
from policy.case import ClauseResult
from policy.finding import Finding, FindingOutcome
from policy.payment_states import (
    UNDER_WAY,
    PaymentState,
    PaymentStep,
    PaymentStepError,
    Reached,
    StepRefusal,
    require_step,
)
from policy.payments import Payments
from policy.text import Text
from store.documents import note_documents
from store.ledger import bases, judgements, payments
from store.ledger.causes import open_of_another
from store.ledger.decision_rows import add, find_by_key, is_decided
from store.ledger.evidence import keep
from store.ledger.moves import is_other_district
from store.ledger.payment_tables import payment_steps
from store.ledger.recovery_rows import recovered
from store.ledger.standing import (
    ids_of_one,
    is_claim_false,
    is_known_revoked,
    is_seen_revoked,
    known_of,
    standing_proof,
)
from store.ledger.tables import decisions

ONCE = "17-once"
_PAID: ClauseResult = (
    FindingOutcome.UNMET,
    Text("该申领或该证书已补贴", "this claim, or this certificate, was paid for"),
)
_STEPS = {
    DecisionOutcome.APPROVED: PaymentStep.APPROVE,
    DecisionOutcome.PAID: PaymentStep.PAY,
}
_REFUSALS = {
    StepRefusal.WRONG_STATE: DecisionRefusal.CLAIM_UNDER_WAY,
    StepRefusal.BAD_DAY: DecisionRefusal.BAD_DAY,
    StepRefusal.NOT_PUBLISHED: DecisionRefusal.NOT_PUBLISHED,
    StepRefusal.PUBLICATION_RUNNING: DecisionRefusal.PUBLICATION_RUNNING,
}
column = decisions.c


def record(
    connection: Connection,
    decision: Decision,
    people: Sequence[str],
    judge: Judge,
    evidence: Sequence[SealedEvidence] = (),
) -> Decision:
    """See ``LedgerBook.record``; runs in a writer's transaction.

    Raises:
        DecisionError: something that is kept, or the rules, stand against it.
        AlreadyPaidError: a payment bars it.
    """
    first = find_by_key(connection, decision.recorded_by, decision.request_key)
    if first is not None:
        if first.request_digest != decision.request_digest:
            raise DecisionError(DecisionRefusal.KEY_USED)
        return first
    if decision.document is not None:
        note_documents(connection, {decision.certificate: decision.document})
    weighed = weigh(connection, decision, people, judge)
    for objection in weighed.objections:
        raise objection
    keep(connection, evidence, decision.recorded_at)
    recorded = add(connection, weighed.decision)
    judgements.add(connection, recorded.id, weighed.judgement)
    if weighed.basis is not None:
        bases.add(connection, recorded.id, weighed.basis, recorded.recorded_at)
    step = _STEPS.get(decision.outcome)
    if step is not None:
        payments.add_of_decision(connection, recorded, step)
    if step is PaymentStep.PAY:
        open_of_another(connection, recorded)
    return recorded


def weigh(
    connection: Connection, decision: Decision, people: Sequence[str], judge: Judge
) -> Weighed:
    """See ``LedgerBook.weigh``; what is read is true until the transaction's end."""
    (paid,) = payments_of(connection, [people], but=decision.claim)
    judged = judge(paid)
    objections: list[Objection] = []
    if is_decided(connection, decision.claim):
        objections += _of_claim(connection, decision, judged.publication_days)
        if is_other_district(connection, decision):
            refusal = DecisionRefusal.CLAIM_OF_ANOTHER_DISTRICT
            objections.append(DecisionError(refusal))
    else:
        objections += _of_unpublished(decision, judged.publication_days)
    if decision.outcome is not DecisionOutcome.REFUSED:
        objections += against_certificate(connection, decision)
    if decision.amount_yuan is None and decision.outcome is DecisionOutcome.APPROVED:
        decision = replace(decision, amount_yuan=judged.judgement.computed_yuan)
    against = (*objections, *judged.objections)
    return Weighed(decision, judged.judgement, against, judged.basis)


def payments_of(
    connection: Connection, people: Sequence[Sequence[str]], but: str | None = None
) -> list[Payments]:
    """Return what is paid, or under way, to each of ``people``, by all pseudonyms.

    ``but`` is a claim whose own payment does not count.
    """
    everybody = [one for every in people for one in every]
    paid = payments.paid_to(connection, everybody, but)
    returned = recovered(connection, [decision.id for decision in paid])
    return [
        tuple(
            replace(decision.payment, is_recovered=decision.id in returned)
            for decision in paid
            if decision.person in every
        )
        for every in people
    ]


def _of_claim(
    connection: Connection, decision: Decision, publication_days: int
) -> Iterator[Objection]:
    """Yield what the claim's earlier decisions have against this one."""
    # A payment that was reversed is nothing that the claim is about.
    reversed_ = (
        select(func.max(payment_steps.c.decision))
        .where(payment_steps.c.claim == decision.claim)
        .where(payment_steps.c.step == PaymentStep.REVERSE)
        .scalar_subquery()
    )
    others = select(column.certificate).where(
        column.claim == decision.claim,
        column.certificate != decision.certificate,
        column.id > func.coalesce(reversed_, 0),
    )
    spelt = set(connection.scalars(others))
    # Asked only where it matters: it takes many questions.
    if spelt and not spelt.issubset(
        ids_of_one(connection, decision.certificate, decision.document)
    ):
        yield DecisionError(DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE)
    reached = payments.reached(connection, decision.claim)
    if reached is not None and reached.state is PaymentState.PAID:
        if decision.outcome is DecisionOutcome.PAID:
            yield AlreadyPaidError(Finding(ONCE, *_PAID))
        else:
            yield DecisionError(DecisionRefusal.CLAIM_PAID)
    elif reached is None or reached.state not in UNDER_WAY:
        yield from _of_unpublished(decision, publication_days)
    else:
        yield from _of_step(decision, reached, publication_days)


def _of_unpublished(decision: Decision, publication_days: int) -> Iterator[Objection]:
    """Yield what is against paying where nothing was published."""
    if decision.outcome is DecisionOutcome.PAID and publication_days:
        yield DecisionError(DecisionRefusal.NOT_PUBLISHED)


def _of_step(
    decision: Decision, reached: Reached, publication_days: int
) -> Iterator[Objection]:
    """Yield what is against a decision on a claim that is approved or under way."""
    # What came back is paid again by its own step, by the decision there is.
    is_next = reached.state is not PaymentState.RETURNED
    if decision.outcome is not DecisionOutcome.PAID or not is_next:
        yield DecisionError(DecisionRefusal.CLAIM_UNDER_WAY)
        return
    try:
        require_step(reached, PaymentStep.PAY, decision.decided_on, publication_days)
    except PaymentStepError as error:
        yield DecisionError(_REFUSALS[error.refusal])


def against_certificate(
    connection: Connection, decision: Decision
) -> Iterator[Objection]:
    """Yield what is kept of a certificate against paying for it.

    The registry was asked before this transaction began. A revocation that was stored
    since opened its recoveries already, and would find this payment no more.
    """
    known = known_of(connection, decision.certificate, decision.document)
    is_silent = not decision.evidence
    if is_known_revoked(connection, known) or (
        # What a registry answers now is newer than what was read before.
        is_silent and is_seen_revoked(connection, known)
    ):
        yield DecisionError(DecisionRefusal.NOT_IN_FORCE)
    if is_claim_false(connection, decision.claim):
        yield DecisionError(DecisionRefusal.CLAIM_FALSE)
    if standing_proof(connection, known.ids) is not None:
        yield DecisionError(DecisionRefusal.PROVED_FALSE)
    # Certain even where the row of the annex, and so the occupation, is not known.
    paid_for = [
        one.id
        for one in payments.under_way(
            connection, column.certificate.in_(known.ids), but=decision.claim
        )
    ]
    if decision.may_follow_recovered:
        returned = recovered(connection, paid_for)
        paid_for = [id_ for id_ in paid_for if id_ not in returned]
    if paid_for:
        yield AlreadyPaidError(Finding(ONCE, *_PAID))
