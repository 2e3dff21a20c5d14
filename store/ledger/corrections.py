"""Corrections in the database: proposed, answered by another, booked at once.

The wrong decision stays as it is; a step REVERSE takes back what it paid, and a step
CORRECT pays what the right one says, both on the day of the correction.
"""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select

from bureau.ledger.book import Districts, Proof
from bureau.ledger.correcting import require_another
from bureau.ledger.corrections import (
    Answer,
    Answered,
    Correction,
    CorrectionAnswer,
    CorrectionError,
    CorrectionRefusal,
    Proposal,
    Redrawn,
)
from bureau.ledger.entries import Decision, StatedDecision
from bureau.ledger.payments import PaymentStepStated
from policy.payment_states import PaymentState, PaymentStep
from store.documents import note_documents
from store.ledger import bases, judgements, payments
from store.ledger.decision_rows import add as add_decision
from store.ledger.decision_rows import find_by_id
from store.ledger.decisions import against_certificate, payments_of
from store.ledger.evidence import keep
from store.ledger.payment_tables import (
    correction_answers,
    corrections,
    payment_steps,
)
from store.ledger.recoveries import follow_payment
from store.ledger.tables import decisions

_ALL: Select[*tuple[Any, ...]] = (
    select(
        corrections,
        decisions.c.claim,
        correction_answers.c.answer,
        correction_answers.c.replaced_by,
        correction_answers.c.officer.label("answering_officer"),
        correction_answers.c.reason.label("answering_reason"),
        correction_answers.c.answered_by,
        correction_answers.c.answered_at,
    )
    .join(decisions, decisions.c.id == corrections.c.decision)
    .outerjoin(correction_answers, correction_answers.c.correction == corrections.c.id)
)


def propose(
    connection: Connection, proposal: Proposal, districts: Districts = None
) -> Correction:
    """See ``LedgerBook.propose_correction``.

    Raises:
        CorrectionError: it cannot be proposed.
    """
    wrong = _present(connection, proposal.decision, districts)
    stated = proposal.replacement
    if stated is not None and stated.claim != wrong.claim:
        raise CorrectionError(CorrectionRefusal.OTHER_CLAIM)
    open_ = _ALL.where(
        corrections.c.decision == wrong.id, correction_answers.c.id.is_(None)
    )
    if connection.execute(open_).first() is not None:
        raise CorrectionError(CorrectionRefusal.PROPOSED_BEFORE)
    row = {
        "decision": wrong.id,
        "replacement": None if stated is None else msgspec.to_builtins(stated),
        "officer": proposal.officer,
        "reason": proposal.reason,
        "proposed_by": proposal.actor,
        "proposed_at": proposal.at,
    }
    made = insert(corrections).values(row).returning(corrections.c.id)
    return _known(connection, connection.execute(made).scalar_one())


def find(
    connection: Connection, id_: int, districts: Districts = None
) -> Correction | None:
    """Return a correction by its number; ``None`` if there is none to be seen."""
    found = _ALL.where(corrections.c.id == id_, *_seen(districts))
    row = connection.execute(found).first()
    return None if row is None else _correction_of(row)


def _seen(districts: Districts) -> list[ColumnElement[bool]]:
    """Return that a correction is of what one of ``districts`` decided."""
    return [] if districts is None else [decisions.c.district.in_(districts)]


def open_ones(
    connection: Connection, first: int, districts: Districts = None
) -> list[Correction]:
    """Return corrections that nobody answered yet, oldest first."""
    found = connection.execute(
        _ALL.where(correction_answers.c.id.is_(None), *_seen(districts))
        .order_by(corrections.c.id)
        .limit(first)
    )
    return [_correction_of(row) for row in found]


