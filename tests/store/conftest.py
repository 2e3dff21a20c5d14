"""A database of each kind, opened, and an audit log on it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from store.audit.log import StoredAuditLog, open_audit_log
from store.store import Store, open_store


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


@pytest.fixture(name="engine")
def _engine(store: Store) -> AsyncEngine:
    return store.engine


@pytest.fixture(name="log")
async def _log(store: Store) -> AsyncIterator[StoredAuditLog]:
    async with open_audit_log(store) as log:
        yield log
