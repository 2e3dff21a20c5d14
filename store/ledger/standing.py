"""What stands against paying for a certificate, by all that is kept of its document.

Found by the document (``policy.documents``), and so under whichever ids, spellings and
connectors it was sent or proved. What was sent of one version of a document holds for
all of them, as on answers, but not for one that was issued after it took effect: that
was come by anew.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
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


def is_revoked(
    connection: Connection, certificate: str, document: Document | None = None
) -> bool:
    """Say whether a certificate was revoked, and that was not lifted since.

    ``document`` says what is known beside what is kept of it.
    """
    known = document_of_certificate(connection, certificate)
    document = known or document or Document(place=certificate)
    versions = [document, *versions_of(connection, document)]
    sent = [
        (of, change)
        for of, change in _sent(connection, certificate, document)
        if of.may_be(document) or not document.is_after(change.effective_on)
    ]
    (changes,) = sent_of(sent, [versions])
    return is_revoked_by(changes or ())


def ids_of_one(
    connection: Connection, certificate: str, document: Document | None = None
) -> list[str]:
    """Return every known id of the document that ``certificate`` is of, and itself.

    ``document`` says what is known beside what is kept of it.
    """
    known = document_of_certificate(connection, certificate) or document
    found = {certificate}
    if known is not None:
        for version in (known, *versions_of(connection, known)):
            found.update(
                id_
                for id_, one in known_alike(connection, version)
                if version.is_one_with(one)
            )
    return sorted(found)


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


def is_seen_revoked(connection: Connection, certificate: str) -> bool:
    """Say whether a certificate was read as revoked, and that was not lifted since."""
    seen = seen_revocations.c
    last = connection.execute(
        select(func.max(seen.seen_at)).where(
            seen.certificate.in_(ids_of_one(connection, certificate))
        )
    ).scalar()
    return last is not None and not is_lifted(connection, certificate, last)


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
        is_seen_revoked(connection, one)
        for one in ids_of_another_holder(connection, document)
    )


def is_claim_false(connection: Connection, claim: str) -> bool:
    """Say whether a claim was proved false."""
    known = select(false_claims.c.id).where(false_claims.c.claim == claim)
    return connection.execute(known).first() is not None


def is_proved_false(
    connection: Connection, certificate: str, document: Document | None = None
) -> bool:
    """Say whether a certificate's record was proved false, and that stands.

    ``document`` says what is known beside what is kept of it.
    """
    ids = ids_of_one(connection, certificate, document)
    return standing_proof(connection, ids) is not None


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
