"""The sums that are kept come to what the rows do, whatever happened, in any order."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update

from bureau.ledger.book import UnknownRecoveryError
from bureau.ledger.corrections import CorrectionError
from bureau.ledger.entries import AlreadyPaidError, DecisionError, DecisionOutcome
from bureau.ledger.payments import (
    ClaimPayment,
    UnfitPaymentError,
    UnknownPaymentError,
)
from bureau.ledger.sums import TotalsRow
from policy.certificate import CertificateState
from policy.level import Level
from policy.payment_states import PaymentStep, PaymentStepError
from policy.recovery import RecoveryError, RecoveryStep
from store.collection.tables import collected_records
from store.database import engine_at, read_database_url
from store.ledger.counted import counted_totals, differing_sums
from store.ledger.ledger import StoredLedger
from store.ledger.sum_tables import kept_sums
from store.ledger.totals import totals
from store.migrate import take_steps
from store.status.tables import state_changes
from store.store import Store, open_store
from tests.store.earlier_rows import make_marked
from tests.store.ledger.test_corrections import STATED, answer, proposal, redrawn
from tests.store.ledger.test_ledger import ALICE, all_of, change, decision, free, step
from tests.store.ledger.test_payments import take
from tests.store.ledger.test_totals import EVERY_WAY, asked, sent_record

ACTS = 150
NOT_NOW = (
    *(AlreadyPaidError, DecisionError, CorrectionError, PaymentStepError),
    *(UnfitPaymentError, UnknownPaymentError, RecoveryError, UnknownRecoveryError),
)
"""What is refused then adds nothing."""
CLAIMS = 12
DISTRICTS = ("310101", "310115")
PLACES = (
    (None, None),
    ("4-02-01-01", Level.LEVEL_4),
    ("1.2", Level.LEVEL_3),
    ("2.1", None),
)
current = collected_records.c


class Life:
    """What happens to a few claims and certificates, at random."""

    def __init__(self, store: Store, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - which does not matter
        self.store = store
        self.ledger = StoredLedger(store)
        self.done: Counter[str] = Counter()
        self._number = 0

    async def act(self) -> None:
        """Let something happen, as far as it may."""
        often = (self.decide, self.book, self.correct, self.recover)
        seldom = (self.collect, self.change, self.outdate)
        one = self.random.choice((*often, *often, *seldom))
        try:
            await one()
        except NOT_NOW:
            return
        self.done[one.__name__] += 1

    def _day(self) -> date:
        return date(2026, 10, 25) + timedelta(days=self.random.randrange(70))

    def _at(self) -> datetime:
        hours = timedelta(hours=self.random.randrange(24))
        return datetime.combine(self._day(), datetime.min.time(), UTC) + hours

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _certificate(self) -> str:
        return f"sealed-{self.random.randrange(CLAIMS)}"

    async def decide(self) -> None:
        claim, number = self.random.randrange(CLAIMS), self._next()
        paid = DecisionOutcome.PAID
        outcome = self.random.choice([*DecisionOutcome, paid, paid])
        item, level = self.random.choice(PLACES)
        stated = decision(
            number,
            claim=f"c-{claim}",
            certificate=f"sealed-{claim}",
            outcome=outcome,
            amount_yuan=None
            if outcome is DecisionOutcome.REFUSED
            else self.random.randrange(1, 3000),
            district=self.random.choice(DISTRICTS),
            item=item,
            level=level,
            decided_on=self._day(),
        )
        await self.ledger.record(stated, [ALICE], free)

    async def book(self) -> None:
        payment = await self._payment()
        kind = self.random.choice([PaymentStep.PAY, PaymentStep.RETURN])
        day = max(payment.history[-1].booked_on, self._day())
        await take(self.ledger, kind, claim=payment.claim, day=day)

    async def _payment(self) -> ClaimPayment:
        payment = await self.ledger.payment(f"c-{self.random.randrange(CLAIMS)}")
        if payment is None:
            raise UnknownPaymentError
        return payment

    async def correct(self) -> None:
        payment = await self._payment()
        wrong = await self.ledger.decision(payment.history[-1].decision)
        assert wrong is not None
        is_right = self.random.random() < 0.5
        asked_for = proposal(wrong.id)
        stated = replace(STATED, claim=wrong.claim) if is_right else None
        proposed = await self.ledger.propose_correction(
            replace(asked_for, replacement=stated)
        )
        beside = redrawn(
            wrong,
            request_key=f"correction {self._next()}",
            amount_yuan=self.random.randrange(1, 3000),
            decided_on=self._day(),
        )
        given = answer(proposed, day=self._day(), at=self._at())
        await self.ledger.answer_correction(given, beside if is_right else None)

    async def recover(self) -> None:
        recoveries = await all_of(self.ledger)
        if not recoveries:
            raise UnknownRecoveryError
        one = self.random.choice(recoveries)
        kind = self.random.choice([RecoveryStep.REPAY, RecoveryStep.CLOSE])
        yuan = self.random.randrange(1, 500) if kind is RecoveryStep.REPAY else None
        await self.ledger.take(replace(step(one, kind, yuan), at=self._at()), None)

    async def collect(self) -> None:
        item, level = self.random.choice(PLACES)
        number = self._next()
        row = sent_record(
            number,
            self._at(),
            digest=f"digest {number}",
            certificate=self._certificate(),
            item=item,
            level=level,
            is_current=self.random.random() < 0.7,
        )
        async with self.store.engine.begin() as connection:
            await connection.execute(insert(collected_records), [row])

    async def outdate(self) -> None:
        """Let several records at once be no more, or again, what is current."""
        certificates = [self._certificate() for _ in range(3)]
        values: list[dict[str, object]] = [
            {"is_current": self.random.random() < 0.5},
            {"certificate": self._certificate()},
        ]
        value = self.random.choice(values)
        changes = update(collected_records).values(value)
        async with self.store.engine.begin() as connection:
            await connection.execute(
                changes.where(current.certificate.in_(certificates))
            )

    async def change(self) -> None:
        revoked = CertificateState.REVOKED
        state = self.random.choice([*CertificateState, revoked, revoked])
        number = self._next()
        await change(self.store, 1000 + number, state, self._certificate())
        moved = update(state_changes).values(received_at=self._at())
        async with self.store.engine.begin() as connection:
            await connection.execute(
                moved.where(state_changes.c.sequence == 1000 + number)
            )


async def differing(store: Store) -> list[TotalsRow]:
    async with store.engine.connect() as connection:
        return await connection.run_sync(differing_sums)


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_is_kept_is_what_the_rows_come_to(store: Store, seed: int) -> None:
    life = Life(store, seed)
    for _ in range(ACTS):
        await life.act()

    assert await differing(store) == []
    assert len(life.done) == 7, f"not everything happened: {life.done}"
    # Whatever days are asked about, as months or beside them, and by whatever.
    async with store.engine.connect() as connection:
        for days in ((7, 11), (0, 40), (3, 80)):
            for by in EVERY_WAY:
                question = replace(
                    asked(*by),
                    first=date(2026, 10, 20) + timedelta(days=days[0]),
                    last=date(2026, 10, 20) + timedelta(days=days[1]),
                    districts=life.random.choice([None, frozenset({"310101"})]),
                )
                kept = await connection.run_sync(totals, question)
                assert kept == await connection.run_sync(counted_totals, question)


async def test_a_sum_that_is_wrong_is_found(store: Store) -> None:
    await StoredLedger(store).record(decision(), [ALICE], free)
    async with store.engine.begin() as connection:
        await connection.execute(update(kept_sums).values(paid_yuan=1))

    (found,) = await differing(store)

    assert found.measures.paid_yuan == 2000


async def test_what_is_undone_is_not_summed(store: Store) -> None:
    async with store.engine.connect() as connection:
        await connection.execute(
            insert(collected_records),
            [sent_record(1, datetime(2026, 11, 1, tzinfo=UTC))],
        )
        await connection.rollback()
        assert (await connection.execute(kept_sums.select())).all() == []


async def test_an_earlier_database_is_summed_up_by_its_step(
    empty_database_url: str,
) -> None:
    await make_marked(empty_database_url)
    address = read_database_url(empty_database_url)
    async with engine_at(address) as engine, engine.begin() as connection:
        paid = await connection.scalar(text("SELECT sum(payments) FROM payment_steps"))
        # What was signed is not read anew: no sum is of it.
        await connection.run_sync(take_steps)

    async with open_store(empty_database_url) as store:
        assert await differing(store) == []
        everything = replace(asked(), first=date(2000, 1, 1), last=date(2099, 12, 31))
        (row,) = await StoredLedger(store).totals(everything)
    assert row.measures.paid == paid > 0
