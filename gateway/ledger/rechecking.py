"""Open what a recheck takes: the database, the agencies in force, and the audit log."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bureau.certificate_ids import CertificateIds
from bureau.ledger.recheck import Progress
from bureau.ledger.rechecking import Pace, Rechecking
from bureau.look_ups.budget import PeopleBudget
from bureau.look_ups.oversight import Oversight
from bureau.look_ups.unknown_people import UnknownPeopleWatch
from connectors.errors import StoreUnavailableError
from gateway.clock import utc_now
from gateway.errors import StartError
from gateway.metrics import Metrics
from gateway.privacy.keys import read_pseudonyms
from gateway.registry.opened import open_live
from gateway.settings.settings import Settings, read_certificate_id_key
from store.audit.log import open_audit_log
from store.ledger.rechecks import StoredRechecks
from store.store import open_store


@asynccontextmanager
async def open_rechecking(
    settings: Settings,
    pace: Callable[[str], Pace],
    report: Callable[[Progress], None],
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Rechecking]:
    """Open what is asked and written to.

    Raises:
        StartError: a file is missing or says something that cannot be used.
        UnusableDatabaseError: the database cannot be opened, or is at another step.
    """
    ids = CertificateIds(
        read_certificate_id_key(Path(settings.certificate_id_key_file))
    )
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url))
        live = await stack.enter_async_context(
            open_live(
                *(settings, store),
                ids=ids,
                pseudonyms=pseudonyms,
                metrics=metrics,
                clock=clock,
            )
        )
        try:
            audit = await stack.enter_async_context(open_audit_log(store))
        except StoreUnavailableError as error:
            raise StartError(str(error)) from None
        yield Rechecking(
            book=StoredRechecks(store),
            live=live,
            ids=ids,
            oversight=Oversight(
                pseudonyms,
                PeopleBudget(0, {}),
                UnknownPeopleWatch(),
                audit,
                metrics.privacy,
            ),
            clock=clock,
            pace=pace,
            report=report,
        )
