"""A turn of counting: everything is counted, and so many answers are compared."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import pytest
from sqlalchemy import func, select, text

from connectors.answer import Answer, SourceOutcome
from connectors.errors import StoreUnavailableError
from connectors.live import Live, Snapshot
from connectors.network.addresses import AddressGuard
from connectors.null_observer import NullObserver
from connectors.quality import Dimension, Measure
from connectors.registry import Registry, open_agency
from gateway.registry.quality import (
    COMPARED_A_TURN,
    FLUSH_SECONDS,
    QualityKeeper,
    kept_quality,
)
from policy.catalogue import load_catalogue
from policy.documents import Document
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from store.background import Supervisor
from store.quality import tables
from store.quality.counts import StoredQuality
from store.store import Store
from tests.bureau.test_person import GOOD
from tests.connectors.agency import BUNDLE, NOW, manifest


@dataclass
class Reports:
    """What was reported of quality."""

    counts: Counter[Measure] = field(default_factory=Counter)
    uncompared: int = 0
    rated: list[tuple[str, Dimension, int, float]] = field(default_factory=list)

    def quality_counted(self, _agency: str, sums: Mapping[Measure, int]) -> None:
        self.counts.update(sums)

    def quality_uncompared(self, _agency: str) -> None:
        self.uncompared += 1

    def quality_rated(
        self, agency: str, dimension: Dimension, days: int, share: float
    ) -> None:
        self.rated.append((agency, dimension, days, share))


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


@pytest.fixture(name="live")
async def _live() -> AsyncIterator[Live]:
    """One agency, of which nothing was counted yet."""
    async with AddressGuard(()).session() as session:
        agency = open_agency(
            manifest(),
            session=session,
            bundle=BUNDLE,
            catalogue=load_catalogue(),
            observer=NullObserver(),
            clock=lambda: NOW,
        )
        yield Live(Snapshot(0, Registry([agency]), BUNDLE))
        await agency.close()


@pytest.fixture(name="keeper")
def _keeper(store: Store, live: Live, reports: Reports) -> QualityKeeper:
    return QualityKeeper(
        NullObserver(),
        StoredQuality(store),
        live=live,
        mark=lambda text: sha256(text.encode()).hexdigest(),
        document=lambda one: Document(place=one.record.number, number="n"),
        thresholds={},
        reports=reports,
        clock=lambda: NOW,
    )


async def seen(store: Store) -> int:
    """Return how many certificates were ever compared."""
    count = select(func.count()).select_from(tables.seen_certificates)
    async with store.engine.connect() as connection:
        return int(await connection.scalar(count) or 0)


async def renamed(store: Store, old: str, new: str) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


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
    one = dict([answer(1)])
    await renamed(store, "seen_certificates", "elsewhere")
    keeper.received("transport", one)
    with pytest.raises(StoreUnavailableError):
        await keeper.flush()
    await renamed(store, "elsewhere", "seen_certificates")
    keeper.received("transport", one)
    await keeper.flush()

    assert await seen(store) == 1


async def test_counting_goes_on_though_rates_could_not_be_read(
    keeper: QualityKeeper, reports: Reports, store: Store
) -> None:
    await renamed(store, "quality_counts", "elsewhere")
    async with kept_quality(keeper, Supervisor()):
        await asyncio.sleep(1.2 * FLUSH_SECONDS)
        await renamed(store, "elsewhere", "quality_counts")
        keeper.received("transport", dict([answer(1)]))
        await asyncio.sleep(1.2 * FLUSH_SECONDS)

        assert await seen(store) == 1
        assert reports.rated != []


async def test_what_was_noted_is_kept_by_who_settles_even_in_anothers_turn(
    keeper: QualityKeeper, store: Store
) -> None:
    keeper.received("transport", dict([answer(1)]))
    first = asyncio.create_task(keeper.flush())
    await asyncio.sleep(0)

    await keeper.settle()

    assert await seen(store) == 1
    await first
