"""Recoveries in the database: opened with what causes them, taken on step by step.

What opens a recovery is stored in the same transaction as the recovery, so neither is
there without the other. Steps are taken on the version that was seen: of two who race
one finds that it changed meanwhile.
"""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, insert, select, update

from bureau.ledger.book import (
    Authorities,
    ChangedMeanwhileError,
    Districts,
    Proof,
    ProvedBeforeError,
    Recovery,
    RecoveryEvent,
    StepStated,
    UnknownRecoveryError,
)
from bureau.ledger.entries import Decision
from policy.recovery import (
    ORIGINS,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
    RecoveryStep,
    after,
)
from store.documents import note_documents
from store.ledger.payments import IS_PAID
from store.ledger.recovery_rows import ALL, find, one, recovery_of
from store.ledger.standing import ids_of_one, is_proved_false
from store.ledger.tables import (
    decisions,
    false_records,
    recoveries,
    recovery_events,
)

column = recoveries.c


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens recoveries."""

    cause: RecoveryCause
    source: RecoverySource
    holder_differs: bool = False


def open_recoveries(
    connection: Connection, by: Opening, stated: Proof, claim: str | None = None
) -> list[Recovery]:
    """Open a recovery for each payment that relied on a certificate, or of one claim.

    One that was withdrawn is opened again, by what was not known then; one that is
    under way stays as it is, but that its holder may turn out to be the same.
    """
    opened = []
    paid = decisions.c
    relied = (
        paid.certificate == stated.certificate
        if claim is None
        else (paid.claim == claim)
    )
    payments = select(paid.id, paid.authority, paid.amount_yuan)
    for decision, authority, yuan in connection.execute(
        payments.where(relied, IS_PAID).order_by(paid.id)
    ).all():
        found = connection.execute(ALL.where(column.decision == decision)).first()
        if found is None:
            row = {
                "decision": decision,
                "authority": authority,
                "cause": by.cause,
                "source": by.source,
                "holder_differs": by.holder_differs,
                "state": RecoveryState.OPEN,
                "version": 1,
                "amount_yuan": yuan,
                "recovered_yuan": 0,
                "opened_at": stated.at,
                "changed_at": stated.at,
            }
            made = insert(recoveries).values(row).returning(column.id)
            id_ = connection.execute(made).scalar_one()
            recovery = one(connection, id_)
            event = _event(RecoveryStep.OPEN, RecoveryState.OPEN, stated)
            _note(connection, recovery, replace(event, owed_yuan=yuan))
            opened.append(recovery)
            continue
        recovery = recovery_of(found)
        if recovery.progress.state in ORIGINS[RecoveryStep.REOPEN]:
            again = replace(recovery, **asdict(by))
            # What came back, and was paid again, is owed again.
            opened.append(_move(connection, again, RecoveryStep.REOPEN, stated, yuan))
        elif recovery.cause is RecoveryCause.REVOKED and (
            # It stays when the revocation is lifted.
            by.cause is not recovery.cause
            or recovery.holder_differs > by.holder_differs
        ):
            connection.execute(
                update(recoveries)
                .where(column.id == recovery.id)
                .values(**asdict(by), changed_at=stated.at)
            )
    return opened


def withdraw(
    connection: Connection, stated: Proof, *, of_another: bool = False
) -> None:
    """Withdraw what a revocation opened that is lifted, unless it was proved false.

    Or what one opened ``of_another`` holder's certificate, which opened no other.
    """
    if is_proved_false(connection, stated.certificate):
        return
    for recovery in of_certificate(connection, stated.certificate):
        if recovery.cause is RecoveryCause.FALSE_CLAIM:
            continue
        if recovery.holder_differs or not of_another:
            withdraw_one(connection, recovery, stated)


def of_certificate(connection: Connection, certificate: str) -> list[Recovery]:
    """Return the recoveries of what was paid on a certificate, under this very id."""
    rows = connection.execute(ALL.where(decisions.c.certificate == certificate)).all()
    return [recovery_of(row) for row in rows]


def withdraw_one(connection: Connection, recovery: Recovery, stated: Proof) -> None:
    """Withdraw a recovery, where it is in a state to be."""
    if recovery.progress.state in ORIGINS[RecoveryStep.WITHDRAW]:
        _move(connection, recovery, RecoveryStep.WITHDRAW, stated)


def follow_payment(
    connection: Connection, payment: int, right: Decision | None, stated: Proof
) -> None:
    """Let a recovery follow its payment, which came back, or was corrected.

    Nothing is owed of what came back. Of what was corrected the right sum is, if the
    right payment relies on the same document. What was paid back stays.
    """
    found = connection.execute(ALL.where(column.decision == payment)).first()
    if found is None:
        return
    before = recovery_of(found)
    reversed_ = _move(connection, before, RecoveryStep.REVERSE, stated, 0)
    if right is None or right.certificate not in ids_of_one(
        connection, before.certificate
    ):
        return
    connection.execute(
        update(recoveries).where(column.id == before.id).values(decision=right.id)
    )
    followed = replace(
        reversed_,
        decision=right.id,
        progress=replace(before.progress, owed_yuan=0),
    )
    _move(connection, followed, RecoveryStep.CORRECT, stated, right.amount_yuan)


def prove_false(connection: Connection, proof: Proof) -> list[Recovery]:
    """Keep a proof, and open what it calls for; see ``LedgerBook.prove_false``.

    Raises:
        ProvedBeforeError: there is one already.
    """
    row = {
        "certificate": proof.certificate,
        "reason": proof.reason,
        "evidence": proof.evidence,
        "proved_at": proof.at,
        "proved_by": proof.actor,
    }
    if proof.document is not None:
        note_documents(connection, {proof.certificate: proof.document})
    if is_proved_false(connection, proof.certificate):
        raise ProvedBeforeError
    connection.execute(insert(false_records).values(row))
    return [
        recovery
        for certificate in ids_of_one(connection, proof.certificate)
        for recovery in open_recoveries(
            connection,
            Opening(RecoveryCause.FALSE_RECORD, RecoverySource.PROOF),
            replace(proof, certificate=certificate),
        )
    ]


def take(
    connection: Connection,
    stated: StepStated,
    authorities: Authorities,
    districts: Districts = None,
) -> Recovery:
    """Take a step; see ``LedgerBook.take``.

    Raises:
        UnknownRecoveryError: there is none to be seen.
        ChangedMeanwhileError: it is another version by now.
        RecoveryError: the step cannot be taken from here.
    """
    recovery = find(connection, stated.recovery, authorities, districts)
    if recovery is None:
        raise UnknownRecoveryError
    if recovery.version != stated.version:
        raise ChangedMeanwhileError
    return _move(connection, recovery, stated.step, stated)


def _move(
    connection: Connection,
    recovery: Recovery,
    step: RecoveryStep,
    stated: StepStated | Proof,
    owed_yuan: int | None = None,
) -> Recovery:
    paid = stated.amount_yuan if isinstance(stated, StepStated) else None
    progress = after(recovery.progress, step, paid, owed_yuan)
    connection.execute(
        update(recoveries)
        .where(column.id == recovery.id)
        .values(
            state=progress.state,
            cause=recovery.cause,
            source=recovery.source,
            holder_differs=recovery.holder_differs,
            version=recovery.version + 1,
            amount_yuan=progress.owed_yuan,
            recovered_yuan=progress.recovered_yuan,
            changed_at=stated.at,
        )
    )
    change = progress.owed_yuan - recovery.progress.owed_yuan
    event = _event(step, progress.state, stated, paid)
    _note(connection, recovery, replace(event, owed_yuan=change or None))
    return one(connection, recovery.id)


def _event(
    step: RecoveryStep,
    state: RecoveryState,
    stated: StepStated | Proof,
    paid: int | None = None,
) -> RecoveryEvent:
    return RecoveryEvent(
        step=step,
        after=state,
        at=stated.at,
        actor=stated.actor,
        reason=stated.reason,
        amount_yuan=paid,
    )


def _note(connection: Connection, recovery: Recovery, event: RecoveryEvent) -> None:
    connection.execute(
        insert(recovery_events).values(
            recovery=recovery.id,
            decision=recovery.decision,
            step=event.step,
            after=event.after,
            at=event.at,
            actor=event.actor,
            reason=event.reason,
            amount_yuan=event.amount_yuan,
            owed_yuan=event.owed_yuan,
        )
    )
