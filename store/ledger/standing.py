"""What stands against paying for a certificate, by all that is kept of its document.

Found by the document (``policy.documents``), and so under whichever ids, spellings and
connectors it was sent or proved. What was sent of one version of a document holds for
all of them, as on answers, but not for one that was issued after it took effect: that
was come by anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from policy.certificate import CertificateState, StateChange
from policy.documents import Document, is_revoked_by, sent_of
from store.documents import (
    alike,
    document_of_certificate,
    document_of_row,
    documents,
    known_alike,
    known_or_alike,
)
from store.ledger.tables import (
    false_claims,
    false_record_withdrawals,
    false_records,
    seen_revocations,
)
from store.quality.counts import seen_alike
from store.status.changes import kept_changes
from store.status.tables import state_changes


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of the document that a certificate is of."""

    certificate: str
    document: Document
    versions: Sequence[Document]
    """Its known versions, whatever their days, and itself."""
    ids: Sequence[str]
    """Every id under which one of them is known, and the certificate's."""


def known_of(
    connection: Connection, certificate: str, document: Document | None = None
) -> Known:
    """Return what is kept of the document that ``certificate`` is of.

    ``document`` says what is known beside what is kept of it.
    """
    stated = [] if document is None else [document]
    known = known_or_alike(connection, stated, certificate)
    own = known.get(certificate) or document or Document(place=certificate)
    known |= _known_beside(connection, [own], stated)
    versions = [
        own,
        *filter(own.is_one_with, known.values()),
        *filter(own.is_one_with, seen_alike(connection, own)),
    ]
    known |= _known_beside(connection, versions, [*stated, own])
    ids = {
        id_
        for id_, one in known.items()
        if any(version.is_one_with(one) for version in versions)
    }
    return Known(certificate, own, versions, sorted(ids | {certificate}))


def _known_beside(
    connection: Connection, asked: Sequence[Document], before: Sequence[Document]
) -> dict[str, Document]:
    """Return what may be one of ``asked``, unless that was asked of ``before``."""
    were = {(one.number, one.places) for one in before}
    fresh = [one for one in asked if (one.number, one.places) not in were]
    return known_or_alike(connection, fresh) if fresh else {}


