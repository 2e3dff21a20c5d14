"""A database of each kind, opened, and an audit log on it.

The steps are taken once for each kind; a test has a copy of where they lead. What they
do is for ``test_database.py`` and ``test_migrate.py``, which take them themselves.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from store.audit.log import StoredAuditLog, open_audit_log
from store.database import prepare_database
from store.store import Store, open_store
from tests.postgresql import PostgreSQL

SQLITE = "sqlite:///"


@pytest.fixture(scope="session", name="newest_file")
def _newest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database that is brought to the newest step."""
    file = tmp_path_factory.mktemp("newest") / "gateway.db"
    asyncio.run(prepare_database(f"{SQLITE}{file}"))
    return file


@pytest.fixture(scope="session", name="newest_statements")
def _newest_statements(postgresql: PostgreSQL) -> str:
    """The statements that make such a PostgreSQL database."""
    name = asyncio.run(postgresql.make_database())
    asyncio.run(prepare_database(postgresql.url(name)))
    statements = postgresql.dump(name)
    asyncio.run(postgresql.give_back(name))
    return statements


@pytest.fixture(name="newest_url")
def _newest_url(database_url: str, request: pytest.FixtureRequest) -> str:
    """The address of a database at the newest step, with nothing in it."""
    if database_url.startswith(SQLITE):
        file = request.getfixturevalue("newest_file")
        shutil.copy(file, database_url.removeprefix(SQLITE))
        return database_url
    server: PostgreSQL = request.getfixturevalue("postgresql")
    statements = request.getfixturevalue("newest_statements")
    name = database_url.rpartition("/")[2].partition("?")[0]
    asyncio.run(server.run(statements, name))
    return database_url


@pytest.fixture(name="store")
async def _store(newest_url: str) -> AsyncIterator[Store]:
    async with open_store(newest_url) as store:
        yield store


@pytest.fixture(name="engine")
def _engine(store: Store) -> AsyncEngine:
    return store.engine


@pytest.fixture(name="log")
async def _log(store: Store) -> AsyncIterator[StoredAuditLog]:
    async with open_audit_log(store) as log:
        yield log
