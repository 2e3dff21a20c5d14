"""Sums by day and by month for totals, kept by triggers as rows come.

Whoever writes a row that counts, be it a gateway of before this step, writes in the
same transaction what it adds. What is sent may be counted elsewhere later: a record
that is not the current one any more is taken out, and changes of state go where the
current records of their certificate say, as they would be counted now. They go before
the row does: PostgreSQL lets what follows a statement see all of its rows at once.
"""

from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_PLACE = ("connector", "authority", "district", "item", "level")
_KEY = ("span", "first_day", *_PLACE)
_COLLECTED = ("certificates_collected",)
_CHANGED = ("state_changes", "revocations")
_DECIDED = ("approved", "refused")
_PAID = (
    *("paid", "paid_yuan", "returned", "returned_yuan"),
    *("corrected", "corrected_yuan"),
)
_RECOVERED = ("recoveries_opened", "recoveries_opened_yuan", "recovered_yuan")
_BOTH = "(SELECT 'DAY' AS span UNION ALL SELECT 'MONTH')"
_DAYS = "(SELECT 'DAY' AS span)"


def upgrade() -> None:
    """Make the table and the triggers, and sum up what there is."""
    measures = (*_COLLECTED, *_CHANGED, *_DECIDED, *_PAID, *_RECOVERED)
    op.create_table(
        "kept_sums",
        sa.Column("span", sa.String(8), primary_key=True),
        sa.Column("first_day", sa.Date(), primary_key=True),
        sa.Column("connector", sa.String(63), primary_key=True),
        sa.Column("authority", sa.String(128), primary_key=True),
        sa.Column("district", sa.String(6), primary_key=True),
        sa.Column("item", sa.String(32), primary_key=True),
        sa.Column("level", sa.String(16), primary_key=True),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            for name in measures
        ),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    words = _Words(is_sqlite=is_sqlite)
    # From here on nobody else writes until all is summed up.
    for table, when, statements in words.triggers():
        for statement in (_sqlite if is_sqlite else _postgresql)(
            table, when, statements
        ):
            op.execute(statement)
    for statement in words.fillings():
        op.execute(statement)
    names = ", ".join((*_PLACE, *measures))
    sums = ", ".join((*_PLACE, *(f"sum({name})" for name in measures)))
    month = words.month("first_day")
    op.execute(
        f"INSERT INTO kept_sums (span, first_day, {names}) SELECT 'MONTH', {month}, "  # noqa: S608 - our own words
        f"{sums} FROM kept_sums GROUP BY {month}, {', '.join(_PLACE)}"
    )


def _sqlite(table: str, when: str, statements: Sequence[str]) -> Iterator[str]:
    name = when.partition(" OF")[0].lower().replace(" ", "_")
    body = "; ".join(statements)
    yield f"CREATE TRIGGER {table}_sums_{name} {when} ON {table} BEGIN {body}; END"


def _postgresql(table: str, when: str, statements: Sequence[str]) -> Iterator[str]:
    name = when.partition(" OF")[0].lower().replace(" ", "_")
    body = "; ".join(statements)
    # What comes before a row has to let it pass.
    row = "NEW" if when.startswith("BEFORE") else "NULL"
    yield f"""
        CREATE FUNCTION sum_up_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body}; RETURN {row}; END $$
    """
    yield f"""
        CREATE TRIGGER {table}_sums_{name} {when} ON {table}
        FOR EACH ROW EXECUTE FUNCTION sum_up_{table}_{name}()
    """


