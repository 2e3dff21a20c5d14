"""Turn what the database's drivers raise into the store's one error.

The writer and ``connections`` open each connection below ``as_store_errors``, so that
no method of a store catches a driver's errors, and nothing outside this package knows
them (``tests/architecture/test_store_edge.py``). The message is the kind of the
driver's error, for logs and metrics: more of it may have rows in it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from connectors.errors import StoreUnavailableError
from store.errors import RefusedRowsError

DATABASE_ERRORS = (
    SQLAlchemyError,
    sqlite3.Error,
    # SQLAlchemy lets what goes wrong while connecting pass as the driver has it.
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""Raised by a database that is away, busy, full or broken."""


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Raise ``StoreUnavailableError`` for whatever the database raises.

    Raises:
        RefusedRowsError: the rows alone are at fault, while the database works.
        StoreUnavailableError: anything else is.
    """
    try:
        yield
    # A text that is no Unicode is refused by SQLite's driver, as by PostgreSQL's.
    except (*DATABASE_ERRORS, UnicodeEncodeError) as error:
        kind = RefusedRowsError if _refuses_the_rows(error) else StoreUnavailableError
        raise kind(type(error).__name__) from error


def _refuses_the_rows(error: Exception) -> bool:
    """Say whether ``error`` is about the rows alone, while the database works."""
    if isinstance(error, DBAPIError):
        # What PostgreSQL's driver cannot put into its protocol is a DataError of its
        # own, which SQLAlchemy takes for one of the connection.
        causes = (error.orig, getattr(error.orig, "__cause__", None))
        return isinstance(error, (DataError, IntegrityError)) or any(
            isinstance(cause, asyncpg.DataError) for cause in causes
        )
    # Of SQLite's driver itself.
    return isinstance(
        error, (sqlite3.DataError, sqlite3.IntegrityError, UnicodeEncodeError)
    )
