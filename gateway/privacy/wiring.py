"""Open what keeps look-ups accountable: audit log, budget, retention."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import LookUpObserver, Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.errors import StoreUnavailableError
from gateway.settings.privacy import Privacy
from policy.calendar import SHANGHAI
from store.audit.log import AuditObserver, open_audit_log
from store.audit.retention import apply_retention, forget_marks
from store.background import Supervisor
from store.store import Store

RETENTION_HOURS = 24


class PrivacyObserver(AuditObserver, LookUpObserver, Protocol):
    """An observer of look-ups and of their audit log."""


@asynccontextmanager
async def open_oversight(  # noqa: PLR0913, PLR0917 - composed in one place only
    options: Privacy,
    pseudonyms: Pseudonyms,
    observer: PrivacyObserver,
    store: Store,
    clock: Callable[[], datetime],
    supervisor: Supervisor,
) -> AsyncIterator[Oversight]:
    """Open the audit log, count today's people, and keep retention applied.

    Raises:
        StoreUnavailableError: the audit log cannot be read.
    """
    async with AsyncExitStack() as stack:
        budget = PeopleBudget(options.people_a_day, options.people_a_day_of)
        audit = await stack.enter_async_context(
            open_audit_log(store, observer, budget=budget)
        )
        await audit.restore(clock())
        await stack.enter_async_context(_retention(store, options, clock, supervisor))
        yield Oversight(
            pseudonyms,
            budget,
            UnknownPeopleWatch(),
            audit,
            observer,
            requires_elements=options.require_elements,
        )


@asynccontextmanager
async def _retention(
    store: Store,
    options: Privacy,
    clock: Callable[[], datetime],
    supervisor: Supervisor,
) -> AsyncIterator[None]:
    """Apply retention at the start and then once a day."""
    work = partial(_apply_daily, store, options, clock)
    async with supervisor.running(work, "retention"):
        yield


async def _apply_daily(
    store: Store, options: Privacy, clock: Callable[[], datetime]
) -> None:
    logger = structlog.get_logger("gateway.retention")
    records = timedelta(days=options.audit_retention_days)
    marks = timedelta(days=options.mark_retention_days)
    while True:
        now = clock()
        try:
            removed = await apply_retention(store, now - records, now)
            first_day = (now - marks).astimezone(SHANGHAI).date()
            forgotten = await forget_marks(store, first_day)
        # A day that fails must not end the days after it.
        except StoreUnavailableError as error:
            logger.error(  # noqa: TRY400 - the kind is enough, rows are not logged
                "retention failed", reason=str(error)
            )
        else:
            logger.info("retention applied", removed=removed, marks=forgotten)
        await asyncio.sleep(timedelta(hours=RETENTION_HOURS).total_seconds())
