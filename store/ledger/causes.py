"""Open recoveries by whatever says that a certificate is revoked, and withdraw them.

A change and a collected record do so in the transaction that stores them. What was
read otherwise comes later, and says when its bytes came: what was lifted since is not
opened by it again.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from bureau.ledger.book import Proof, Recovery
from bureau.ledger.seen import SeenRevocation
from connectors.registration.rules import AGENCY
from policy.certificate import STATE_NAMES, CertificateState
from policy.recovery import (
    OPENING_STATES,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
)
from store.documents import known_alike, note_documents
from store.ledger.payments import IS_PAID
from store.ledger.recoveries import open_recoveries, withdraw
from store.ledger.standing import ids_of_one, is_revoked, versions_of
from store.ledger.tables import decisions, recoveries
from store.status.intake import NewChange

NAME = STATE_NAMES[CertificateState.REVOKED]


def follow_change(connection: Connection, change: NewChange) -> None:
    """Open, or withdraw, what a certificate's new state calls for.

    Runs in the transaction that stores the change (``intake.Follow``). The agency's
    own words are not taken over, since they may name the holder.
    """
    state, day = change.state, change.effective_on
    if state not in OPENING_STATES and state is not CertificateState.VALID:
        return
    name = STATE_NAMES[state]
    stated = Proof(
        certificate=change.certificate,
        reason=f"{name.zh} / {name.en}, {day}",
        evidence=change.digest,
        actor=f"{AGENCY}{change.connector}",
        at=change.received_at,
    )
    for certificate in _of_change(connection, change):
        of_it = replace(stated, certificate=certificate)
        is_lifting = state is CertificateState.VALID
        if is_revoked(connection, certificate) is is_lifting:
            # What was sent of it after this counts, or it is not of this version.
            continue
        if is_lifting:
            withdraw(connection, of_it)
        else:
            _open(connection, of_it, RecoverySource.CHANGE)


def _of_change(connection: Connection, change: NewChange) -> list[str]:
    """Return the ids under which something may be kept that a change acts on.

    It acts on the versions that it fits, and through them on the whole document.
    """
    document = change.document
    fitting = [
        known for known in versions_of(connection, document) if document.may_be(known)
    ]
    found = {change.certificate}
    found.update(
        id_
        for one in fitting
        for id_, known in known_alike(connection, one)
        if one.is_one_with(known)
    )
    return sorted(found)


def open_seen(
    connection: Connection, seen: Iterable[SeenRevocation], at: datetime
) -> list[Recovery]:
    """Open what revocations call for that were read; see ``LedgerBook.open_seen``."""
    opened = []
    for one in seen:
        since = "" if one.since is None else f", {one.since}"
        stated = Proof(
            certificate=one.certificate,
            reason=f"{NAME.zh} / {NAME.en}{since}",
            evidence=one.evidence,
            actor=f"{AGENCY}{one.connector}",
            at=at,
        )
        # Its recoveries are found by the id that it has now, too.
        note_documents(connection, {one.certificate: one.document})
        for certificate in unclaimed(connection, one):
            of_it = replace(stated, certificate=certificate)
            opened += _open(connection, of_it, one.source)
    return opened


def open_sent(
    connection: Connection, certificate: str, connector: str, at: datetime
) -> list[Recovery]:
    """Open what a change calls for that came before the payment's document was known.

    Rows from before documents were noted have none, until somebody asks again.
    """
    if not _has_unclaimed(connection, certificate) or not is_revoked(
        connection, certificate
    ):
        return []
    stated = Proof(
        certificate=certificate,
        reason=f"{NAME.zh} / {NAME.en}",
        evidence="",
        actor=f"{AGENCY}{connector}",
        at=at,
    )
    return _open(connection, stated, RecoverySource.CHANGE)


def _has_unclaimed(connection: Connection, certificate: str) -> bool:
    found = connection.execute(
        select(decisions.c.id)
        .outerjoin(recoveries, recoveries.c.decision == decisions.c.id)
        .where(
            decisions.c.certificate == certificate,
            IS_PAID,
            recoveries.c.id.is_(None),
        )
    )
    return found.first() is not None


def unclaimed(connection: Connection, seen: SeenRevocation) -> list[str]:
    """Return the ids of a revoked document on which something is to be claimed back.

    Not what was lifted after the bytes came that say so.
    """
    ids = ids_of_one(connection, seen.certificate, seen.document)
    is_of_before = (recoveries.c.state == RecoveryState.WITHDRAWN) & (
        recoveries.c.changed_at < seen.seen_at
    )
    found = connection.execute(
        select(decisions.c.certificate)
        .distinct()
        .outerjoin(recoveries, recoveries.c.decision == decisions.c.id)
        .where(
            decisions.c.certificate.in_(ids),
            IS_PAID,
            recoveries.c.id.is_(None) | is_of_before,
        )
    )
    return sorted(found.scalars())


def _open(
    connection: Connection, stated: Proof, source: RecoverySource
) -> list[Recovery]:
    return open_recoveries(connection, RecoveryCause.REVOKED, stated, source)
