"""Open recoveries by whatever says that a certificate is revoked, and withdraw them.

A change and a collected record do so in the transaction that stores them. What was
read otherwise comes later, and says when its bytes came: what was lifted since is not
opened by it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bureau.ledger.book import Proof, Recovery
from bureau.ledger.entries import Decision
from bureau.ledger.seen import SeenRevocation
from connectors.registration.rules import AGENCY
from policy.certificate import STATE_NAMES, CertificateState
from policy.recovery import (
    OPENING_STATES,
    RecoveryCause,
    RecoverySource,
    RecoveryState,
)
from store.credentials.issued import is_issued
from store.documents import (
    document_of_certificate,
    known_alike,
    note_documents,
)
from store.ledger.payments import IS_PAID, under_way
from store.ledger.recoveries import Opening, open_recoveries, withdraw
from store.ledger.standing import (
    ids_of_another_holder,
    ids_of_one,
    is_known_revoked,
    is_lifted,
    is_revoked,
    is_revoked_of_another,
    is_seen_revoked,
    known_of,
    versions_of,
)
from store.ledger.tables import decisions, recoveries, seen_revocations
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
    _follow_of_another(connection, change, stated)


def _follow_of_another(
    connection: Connection, change: NewChange, stated: Proof
) -> None:
    """Do the same where the document names another holder, for an officer to look.

    A number may have been corrected, or given to two people: nobody knows which.
    """
    is_lifting = change.state is CertificateState.VALID
    own = change.document
    kept = known_of(connection, change.certificate, own)
    if is_known_revoked(connection, kept) is is_lifting:
        return
    for certificate in ids_of_another_holder(connection, own):
        of_it = replace(stated, certificate=certificate)
        known = document_of_certificate(connection, certificate)
        if known is None or known.is_after(change.effective_on):
            continue
        if is_lifting:
            withdraw(connection, of_it, of_another=True)
        else:
            _open(connection, of_it, RecoverySource.CHANGE, holder_differs=True)


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
        if _is_news(connection, one):
            connection.execute(insert(seen_revocations).values(_row_of(one)))
        for certificate in unclaimed(connection, one, _ids(connection, one)):
            of_it = replace(stated, certificate=certificate)
            opened += _open(connection, of_it, one.source)
        for certificate in unclaimed(connection, one, _others(connection, one)):
            of_it = replace(stated, certificate=certificate)
            opened += _open(connection, of_it, one.source, holder_differs=True)
    return opened


def is_called_for(connection: Connection, seen: SeenRevocation) -> bool:
    """Say whether anything is to be written of a revocation that was read."""
    ids = [*_ids(connection, seen), *_others(connection, seen)]
    return bool(unclaimed(connection, seen, ids)) or _is_news(connection, seen)


def _ids(connection: Connection, seen: SeenRevocation) -> list[str]:
    return [*ids_of_one(connection, seen.certificate, seen.document)]


def _others(connection: Connection, seen: SeenRevocation) -> list[str]:
    """Return the ids of the same document that name another holder."""
    return [
        id_
        for id_ in ids_of_another_holder(connection, seen.document)
        if seen.since is None
        or (known := document_of_certificate(connection, id_)) is None
        or not known.is_after(seen.since)
    ]


def _is_news(connection: Connection, seen: SeenRevocation) -> bool:
    """Say whether something rests on a certificate that was read as revoked.

    A payment is under way that must not be made, or a credential was issued.
    """
    ids = [*_ids(connection, seen), *_others(connection, seen)]
    return (
        (
            bool(under_way(connection, decisions.c.certificate.in_(ids)))
            or is_issued(connection, ids)
        )
        and not is_seen_revoked(connection, known_of(connection, seen.certificate))
        and not is_lifted(connection, seen.certificate, seen.seen_at, seen.document)
    )


def _row_of(seen: SeenRevocation) -> dict[str, object]:
    row = asdict(seen)
    # Documents are kept apart.
    del row["document"]
    return row


def open_of_another(connection: Connection, paid: Decision) -> list[Recovery]:
    """Open what is called for, now that it is paid, by a revocation of before it.

    One of the same document that names another holder bars no payment, and an officer
    has to look.
    """
    if not is_revoked_of_another(connection, paid.certificate):
        return []
    stated = Proof(
        certificate=paid.certificate,
        reason=f"{NAME.zh} / {NAME.en}",
        evidence="",
        actor=f"{AGENCY}{paid.connector}",
        at=paid.recorded_at,
    )
    return _open(connection, stated, RecoverySource.CHANGE, holder_differs=True)


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


def unclaimed(
    connection: Connection, seen: SeenRevocation, ids: Sequence[str]
) -> list[str]:
    """Return those of ``ids`` on which something is to be claimed back.

    Not what was lifted after the bytes came that say so.
    """
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
    connection: Connection,
    stated: Proof,
    source: RecoverySource,
    *,
    holder_differs: bool = False,
) -> list[Recovery]:
    by = Opening(RecoveryCause.REVOKED, source, holder_differs)
    return open_recoveries(connection, by, stated)
