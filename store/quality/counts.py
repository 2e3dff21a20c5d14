"""Data quality in the database: what gateways count, added up by day.

One call's findings go into one transaction, and one transaction comes after another:
what is new is what was not there, so that two gateways that see a certificate at once
count it once. A transaction has some hundred certificates, and runs beside the answers:
statements are prepared once and given lists.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Select,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from connectors.quality import (
    Measure,
    Sight,
    Sighting,
    Sums,
    back_dated,
    timeliness,
)
from connectors.registration.sanctions import SanctionProposal
from policy.documents import Document
from store.connections import Reader
from store.database import POSTGRESQL
from store.documents import alike, document_of_row, row_of_document
from store.prepared import PreparedInsert, among
from store.quality import tables
from store.registration.rows import row_of_proposal
from store.registration.tables import sanction_proposals
from store.store import Store


class StoredQuality:
    """Implements ``bureau.quality.QualityStore``."""

    def __init__(self, store: Store) -> None:
        self._writer = store.writer
        self._reader = Reader(store.engine)
        self._dialect = dialect = store.engine.dialect
        self._is_postgresql = dialect.name == POSTGRESQL
        lists = self._insert(tables.whole_lists)
        newest = {"listed_on": lists.excluded.listed_on}
        self._whole_lists = PreparedInsert(
            tables.whole_lists,
            dialect,
            lists.on_conflict_do_update(
                index_elements=["agency", "person"], set_=newest
            ),
        )

    async def add(
        self, agency: str, today: date, sums: Counter[Measure], sighting: Sighting
    ) -> Counter[Measure]:
        """Keep what was counted and seen; return it with what only the past shows.

        Raises:
            StoreUnavailableError: it is not kept.
        """

        def work(connection: Connection) -> Counter[Measure]:
            total = sums + _seen(connection, agency, today, sighting.sights)
            self._list(connection, agency, today, sighting.whole)
            self._count(connection, agency, today, total)
            return total

        return await self._writer.write(work)

    async def sums(self, agency: str, since: date) -> Sums:
        """Return what was counted of ``agency`` from ``since`` on.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return (await self.sums_of([agency], since))[agency]

    async def sums_of(self, agencies: Sequence[str], since: date) -> dict[str, Sums]:
        """Return what was counted of each of ``agencies`` from ``since`` on.

        Raises:
            StoreUnavailableError: the database is away.
        """
        column = tables.quality_counts.c
        statement = (
            select(column.agency, column.measure, func.sum(column.value))
            .where(among(column.agency, self._dialect), column.day >= since)
            .group_by(column.agency, column.measure)
        )
        found: dict[str, dict[Measure, int]] = {agency: {} for agency in agencies}
        async with self._reader.connect() as connection:
            rows = await connection.execute(statement, {"among": [*agencies]})
            for agency, measure, value in rows:
                found[agency][Measure(measure)] = int(value)
        return {**found}

    async def propose(self, proposal: SanctionProposal, day: date) -> bool:
        """Keep a proposal unless its cause was proposed that day; say whether.

        Raises:
            StoreUnavailableError: it is not kept.
        """
        row = {**row_of_proposal(proposal), "day": day}
        statement = (
            self._insert(sanction_proposals)
            .values(row)
            .on_conflict_do_nothing(index_elements=["connector", "cause", "day"])
            .returning(sanction_proposals.c.id)
        )
        return await self._writer.write(
            lambda connection: connection.execute(statement).first() is not None
        )

    def _list(
        self, connection: Connection, agency: str, today: date, people: Iterable[str]
    ) -> None:
        rows = [
            {"agency": agency, "person": person, "listed_on": today}
            for person in sorted(people)
        ]
        self._whole_lists.run(connection, rows)

    def _count(
        self, connection: Connection, agency: str, today: date, sums: Counter[Measure]
    ) -> None:
        # A day on which an agency answered is a day of it, whatever was counted.
        rows = [
            {"agency": agency, "day": today, "measure": measure.value, "value": value}
            for measure, value in sorted(
                {Measure.RECORDS: 0, **sums}.items(), key=lambda one: one[0].value
            )
        ]
        statement = self._insert(tables.quality_counts)
        kept = tables.quality_counts.c.value
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["agency", "day", "measure"],
                set_={"value": kept + statement.excluded.value},
            ),
            rows,
        )

    def _insert(self, table: Table) -> Any:  # noqa: ANN401 - one of two, alike
        if self._is_postgresql:
            return postgresql.insert(table)
        return sqlite.insert(table)


