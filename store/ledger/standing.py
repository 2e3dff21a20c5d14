"""What is kept of a certificate against paying for it."""

from sqlalchemy import Connection, select

from policy.certificate import CertificateState
from policy.recovery import OPENING_STATES
from store.ledger.tables import false_records
from store.status.tables import state_changes


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
