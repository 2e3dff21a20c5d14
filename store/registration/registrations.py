"""Registrations in the database: what ``connectors.registration.store`` asks for.

Whoever works counts the change sequence up first. Its one row is then held until the
commit, so that works follow one another on PostgreSQL as they do on SQLite, and the
number says how many changes there were, none missing and none to come before it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.registration.challenge import LASTS, Challenge
from connectors.registration.connector import Connector, Event
from connectors.registration.keys import RegisteredKey
from connectors.registration.lifecycle import Step
from connectors.registration.refusals import RefusalCode, RegistrationError
from connectors.registration.sanctions import (
    Sanction,
    SanctionEvent,
    SanctionProposal,
)
from connectors.registration.store import REPLACED_FILE, Work
from store.commits import UNKNOWN, Commits, UntilCommitted
from store.connections import Reader, begin
from store.database import POSTGRESQL
from store.registration import tables
from store.registration.rows import (
    challenge_of,
    connector_of,
    event_of,
    key_of,
    row_of_challenge,
    row_of_connector,
    row_of_event,
    row_of_key,
)
from store.registration.sanctions import KeptSanctions

CHANNEL = "gateway_changes"
"""The channel on which PostgreSQL notifies of changes."""
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegistryState:
    """Everything that gateways act by, as of one moment."""

    sequence: int
    connectors: Sequence[Connector]
    sanctions: Sequence[Sanction]
    replaced_files: frozenset[str] = frozenset()
    """The agencies of the operator's files whose place was taken."""


class StoredRegistrations:
    """Implements ``connectors.registration.store.RegistrationStore``."""

    def __init__(
        self,
        engine: AsyncEngine,
        changed: Callable[[], None] = lambda: None,
        commits: Commits = UNKNOWN,
    ) -> None:
        self._engine = engine
        self._changed = changed
        self._is_shared = engine.dialect.name == POSTGRESQL
        # All statements of one reading see one moment, as on SQLite.
        level = {"isolation_level": "REPEATABLE READ"} if self._is_shared else {}
        self._reader = Reader(engine, **level)
        self._sequence = UntilCommitted[int](commits)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """See ``RegistrationStore``."""
        async with begin(self._engine) as connection:
            sequence = tables.change_sequence.c
            await connection.execute(
                update(tables.change_sequence).values(value=sequence.value + 1)
            )
            yield _Work(connection)
            if self._is_shared:
                await connection.execute(text(f"NOTIFY {CHANNEL}"))
        self._changed()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator["_Work"]:
        async with self._reader.connect() as connection:
            yield _Work(connection)

    async def sequence(self) -> int:
        """Return how many changes there were."""
        return await self._sequence.get(None, self._read_sequence)

    async def _read_sequence(self) -> int:
        async with self._read() as work:
            return await work.sequence()

    async def state(self) -> RegistryState:
        """Return everything that gateways act by."""
        async with self._read() as work:
            return RegistryState(
                sequence=await work.sequence(),
                connectors=await work.connectors(),
                sanctions=await work.sanctions(lifted=False),
                replaced_files=await work.replaced_files(),
            )

    async def connector(self, id_: str) -> Connector | None:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.connector(id_)

    async def connectors(self) -> Sequence[Connector]:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.connectors()

    async def events(self, connector: str) -> Sequence[Event]:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.events(connector)

    async def sanctions(self, *, lifted: bool) -> Sequence[Sanction]:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.sanctions(lifted=lifted)

    async def sanction_events(self, sanction: int) -> Sequence[SanctionEvent]:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.sanction_events(sanction)

    async def proposals(self) -> Sequence[SanctionProposal]:
        """See ``Reading``."""
        async with self._read() as work:
            return await work.proposals()


