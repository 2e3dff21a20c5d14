"""Decisions in the database: one answer a key, one payment an occupation and level.

Writers follow one another (``store.writer``), so what is read here before a
row is written is true until the commit, whichever gateway or district writes.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bureau.ledger.book import OnceRule
from bureau.ledger.entries import (
    AlreadyPaidError,
    Decision,
    DecisionError,
    DecisionOutcome,
    DecisionRefusal,
)
from policy.case import ClauseResult
from policy.evidence import ClaimantCategory
from policy.finding import Finding, FindingOutcome
from policy.level import Level
from policy.payments import Payments
from policy.text import Text
from store.documents import note_documents
from store.ledger.recovery_rows import recovered
from store.ledger.standing import ids_of_one, is_proved_false, is_revoked
from store.ledger.tables import decisions

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
    connection: Connection, decision: Decision, people: Sequence[str], once: OnceRule
) -> Decision:
    """See ``LedgerBook.record``; runs in a writer's transaction.

    Raises:
        DecisionError: something that is kept stands against it.
        AlreadyPaidError: a payment bars it.
    """
    first = find_by_key(connection, decision.recorded_by, decision.request_key)
    if first is not None:
        if first.request_digest != decision.request_digest:
            raise DecisionError(DecisionRefusal.KEY_USED)
        return first
    if decision.document is not None:
        note_documents(connection, {decision.certificate: decision.document})
    _refuse_by_claim(connection, decision)
    if decision.outcome is DecisionOutcome.PAID:
        _refuse_by_certificate(connection, decision.certificate)
        _refuse_by_payments(connection, decision, people, once)
    statement = insert(decisions).values(_row_of(decision)).returning(decisions)
    return decision_of(connection.execute(statement).one())


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
    returned = recovered(connection, [decision.id for decision in paid])
    return [
        tuple(
            replace(decision.payment, is_recovered=decision.id in returned)
            for decision in paid
            if decision.person in every
        )
        for every in people
    ]


def _refuse_by_claim(connection: Connection, decision: Decision) -> None:
    """Refuse what does not go with the claim's earlier decisions."""
    earlier = connection.execute(
        select(column.certificate, column.outcome).where(column.claim == decision.claim)
    ).all()
    same = ids_of_one(connection, decision.certificate)
    if any(certificate not in same for certificate, _ in earlier):
        raise DecisionError(DecisionRefusal.CLAIM_OF_ANOTHER_CERTIFICATE)
    if any(outcome == DecisionOutcome.PAID for _, outcome in earlier):
        if decision.outcome is DecisionOutcome.PAID:
            raise AlreadyPaidError(Finding(ONCE, *_PAID))
        raise DecisionError(DecisionRefusal.CLAIM_PAID)


def _refuse_by_certificate(connection: Connection, certificate: str) -> None:
    """Refuse to pay for what was revoked or proved false, if only a moment ago.

    The registry was asked before this transaction began. A revocation that was stored
    since opened its recoveries already, and would find this payment no more.
    """
    if is_revoked(connection, certificate):
        raise DecisionError(DecisionRefusal.NOT_IN_FORCE)
    if is_proved_false(connection, certificate):
        raise DecisionError(DecisionRefusal.PROVED_FALSE)


def _refuse_by_payments(
    connection: Connection, decision: Decision, people: Sequence[str], once: OnceRule
) -> None:
    """Refuse what was paid before, and what may have been unless it was ruled on."""
    same = select(column.id).where(
        column.certificate.in_(ids_of_one(connection, decision.certificate)),
        column.outcome == DecisionOutcome.PAID,
    )
    # Certain even where the row of the annex, and so the occupation, is not known.
    paid_for = list(connection.execute(same).scalars())
    if decision.may_follow_recovered:
        returned = recovered(connection, paid_for)
        paid_for = [id_ for id_ in paid_for if id_ not in returned]
    if paid_for:
        raise AlreadyPaidError(Finding(ONCE, *_PAID))
    (paid,) = payments_of(connection, [people])
    findings = once(paid)
    for finding in findings:
        if finding.outcome is FindingOutcome.UNMET:
            raise AlreadyPaidError(finding)
    for finding in findings:
        if finding.outcome is not FindingOutcome.MET and decision.ruling is None:
            raise DecisionError(DecisionRefusal.UNDETERMINED, finding)


def decision_of(row: Row[*tuple[Any, ...]]) -> Decision:
    """Return the decision of a row."""
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    level, category = kept["level"], kept["category"]
    return Decision(
        **{
            **kept,
            "outcome": DecisionOutcome(kept["outcome"]),
            "level": None if level is None else Level(level),
            "category": None if category is None else ClaimantCategory(category),
        }
    )


def _row_of(decision: Decision) -> dict[str, object]:
    row = asdict(decision)
    # The database counts, keeps documents apart, and figures not at all.
    del row["id"], row["document"], row["may_follow_recovered"]
    return row
