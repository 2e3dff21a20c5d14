"""An audit log of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.store.audit import StoredAuditLog, open_audit_log
from gateway.store.database import open_database


@pytest.fixture(name="engine")
async def _engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(f"sqlite:///{tmp_path}/gateway.db") as engine:
        yield engine


@pytest.fixture(name="log")
async def _log(engine: AsyncEngine) -> AsyncIterator[StoredAuditLog]:
    async with open_audit_log(engine) as log:
        yield log
