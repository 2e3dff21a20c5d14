"""The registry of a gateway, alone: what it reads and tells is held in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

import aiohttp

from connectors.collection.connector import CollectedRecords
from connectors.errors import StoreUnavailableError
from connectors.live import Live
from connectors.manifest import Manifest, read_manifest
from connectors.null_observer import NullObserver
from connectors.registration.connector import Connector
from connectors.registration.keys import RegisteredKey, RegisteredKeyState
from connectors.registration.lifecycle import ConnectorState
from connectors.registration.rules import Configured
from connectors.registration.sanctions import Sanction, SanctionKind, SanctionState
from connectors.shadow import Difference
from gateway.registry.live_registry import LiveRegistry, Sessions
from policy.catalogue import load_catalogue
from policy.evidence import AccountState
from signing.trust import TrustBundle
from store.registration.registrations import RegistryState, StoredRegistrations
from tests.store.registration.office import (
    NOON,
    make_key,
    named,
    stated,
    submission,
)

BODY = "shanghai-transport-qualification-centre"
FILE = read_manifest(named("of-a-file"))
FREEZE = Sanction(
    body=BODY,
    kind=SanctionKind.FREEZE,
    state=SanctionState.IN_FORCE,
    reason="r",
    imposed_by="o",
    imposed_at=NOON,
)
CANCELLED = replace(FREEZE, kind=SanctionKind.CANCEL_COLLECTION)
KEY = make_key("registered")


def registered(
    id_: str = "transport",
    state: ConnectorState = ConnectorState.ACTIVE,
    **submitted: Any,
) -> Connector:
    """Return a connector with a key, as the store keeps it."""
    key = RegisteredKey(
        stated=stated(KEY),
        connector=id_,
        institution=BODY,
        fingerprint="f",
        state=RegisteredKeyState.ACTIVE,
        proved_by="o",
        proved_at=NOON,
    )
    return Connector(
        id=id_,
        version=1,
        state=state,
        authority="transport",
        institution=BODY,
        submission=submission(**{"manifest": named(id_), **submitted}),
        owner="transport-office",
        changed_at=NOON,
        keys=(key,),
    )


@dataclass
class Store:
    """A registry that others change, and that may be away."""

    states: RegistryState = field(default_factory=lambda: RegistryState(0, (), ()))
    is_away: bool = False
    readings: int = 0

    async def sequence(self) -> int:
        if self.is_away:
            raise StoreUnavailableError("away")
        return self.states.sequence

    async def state(self) -> RegistryState:
        self.readings += 1
        return self.states


@dataclass
class Reports:
    """Implements ``RegistryObserver`` in memory."""

    read: list[tuple[int, datetime]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unusable: list[tuple[str, str]] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)

    def registry_read(self, sequence: int, at: datetime) -> None:
        self.read.append((sequence, at))

    def registry_failed(self, reason: str) -> None:
        self.failed.append(reason)

    def connector_unusable(self, connector: str, reason: str) -> None:
        self.unusable.append((connector, reason))

    def shadow_compared(
        self, agency: str, *_: object, found: Sequence[Difference] = ()
    ) -> None:
        self.compared.append(f"{agency} {len(found)}")


class Gateway:
    """A gateway's registry, what it reads, and what it tells."""

    def __init__(self, *files: Manifest) -> None:
        self.store = Store()
        self.reports = Reports()
        self.live = Live()
        self.of_files, self.of_registered = (aiohttp.ClientSession() for _ in range(2))
        self.registry = LiveRegistry(
            cast("StoredRegistrations", self.store),
            Configured(files, TrustBundle.of(())),
            Sessions(of_files=self.of_files, of_registered=self.of_registered),
            live=self.live,
            catalogue=load_catalogue(),
            collected=cast("CollectedRecords", None),
            observer=NullObserver(),
            reports=self.reports,
            clock=lambda: NOON,
        )

    async def put(
        self, *connectors: Connector, sanctions: Sequence[Sanction] = (), **more: Any
    ) -> None:
        """Have others make one change, and look."""
        sequence = self.store.states.sequence + 1
        self.store.states = RegistryState(sequence, connectors, sanctions, **more)
        await self.registry.refresh()

    async def ended(self) -> int:
        """Let agencies that are to end do so; return how many did."""
        ending = [*self.registry._closing]
        await asyncio.gather(*ending)
        await asyncio.sleep(0)
        assert not self.registry._closing
        return len(ending)

    @property
    def agencies(self) -> dict[str, Any]:
        return {one.id: one for one in self.live.snapshot.registry.agencies}

    def accounts(self) -> dict[str, tuple[AccountState, bool]]:
        return {k: (one.account, one.is_suspended) for k, one in self.agencies.items()}
