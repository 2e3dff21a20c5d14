"""Open what keeps look-ups accountable: audit log, budget, retention."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import LookUpObserver, Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from gateway.privacy.keys import read_pseudonyms
from gateway.settings.privacy import Privacy
from gateway.settings.settings import Settings
from policy.calendar import SHANGHAI
from store.audit.log import AuditObserver, open_audit_log
from store.audit.retention import apply_retention, forget_marks
from store.background import running
from store.database import DATABASE_ERRORS
from store.store import Store

RETENTION_HOURS = 24


class PrivacyObserver(AuditObserver, LookUpObserver, Protocol):
    """What is reported about look-ups."""


@asynccontextmanager
async def open_oversight(
    settings: Settings,
    observer: PrivacyObserver,
    store: Store,
    clock: Callable[[], datetime],
) -> AsyncIterator[Oversight]:
    """Open the audit log, count today's people, and keep retention applied.

    Raises:
        StartError: the key cannot be used.
    """
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    options = settings.privacy
    async with AsyncExitStack() as stack:
        budget = PeopleBudget(options.people_a_day, options.people_a_day_of)
        audit = await stack.enter_async_context(
            open_audit_log(store, observer, budget=budget)
        )
        await audit.restore(clock())
        await stack.enter_async_context(_retention(store.engine, options, clock))
        yield Oversight(pseudonyms, budget, UnknownPeopleWatch(), audit, observer)


@asynccontextmanager
async def _retention(
    engine: AsyncEngine, options: Privacy, clock: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Apply retention at the start and then once a day."""
    async with running(_apply_daily(engine, options, clock), "retention"):
        yield


async def _apply_daily(
    engine: AsyncEngine, options: Privacy, clock: Callable[[], datetime]
) -> None:
    logger = structlog.get_logger("gateway.retention")
    records = timedelta(days=options.audit_retention_days)
    marks = timedelta(days=options.mark_retention_days)
    while True:
        now = clock()
        try:
            removed = await apply_retention(engine, now - records, now)
            first_day = (now - marks).astimezone(SHANGHAI).date()
            forgotten = await forget_marks(engine, first_day)
        # A day that fails must not end the days after it.
        except DATABASE_ERRORS as error:
            logger.error(  # noqa: TRY400 - the kind is enough, rows are not logged
                "retention failed", reason=type(error).__name__
            )
        else:
            logger.info("retention applied", removed=removed, marks=forgotten)
        await asyncio.sleep(timedelta(hours=RETENTION_HOURS).total_seconds())