def _seen(
    connection: Connection, agency: str, today: date, sights: Sequence[Sight]
) -> Counter[Measure]:
    if not sights:
        return Counter()
    table = tables.seen_certificates
    by_mark = {sight.mark: sight for sight in sights}
    _move_former(connection, agency, by_mark)
    known = {
        row.mark: (row.facts, document_of_row(row))
        for row in connection.execute(
            _known(connection.dialect), {"whose": agency, "among": [*by_mark]}
        )
    }
    first = [sight for mark, sight in by_mark.items() if mark not in known]
    rows = [
        {
            "agency": agency,
            "mark": sight.mark,
            "facts": sight.facts,
            "first_seen_on": today,
            **row_of_document(sight.document),
        }
        for sight in first
    ]
    _adding(connection.dialect).run(connection, rows)
    altered = 0
    for mark, (facts, document) in known.items():
        now = by_mark[mark]
        if (facts, document) != (now.facts, now.document):
            altered += facts not in (now.facts, now.facts_as_spelt)
            connection.execute(
                update(table)
                .where(table.c.agency == agency, table.c.mark == mark)
                .values(facts=now.facts, **row_of_document(now.document))
            )
    news = _since_known(connection, agency, first)
    sums = timeliness([sight.issued_on for sight in news], today)
    listed = _listed(connection, agency, first)
    sums[Measure.BACK_DATED] += len(list(back_dated(first, listed)))
    sums[Measure.ALTERED] += altered
    return sums


@lru_cache(maxsize=8)
def _known(dialect: Dialect) -> Select[Any]:
    """Return what finds an agency's certificates whose marks are ``among`` some."""
    column = tables.seen_certificates.c
    return select(tables.seen_certificates).where(
        column.agency == bindparam("whose"), among(column.mark, dialect)
    )


@lru_cache(maxsize=8)
def _adding(dialect: Dialect) -> PreparedInsert:
    return PreparedInsert(tables.seen_certificates, dialect)


def seen_alike(connection: Connection, document: Document) -> Iterator[Document]:
    """Yield the documents that agencies answered, of those that may be ``document``."""
    table = tables.seen_certificates
    for row in connection.execute(select(table).where(alike(table, document))):
        found = document_of_row(row)
        if found is not None:
            yield found


def _move_former(
    connection: Connection, agency: str, by_mark: Mapping[str, Sight]
) -> None:
    """Give what was seen before there was a normal form the mark of its form.

    Marks cannot be turned back, so each is moved when its certificate is seen again.
    Its facts were of the spelling, too, and are those of now from here on.
    """
    column = tables.seen_certificates.c
    former = {one.former: one for one in by_mark.values() if one.former is not None}
    if not former:
        return
    there = set(
        connection.execute(
            select(column.mark).where(
                column.agency == agency, column.mark.in_([*by_mark, *former])
            )
        ).scalars()
    )
    for mark, sight in former.items():
        if mark in there and sight.mark not in there:
            connection.execute(
                update(tables.seen_certificates)
                .where(column.agency == agency, column.mark == mark)
                .values(mark=sight.mark, facts=sight.facts)
            )


def _since_known(
    connection: Connection, agency: str, sights: Sequence[Sight]
) -> list[Sight]:
    """Leave out what was issued before anything was counted of the agency.

    How late that was first seen says when the agency joined, and no more.
    """
    column = tables.quality_counts.c
    first_day = connection.scalar(
        select(func.min(column.day)).where(column.agency == agency)
    )
    if first_day is None:
        return []
    return [s for s in sights if s.issued_on is not None and s.issued_on >= first_day]


def _listed(
    connection: Connection, agency: str, sights: Sequence[Sight]
) -> Mapping[str, date]:
    column = tables.whole_lists.c
    rows = connection.execute(
        select(column.person, column.listed_on).where(
            column.agency == agency, column.person.in_({s.person for s in sights})
        )
    )
    return {row.person: row.listed_on for row in rows}


def first_day_of(window: int, today: date) -> date:
    """Return the first of so many days that end with ``today``."""
    return today - timedelta(days=window - 1)
