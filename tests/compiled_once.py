"""A pytest plugin: a statement is compiled once a worker, not once a test.

Each test opens a database of its own, and with it a SQLAlchemy engine that has compiled
nothing yet: a fifth of what the store's tests cost was to compile the same statements
again. Here all engines of a kind share what was compiled (``compiled_cache``, see
https://docs.sqlalchemy.org/20/core/connections.html#sql-caching).
"""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

DIALECTS = (PGDialect_asyncpg, SQLiteDialect_aiosqlite, SQLiteDialect_pysqlite)
COMPILED: LRUCache[object, object] = LRUCache(10_000)


def _is_alike(one: Dialect, other: object) -> bool:
    return type(one) is type(other)


def _hash(one: Dialect) -> int:
    return hash(type(one))


def pytest_configure() -> None:
    """Share what is compiled; a statement is kept by its dialect, too."""
    for dialect in DIALECTS:
        dialect.__eq__ = _is_alike  # type: ignore[assignment]
        dialect.__hash__ = _hash  # type: ignore[assignment]
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=COMPILED)
