"""Open what keeps look-ups accountable: database, audit log, budget, retention."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from gateway.privacy.keys import read_pseudonyms
from gateway.settings import Settings
from gateway.store.audit import AuditObserver, StoredAuditLog, open_audit_log
from gateway.store.database import open_database
from resolvers.context import SHANGHAI
from resolvers.oversight import LookUpObserver, Oversight
from resolvers.people_budget import PeopleBudget
from resolvers.unknown_people import UnknownPeopleWatch

RETENTION_HOURS = 24


class PrivacyObserver(AuditObserver, LookUpObserver, Protocol):
    """What is reported about look-ups."""


@asynccontextmanager
async def open_oversight(
    settings: Settings, observer: PrivacyObserver, clock: Callable[[], datetime]
) -> AsyncIterator[Oversight]:
    """Open the audit log, count today's people, and keep retention applied.

    Raises:
        StartError: the key or the database cannot be used.
    """
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    options = settings.privacy
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(open_database(settings.database_url))
        audit = await stack.enter_async_context(open_audit_log(engine, observer))
        budget = PeopleBudget(options.people_a_day, options.people_a_day_of)
        today = clock().astimezone(SHANGHAI).date()
        midnight = datetime.combine(today, time.min, SHANGHAI)
        budget.restore(today, await audit.looked_up_since(midnight))
        keeping = timedelta(days=options.audit_retention_days)
        await stack.enter_async_context(_retention(audit, keeping, clock))
        yield Oversight(pseudonyms, budget, UnknownPeopleWatch(), audit, observer)


@asynccontextmanager
async def _retention(
    audit: StoredAuditLog, keeping: timedelta, clock: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Apply retention at the start and then once a day."""
    job = asyncio.create_task(_apply_daily(audit, keeping, clock))
    try:
        yield
    finally:
        job.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await job


async def _apply_daily(
    audit: StoredAuditLog, keeping: timedelta, clock: Callable[[], datetime]
) -> None:
    logger = structlog.get_logger("gateway.retention")
    while True:
        now = clock()
        try:
            removed = await audit.apply_retention(now - keeping, now)
        # A day that fails must not end the days after it.
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            logger.error(  # noqa: TRY400 - the kind is enough, rows are not logged
                "audit retention failed", reason=type(error).__name__
            )
        else:
            logger.info("audit retention applied", removed=removed)
        await asyncio.sleep(timedelta(hours=RETENTION_HOURS).total_seconds())
