"""The ledger in the database: implements ``bureau.ledger.book.LedgerBook``."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from bureau.ledger.book import (
    Authorities,
    Districts,
    OnceRule,
    Proof,
    Recovery,
    RecoveryEvent,
    RecoverySelection,
    RecoverySums,
    StepStated,
)
from bureau.ledger.entries import Decision
from bureau.ledger.moves import ClaimMove, ClaimPlace
from bureau.ledger.sums import TotalsAsked, TotalsRow
from policy.payments import Payments
from store.connections import Reader
from store.ledger import decisions, moves, recoveries, recovery_rows
from store.ledger import totals as sums_of
from store.store import Store

T = TypeVar("T")


class StoredLedger:
    """Decisions, recoveries and their sums."""

    def __init__(self, store: Store) -> None:
        self._write = store.writer.write
        # Beside the writer, so that a long sum keeps nobody from being paid.
        self._reader = Reader(store.engine)

    async def first_answer(self, caller: str, key: str) -> Decision | None:
        """See ``LedgerBook``."""
        return await self._read(lambda c: decisions.find_by_key(c, caller, key))

    async def record(
        self, decision: Decision, people: Sequence[str], once: OnceRule
    ) -> Decision:
        """See ``LedgerBook``."""
        return await self._write(lambda c: decisions.record(c, decision, people, once))

    async def payments_of(self, people: Sequence[Sequence[str]]) -> Sequence[Payments]:
        """See ``LedgerBook``."""
        return await self._read(lambda c: decisions.payments_of(c, people))

    async def recoveries(
        self, selection: RecoverySelection, *, first: int, before: int | None
    ) -> Sequence[Recovery]:
        """See ``LedgerBook``."""
        return await self._read(
            lambda c: recovery_rows.page(c, selection, first=first, before=before)
        )

    async def sums(self, selection: RecoverySelection) -> RecoverySums:
        """See ``LedgerBook``."""
        return await self._read(lambda c: recovery_rows.sums(c, selection))

    async def recovery(
        self, id_: int, authorities: Authorities, districts: Districts = None
    ) -> Recovery | None:
        """See ``LedgerBook``."""
        return await self._read(
            lambda c: recovery_rows.find(c, id_, authorities, districts)
        )

    async def histories(self, ids: Sequence[int]) -> Sequence[Sequence[RecoveryEvent]]:
        """See ``LedgerBook``."""
        return await self._read(lambda c: recovery_rows.histories(c, ids))

    async def take(
        self,
        stated: StepStated,
        authorities: Authorities,
        districts: Districts = None,
    ) -> Recovery:
        """See ``LedgerBook``."""
        return await self._write(
            lambda c: recoveries.take(c, stated, authorities, districts)
        )

    async def prove_false(self, proof: Proof) -> Sequence[Recovery]:
        """See ``LedgerBook``."""
        return await self._write(lambda c: recoveries.prove_false(c, proof))

    async def totals(self, asked: TotalsAsked) -> Sequence[TotalsRow]:
        """See ``LedgerBook``."""
        return await self._read(lambda c: sums_of.totals(c, asked))

    async def place_of(
        self, claim: str, authorities: Authorities, districts: Districts
    ) -> ClaimPlace | None:
        """See ``LedgerBook``."""
        return await self._read(
            lambda c: moves.place_of(c, claim, authorities, districts)
        )

    async def move(
        self, stated: ClaimMove, authorities: Authorities, districts: Districts
    ) -> ClaimPlace:
        """See ``LedgerBook``."""
        return await self._write(
            lambda c: moves.move(c, stated, authorities, districts)
        )

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)
