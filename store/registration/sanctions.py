"""Sanctions in a transaction, or in a reading: their rows, and every step on them."""

from collections.abc import Sequence

from sqlalchemy import insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.registration.sanctions import (
    ProposalState,
    Sanction,
    SanctionEvent,
    SanctionProposal,
)
from store.registration import tables
from store.registration.rows import (
    proposal_of,
    row_of_proposal,
    row_of_sanction,
    row_of_sanction_event,
    sanction_event_of,
    sanction_of,
)


class KeptSanctions:
    """The sanctions' part of ``connectors.registration.store.Work``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sanctions(self, *, lifted: bool) -> Sequence[Sanction]:
        """See ``RegistrationReader``."""
        column = tables.sanctions.c
        rows = await self._connection.execute(
            select(tables.sanctions)
            .where(true() if lifted else column.lifted_at.is_(None))
            .order_by(column.id)
        )
        return [sanction_of(row) for row in rows]

    async def sanction_events(self, sanction: int) -> Sequence[SanctionEvent]:
        """See ``RegistrationReader``."""
        column = tables.sanction_events.c
        rows = await self._connection.execute(
            select(tables.sanction_events)
            .where(column.sanction == sanction)
            .order_by(column.id)
        )
        return [sanction_event_of(row) for row in rows]

    async def proposals(self) -> Sequence[SanctionProposal]:
        """See ``RegistrationReader``."""
        column = tables.sanction_proposals.c
        rows = await self._connection.execute(
            select(tables.sanction_proposals)
            .where(column.state == ProposalState.OPEN)
            .order_by(column.id)
        )
        return [proposal_of(row) for row in rows]

    async def add_sanction(self, sanction: Sanction, event: SanctionEvent) -> Sanction:
        """See ``Work``."""
        rows = await self._connection.execute(
            insert(tables.sanctions)
            .values(row_of_sanction(sanction))
            .returning(tables.sanctions)
        )
        made = sanction_of(rows.one())
        await self._note(made, event)
        return made

    async def change_sanction(self, sanction: Sanction, event: SanctionEvent) -> None:
        """See ``Work``."""
        await self._connection.execute(
            update(tables.sanctions)
            .where(tables.sanctions.c.id == sanction.id)
            .values(row_of_sanction(sanction))
        )
        await self._note(sanction, event)

    async def decide_proposal(self, proposal: SanctionProposal) -> None:
        """See ``Work``."""
        await self._connection.execute(
            update(tables.sanction_proposals)
            .where(tables.sanction_proposals.c.id == proposal.id)
            .values(row_of_proposal(proposal))
        )

    async def _note(self, sanction: Sanction, event: SanctionEvent) -> None:
        row = row_of_sanction_event(sanction.id, event)
        await self._connection.execute(insert(tables.sanction_events), [row])
