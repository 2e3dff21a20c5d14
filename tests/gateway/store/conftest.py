"""An audit log of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.store.audit import StoredAuditLog, open_audit_log
from gateway.store.store import Store, open_store


@pytest.fixture(name="store")
async def _store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path}/gateway.db") as store:
        yield store


@pytest.fixture(name="engine")
def _engine(store: Store) -> AsyncEngine:
    return store.engine


@pytest.fixture(name="log")
async def _log(store: Store) -> AsyncIterator[StoredAuditLog]:
    async with open_audit_log(store) as log:
        yield log
