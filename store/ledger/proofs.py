"""False claims, and proofs of false records that are taken back, in the database.

It takes two to take a proof back; both are kept beside it, and so is the proof. What it
opened goes on for another cause where there is one, and is withdrawn otherwise.
"""

from sqlalchemy import Connection, insert, select, update

from bureau.ledger.book import Proof, ProvedBeforeError, Recovery
from bureau.ledger.proofs import (
    FalseClaim,
    NotProvedError,
    SamePersonError,
    UnknownClaimError,
    Withdrawal,
)
from policy.names import same_name
from policy.recovery import RecoveryCause, RecoverySource
from store.ledger.moves import is_of
from store.ledger.payments import IS_PAID
from store.ledger.recoveries import (
    Opening,
    of_certificate,
    open_recoveries,
    withdraw_one,
)
from store.ledger.standing import (
    ids_of_one,
    is_claim_false,
    is_revoked,
    standing_proof,
)
from store.ledger.tables import (
    decisions,
    false_claims,
    false_record_withdrawals,
    recoveries,
)


def prove_claim_false(connection: Connection, proof: FalseClaim) -> list[Recovery]:
    """Keep a proof, and open what it calls for; see ``LedgerBook``.

    Raises:
        UnknownClaimError: nothing was paid on the claim.
        ProvedBeforeError: there is one already.
    """
    certificate = connection.execute(
        select(decisions.c.certificate).where(decisions.c.claim == proof.claim, IS_PAID)
    ).scalar()
    if certificate is None or not is_of(connection, proof.claim, proof.districts):
        raise UnknownClaimError
    if is_claim_false(connection, proof.claim):
        raise ProvedBeforeError
    row = {
        "claim": proof.claim,
        "part": proof.part,
        "reason": proof.reason,
        "evidence": proof.evidence,
        "officer": proof.officer,
        "proved_at": proof.at,
        "proved_by": proof.actor,
    }
    connection.execute(insert(false_claims).values(row))
    stated = Proof(
        certificate=certificate,
        reason=f"{proof.part}: {proof.reason}",
        evidence=proof.evidence,
        actor=proof.actor,
        at=proof.at,
    )
    by = Opening(RecoveryCause.FALSE_CLAIM, RecoverySource.PROOF)
    return open_recoveries(connection, by, stated, claim=proof.claim)


def withdraw_proof(connection: Connection, stated: Withdrawal) -> bool:
    """Keep an officer's word against a proof; see ``LedgerBook``.

    Raises:
        NotProvedError: there is no proof that stands.
        SamePersonError: the first word was by the same officer or caller.
    """
    ids = ids_of_one(connection, stated.certificate, stated.document)
    proof = standing_proof(connection, ids)
    if proof is None:
        raise NotProvedError
    word = false_record_withdrawals.c
    before = connection.execute(
        select(word.officer, word.stated_by).where(word.proof == proof)
    ).all()
    officer = stated.officer.strip()
    if any(
        same_name(officer, one.officer) or stated.actor == one.stated_by
        for one in before
    ):
        raise SamePersonError
    row = {
        "proof": proof,
        "reason": stated.reason,
        "officer": officer,
        "stated_at": stated.at,
        "stated_by": stated.actor,
    }
    connection.execute(insert(false_record_withdrawals).values(row))
    if standing_proof(connection, ids) is not None:
        return False
    for certificate in ids:
        of_it = Proof(
            certificate=certificate,
            reason=stated.reason,
            evidence="",
            actor=stated.actor,
            at=stated.at,
        )
        for recovery in of_certificate(connection, certificate):
            if recovery.cause is RecoveryCause.FALSE_RECORD:
                _go_on_without(connection, recovery, of_it)
    return True


def _go_on_without(connection: Connection, recovery: Recovery, stated: Proof) -> None:
    """Let a recovery go on for what else calls for it, or withdraw it."""
    if is_claim_false(connection, recovery.claim):
        cause, source = RecoveryCause.FALSE_CLAIM, RecoverySource.PROOF
    elif is_revoked(connection, recovery.certificate):
        cause, source = RecoveryCause.REVOKED, RecoverySource.CHANGE
    else:
        withdraw_one(connection, recovery, stated)
        return
    connection.execute(
        update(recoveries)
        .where(recoveries.c.id == recovery.id)
        .values(cause=cause, source=source, changed_at=stated.at)
    )