def answer(
    connection: Connection,
    answer: Answer,
    redrawn: Redrawn | None,
    districts: Districts = None,
) -> Correction:
    """See ``LedgerBook.answer_correction``.

    Raises:
        CorrectionError: it cannot be answered.
        AlreadyPaidError: a payment bars what is put beside it.
        DecisionError: something else stands against that.
    """
    correction = find(connection, answer.correction, districts)
    if correction is None:
        raise CorrectionError(CorrectionRefusal.UNKNOWN_CORRECTION)
    require_another(correction, answer)
    replaced_by = None
    if answer.answer is CorrectionAnswer.CONFIRM:
        wrong = _present(connection, correction.proposal.decision)
        _book(connection, answer, PaymentStep.REVERSE, wrong)
        right = None
        if redrawn is not None:
            right = _put_beside(connection, wrong, redrawn)
            _book(connection, answer, PaymentStep.CORRECT, right)
            replaced_by = right.id
        _follow(connection, answer, wrong, right)
    connection.execute(
        insert(correction_answers).values(
            correction=correction.id,
            answer=answer.answer,
            replaced_by=replaced_by,
            officer=answer.officer,
            reason=answer.reason,
            answered_by=answer.actor,
            answered_at=answer.at,
        )
    )
    return _known(connection, correction.id)


def _present(connection: Connection, id_: int, districts: Districts = None) -> Decision:
    """Return a decision by which its claim is paid now.

    Raises:
        CorrectionError: there is none, or it is not.
    """
    decision = find_by_id(connection, id_)
    is_seen = districts is None or (
        decision is not None and decision.district in districts
    )
    if decision is None or not is_seen:
        raise CorrectionError(CorrectionRefusal.UNKNOWN_DECISION)
    step = payment_steps.c
    reversed_ = select(step.id).where(
        step.decision == id_, step.step == PaymentStep.REVERSE
    )
    if connection.execute(reversed_).first() is not None:
        raise CorrectionError(CorrectionRefusal.REVERSED_BEFORE)
    payment = payments.find(connection, decision.claim)
    if (
        payment is None
        or payment.state is not PaymentState.PAID
        or payment.history[-1].decision != id_
    ):
        raise CorrectionError(CorrectionRefusal.NOT_PAID)
    return decision


def _put_beside(connection: Connection, wrong: Decision, redrawn: Redrawn) -> Decision:
    """Add the right decision, if nothing stands against it."""
    decision = redrawn.decision
    # What was wrong is reversed by now, and does not count.
    (paid,) = payments_of(connection, [redrawn.people])
    judged = redrawn.judge(paid)
    if decision.certificate != wrong.certificate:
        for objection in against_certificate(connection, decision):
            raise objection
    for objection in judged.objections:
        raise objection
    keep(connection, redrawn.evidence, decision.recorded_at)
    if decision.document is not None:
        note_documents(connection, {decision.certificate: decision.document})
    right = add_decision(connection, decision)
    judgements.add(connection, right.id, judged.judgement)
    if judged.basis is None:
        bases.copy(connection, wrong.id, right.id, right.recorded_at)
    else:
        bases.add(connection, right.id, judged.basis, right.recorded_at)
    return right


def _book(
    connection: Connection, answer: Answer, step: PaymentStep, decision: Decision
) -> None:
    payment = payments.find(connection, decision.claim)
    assert payment is not None  # noqa: S101 - it is paid
    stated = PaymentStepStated(
        claim=decision.claim,
        version=payment.version,
        step=step,
        day=answer.day,
        officer=answer.officer,
        reason=answer.reason,
        actor=answer.actor,
        at=answer.at,
    )
    payments.add(connection, stated, decision)


def _follow(
    connection: Connection, answer: Answer, wrong: Decision, right: Decision | None
) -> None:
    """Let the recovery of what was wrong, if there is one, be of what is right."""
    stated = Proof(
        certificate=wrong.certificate,
        reason=answer.reason,
        evidence=f"correction {answer.correction}",
        actor=answer.actor,
        at=answer.at,
    )
    follow_payment(connection, wrong.id, right, stated)


def _known(connection: Connection, id_: int) -> Correction:
    found = find(connection, id_)
    assert found is not None  # noqa: S101 - it was just written or read
    return found


def _correction_of(row: Row[*tuple[Any, ...]]) -> Correction:
    stated = row.replacement
    return Correction(
        id=row.id,
        claim=row.claim,
        proposal=Proposal(
            decision=row.decision,
            replacement=None
            if stated is None
            else msgspec.convert(stated, StatedDecision),
            officer=row.officer,
            reason=row.reason,
            actor=row.proposed_by,
            at=row.proposed_at,
        ),
        answered=None
        if row.answer is None
        else Answered(
            answer=CorrectionAnswer(row.answer),
            officer=row.answering_officer,
            reason=row.answering_reason,
            actor=row.answered_by,
            at=row.answered_at,
            replaced_by=row.replaced_by,
        ),
    )