class _Words:
    """What adds to the sums, as a database says it."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite

    def month(self, day: str) -> str:
        """Return the first day of a day's month."""
        if self._is_sqlite:
            return f"strftime('%Y-%m-01', {day})"
        return f"CAST(date_trunc('month', {day}) AS date)"

    def _day(self, moment: str) -> str:
        """Return the day of a moment, as Shanghai counts."""
        if self._is_sqlite:
            return f"date({moment}, '+8 hours')"
        return f"CAST({moment} AT TIME ZONE 'Asia/Shanghai' AS date)"

    def triggers(self) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield each table, when something is to be added, and what adds it."""
        insert = "AFTER INSERT"
        yield "decisions", insert, [self._add(_decided("NEW"), _DECIDED)]
        yield "payment_steps", insert, [self._add(_paid("NEW"), _PAID)]
        yield "recovery_events", insert, [self._add(self._recovered("NEW"), _RECOVERED)]
        yield "collected_records", insert, [self._add(self._record("NEW"), _COLLECTED)]
        yield "state_changes", insert, [self._add(self._change("NEW"), _CHANGED)]
        moved = (
            "AFTER UPDATE OF connector, certificate, collected_at, is_current, "
            "item, level"
        )
        yield (
            "collected_records",
            moved,
            [self._add(_both(self._record, "OLD", "NEW"), _COLLECTED)],
        )
        yield (
            "state_changes",
            "AFTER UPDATE OF connector, certificate, received_at, state",
            [self._add(_both(self._change, "OLD", "NEW"), _CHANGED)],
        )
        yield (
            "collected_records",
            "BEFORE INSERT",
            [self._add(self._replaced("NEW.certificate", ""), _CHANGED)],
        )
        others = "AND id <> NEW.id"
        yield (
            "collected_records",
            moved.replace("AFTER", "BEFORE"),
            [
                self._add(self._replaced("OLD.certificate", others), _CHANGED),
                self._add(
                    self._replaced(
                        "NEW.certificate",
                        others,
                        "AND NEW.certificate <> OLD.certificate",
                    ),
                    _CHANGED,
                ),
            ],
        )

    def fillings(self) -> Iterator[str]:
        """Yield what sums up all rows there are, by day."""
        for rows, measures in (
            (_decided("r", "FROM decisions r"), _DECIDED),
            (_paid("r", ", payment_steps r"), _PAID),
            (self._recovered("r", ", recovery_events r"), _RECOVERED),
            (self._record("r", 1, "FROM collected_records r"), _COLLECTED),
            (self._change("r", 1, "FROM state_changes r"), _CHANGED),
        ):
            yield self._add(rows, measures, _DAYS)

    def _add(self, rows: str, measures: Sequence[str], spans: str = _BOTH) -> str:
        """Return what adds measures of rows to the sums of their places."""
        sums = ", ".join(f"sum(c.{name})" for name in measures)
        added = ", ".join(f"{n} = kept_sums.{n} + excluded.{n}" for n in measures)
        there = " OR ".join(f"sum(c.{name}) <> 0" for name in measures)
        day = f"CASE s.span WHEN 'DAY' THEN c.day ELSE {self.month('c.day')} END"
        return (
            f"INSERT INTO kept_sums ({', '.join((*_KEY, *measures))}) "  # noqa: S608 - our own words
            f"SELECT s.span, {day}, {', '.join(f'c.{one}' for one in _PLACE)}, {sums} "
            f"FROM ({rows}) c CROSS JOIN {spans} s WHERE true "
            f"GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING {there} "
            f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {added}"
        )

    def _recovered(self, r: str, source: str = "") -> str:
        return f"""
            SELECT {self._day(f"{r}.at")} AS day, {_OF_DECISION},
            sign(coalesce({r}.owed_yuan, 0)) AS recoveries_opened,
            coalesce({r}.owed_yuan, 0) AS recoveries_opened_yuan,
            CASE {r}.step WHEN 'REPAY' THEN {r}.amount_yuan ELSE 0 END
            AS recovered_yuan
            FROM decisions d {source} WHERE d.id = {r}.decision
            AND ({r}.owed_yuan IS NOT NULL OR {r}.step = 'REPAY')
        """  # noqa: S608 - our own words

    def _record(self, r: str, times: int = 1, source: str = "") -> str:
        return f"""
            SELECT {self._day(f"{r}.collected_at")} AS day,
            {r}.connector AS connector, '' AS authority, '' AS district,
            coalesce({r}.item, '') AS item, coalesce({r}.level, '') AS level,
            {times} AS certificates_collected
            {source} WHERE {r}.is_current
        """

    def _change(self, r: str, times: int = 1, source: str = "") -> str:
        item, level = (_known(name, f"{r}.certificate") for name in ("item", "level"))
        return f"""
            SELECT {self._day(f"{r}.received_at")} AS day,
            {r}.connector AS connector, '' AS authority, '' AS district,
            {item} AS item, {level} AS level, {times} AS state_changes,
            CASE {r}.state WHEN 'REVOKED' THEN {times} ELSE 0 END AS revocations
            {source}
        """

    def _replaced(self, certificate: str, others: str, when: str = "") -> str:
        """Return how changes of a certificate move as a record of it comes or goes."""
        both = []
        for times, places in (
            (-1, [_known(name, certificate) for name in ("item", "level")]),
            (1, [_known_with_new(n, certificate, others) for n in ("item", "level")]),
        ):
            item, level = places
            both.append(f"""
                SELECT {self._day("s.received_at")} AS day, s.connector AS connector,
                '' AS authority, '' AS district, {item} AS item, {level} AS level,
                {times} AS state_changes,
                CASE s.state WHEN 'REVOKED' THEN {times} ELSE 0 END AS revocations
                FROM state_changes s WHERE s.certificate = {certificate} {when}
            """)  # noqa: S608 - our own words
        return " UNION ALL ".join(both)


def _both(rows: Callable[[str, int], str], before: str, after: str) -> str:
    """Return what a row was counted as, taken out, and what it is counted as now."""
    return f"{rows(before, -1)} UNION ALL {rows(after, 1)}"


def _known(name: str, certificate: str) -> str:
    """Return what current records say of a certificate; of several the greatest."""
    return (
        f"coalesce((SELECT max(k.{name}) FROM collected_records k "  # noqa: S608 - our own words
        f"WHERE k.certificate = {certificate} AND k.is_current), '')"
    )


def _known_with_new(name: str, certificate: str, others: str) -> str:
    """Return the same as it will be with the new row."""
    return (
        f"coalesce((SELECT max(k.{name}) FROM (SELECT {name} FROM collected_records "  # noqa: S608 - our own words
        f"WHERE certificate = {certificate} AND is_current {others} UNION ALL "
        f"SELECT NEW.{name} WHERE NEW.is_current AND NEW.certificate = {certificate}"
        ") k), '')"
    )


_OF_DECISION = """'' AS connector, d.authority AS authority, d.district AS district,
            coalesce(d.item, '') AS item, coalesce(d.level, '') AS level"""


def _decided(r: str, source: str = "") -> str:
    return f"""
        SELECT {r}.decided_on AS day, {_OF_DECISION.replace("d.", f"{r}.")},
        CASE {r}.outcome WHEN 'APPROVED' THEN 1 ELSE 0 END AS approved,
        CASE {r}.outcome WHEN 'REFUSED' THEN 1 ELSE 0 END AS refused
        {source} WHERE {r}.outcome IN ('APPROVED', 'REFUSED')
    """


def _paid(r: str, source: str = "") -> str:
    return f"""
        SELECT {r}.booked_on AS day, {_OF_DECISION},
        {r}.payments AS paid, {r}.amount_yuan AS paid_yuan,
        CASE {r}.step WHEN 'RETURN' THEN 1 ELSE 0 END AS returned,
        CASE {r}.step WHEN 'RETURN' THEN -{r}.amount_yuan ELSE 0 END AS returned_yuan,
        CASE {r}.step WHEN 'REVERSE' THEN 1 ELSE 0 END AS corrected,
        CASE WHEN {r}.step IN ('REVERSE', 'CORRECT') THEN {r}.amount_yuan ELSE 0 END
        AS corrected_yuan
        FROM decisions d {source} WHERE d.id = {r}.decision AND {r}.payments <> 0
    """  # noqa: S608 - our own words
