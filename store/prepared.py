"""Statements that every look-up runs, as text made once.

Of a short transaction most is SQLAlchemy's: building a statement, looking up what was
compiled of it, converting values by name, wrapping what comes back. Here a statement is
compiled once, by SQLAlchemy and with the conversions of its types. SQLite's driver is
then given the text itself, and its errors pass as they are, to ``driver_errors``. Other
drivers get it from SQLAlchemy, which knows by their errors when a connection has died.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    String,
    Table,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql

from store.database import POSTGRESQL

Converter = Callable[[Any], Any]


def among(column: Column[Any], dialect: Dialect) -> ColumnElement[bool]:
    """Return whether ``column`` has one of the values of the parameter ``among``.

    That is one parameter, a list, however many they are: a statement with it is
    compiled once, where ``in_`` spells every value out.
    """
    if dialect.name == POSTGRESQL:
        # Without a length, by which a longer text would be cut off, and found.
        type_ = String() if isinstance(column.type, String) else column.type
        return column == any_(bindparam("among", type_=postgresql.ARRAY(type_)))
    value = bindparam("among", type_=JSON)
    listed = func.json_each(value).table_valued("value", name="listed")
    return column.in_(select(listed.c.value))


class PreparedInsert:
    """Adds rows to a table; what the database counts or fills in is its own."""

    def __init__(
        self, table: Table, dialect: Dialect, statement: Insert | None = None
    ) -> None:
        """Add by ``statement``, if more is to be done where a row is there."""
        columns = [
            one
            for one in table.columns
            if one is not table.autoincrement_column and one.server_default is None
        ]
        names = [one.name for one in columns]
        # Inline, since nobody asks which keys were given.
        adds = (insert(table) if statement is None else statement).inline()
        compiled = adds.compile(dialect=dialect, column_keys=names)
        self._text = str(compiled)
        self._names = names
        converters = [_converter(one, dialect) for one in columns]
        self._converters = [
            (place, convert)
            for place, convert in enumerate(converters)
            if convert is not None
        ]

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add ``rows``; each has a value for each column but those."""
        values = [[row[name] for name in self._names] for row in rows]
        for place, convert in self._converters:
            for row in values:
                row[place] = convert(row[place])
        _run_for_each(connection, self._text, [*map(tuple, values)])


class PreparedDelete:
    """Removes the rows of a table that have given keys."""

    def __init__(self, key: Column[str], dialect: Dialect) -> None:
        statement = delete(key.table).where(key == bindparam(key.name))
        self._text = str(statement.compile(dialect=dialect))

    def run(self, connection: Connection, keys: Iterable[str]) -> None:
        """Remove the rows of ``keys``; some may be gone."""
        _run_for_each(connection, self._text, [(key,) for key in keys])


def _run_for_each(
    connection: Connection, statement: str, values: list[tuple[Any, ...]]
) -> None:
    if not values:
        return
    driver = _sqlite(connection)
    if driver is None:
        connection.exec_driver_sql(statement, values)
    else:
        driver.executemany(statement, values)


def first_value(connection: Connection, text: str) -> Any:  # noqa: ANN401 - a column's
    """Return the only value that ``text`` selects."""
    driver = _sqlite(connection)
    found = connection.exec_driver_sql(text) if driver is None else driver.execute(text)
    row = found.fetchone()
    return None if row is None else row[0]


def _sqlite(connection: Connection) -> sqlite3.Connection | None:
    """Return the driver's own connection if it is one that waits for SQLite."""
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None


def _converter(column: Column[Any], dialect: Dialect) -> Converter | None:
    """Return what makes a value of ``column`` one of the driver's."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)
