"""A turn of counting: everything is counted, and so many answers are compared."""

from collections import Counter  # noqa: I001
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select, text

from connectors.answer import Answer, SourceOutcome
from connectors.null_observer import Unobserved
from connectors.quality import Dimension, Measure
from gateway.registry.quality import COMPARED_A_TURN, QualityKeeper
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from store.database import DATABASE_ERRORS
from store.quality.counts import StoredQuality
from store.quality import tables
from store.store import Store
from tests.bureau.test_person import GOOD
from tests.connectors.agency import NOW


@dataclass
class Reports:
    """What was reported of quality."""

    counts: Counter[Measure] = field(default_factory=Counter)
    uncompared: int = 0

    def quality_counted(self, _agency: str, sums: Mapping[Measure, int]) -> None:
        self.counts.update(sums)

    def quality_uncompared(self, _agency: str) -> None:
        self.uncompared += 1

    def quality_rated(
        self, agency: str, dimension: Dimension, days: int, share: float
    ) -> None:
        raise AssertionError((agency, dimension, days, share))


def answer(number: int) -> tuple[Identity, Answer]:
    """Return what an agency says of one person, signed by bytes of its own."""
    holder = Identity(IdType.PASSPORT, f"P{number}")
    record = replace(GOOD.record, holder=holder, number=str(number))
    envelope = Envelope(b"%d" % number)
    certificate = replace(GOOD, record=record, envelope=envelope)
    outcome = SourceOutcome.ANSWERED
    return holder, Answer(
        agency="transport", outcome=outcome, certificates=(certificate,)
    )


@pytest.fixture(name="reports")
def _reports() -> Reports:
    return Reports()


@pytest.fixture(name="keeper")
def _keeper(store: Store, reports: Reports) -> QualityKeeper:
    return QualityKeeper(
        Unobserved(),
        StoredQuality(store),
        mark=lambda text: sha256(text.encode()).hexdigest(),
        thresholds={},
        reports=reports,
        clock=lambda: NOW,
    )


async def seen(store: Store) -> int:
    """Return how many certificates were ever compared."""
    count = select(func.count()).select_from(tables.seen_certificates)
    async with store.engine.connect() as connection:
        return int(await connection.scalar(count) or 0)


async def test_the_same_bytes_are_counted_each_time_and_compared_once_a_day(
    keeper: QualityKeeper, reports: Reports, store: Store
) -> None:
    for _ in range(3):
        keeper.received("transport", dict([answer(1)]))
    await keeper.flush()

    assert reports.counts[Measure.RECORDS] == 3
    assert reports.uncompared == 0
    assert await seen(store) == 1


async def test_what_comes_beyond_a_turn_is_counted_and_compared_when_it_comes_again(
    keeper: QualityKeeper, reports: Reports, store: Store
) -> None:
    many = dict(answer(number) for number in range(COMPARED_A_TURN + 7))
    keeper.received("transport", many)
    await keeper.flush()
    compared = await seen(store)
    keeper.received("transport", many)
    await keeper.flush()

    assert compared == COMPARED_A_TURN
    assert reports.uncompared == 7
    assert reports.counts[Measure.RECORDS] == 2 * len(many)
    assert await seen(store) == len(many)


async def test_what_could_not_be_kept_is_compared_when_it_comes_again(
    keeper: QualityKeeper, store: Store
) -> None:
    async def renamed(old: str, new: str) -> None:
        async with store.engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    one = dict([answer(1)])
    await renamed("seen_certificates", "elsewhere")
    keeper.received("transport", one)
    with pytest.raises(DATABASE_ERRORS):
        await keeper.flush()
    await renamed("elsewhere", "seen_certificates")
    keeper.received("transport", one)
    await keeper.flush()

    assert await seen(store) == 1
