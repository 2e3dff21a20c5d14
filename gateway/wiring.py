"""Open everything in order, close it in reverse: the one place that composes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import aiohttp

from connectors.conformance.subject import Effort
from connectors.errors import ManifestError
from connectors.guard import Observer as GuardObserver
from connectors.registration.rules import Configured
from connectors.registry import Registry, load_manifests, open_agency
from gateway.connector.wiring import open_office
from gateway.errors import StartError
from gateway.privacy.wiring import PrivacyObserver, open_oversight
from gateway.settings import Settings, read_certificate_id_key
from gateway.store.registrations import StoredRegistrations
from gateway.store.store import Store
from gateway.trust import load_trust_bundle
from policy.catalogue import Body, Catalogue, load_catalogue
from policy.parameters import load_parameters
from policy.text import same_words
from resolvers.certificate_ids import CertificateIds
from resolvers.context import Services

CHECK_SHARE = 0.8
"""How much of a request's time a run of the conformance kit may take."""
CHECK_REQUESTS = 5


class Observer(GuardObserver, PrivacyObserver, Protocol):
    """What is reported about agencies and about look-ups."""


def utc_now() -> datetime:
    """Read the clock; nothing below this layer does."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_services(
    settings: Settings,
    observer: Observer,
    store: Store,
    clock: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Services]:
    """Open what requests use.

    Raises:
        StartError: a file is missing or says something that cannot be used.
    """
    catalogue = load_catalogue()
    bundle = load_trust_bundle(Path(settings.trust_bundle), catalogue)
    id_key = read_certificate_id_key(Path(settings.certificate_id_key_file))
    async with AsyncExitStack() as stack:
        oversight = await stack.enter_async_context(
            open_oversight(settings, observer, store, clock)
        )
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                # The guard limits concurrency and time, each agency by its manifest.
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
                timeout=aiohttp.ClientTimeout(),
                auto_decompress=False,
            )
        )
        try:
            manifests = load_manifests(Path(settings.manifests))
            registry = Registry(
                open_agency(
                    manifest,
                    session=session,
                    bundle=bundle,
                    catalogue=catalogue,
                    observer=observer,
                    clock=clock,
                )
                for manifest in manifests
            )
        except ManifestError as error:
            raise StartError(str(error)) from None
        stack.push_async_callback(registry.close)
        yield Services(
            registry=registry,
            bundle=bundle,
            catalogue=catalogue,
            bodies_by_name=_bodies_by_name(catalogue),
            parameters=load_parameters(),
            certificate_ids=CertificateIds(id_key),
            oversight=oversight,
            registration=open_office(
                StoredRegistrations(store.engine),
                catalogue=catalogue,
                configured=Configured(manifests, bundle),
                networks=settings.registration.networks,
                effort=_effort(settings),
                clock=clock,
            ),
            clock=clock,
            deadline_seconds=settings.deadline_seconds,
        )


def _effort(settings: Settings) -> Effort:
    """Return how much a check may ask that a request waits for."""
    seconds = settings.http.request_seconds * CHECK_SHARE
    return Effort(
        requests=CHECK_REQUESTS,
        patience_seconds=seconds / 4,
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
