"""Open the agencies in force, for a command that asks them or reads what they sent."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bureau.certificate_ids import CertificateIds
from bureau.privacy.pseudonyms import Pseudonyms
from connectors.errors import ManifestError, StoreUnavailableError
from connectors.live import Live
from connectors.null_observer import NullObserver
from connectors.registration.rules import Configured
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.collection.answers import CollectedAnswers
from gateway.errors import StartError
from gateway.metrics import Metrics
from gateway.providers.kept_secrets import secrets_of
from gateway.registry.live_registry import LiveRegistry, kept_live
from gateway.settings.settings import Settings
from gateway.trust import load_trust_bundle
from gateway.wiring import open_sessions
from policy.catalogue import load_catalogue
from store.background import Supervisor
from store.collection.reading import open_collected
from store.notifications import Notifier, listening_for_changes
from store.registration.registrations import StoredRegistrations
from store.store import Store


@asynccontextmanager
async def open_live(  # noqa: PLR0913 - what agencies are opened with
    settings: Settings,
    store: Store,
    *,
    ids: CertificateIds,
    pseudonyms: Pseudonyms,
    metrics: Metrics,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Live]:
    """Open the agencies in force, as they change.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    catalogue = load_catalogue()
    bundle = load_trust_bundle(Path(settings.trust_bundle), catalogue)
    notifier, live = Notifier(), Live()
    supervisor = Supervisor(metrics.tasks.failed)
    async with AsyncExitStack() as stack:
        sessions = await open_sessions(stack, settings.registration.networks)
        collected = await stack.enter_async_context(open_collected(store))
        try:
            configured = Configured(
                load_manifests(Path(settings.manifests)),
                bundle,
                secrets_of(settings, os.environ),
            )
            registry = LiveRegistry(
                StoredRegistrations(store.engine, notifier.notify),
                configured,
                sessions,
                live=live,
                catalogue=catalogue,
                collected=CollectedAnswers(
                    collected, pseudonyms.all_of, ids.signatures
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
        except (ManifestError, StoreUnavailableError) as error:
            raise StartError(str(error)) from None
        yield live