class _Work:
    """Implements ``Work`` on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        kept = KeptSanctions(connection)
        self.sanctions = kept.sanctions
        self.sanction_events = kept.sanction_events
        self.proposals = kept.proposals
        self.add_sanction = kept.add_sanction
        self.change_sanction = kept.change_sanction
        self.decide_proposal = kept.decide_proposal

    async def sequence(self) -> int:
        """Return how many changes there were."""
        found = await self._connection.execute(select(tables.change_sequence.c.value))
        value: int = found.scalar_one()
        return value

    async def connector(self, id_: str) -> Connector | None:
        """See ``Reading``."""
        found = await self._connectors(tables.connectors.c.id == id_)
        return found[0] if found else None

    async def connectors(self) -> Sequence[Connector]:
        """See ``Reading``."""
        return await self._connectors(true())

    async def _connectors(self, which: ColumnElement[bool]) -> list[Connector]:
        column = tables.connectors.c
        rows = await self._connection.execute(
            select(tables.connectors).where(which).order_by(column.id)
        )
        found = list(rows)
        keys = await self._keys([row.id for row in found])
        return [
            connector_of(row, tuple(key for key in keys if key.connector == row.id))
            for row in found
        ]

    async def _keys(self, connectors: Sequence[str]) -> list[RegisteredKey]:
        column = tables.connector_keys.c
        rows = await self._connection.execute(
            select(tables.connector_keys)
            .where(column.connector.in_(connectors))
            .order_by(column.proved_at, column.kid)
        )
        return [key_of(row) for row in rows]

    async def events(self, connector: str) -> Sequence[Event]:
        """See ``Reading``."""
        column = tables.connector_events.c
        rows = await self._connection.execute(
            select(tables.connector_events)
            .where(column.connector == connector)
            .order_by(column.version)
        )
        return [event_of(row) for row in rows]

    async def replaced_files(self) -> frozenset[str]:
        """See ``Work``."""
        column = tables.connector_events.c
        rows = await self._connection.execute(
            select(column.detail).where(column.step == Step.ACTIVATE)
        )
        named = (row.detail.get(REPLACED_FILE) for row in rows)
        return frozenset(name for name in named if name is not None)

    async def key(self, kid: str) -> RegisteredKey | None:
        """See ``Work``."""
        return await self._key(tables.connector_keys.c.kid == kid)

    async def key_by_fingerprint(self, fingerprint: str) -> RegisteredKey | None:
        """See ``Work``."""
        return await self._key(tables.connector_keys.c.fingerprint == fingerprint)

    async def _key(self, which: ColumnElement[bool]) -> RegisteredKey | None:
        rows = await self._connection.execute(
            select(tables.connector_keys).where(which)
        )
        row = rows.first()
        return None if row is None else key_of(row)

    async def challenge(self, id_: str) -> Challenge | None:
        """See ``Work``."""
        rows = await self._connection.execute(
            select(tables.key_challenges).where(tables.key_challenges.c.id == id_)
        )
        row = rows.first()
        return None if row is None else challenge_of(row)

    async def add(self, connector: Connector, event: Event) -> None:
        """See ``Work``."""
        row = row_of_connector(connector)
        await self._connection.execute(insert(tables.connectors), [row])
        await self._note(event)

    async def change(self, connector: Connector, event: Event) -> None:
        """See ``Work``."""
        column = tables.connectors.c
        changed = await self._connection.execute(
            update(tables.connectors)
            .where(column.id == connector.id)
            .where(column.version == connector.version - 1)
            .values(row_of_connector(connector))
        )
        if changed.rowcount != 1:
            raise RegistrationError(RefusalCode.CHANGED_MEANWHILE, connector.id)
        await self._note(event)

    async def _note(self, event: Event) -> None:
        row = row_of_event(event)
        await self._connection.execute(insert(tables.connector_events), [row])

    async def add_key(self, key: RegisteredKey) -> None:
        """See ``Work``."""
        row = row_of_key(key)
        await self._connection.execute(insert(tables.connector_keys), [row])

    async def change_key(self, key: RegisteredKey) -> None:
        """See ``Work``."""
        await self._connection.execute(
            update(tables.connector_keys)
            .where(tables.connector_keys.c.kid == key.kid)
            .values(row_of_key(key))
        )

    async def add_challenge(self, challenge: Challenge) -> None:
        """See ``Work``."""
        column = tables.key_challenges.c
        old = challenge.expires_at - LASTS - FORGOTTEN_AFTER
        await self._connection.execute(
            delete(tables.key_challenges).where(column.expires_at < old)
        )
        row = row_of_challenge(challenge)
        await self._connection.execute(insert(tables.key_challenges), [row])

    async def use_challenge(self, challenge: Challenge) -> None:
        """See ``Work``."""
        await self._connection.execute(
            update(tables.key_challenges)
            .where(tables.key_challenges.c.id == challenge.id)
            .values(used_at=challenge.used_at)
        )
