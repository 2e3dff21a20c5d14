"""Look-ups that are under way: on disk before they are answered, gone once they ended.

A gateway removes what it intended in the transaction that puts on the log how it ended.
What stays has lost its gateway, and goes onto the log as it is.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Dialect, Row, delete, func, insert, literal, select

from bureau.look_ups.audit import AuditRecord
from store.audit.rows import row_of
from store.audit.tables import audit_intents, audit_records, intended
from store.prepared import PreparedDelete, PreparedInsert, first_value

UNCONFIRMED_SECONDS = 180
"""After so long whoever looked up has given up: no request may take so long."""
NOW = {
    "sqlite": "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint)",
}


class Intents:
    """The look-ups that are under way, as the log's writer uses their table."""

    def __init__(self, dialect: Dialect, gateway: str) -> None:
        self._insert = PreparedInsert(audit_intents, dialect)
        self._delete = PreparedDelete(audit_intents.c.mark, dialect)
        self._now = NOW[dialect.name]
        self._gateway = gateway
        self._number = 0
        column = audit_intents.c
        # All of a table that is short: it has what is under way, and nothing else.
        its = f"{gateway}-"
        is_of_others = func.substr(column.mark, 1, len(its)) != its
        self._others = select(
            *(column.at, column.event, column.caller, column.districts),
            column.person,
        ).where(is_of_others)
        some = select(column.event).where(is_of_others).limit(1)
        self._any_others = str(
            some.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        )

    def next_mark(self) -> str:
        """Return a mark that nothing had before."""
        self._number += 1
        return f"{self._gateway}-{self._number}"

    def begin(
        self, connection: Connection, begun: Iterable[tuple[str, AuditRecord]]
    ) -> None:
        """Keep records of look-ups that began, by their marks."""
        self._insert.run(
            connection, [{**row_of(record), "mark": mark} for mark, record in begun]
        )

    def end(self, connection: Connection, marks: Iterable[str]) -> None:
        """Forget look-ups of which it is said how they ended."""
        self._delete.run(connection, marks)

    def of_others(self, connection: Connection) -> Iterable[Row[*tuple[Any, ...]]]:
        """Return what other gateways have under way, as ``Draft.find`` takes it."""
        # Mostly there is nothing, which is found out at once.
        if first_value(connection, self._any_others) is None:
            return ()
        return connection.execute(self._others)

    def lost(self, connection: Connection) -> bool:
        """Say whether something began so long ago that nobody will say how it ended."""
        column = audit_intents.c
        before = self._before(connection)
        some = select(column.mark).where(column.began < before).limit(1)
        return connection.scalar(some) is not None

    def settle(self, connection: Connection) -> int:
        """Put what nobody ended on the log; return how many that are."""
        column = audit_intents.c
        is_lost = column.began < self._before(connection)
        names = [one.name for one in intended]
        connection.execute(
            insert(audit_records).from_select(
                [*names, "sources"],
                select(
                    *(column[name] for name in names),
                    literal({}, audit_records.c.sources.type),
                )
                .where(is_lost)
                .order_by(column.at, column.mark),
            )
        )
        return connection.execute(delete(audit_intents).where(is_lost)).rowcount

    def _before(self, connection: Connection) -> int:
        return int(first_value(connection, self._now)) - UNCONFIRMED_SECONDS
