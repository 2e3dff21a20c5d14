"""Payments in the database: a claim's steps, each added on the version that was seen.

A payment's state is its newest step. Writers follow one another (``store.writer``),
and one version has one step, so of two who act at once one is told. What is paid has a
decision PAID, whether that was recorded as one or is a step that followed an approval.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, insert, select

from bureau.ledger.book import Districts
from bureau.ledger.entries import Decision
from bureau.ledger.payments import (
    ClaimPayment,
    PaymentEvent,
    PaymentStepStated,
)
from policy.payment_states import (
    SIGN,
    TO,
    UNDER_WAY,
    PaymentState,
    PaymentStep,
    Reached,
)
from store.ledger.decision_rows import decision_of
from store.ledger.moves import is_of
from store.ledger.payment_tables import payment_steps
from store.ledger.tables import decisions

step = payment_steps.c
_later = payment_steps.alias()
IS_NEWEST: ColumnElement[bool] = ~exists().where(
    _later.c.claim == step.claim, _later.c.version > step.version
)
"""Whether a step is the last of its claim so far."""
IS_PAID: ColumnElement[bool] = exists().where(
    step.decision == decisions.c.id, step.after == PaymentState.PAID, IS_NEWEST
)
"""Whether a decision's payment was made, and was neither returned nor reversed."""


def under_way(
    connection: Connection, condition: ColumnElement[bool], but: str | None = None
) -> list[Decision]:
    """Return the decisions by which something is paid or going to be, oldest first.

    ``but`` is a claim whose own payment does not count.
    """
    found = connection.execute(
        select(decisions)
        .join(payment_steps, step.decision == decisions.c.id)
        .where(condition, step.after.in_(UNDER_WAY), IS_NEWEST)
        .where(decisions.c.claim != (but or ""))
        .order_by(decisions.c.id)
    )
    return [decision_of(row) for row in found]


def reached(connection: Connection, claim: str) -> Reached | None:
    """Return the state of a claim's payment; ``None`` if there is none."""
    found = connection.execute(
        select(step.after, step.booked_on)
        .where(step.claim == claim)
        .order_by(step.version.desc())
        .limit(1)
    ).first()
    return None if found is None else Reached(PaymentState(found[0]), found[1])


def find(
    connection: Connection, claim: str, districts: Districts = None
) -> ClaimPayment | None:
    """Return the payment of a claim with its steps; ``None`` if there is none.

    One of a claim that is none of ``districts``' by now is not there for them.
    """
    if not is_of(connection, claim, districts):
        return None
    return of_claims(connection, [claim]).get(claim)


def of_claims(connection: Connection, claims: Sequence[str]) -> dict[str, ClaimPayment]:
    """Return the payments of claims with their steps, of those that have one."""
    rows = connection.execute(
        select(payment_steps, decisions.c.certificate, decisions.c.district)
        .add_columns(decisions.c.amount_yuan.label("sum"))
        .join(decisions, decisions.c.id == step.decision)
        .where(step.claim.in_(claims))
        .order_by(step.claim, step.version)
    ).all()
    return {
        claim: _payment_of([*steps])
        for claim, steps in groupby(rows, lambda row: row.claim)
    }


def _payment_of(rows: Sequence[Row[*tuple[Any, ...]]]) -> ClaimPayment:
    """Return the payment of a claim's steps, oldest first."""
    newest = rows[-1]
    return ClaimPayment(
        claim=newest.claim,
        version=newest.version,
        certificate=newest.certificate,
        district=newest.district,
        amount_yuan=newest.sum,
        history=[
            PaymentEvent(
                decision=row.decision,
                step=PaymentStep(row.step),
                after=PaymentState(row.after),
                booked_on=row.booked_on,
                amount_yuan=row.amount_yuan,
                officer=row.officer,
                reason=row.reason,
                actor=row.actor,
                at=row.at,
            )
            for row in rows
        ],
    )


def add_of_decision(
    connection: Connection, decision: Decision, kind: PaymentStep
) -> None:
    """Add the step that a recorded decision is."""
    version = connection.execute(
        select(step.version)
        .where(step.claim == decision.claim)
        .order_by(step.version.desc())
        .limit(1)
    ).scalar()
    stated = PaymentStepStated(
        claim=decision.claim,
        version=version or 0,
        step=kind,
        day=decision.decided_on,
        officer="",
        reason="",
        actor=decision.recorded_by,
        at=decision.recorded_at,
    )
    add(connection, stated, decision)


def add(connection: Connection, stated: PaymentStepStated, decision: Decision) -> None:
    """Add a step after the version that is stated, and book what it pays."""
    sign = SIGN[stated.step]
    row = {
        "claim": stated.claim,
        "version": stated.version + 1,
        "decision": decision.id,
        "step": stated.step,
        "after": TO[stated.step],
        "booked_on": stated.day,
        "payments": sign,
        "amount_yuan": sign * (decision.amount_yuan or 0),
        "officer": stated.officer or None,
        "reason": stated.reason or None,
        "actor": stated.actor,
        "at": stated.at,
    }
    connection.execute(insert(payment_steps), row)


def paid_to(
    connection: Connection, people: Sequence[str], but: str | None = None
) -> list[Decision]:
    """Return what is paid, or under way, to a person, given by all pseudonyms."""
    return under_way(connection, decisions.c.person.in_(people), but)
