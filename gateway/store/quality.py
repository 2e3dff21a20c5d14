"""Data quality in the database: what gateways count, added up by day.

One call's findings go into one transaction: what is new is what this transaction
inserted, so that two gateways that see a certificate at once count it once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.quality import (
    Measure,
    Sight,
    Sighting,
    Sums,
    back_dated,
    timeliness,
)
from connectors.registration.sanctions import SanctionProposal
from connectors.registration.store import StoreUnavailableError
from gateway.store import tables
from gateway.store.database import DATABASE_ERRORS, POSTGRESQL
from gateway.store.registration_rows import row_of_proposal
from gateway.store.sqlite import READS


class StoredQuality:
    """Implements ``resolvers.context.QualityStore``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READS: True})
        self._is_postgresql = engine.dialect.name == POSTGRESQL

    async def add(
        self, agency: str, today: date, sums: Counter[Measure], sighting: Sighting
    ) -> Counter[Measure]:
        """Keep what was counted and seen; return it with what only the past tells.

        Raises:
            DATABASE_ERRORS: it is not kept.
        """
        total = Counter(sums)
        async with self._engine.begin() as connection:
            if sighting.sights:
                total += await self._seen(connection, agency, today, sighting.sights)
            await self._list(connection, agency, today, sighting.whole)
            await self._count(connection, agency, today, total)
        return total

    async def sums(self, agency: str, since: date) -> Sums:
        """Return what was counted of ``agency`` from ``since`` on.

        Raises:
            StoreUnavailableError: the database is away.
        """
        column = tables.quality_counts.c
        statement = (
            select(column.measure, func.sum(column.value))
            .where(column.agency == agency, column.day >= since)
            .group_by(column.measure)
        )
        try:
            async with self._reading.connect() as connection:
                rows = await connection.execute(statement)
                return {Measure(measure): int(value) for measure, value in rows}
        except DATABASE_ERRORS as error:
            raise StoreUnavailableError(type(error).__name__) from error

    async def propose(self, proposal: SanctionProposal, day: date) -> bool:
        """Keep a proposal unless its cause was proposed that day; say whether.

        Raises:
            DATABASE_ERRORS: it is not kept.
        """
        row = {**row_of_proposal(proposal), "day": day}
        statement = (
            self._insert(tables.sanction_proposals)
            .values(row)
            .on_conflict_do_nothing(index_elements=["connector", "cause", "day"])
            .returning(tables.sanction_proposals.c.id)
        )
        async with self._engine.begin() as connection:
            return (await connection.execute(statement)).first() is not None

    async def _seen(
        self,
        connection: AsyncConnection,
        agency: str,
        today: date,
        sights: Sequence[Sight],
    ) -> Counter[Measure]:
        by_mark = {sight.mark: sight for sight in sights}
        table = tables.seen_certificates
        kept = await connection.execute(
            self._insert(table)
            .values(
                [
                    {
                        "agency": agency,
                        "mark": mark,
                        "facts": by_mark[mark].facts,
                        "first_seen_on": today,
                    }
                    # In one order, so that two gateways never wait for each other.
                    for mark in sorted(by_mark)
                ]
            )
            .on_conflict_do_nothing()
            .returning(table.c.mark)
        )
        new = {row.mark for row in kept}
        known = await connection.execute(
            select(table.c.mark, table.c.facts).where(
                table.c.agency == agency, table.c.mark.in_(sorted(by_mark.keys() - new))
            )
        )
        altered = [row.mark for row in known if row.facts != by_mark[row.mark].facts]
        for mark in altered:
            await connection.execute(
                update(table)
                .where(table.c.agency == agency, table.c.mark == mark)
                .values(facts=by_mark[mark].facts)
            )
        first = [by_mark[mark] for mark in sorted(new)]
        sums = timeliness(await self._since_known(connection, agency, first), today)
        listed = await self._listed(connection, agency, first)
        sums[Measure.BACK_DATED] += len(list(back_dated(first, listed)))
        sums[Measure.ALTERED] += len(altered)
        return sums

    async def _since_known(
        self, connection: AsyncConnection, agency: str, sights: Sequence[Sight]
    ) -> list[Sight]:
        """Leave out what was issued before anything was counted of the agency.

        How late that was first seen says when the agency joined, and no more.
        """
        column = tables.quality_counts.c
        first_day = await connection.scalar(
            select(func.min(column.day)).where(column.agency == agency)
        )
        if first_day is None:
            return []
        return [
            s for s in sights if s.issued_on is not None and s.issued_on >= first_day
        ]

    async def _listed(
        self, connection: AsyncConnection, agency: str, sights: Sequence[Sight]
    ) -> Mapping[str, date]:
        column = tables.whole_lists.c
        people = sorted({sight.person for sight in sights})
        rows = await connection.execute(
            select(column.person, column.listed_on).where(
                column.agency == agency, column.person.in_(people)
            )
        )
        return {row.person: row.listed_on for row in rows}

    async def _list(
        self,
        connection: AsyncConnection,
        agency: str,
        today: date,
        people: frozenset[str],
    ) -> None:
        if not people:
            return
        rows = [
            {"agency": agency, "person": person, "listed_on": today}
            for person in sorted(people)
        ]
        statement = self._insert(tables.whole_lists).values(rows)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["agency", "person"],
                set_={"listed_on": statement.excluded.listed_on},
            )
        )

    async def _count(
        self,
        connection: AsyncConnection,
        agency: str,
        today: date,
        sums: Counter[Measure],
    ) -> None:
        # A day on which an agency answered is a day of it, whatever was counted.
        rows = [
            {"agency": agency, "day": today, "measure": measure.value, "value": value}
            for measure, value in sorted(
                {Measure.RECORDS: 0, **sums}.items(), key=lambda one: one[0].value
            )
        ]
        statement = self._insert(tables.quality_counts).values(rows)
        kept = tables.quality_counts.c.value
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["agency", "day", "measure"],
                set_={"value": kept + statement.excluded.value},
            )
        )

    def _insert(self, table: Table) -> Any:  # noqa: ANN401 - one of two, alike
        if self._is_postgresql:
            return postgresql.insert(table)
        return sqlite.insert(table)


def first_day_of(window: int, today: date) -> date:
    """Return the first of so many days that end with ``today``."""
    return today - timedelta(days=window - 1)
