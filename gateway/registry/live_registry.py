"""Bring what was registered, rotated and sanctioned to this process, within a second.

The state is read as a whole whenever the change sequence has moved, and put in force
without a pause in between: no request sees half of it. Agencies that did not change
stay as they are, with their caches and what is under way. While the database is away
the last state stays in force; how old it is, is a metric.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import aiohttp

from connectors.agency import Agency
from connectors.collection.connector import CollectedRecords
from connectors.errors import ManifestError, StoreUnavailableError
from connectors.guard.guard import Observer
from connectors.live import Live, Snapshot
from connectors.manifest import Manifest, read_manifest
from connectors.null_observer import NullObserver
from connectors.registration.connector import Connector
from connectors.registration.lifecycle import IN_FORCE, LIVE, ConnectorState
from connectors.registration.rules import Configured, successors
from connectors.registration.sanctions import Sanction, account_of
from connectors.registry import Registry, open_agency
from connectors.secrets import NO_SECRETS, Secrets
from connectors.shadow import Difference, Shadow
from gateway.registry.expiry import ExpiryLog
from policy.catalogue import Catalogue
from policy.evidence import AccountState
from signing.trust import TrustBundle, TrustedKey
from store.background import Supervisor, wait_for_change
from store.registration.registrations import RegistryState, StoredRegistrations

POLL_SECONDS = 0.5
"""How often to look for changes without a notification."""


NoteKeys = Callable[[Iterable[TrustedKey], datetime], Awaitable[None]]
"""Keeps what is believed of keys, for who asks years later."""


class RegistryObserver(Protocol):
    """An observer of the registry; metrics implement it."""

    def registry_read(self, sequence: int, at: datetime) -> None:
        """The registry was looked at, and stands at ``sequence``."""

    def registry_failed(self, reason: str) -> None:
        """The registry could not be looked at."""

    def connector_unusable(self, connector: str, reason: str) -> None:
        """A registered connector cannot be opened, and is left out."""

    def shadow_compared(
        self, agency: str, result: str, people: int, found: Sequence[Difference]
    ) -> None:
        """A shadow of ``agency`` was compared with it, about so many people."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """An agency that was opened, and what it was made of."""

    manifest: Manifest
    rows: frozenset[str] | None
    agency: Agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The sessions to agencies: those of files free, registered ones guarded."""

    of_files: aiohttp.ClientSession
    of_registered: aiohttp.ClientSession


