"""Events in the database: certificates' states, steps on connectors and on sanctions.

All are written by writers who wait for each other and who commit before the next one
writes, so that numbers are committed in their order: whoever has read up to a number
has missed nothing before it. ``tests/store/status/test_events.py`` holds that.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.events.events import (
    CertificateStateEvent,
    ConnectorStateEvent,
    Event,
    SanctionStepEvent,
)
from connectors.registration.lifecycle import ConnectorState, Step
from connectors.registration.sanctions import (
    SanctionKind,
    SanctionState,
    SanctionStep,
)
from policy.certificate import CertificateState
from store.connections import Reader
from store.registration.tables import (
    connector_events,
    connectors,
    sanction_events,
    sanctions,
)
from store.status.tables import state_changes

E = TypeVar("E", bound=Event)


class StoredEvents(ABC, Generic[E]):
    """Reads the events of one table."""

    _table: Table
    _statement: Select[Any]

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = Reader(engine)

    async def newest(self) -> int:
        """Return the number of the newest event; 0 if there is none.

        Raises:
            StoreUnavailableError: the database is away.
        """
        rows = await self._rows(select(func.max(self._table.c.id).label("number")))
        return rows[0].number or 0

    async def has(self, number: int) -> bool:
        """Say whether there is an event of this number.

        Raises:
            StoreUnavailableError: the database is away.
        """
        column = self._table.c.id
        return bool(await self._rows(select(column).where(column == number)))

    async def after(self, number: int, most: int) -> Sequence[E]:
        """Return the next events after ``number``, in order.

        Raises:
            StoreUnavailableError: the database is away.
        """
        column = self._table.c.id
        statement = self._statement.where(column > number).order_by(column)
        rows = await self._rows(statement.limit(most))
        return [self._event(row) for row in rows]

    async def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        async with self._reader.connect() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return found

    @abstractmethod
    def _event(self, row: Row[Any]) -> E:
        """Return the event of a row."""


class StoredCertificateStates(StoredEvents[CertificateStateEvent]):
    """Reads changes of certificates' states."""

    _table = state_changes
    _statement = select(
        *(
            state_changes.c[name]
            for name in (
                *("id", "received_at", "certificate", "connector", "state"),
                *("effective_on", "reason"),
            )
        )
    )

    def _event(self, row: Row[Any]) -> CertificateStateEvent:
        return CertificateStateEvent(
            number=row.id,
            at=row.received_at,
            certificate=row.certificate,
            connector=row.connector,
            state=CertificateState(row.state),
            effective_on=row.effective_on,
            reason=row.reason,
        )


class StoredConnectorStates(StoredEvents[ConnectorStateEvent]):
    """Reads steps on connectors."""

    _table = connector_events
    _statement = select(connector_events, connectors.c.owner).join(
        connectors, connectors.c.id == connector_events.c.connector
    )

    def _event(self, row: Row[Any]) -> ConnectorStateEvent:
        return ConnectorStateEvent(
            number=row.id,
            at=row.at,
            connector=row.connector,
            owner=row.owner,
            version=row.version,
            step=Step(row.step),
            before=None if row.before is None else ConnectorState(row.before),
            after=ConnectorState(row.after),
            actor=row.actor,
            reason=row.reason,
        )


class StoredSanctionSteps(StoredEvents[SanctionStepEvent]):
    """Reads steps on sanctions."""

    _table = sanction_events
    _statement = select(sanction_events, sanctions.c.body, sanctions.c.kind).join(
        sanctions, sanctions.c.id == sanction_events.c.sanction
    )

    def _event(self, row: Row[Any]) -> SanctionStepEvent:
        return SanctionStepEvent(
            number=row.id,
            at=row.at,
            sanction=row.sanction,
            body=row.body,
            kind=SanctionKind(row.kind),
            step=SanctionStep(row.step),
            after=SanctionState(row.after),
            actor=row.actor,
            reason=row.reason,
        )
