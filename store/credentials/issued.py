"""Give credentials their places in status lists, and say what became of them.

A place is drawn at random among those of a list that are free, so that who holds one
learns nothing of when, or beside whom, it was given. A list is full when half of its
places are given: a draw hits a free one soon, however full.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from sqlalchemy import Connection, func, insert, select, update

from policy.documents import Document
from store.connections import Reader
from store.credentials.causes import CredentialStatus, statuses
from store.credentials.tables import issued_credentials
from store.documents import row_of_document
from store.ledger.standing import is_proved_false, is_seen_revoked, known_of
from store.ledger.tables import seen_revocations
from store.store import Store

LIST_PLACES = 32_768
"""How many places a status list has."""
FULL = LIST_PLACES // 2
column = issued_credentials.c


class NotInForceError(Exception):
    """What is kept of the certificate says that it counts no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """A credential that is to be issued, as it is written."""

    form: str
    certificate: str
    """The sealed id."""
    person: str
    """A pseudonym."""
    documents: Sequence[Document]
    """Of the certificate, and of its older versions."""
    version_marks: Sequence[str]
    said: str
    """A digest of what its record says (``bureau.versions.memory.said_of``)."""
    signed_at: datetime
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a credential: which list, and where."""

    number: int
    idx: int


class StoredCredentials:
    """Writes which credentials were issued, and reads what revokes them."""

    def __init__(self, store: Store, draw: Callable[[int], int]) -> None:
        """Take places of ``store``; ``draw`` returns a random number below another."""
        self._writer = store.writer
        self._reader = Reader(store.engine)
        self._draw = draw

    async def issue(self, new: NewCredential, today: date) -> Place:
        """Give ``new`` a place; with it is asked what is kept against its certificate.

        Whatever revokes is written by the same writers in turn: it is seen here, or
        finds the place that is given.

        Raises:
            NotInForceError: there is something; no place is given.
            StoreUnavailableError: none is given, or it is not known.
        """
        return await self._writer.write(lambda c: self._issue(c, new, today))

    def _issue(self, connection: Connection, new: NewCredential, today: date) -> Place:
        known = known_of(connection, new.certificate, new.documents[0])
        if is_proved_false(connection, new.certificate) or is_seen_revoked(
            connection, known
        ):
            raise NotInForceError
        place = self._free(connection)
        read = connection.scalar(select(func.max(seen_revocations.c.id))) or 0
        rows = [
            {
                "list_number": place.number,
                "idx": place.idx,
                "part": part,
                "form": new.form,
                "certificate": new.certificate,
                "person": new.person,
                "version_mark": mark,
                "said": new.said,
                "signed_at": new.signed_at,
                "after_revocation": read,
                "issued_at": new.issued_at,
                "expires_at": new.expires_at,
                **row_of_document(document or new.documents[0]),
            }
            for part, (document, mark) in enumerate(
                zip_longest(new.documents, new.version_marks)
            )
        ]
        connection.execute(insert(issued_credentials), rows)
        own = (column.list_number == place.number) & (column.idx == place.idx)
        if statuses(connection, own, today):
            raise NotInForceError
        return place

    def _free(self, connection: Connection) -> Place:
        number = connection.scalar(select(func.max(column.list_number))) or 0
        of_list = column.list_number == number, column.part == 0
        given = connection.scalar(select(func.count()).where(*of_list)) or 0
        if given >= FULL:
            return Place(number + 1, self._draw(LIST_PLACES))
        while True:
            idx = self._draw(LIST_PLACES)
            of_place = select(column.idx).where(*of_list, column.idx == idx)
            if connection.execute(of_place).first() is None:
                return Place(number, idx)

    async def newest_list(self) -> int:
        """Return the number of the newest list; lists are numbered from 0.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            return await connection.scalar(select(func.max(column.list_number))) or 0

    async def statuses(
        self, number: int, today: date
    ) -> Mapping[int, CredentialStatus]:
        """Return the places of a list that are not valid now.

        Raises:
            StoreUnavailableError: the database is away.
        """
        which = column.list_number == number
        async with self._reader.connect() as connection:
            return await connection.run_sync(statuses, which, today)


def erase(connection: Connection, people: Sequence[str], at: datetime) -> None:
    """Revoke the credentials of a person for good, and keep nothing of whose they were.

    The person is given by all pseudonyms.
    """
    of_document = [one.name for one in column if one.name.startswith("document_")]
    gone = ("certificate", "person", "version_mark", "said", *of_document)
    connection.execute(
        update(issued_credentials)
        .where(column.person.in_(people))
        .values({"erased_at": at, **dict.fromkeys(gone)})
    )


def is_issued(connection: Connection, certificates: Sequence[str]) -> bool:
    """Say whether a credential was issued of any of ``certificates``."""
    found = select(column.idx).where(column.certificate.in_(certificates)).limit(1)
    return connection.execute(found).first() is not None
