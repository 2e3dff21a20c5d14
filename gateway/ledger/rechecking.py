"""Open what a recheck takes: the database, the agencies in force, and the audit log."""

import os
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
from connectors.errors import ManifestError, StoreUnavailableError
from connectors.live import Live
from connectors.null_observer import NullObserver
from connectors.registration.rules import Configured
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.collection.answers import CollectedAnswers
from gateway.errors import StartError
from gateway.metrics import Metrics
from gateway.privacy.keys import read_pseudonyms
from gateway.registry.live_registry import LiveRegistry, kept_live
from gateway.settings.secrets import read_secrets
from gateway.settings.settings import Settings, read_certificate_id_key
from gateway.trust import load_trust_bundle
from gateway.wiring import open_sessions
from policy.catalogue import load_catalogue
from store.audit.log import open_audit_log
from store.background import Supervisor
from store.collection.reading import open_collected
from store.ledger.rechecks import StoredRechecks
from store.notifications import Notifier, listening_for_changes
from store.registration.registrations import StoredRegistrations
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
    catalogue = load_catalogue()
    bundle = load_trust_bundle(Path(settings.trust_bundle), catalogue)
    id_key = read_certificate_id_key(Path(settings.certificate_id_key_file))
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    metrics, notifier, live = Metrics(), Notifier(), Live()
    supervisor = Supervisor(metrics.tasks.failed)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url))
        sessions = await open_sessions(stack, settings.registration.networks)
        collected = await stack.enter_async_context(open_collected(store))
        try:
            configured = Configured(
                load_manifests(Path(settings.manifests)),
                bundle,
                read_secrets(settings.secrets, os.environ),
            )
            registry = LiveRegistry(
                StoredRegistrations(store.engine, notifier.notify),
                configured,
                sessions,
                live=live,
                catalogue=catalogue,
                collected=CollectedAnswers(
                    collected, pseudonyms.all_of, CertificateIds(id_key).signatures
                ),
                observer=NullObserver(),
                reports=metrics.live_registry,
                clock=clock,
            )
            await stack.enter_async_context(
                listening_for_changes(store.engine, notifier.notify, supervisor)
            )
            await stack.enter_async_context(
                kept_live(registry, notifier.follow(), supervisor)
            )
            audit = await stack.enter_async_context(open_audit_log(store))
        except (ManifestError, StoreUnavailableError) as error:
            raise StartError(str(error)) from None
        yield Rechecking(
            book=StoredRechecks(store),
            live=live,
            ids=CertificateIds(id_key),
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
