"""Decisions in the database: one answer a key, one payment an occupation and level.

Writers follow one another (``store.writer``), so what is read here before a
row is written is true until the commit, whichever gateway or district writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select

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
from policy.certificate import CertificateState
from policy.evidence import ClaimantCategory, Fund
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.payments import Payments
from policy.recovery import OPENING_STATES
from policy.text import Text
from store.ledger import judgements
from store.ledger.evidence import keep
from store.ledger.tables import decisions, false_records
from store.status.tables import state_changes

ONCE = "17-once"
_PAID: ClauseResult = (
    FindingOutcome.UNMET,
    Text("该申领或该证书已补贴", "this claim, or this certificate, was paid for"),
)
column = decisions.c


def find_by_key(connection: Connection, caller: str, key: str) -> Decision | None:
    """Return the decision that ``caller`` recorded under ``key``."""
    row = connection.execute(
        select(decisions).where(column.recorded_by == caller, column.request_key == key)
    ).first()
    return None if row is None else decision_of(row)


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
    weighed = weigh(connection, decision, people, judge)
    for objection in weighed.objections:
        raise objection
    keep(connection, evidence, decision.recorded_at)
    recorded = add(connection, weighed.decision)
    judgements.add(connection, recorded.id, weighed.judgement)
    return recorded


def add(connection: Connection, decision: Decision) -> Decision:
    """Add a row to the ledger; return the decision with its number."""
    statement = insert(decisions).values(_row_of(decision)).returning(decisions)
    return decision_of(connection.execute(statement).one())


def weigh(
    connection: Connection, decision: Decision, people: Sequence[str], judge: Judge
) -> Weighed:
    """See ``LedgerBook.weigh``; what is read is true until the transaction's end."""
    objections: list[Objection] = [*_of_claim(connection, decision)]
    if decision.outcome is DecisionOutcome.PAID:
        objections += _of_certificate(connection, decision.certificate)
    (paid,) = payments_of(connection, [people])
    judged = judge(paid)
    if decision.amount_yuan is None and decision.outcome is DecisionOutcome.APPROVED:
        decision = replace(decision, amount_yuan=judged.judgement.computed_yuan)
    return Weighed(decision, judged.judgement, (*objections, *judged.objections))


def payments_of(
    connection: Connection, people: Sequence[Sequence[str]]
) -> list[Payments]:
    """Return what was paid to each of ``people``, given by all pseudonyms."""
    found = connection.execute(
        select(decisions)
        .where(column.person.in_([one for every in people for one in every]))
        .where(column.outcome == DecisionOutcome.PAID)
        .order_by(column.id)
    )
    paid = [decision_of(row) for row in found]
    return [
        tuple(decision.payment for decision in paid if decision.person in every)
        for every in people
    ]


def _of_claim(connection: Connection, decision: Decision) -> Iterator[Objection]:
    """Yield what the claim's earlier decisions have against this one."""
    earlier = connection.execute(
        select(column.certificate, column.outcome).where(column.claim == decision.claim)
    ).all()
    if any(certificate != decision.certificate for certificate, _ in earlier):
        yield DecisionError(DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE)
    if any(outcome == DecisionOutcome.PAID for _, outcome in earlier):
        if decision.outcome is DecisionOutcome.PAID:
            yield AlreadyPaidError(Finding(ONCE, *_PAID))
        else:
            yield DecisionError(DecisionRefusal.CLAIM_PAID)


def _of_certificate(connection: Connection, certificate: str) -> Iterator[Objection]:
    """Yield what is kept of a certificate against paying for it.

    The registry was asked before this transaction began. A revocation that was stored
    since opened its recoveries already, and would find this payment no more.
    """
    if is_revoked(connection, certificate):
        yield DecisionError(DecisionRefusal.NOT_IN_FORCE)
    if is_proved_false(connection, certificate):
        yield DecisionError(DecisionRefusal.PROVED_FALSE)
    same = select(column.id).where(
        column.certificate == certificate, column.outcome == DecisionOutcome.PAID
    )
    # Certain even where the row of the annex, and so the occupation, is not known.
    if connection.execute(same).first() is not None:
        yield AlreadyPaidError(Finding(ONCE, *_PAID))


def is_revoked(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate was revoked, and that was not lifted since."""
    sent = state_changes.c
    newest = connection.execute(
        select(sent.state)
        .where(sent.certificate == certificate)
        .where(sent.state.in_([*OPENING_STATES, CertificateState.VALID]))
        .order_by(sent.id.desc())
        .limit(1)
    ).scalar()
    return newest is not None and CertificateState(newest) in OPENING_STATES


def is_proved_false(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate's record was proved false."""
    proved = false_records.c
    found = select(proved.id).where(proved.certificate == certificate)
    return connection.execute(found).first() is not None


def decision_of(row: Row[*tuple[Any, ...]]) -> Decision:
    """Return the decision of a row."""
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    level, category, fund = kept["level"], kept["category"], kept["fund"]
    return Decision(
        **{
            **kept,
            "outcome": DecisionOutcome(kept["outcome"]),
            "level": None if level is None else Level(level),
            "category": None if category is None else ClaimantCategory(category),
            "fund": None if fund is None else Fund(fund),
        }
    )


def _row_of(decision: Decision) -> dict[str, object]:
    row = asdict(decision)
    # The database counts.
    del row["id"]
    return row