class LiveRegistry:
    """Keeps ``live`` what the store and the files say."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        store: StoredRegistrations,
        configured: Configured,
        sessions: Sessions,
        *,
        live: Live,
        catalogue: Catalogue,
        collected: CollectedRecords,
        observer: Observer,
        reports: RegistryObserver,
        clock: Callable[[], datetime],
        note_keys: NoteKeys | None = None,
    ) -> None:
        self._store = store
        self._note_keys = note_keys
        self._noted: TrustBundle | None = None
        """The keys of which it was kept what is believed of them."""
        self._configured = configured
        self._sessions = sessions
        self._catalogue = catalogue
        self._collected = collected
        self._observer = observer
        self._reports = reports
        self._clock = clock
        self._opened: dict[str, _Opened] = {}
        self._shadows: dict[str, _Opened] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._expiry = ExpiryLog()
        self._live = live
        self._state = RegistryState(-1, (), ())
        """What the store said last."""
        live.snapshot = self._snapshot(self._state)

    async def refresh(self) -> None:
        """Put in force what changed, if something did."""
        sequence = await self._store.sequence()
        if sequence != self._live.snapshot.sequence:
            state = await self._store.state()
            # Before anything is believed by them.
            await self._keep_keys(self._bundle(state.connectors))
            self._state = state
            self._live.snapshot = self._snapshot(state)
        now = self._clock()
        await self._keep_keys(self._live.snapshot.bundle)
        self._reports.registry_read(self._live.snapshot.sequence, now)
        self._expiry.note(self._live.snapshot, now)

    async def _keep_keys(self, bundle: TrustBundle) -> None:
        if self._note_keys is not None and bundle != self._noted:
            await self._note_keys(bundle.keys.values(), self._clock())
            self._noted = bundle

    def put_files_in_force(
        self,
        manifests: Sequence[Manifest],
        bundle: TrustBundle,
        secrets: Secrets = NO_SECRETS,
    ) -> None:
        """Go on by other files; nothing is awaited.

        Raises:
            ManifestError: an agency cannot be opened; then all is as it was.
        """
        opened: list[_Opened] = []
        try:
            for stated in manifests:
                manifest = secrets.put_in(stated)
                known = self._opened.get(manifest.id)
                if known is None or (known.manifest, known.rows) != (manifest, None):
                    agency = self._open(manifest, None, bundle, self._observer)
                    opened.append(_Opened(manifest, None, agency))
        except ManifestError:
            for one in opened:
                self._close(one)
            raise
        for one in opened:
            known = self._opened.get(one.manifest.id)
            if known is not None:
                self._close(known)
            self._opened[one.manifest.id] = one
        self._configured.manifests, self._configured.bundle = manifests, bundle
        self._configured.secrets = secrets
        self._live.snapshot = self._snapshot(self._state)

    async def keep(self, changed: asyncio.Event) -> None:
        """Look whether something changed, when notified and from time to time."""
        while True:
            await wait_for_change(changed, POLL_SECONDS)
            try:
                await self.refresh()
            except StoreUnavailableError as error:
                self._reports.registry_failed(str(error))

    async def close(self) -> None:
        """End every agency at once."""
        for leaving in self._closing:
            leaving.cancel()
        for opened in (*self._opened.values(), *self._shadows.values()):
            await opened.agency.close()
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _snapshot(self, state: RegistryState) -> Snapshot:
        """Open, keep and close agencies as ``state`` says; nothing is awaited."""
        bundle = self._bundle(state.connectors)
        agencies = {
            manifest.id: self._agency(manifest, None, bundle)
            for manifest in self._configured.manifests
            # Whatever became of who took its place: a file does not come back by that.
            if manifest.id not in state.replaced_files
        }
        suspended = set()
        for connector in state.connectors:
            if connector.state in LIVE and connector.id not in agencies:
                agency = self._registered(connector, bundle)
                if agency is not None:
                    agencies[agency.id] = agency
                if connector.state is ConnectorState.SUSPENDED:
                    suspended.add(connector.id)
        for agency in agencies.values():
            account = _account(agency.manifest, state.sanctions, self._clock())
            agency.put_in_force(bundle, account, is_suspended=agency.id in suspended)
        self._set_shadows(state.connectors, agencies, bundle)
        for id_ in self._opened.keys() - agencies.keys():
            self._close(self._opened.pop(id_))
        registry = Registry(agencies.values(), successors(state.connectors))
        return Snapshot(state.sequence, registry, bundle, state.sanctions)

    def _bundle(self, connectors: Sequence[Connector]) -> TrustBundle:
        """Return the keys of the files and of every connector in force."""
        keys: dict[str, TrustedKey] = {}
        for connector in connectors:
            if connector.state in IN_FORCE:
                found = (key.trusted(connector.items) for key in connector.keys)
                keys |= {key.kid: key for key in found if key is not None}
        # A key of the operator's files wins over one of the same name.
        return TrustBundle.of({**keys, **self._configured.bundle.keys}.values())

    def _registered(self, connector: Connector, bundle: TrustBundle) -> Agency | None:
        try:
            manifest = read_manifest(connector.submission.manifest)
            return self._agency(manifest, connector.items, bundle)
        except ManifestError as error:
            # Another gateway's version may have taken what this one cannot read.
            self._reports.connector_unusable(connector.id, str(error))
            return None

    def _agency(
        self, manifest: Manifest, rows: frozenset[str] | None, bundle: TrustBundle
    ) -> Agency:
        """Return the agency of ``manifest``: the one that is there, if it is it."""
        manifest = self._configured.secrets.put_in(manifest)
        known = self._opened.get(manifest.id)
        if known is not None:
            if (known.manifest, known.rows) == (manifest, rows):
                return known.agency
            self._close(known)
        agency = self._open(manifest, rows, bundle, self._observer)
        self._opened[manifest.id] = _Opened(manifest, rows, agency)
        return agency

    def _open(
        self,
        manifest: Manifest,
        rows: frozenset[str] | None,
        bundle: TrustBundle,
        observer: Observer,
    ) -> Agency:
        sessions = self._sessions
        return open_agency(
            manifest,
            session=sessions.of_files if rows is None else sessions.of_registered,
            bundle=bundle,
            catalogue=self._catalogue,
            observer=observer,
            clock=self._clock,
            rows=rows,
            collected=self._collected,
        )

    def _set_shadows(
        self,
        connectors: Sequence[Connector],
        agencies: dict[str, Agency],
        bundle: TrustBundle,
    ) -> None:
        """Let what was approved to replace an agency answer beside it, unseen."""
        wanted = {
            connector.submission.replaces: connector
            for connector in connectors
            if connector.state is ConnectorState.APPROVED
            and connector.submission.replaces in agencies
        }
        for replaced, opened in list(self._shadows.items()):
            connector = wanted.get(replaced)
            live = agencies.get(replaced)
            if connector is None or connector.id != opened.manifest.id or live is None:
                del self._shadows[replaced]
                if live is not None:
                    live.shadow = None
                self._close(opened)
        for replaced, connector in wanted.items():
            live = agencies[str(replaced)]
            beside = self._shadows.get(str(replaced)) or self._shadow(connector, bundle)
            if beside is None:
                continue
            if live.shadow is None:
                self._shadows[str(replaced)] = beside
                live.shadow = Shadow(
                    beside.agency,
                    report=partial(self._reports.shadow_compared, live.id),
                )
            beside.agency.put_in_force(bundle, live.account, is_suspended=False)

    def _shadow(self, connector: Connector, bundle: TrustBundle) -> _Opened | None:
        try:
            manifest = self._configured.secrets.put_in(
                read_manifest(connector.submission.manifest)
            )
            agency = self._open(manifest, connector.items, bundle, NullObserver())
        except ManifestError as error:
            self._reports.connector_unusable(connector.id, str(error))
            return None
        return _Opened(manifest, connector.items, agency)

    def _close(self, opened: _Opened) -> None:
        """End an agency whose questions under way were answered."""
        task = asyncio.create_task(opened.agency.leave())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _account(
    manifest: Manifest, sanctions: Sequence[Sanction], now: datetime
) -> AccountState:
    """Return how a body is treated: the hardest of its manifest and the sanctions."""
    bodies = (manifest.authority, manifest.collection_body)
    by_sanction = account_of(bodies, sanctions, now)
    states = {manifest.account, by_sanction}
    for state in (AccountState.FROZEN, AccountState.COLLECTION_CANCELLED):
        if state in states:
            return state
    return AccountState.ACTIVE


@asynccontextmanager
async def kept_live(
    registry: LiveRegistry, changed: asyncio.Event, supervisor: Supervisor
) -> AsyncIterator[None]:
    """Read the registry once, and keep reading it.

    Raises:
        StoreUnavailableError: it cannot be read at the start.
    """
    await registry.refresh()
    try:
        async with supervisor.running(partial(registry.keep, changed), "registry"):
            yield
    finally:
        await registry.close()