def is_revoked(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate was revoked, and that was not lifted since."""
    return is_known_revoked(connection, known_of(connection, certificate))


def is_known_revoked(connection: Connection, known: Known) -> bool:
    """Say the same of what is known of a certificate."""
    document = known.document
    sent = [
        (of, change)
        for of, change in _sent(connection, known.certificate, document)
        if of.may_be(document) or not document.is_after(change.effective_on)
    ]
    (changes,) = sent_of(sent, [known.versions])
    return is_revoked_by(changes or ())


def ids_of_one(
    connection: Connection, certificate: str, document: Document | None = None
) -> Sequence[str]:
    """Return every known id of the document that ``certificate`` is of, and itself.

    ``document`` says what is known beside what is kept of it.
    """
    return known_of(connection, certificate, document).ids


def versions_of(connection: Connection, document: Document) -> Iterator[Document]:
    """Yield every known version of a document, whatever its days."""
    for _, known in known_alike(connection, document):
        if document.is_one_with(known):
            yield known
    for known in seen_alike(connection, document):
        if document.is_one_with(known):
            yield known


def _sent(
    connection: Connection, certificate: str, document: Document
) -> Iterator[tuple[Document, StateChange]]:
    """Yield what was sent that may be of a document, in its order."""
    own = state_changes.c.certificate == certificate
    rows = connection.execute(
        select(state_changes)
        .where(or_(own, alike(state_changes, document)))
        .order_by(state_changes.c.id)
    ).all()
    for _, kept in kept_changes(rows):
        # Of what was sent under its very id no more need be known.
        of = document if kept.certificate == certificate else kept.document
        if of is not None:
            yield of, kept.change


def sent_about(connection: Connection, certificates: AbstractSet[str]) -> set[str]:
    """Return of which of many certificates anything was sent that may be of them."""
    own = documents.c.certificate.in_(certificates)
    known = {
        row.certificate: document_of_row(row)
        for row in connection.execute(select(documents).where(own))
    }
    places = {
        place
        for document in known.values()
        if document is not None
        for place in document.places
    }
    numbers = {one.number for one in known.values() if one is not None} - {None}
    change = state_changes.c
    sent = connection.execute(
        select(
            *(change.certificate, change.document_number),
            *(change.document_place, change.document_former),
        ).where(
            or_(
                change.certificate.in_(certificates),
                change.document_number.in_(numbers),
                change.document_place.in_(places),
                change.document_former.in_(places),
            )
        )
    ).all()
    found = {mark for row in sent for mark in row}
    return {
        id_
        for id_ in certificates
        if id_ in found
        or (
            (document := known.get(id_)) is not None
            and (document.number in found - {None} or document.places & found)
        )
    }


def is_seen_revoked(connection: Connection, known: Known) -> bool:
    """Say whether a certificate was read as revoked, and that was not lifted since."""
    seen = seen_revocations.c
    last = connection.execute(
        select(func.max(seen.seen_at)).where(seen.certificate.in_(known.ids))
    ).scalar()
    return last is not None and not is_lifted(connection, known.certificate, last)


def is_lifted(
    connection: Connection,
    certificate: str,
    since: datetime,
    document: Document | None = None,
) -> bool:
    """Say whether a certificate was sent as valid after a moment."""
    known = document_of_certificate(connection, certificate) or document
    change = state_changes.c
    own = change.certificate == certificate
    rows = connection.execute(
        select(state_changes).where(
            or_(own, alike(state_changes, known or Document(place=certificate))),
            change.state == CertificateState.VALID,
            change.received_at > since,
        )
    ).all()
    return any(
        kept.certificate == certificate
        or (
            known is not None
            and kept.document is not None
            and known.is_one_with(kept.document)
        )
        for _, kept in kept_changes(rows)
    )


def ids_of_another_holder(connection: Connection, document: Document) -> list[str]:
    """Return the known ids of a document that name another holder than it does."""
    if document.serial is None:
        return []
    serial = documents.c.document_serial == document.serial
    rows = connection.execute(select(documents).where(serial)).all()
    known = {row.certificate: document_of_row(row) for row in rows}
    return sorted(
        id_ for id_, one in known.items() if one and document.is_another_holders(one)
    )


def is_revoked_of_another(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate is revoked where it names another holder."""
    document = document_of_certificate(connection, certificate)
    if document is None or document.serial is None:
        return False
    serial = state_changes.c.document_serial == document.serial
    rows = connection.execute(
        select(state_changes).where(serial).order_by(state_changes.c.id)
    ).all()
    sent: defaultdict[str | None, list[StateChange]] = defaultdict(list)
    for _, kept in kept_changes(rows):
        of = kept.document
        if (
            of is not None
            and document.is_another_holders(of)
            and not document.is_after(kept.change.effective_on)
        ):
            sent[of.number].append(kept.change)
    return any(map(is_revoked_by, sent.values())) or any(
        is_seen_revoked(connection, known_of(connection, one))
        for one in ids_of_another_holder(connection, document)
    )


def is_claim_false(connection: Connection, claim: str) -> bool:
    """Say whether a claim was proved false."""
    known = select(false_claims.c.id).where(false_claims.c.claim == claim)
    return connection.execute(known).first() is not None


def is_proved_false(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate's record was proved false, and that stands."""
    return standing_proof(connection, ids_of_one(connection, certificate)) is not None


WORDS_NEEDED = 2
"""How many have to say that a record was not false, before its proof counts no more."""


def standing_proof(connection: Connection, certificates: Sequence[str]) -> int | None:
    """Return the proof that counts against any of ``certificates``, by its number."""
    proved, word = false_records.c, false_record_withdrawals.c
    words = select(func.count()).where(word.proof == proved.id).scalar_subquery()
    found: int | None = connection.execute(
        select(proved.id)
        .where(proved.certificate.in_(certificates), words < WORDS_NEEDED)
        .order_by(proved.id)
        .limit(1)
    ).scalar()
    return found
