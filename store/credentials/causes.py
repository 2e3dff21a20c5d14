"""Find what revokes credentials: read of what is kept, each time, and noted nowhere.

So nothing has to be told, and nothing is forgotten by a gateway that starts anew or
that another one wrote for. A certificate's documents are compared as its answers are
(``policy.documents``); where a change may be of one of several, it counts here, since
nobody who reads a list can ask back.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    func,
    or_,
    select,
    union,
)

from policy.certificate import CertificateState, StateChange
from policy.states import sent_state
from store.credentials.tables import issued_credentials
from store.documents import document_of_row, documents
from store.ledger.standing import WORDS_NEEDED
from store.ledger.tables import (
    false_record_withdrawals,
    false_records,
    seen_revocations,
)
from store.quality.tables import seen_versions
from store.status.changes import kept_changes
from store.status.tables import state_changes

ROWS_A_STATEMENT = 500
column = issued_credentials.c


class CredentialStatus(IntEnum):
    """A status by its registered value (draft-ietf-oauth-status-list, 7.1)."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


def statuses(
    connection: Connection, which: ColumnElement[bool], today: date
) -> Mapping[int, CredentialStatus]:
    """Return the places of ``which`` credentials, of one list, that are not valid."""
    found = dict(_by_changes(connection, which, today))
    for statement in (_erased(), _put_right(), *_proved_false(), *_read_as_revoked()):
        for idx in connection.scalars(statement.where(which)):
            found[idx] = CredentialStatus.INVALID
    return found


def _by_changes(
    connection: Connection, which: ColumnElement[bool], today: date
) -> Iterator[tuple[int, CredentialStatus]]:
    """Yield what agencies sent of certificates' states, since whenever."""
    change = state_changes.c
    pairs = union(
        *(
            select(column.idx, column.part, change.id)
            .join_from(issued_credentials, state_changes, same)
            .where(which)
            for same in (
                change.certificate == column.certificate,
                change.document_number == column.document_number,
                *_of_one_place(state_changes, issued_credentials),
            )
        )
    )
    found = connection.execute(pairs).all()
    if not found:
        return
    sent = select(state_changes)
    by_id = {row.id: row for row in _rows(connection, sent, change.id, found)}
    ours = select(issued_credentials).where(which)
    of_ours = _rows(connection, ours, column.idx, found)
    parts = {(row.idx, row.part): row for row in of_ours}
    of_place: defaultdict[int, set[int]] = defaultdict(set)
    for pair in found:
        part, one = parts[pair.idx, pair.part], by_id[pair.id]
        mine, said = document_of_row(part), document_of_row(one)
        if one.certificate == part.certificate or (
            mine is not None and said is not None and said.may_be(mine)
        ):
            of_place[pair.idx].add(pair.id)
    for idx, ids_ in of_place.items():
        rows = [by_id[id_] for id_ in sorted(ids_)]
        changes = tuple(kept.change for _, kept in kept_changes(rows))
        status = _status(changes, today)
        if status is not CredentialStatus.VALID:
            yield idx, status


def _rows(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    key: Column[int],
    pairs: Sequence[Row[Any]],
) -> Iterator[Row[Any]]:
    """Yield the rows whose ``key`` is in ``pairs``, some at a time."""
    keys = sorted({getattr(pair, key.name) for pair in pairs})
    for start in range(0, len(keys), ROWS_A_STATEMENT):
        some = keys[start : start + ROWS_A_STATEMENT]
        yield from connection.execute(statement.where(key.in_(some)))


def _status(changes: tuple[StateChange, ...], today: date) -> CredentialStatus:
    match sent_state(changes, today):
        case CertificateState.VALID:
            return CredentialStatus.VALID
        case CertificateState.SUSPENDED:
            return CredentialStatus.SUSPENDED
        case _:
            return CredentialStatus.INVALID


def _of_one_place(one: FromClause, other: FromClause) -> list[ColumnElement[bool]]:
    names = ("document_place", "document_former")
    return [one.c[mine] == other.c[its] for mine in names for its in names]


def _erased() -> Select[int]:
    return select(column.idx).where(column.erased_at.is_not(None))


def _put_right() -> Select[int]:
    """Of certificates of which a later version says something else."""
    version = seen_versions.c
    return select(column.idx).join_from(
        issued_credentials,
        seen_versions,
        and_(
            version.mark == column.version_mark,
            version.said != column.said,
            version.signed_at >= column.signed_at,
        ),
    )


def _proved_false() -> list[Select[int]]:
    """Of certificates whose records were proved false, and that stands."""
    word, proved = false_record_withdrawals.c, false_records.c
    words = select(func.count()).where(word.proof == proved.id).scalar_subquery()
    return _of_certificates_in(false_records, words < WORDS_NEEDED)


def _read_as_revoked() -> list[Select[int]]:
    """Of certificates that were read as revoked since, in answers and status lists."""
    later = seen_revocations.c.id > column.after_revocation
    return _of_certificates_in(seen_revocations, later)


def _of_certificates_in(
    table: FromClause, such: ColumnElement[bool]
) -> list[Select[int]]:
    """By the certificate's id, or by another id of its document."""
    same = or_(
        and_(
            documents.c.document_number == column.document_number,
            documents.c.document_number.is_not(None),
        ),
        *_of_one_place(documents, issued_credentials),
    )
    by_id = table.c.certificate == column.certificate
    by_document = (
        select(column.idx)
        .select_from(table)
        .join(documents, documents.c.certificate == table.c.certificate)
        .join(issued_credentials, same)
        .where(such)
    )
    return [
        select(column.idx).join_from(issued_credentials, table, by_id).where(such),
        by_document,
    ]
