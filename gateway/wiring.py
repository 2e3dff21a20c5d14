"""Open everything in order, close it in reverse: the one place that composes."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

import aiohttp

from bureau.certificate_ids import CertificateIds
from bureau.documents import document_of_certificate
from bureau.events.cursors import Cursors
from bureau.events.events import Feeds
from bureau.evidence.worth import TracedWorths
from bureau.licences import LicenceFinder
from bureau.versions.held import Versions
from connectors.conformance.subject import Effort
from connectors.errors import ManifestError, StoreUnavailableError
from connectors.live import Live
from connectors.network.addresses import AddressGuard
from connectors.network.networks import Network
from connectors.registration.rules import Configured
from connectors.registration.sanction_clock import SanctionClock
from connectors.registry import load_manifests
from gateway.clock import utc_now
from gateway.collection.answers import CollectedAnswers
from gateway.collection.kept import KeptRecords, kept_records
from gateway.credentials.status_lists import StatusLists
from gateway.credentials.wiring import open_credentials
from gateway.errors import StartError
from gateway.evidence.bundle import StoredEvidenceMaker, policy_shown
from gateway.ledger.seen import SeenKeeper, kept_seen
from gateway.metrics import Metrics
from gateway.privacy.keys import read_pseudonyms, read_vault
from gateway.privacy.wiring import open_oversight
from gateway.providers.kept_secrets import secrets_of
from gateway.providers.wiring import Providers, open_providers
from gateway.registration.follow_up import followed_up
from gateway.registration.wiring import open_office
from gateway.registry.live_registry import (
    LiveRegistry,
    Sessions,
    kept_live,
)
from gateway.registry.quality import (
    QualityKeeper,
    kept_quality,
    thresholds_of,
)
from gateway.registry.versions import LiveVersions, kept_versions, told_to
from gateway.settings.settings import Settings, read_certificate_id_key
from gateway.status.events import AnsweredStates
from gateway.status.live import LiveStatus, kept_status
from gateway.subscriptions.feed import StoredFeed, kept_feeds
from gateway.transparency.following import followed_log
from gateway.transparency.keys import is_signed
from gateway.transparency.showing import KeptLog
from gateway.transparency.wiring import OpenLog, open_log
from gateway.trust import load_trust_bundle
from policy.catalogue import Body, Catalogue, load_catalogue
from policy.parameters import load_parameters
from policy.text import same_words
from resolvers.context import Services
from store.background import Supervisor
from store.collection.following import CollectedPeople
from store.collection.licences import StoredLicences
from store.collection.reading import open_collected
from store.ledger.events import StoredDecisionEvents, StoredRecoveryEvents
from store.ledger.kept_keys import StoredKeys
from store.ledger.ledger import StoredLedger
from store.ledger.reading import StoredDecisions
from store.ledger.reconciliation import StoredEntries
from store.notifications import Notifier, listening_for_changes
from store.quality.counts import StoredQuality
from store.quality.versions import StoredVersions
from store.registration.registrations import StoredRegistrations
from store.status.changes import StoredStates
from store.status.events import (
    StoredCertificateStates,
    StoredConnectorStates,
    StoredSanctionSteps,
)
from store.store import Store

CHECK_SHARE = 0.8
"""How much of a request's time a run of the conformance kit may take."""
CHECK_REQUESTS = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open as long as the application is."""

    services: Services
    registry: LiveRegistry
    log: OpenLog
    status_lists: StatusLists | None
    """What became of credentials; ``None`` where none are issued."""
    providers: Providers


@asynccontextmanager
async def open_services(
    settings: Settings,
    metrics: Metrics,
    store: Store,
    supervisor: Supervisor,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Opened]:
    """Open what requests use.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    catalogue = load_catalogue()
    bundle = load_trust_bundle(Path(settings.trust_bundle), catalogue)
    id_key = read_certificate_id_key(Path(settings.certificate_id_key_file))
    pseudonyms = read_pseudonyms(Path(settings.pseudonym_key_file))
    vault_key = settings.evidence_key_file
    vault = None if vault_key is None else read_vault(Path(vault_key))
    trusted = policy_shown(settings, None) if is_signed(settings) else None
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(
            open_providers(settings, os.environ, metrics.providers)
        )
        oversight = await stack.enter_async_context(
            open_oversight(
                settings.privacy, pseudonyms, metrics.privacy, store, clock, supervisor
            )
        )
        log = await stack.enter_async_context(
            open_log(
                *(settings, metrics.transparency, store, clock),
                *(supervisor, providers.key_of),
            )
        )
        sessions = await open_sessions(stack, settings.registration.networks)
        collected = await stack.enter_async_context(
            open_collected(store, metrics.collection)
        )
        notifier, live, kept = (
            *(Notifier(), Live()),
            KeptRecords(CollectedPeople(store), metrics.collection),
        )
        answers = CollectedAnswers(
            *(collected, pseudonyms.all_of, CertificateIds(id_key).signatures, kept)
        )
        registrations = StoredRegistrations(
            store.engine, notifier.notify, store.commits
        )
        quality = StoredQuality(store)
        keeper = QualityKeeper(
            metrics.agencies,
            quality,
            live=live,
            mark=pseudonyms.of_document,
            document=partial(document_of_certificate, CertificateIds(id_key)),
            thresholds=thresholds_of(settings.registration),
            reports=metrics.quality,
            clock=clock,
        )
        try:
            configured = Configured(
                load_manifests(Path(settings.manifests)),
                bundle,
                secrets_of(settings, os.environ),
            )
            registry = LiveRegistry(
                registrations,
                configured,
                sessions,
                live=live,
                catalogue=catalogue,
                collected=answers,
                observer=keeper,
                reports=metrics.live_registry,
                clock=clock,
                note_keys=StoredKeys(store).note,
            )
            await stack.enter_async_context(kept_quality(keeper, supervisor))
            await stack.enter_async_context(
                listening_for_changes(store.engine, notifier.notify, supervisor)
            )
            await stack.enter_async_context(
                kept_live(registry, notifier.follow(), supervisor)
            )
            await stack.enter_async_context(
                kept_records(kept, notifier.follow(), supervisor)
            )
            seen = StoredVersions(store)
            versions = Versions(
                seen,
                mark=CertificateIds(id_key).mark,
                catalogue=catalogue,
                told=told_to(metrics.versions, keeper.collected),
            )
            live_versions = LiveVersions(seen, versions.memory, metrics.versions)
            await stack.enter_async_context(
                kept_versions(live_versions, notifier.follow(), supervisor)
            )
            inclusions = await stack.enter_async_context(
                followed_log(
                    *(log.reach, versions, live_versions.refresh),
                    *(metrics.transparency, supervisor),
                )
            )
            status = LiveStatus(
                StoredStates(store.engine, store.commits),
                pseudonyms,
                metrics.status,
                notifier.notify,
            )
            await stack.enter_async_context(
                kept_status(status, notifier.follow(), supervisor)
            )
            certificates = StoredFeed(
                AnsweredStates(StoredCertificateStates(store.engine), status)
            )
            steps = StoredFeed(StoredConnectorStates(store.engine))
            sanctions = StoredFeed(StoredSanctionSteps(store.engine))
            decided = StoredFeed(StoredDecisionEvents(store.engine))
            recovered = StoredFeed(StoredRecoveryEvents(store.engine))
            feeds = (certificates, steps, sanctions, decided, recovered)
            failed = metrics.subscriptions.events_failed
            await stack.enter_async_context(
                kept_feeds(feeds, notifier.follow(), failed, supervisor)
            )
            await stack.enter_async_context(
                followed_up(
                    SanctionClock(store=registrations, clock=clock),
                    live,
                    metrics.sanctions,
                    supervisor,
                )
            )
        except (ManifestError, StoreUnavailableError) as error:
            raise StartError(str(error)) from None
        ledger = StoredLedger(store)
        revocations = SeenKeeper(ledger, CertificateIds(id_key), metrics.ledger, clock)
        await stack.enter_async_context(kept_seen(revocations, supervisor))
        credentials = open_credentials(
            *(settings, store, CertificateIds(id_key), pseudonyms),
            versions=versions,
            catalogue=catalogue,
            clock=clock,
            key_of=providers.key_of,
        )
        services = Services(
            live=live,
            quality=keeper,
            ledger=ledger,
            decisions=StoredDecisions(store),
            entries=StoredEntries(store),
            revocations=revocations,
            vault=vault,
            evidence=StoredEvidenceMaker(
                *(store, vault, trusted),
                TracedWorths(
                    live=live,
                    ids=CertificateIds(id_key),
                    catalogue=catalogue,
                    parameters=load_parameters(),
                ),
            ),
            credentials=credentials.issuing,
            catalogue=catalogue,
            bodies_by_name=_bodies_by_name(catalogue),
            parameters=load_parameters(),
            certificate_ids=CertificateIds(id_key),
            oversight=oversight,
            sent_changes=status,
            collected=answers,
            licences=LicenceFinder(CertificateIds(id_key), StoredLicences(store)),
            versions=versions,
            inclusions=inclusions,
            log=KeptLog(log.checkpoints, log.policy, log.reports),
            feeds=Feeds(*feeds),
            cursors=Cursors(id_key),
            registration=open_office(
                registrations,
                catalogue=catalogue,
                configured=configured,
                networks=settings.registration.networks,
                effort=_effort(settings.http.request_seconds),
                clock=clock,
            ),
            clock=clock,
            deadline_seconds=settings.deadline_seconds,
        )
        yield Opened(
            services=services,
            registry=registry,
            log=log,
            status_lists=credentials.lists,
            providers=providers,
        )


async def open_sessions(stack: AsyncExitStack, networks: Sequence[Network]) -> Sessions:
    """Open the sessions to agencies: those of files, and registered ones."""
    of_files = await stack.enter_async_context(
        aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            # The guard limits concurrency and time, each agency by its manifest.
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
            timeout=aiohttp.ClientTimeout(),
            auto_decompress=False,
        )
    )
    of_registered = await stack.enter_async_context(AddressGuard(networks).session())
    return Sessions(of_files=of_files, of_registered=of_registered)


def _effort(request_seconds: float) -> Effort:
    """Return how much a check may ask that a request waits for."""
    seconds = request_seconds * CHECK_SHARE
    return Effort(
        requests=CHECK_REQUESTS,
        request_timeout_seconds=seconds / 4,
        total_seconds=seconds,
    )


def _bodies_by_name(catalogue: Catalogue) -> MappingProxyType[str, Body]:
    return MappingProxyType(
        {
            same_words(name): body
            for body in catalogue.bodies.values()
            for name in (body.name.zh, *body.aliases)
        }
    )
