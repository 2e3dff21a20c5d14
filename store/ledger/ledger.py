"""The ledger in the database: implements ``bureau.ledger.book.LedgerBook``."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bureau.ledger.book import (
    Authorities,
    Districts,
    Proof,
    Recovery,
    RecoveryEvent,
    RecoverySelection,
    RecoverySums,
    StepStated,
    Weighed,
)
from bureau.ledger.corrections import Answer, Correction, Proposal, Redrawn
from bureau.ledger.entries import Decision
from bureau.ledger.evidence import SealedEvidence
from bureau.ledger.judging import Judge, Judgement
from bureau.ledger.moves import ClaimMove, ClaimPlace
from bureau.ledger.payments import ClaimPayment, PayingRules, PaymentStepStated
from bureau.ledger.proofs import FalseClaim, Withdrawal
from bureau.ledger.seen import SeenRevocation
from bureau.ledger.sums import TotalsAsked, TotalsRow
from policy.payments import Payments
from store.connections import Reader
from store.ledger import (
    causes,
    corrections,
    decision_rows,
    decisions,
    judgements,
    moves,
    paying,
    payments,
    proofs,
    recoveries,
    recovery_rows,
)
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
        return await self._read(lambda c: decision_rows.find_by_key(c, caller, key))

    async def record(
        self,
        decision: Decision,
        people: Sequence[str],
        judge: Judge,
        evidence: Sequence[SealedEvidence] = (),
    ) -> Decision:
        """See ``LedgerBook``."""
        return await self._write(
            lambda c: decisions.record(c, decision, people, judge, evidence)
        )

    async def judgement(self, decision: int) -> Judgement | None:
        """See ``LedgerBook``."""
        return await self._read(lambda c: judgements.find(c, decision))

    async def weigh(
        self, decision: Decision, people: Sequence[str], judge: Judge
    ) -> Weighed:
        """See ``LedgerBook``."""
        return await self._read(lambda c: decisions.weigh(c, decision, people, judge))

    async def decision(self, id_: int) -> Decision | None:
        """See ``LedgerBook``."""
        return await self._read(lambda c: decision_rows.find_by_id(c, id_))

    async def propose_correction(
        self, proposal: Proposal, districts: Districts = None
    ) -> Correction:
        """See ``LedgerBook``."""
        return await self._write(lambda c: corrections.propose(c, proposal, districts))

    async def correction(
        self, id_: int, districts: Districts = None
    ) -> Correction | None:
        """See ``LedgerBook``."""
        return await self._read(lambda c: corrections.find(c, id_, districts))

    async def open_corrections(
        self, first: int, districts: Districts = None
    ) -> Sequence[Correction]:
        """See ``LedgerBook``."""
        return await self._read(lambda c: corrections.open_ones(c, first, districts))

    async def answer_correction(
        self, answer: Answer, redrawn: Redrawn | None, districts: Districts = None
    ) -> Correction:
        """See ``LedgerBook``."""
        return await self._write(
            lambda c: corrections.answer(c, answer, redrawn, districts)
        )

    async def payment(
        self, claim: str, districts: Districts = None
    ) -> ClaimPayment | None:
        """See ``LedgerBook``."""
        return await self._read(lambda c: payments.find(c, claim, districts))

    async def take_payment_step(
        self,
        stated: PaymentStepStated,
        rules: PayingRules,
        districts: Districts = None,
    ) -> ClaimPayment:
        """See ``LedgerBook``."""
        return await self._write(lambda c: paying.take(c, stated, rules, districts))

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

    async def withdraw_proof(self, stated: Withdrawal) -> bool:
        """See ``LedgerBook``."""
        return await self._write(lambda c: proofs.withdraw_proof(c, stated))

    async def prove_claim_false(self, proof: FalseClaim) -> Sequence[Recovery]:
        """See ``LedgerBook``."""
        return await self._write(lambda c: proofs.prove_claim_false(c, proof))

    async def open_seen(self, seen: Sequence[SeenRevocation], at: datetime) -> int:
        """See ``LedgerBook``."""

        def called_for(connection: Connection) -> list[SeenRevocation]:
            return [one for one in seen if causes.is_called_for(connection, one)]

        # Most of what is revoked was never paid for, and keeps no writer waiting.
        wanted = await self._read(called_for)
        if not wanted:
            return 0
        opened = await self._write(lambda c: causes.open_seen(c, wanted, at))
        return len(opened)

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
