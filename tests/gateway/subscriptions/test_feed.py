"""Whoever follows is told every event once and in order, however slow they are."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import pairwise
from typing import Any, cast

import pytest

from bureau.events.events import Event, UnknownPlaceError
from connectors.errors import StoreUnavailableError
from gateway.subscriptions import feed
from gateway.subscriptions.feed import (
    GATHER_SECONDS,
    WOKEN_AT_ONCE,
    StoredFeed,
    gather_seconds,
    kept_feeds,
)
from store.background import Supervisor


class Happened:
    """An event of a number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Events:
    """A store of events, which tells how it was read and may be away."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.reads: list[int] = []
        self.is_away = False

    async def newest(self) -> int:
        return self.count

    async def has(self, number: int) -> bool:
        return 1 <= number <= self.count

    async def after(self, number: int, most: int) -> Sequence[Any]:
        if self.is_away:
            raise StoreUnavailableError("away")
        self.reads.append(number)
        last = min(self.count, number + most)
        return [Happened(n) for n in range(number + 1, last + 1)]


async def singly(
    pages: AsyncGenerator[Sequence[Any], None],
) -> AsyncGenerator[Any, None]:
    """Return events of pages one by one."""
    async with aclosing(pages):
        async for page in pages:
            for event in page:
                yield event


async def taken(events: AsyncGenerator[Any, None], count: int) -> list[int]:
    async with asyncio.timeout(2):
        return [(await anext(events)).number for _ in range(count)]


def waiting(events: AsyncGenerator[Any, None]) -> "asyncio.Task[Any]":
    """Wait for the next event."""

    async def wait() -> Any:
        return await anext(events)

    return asyncio.create_task(wait())


async def none_comes(events: AsyncGenerator[Any, None]) -> "asyncio.Task[Any]":
    """Return what waits, as long as nothing happens."""
    task = waiting(events)
    await asyncio.sleep(0.01)
    assert not task.done()
    return task


def feed_of(store: Events) -> StoredFeed[Event]:
    return StoredFeed[Event](cast("Any", store))


async def test_who_begins_is_told_what_happens_from_then_on() -> None:
    store = Events(3)
    stored = feed_of(store)
    events = singly(await stored.follow(None))

    next_ = await none_comes(events)
    followed = [stored.followers]
    store.count = 5
    await stored.look()

    assert (await next_).number == 4
    assert await taken(events, 1) == [5]
    # From memory: the store was read by the one reader alone.
    assert store.reads == [3, 5]
    await events.aclose()
    followed.append(stored.followers)
    assert followed == [1, 0]
    assert await stored.newest() == 5


async def test_who_was_cut_off_goes_on_after_the_last_in_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    store = Events(5)
    events = singly(await feed_of(store).follow(1))

    assert await taken(events, 4) == [2, 3, 4, 5]
    assert store.reads == [1, 3]
    (await none_comes(events)).cancel()


@pytest.mark.parametrize("after", [4, 9])
async def test_a_place_that_is_none_is_refused(after: int) -> None:
    with pytest.raises(UnknownPlaceError):
        await feed_of(Events(3)).follow(after)


async def test_from_the_very_beginning_all_is_told() -> None:
    events = singly(await feed_of(Events(3)).follow(0))

    assert await taken(events, 3) == [1, 2, 3]


async def test_who_does_not_keep_up_reads_the_store_and_memory_stays_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "KEPT", 3)
    monkeypatch.setattr(feed, "PAGE", 2)
    store = Events()
    stored = feed_of(store)
    slow, quick = singly(await stored.follow(None)), singly(await stored.follow(None))
    tasks = [await none_comes(slow), await none_comes(quick)]

    store.count = 10
    await stored.look()
    told = [(await task).number for task in tasks]
    by_reader = len(store.reads)
    rest = await taken(slow, 9)

    assert told == [1, 1]
    assert rest == [*range(2, 11)]
    assert [event.number for event in stored._kept] == [8, 9, 10]
    # What is kept no more comes from the store, and the last from memory.
    assert max(store.reads[by_reader:]) < 8
    assert await taken(quick, 9) == [*range(2, 11)]


async def test_what_happened_while_nobody_followed_is_not_kept() -> None:
    store = Events(3)
    stored = feed_of(store)
    first = singly(await stored.follow(None))
    task = await none_comes(first)
    store.count = 4
    await stored.look()
    await task
    await first.aclose()

    store.count = 8
    events = singly(await stored.follow(4))

    assert await taken(events, 4) == [5, 6, 7, 8]


async def test_the_reader_looks_when_told_where_somebody_follows_and_survives() -> None:
    followed, idle = Events(1), Events(1)
    feeds = [feed_of(followed), feed_of(idle)]
    changed, has_failed, failed = asyncio.Event(), asyncio.Event(), list[str]()

    def fail(reason: str) -> None:
        failed.append(reason)
        has_failed.set()

    async with kept_feeds(feeds, changed, fail, Supervisor()):
        events = singly(await feeds[0].follow(None))
        task = await none_comes(events)
        followed.is_away = True
        changed.set()
        await asyncio.wait_for(has_failed.wait(), 2)
        followed.is_away = False
        followed.count = 2
        changed.set()

        assert (await asyncio.wait_for(task, 0.2)).number == 2
        assert not changed.is_set()

    assert set(failed) == {"away"}
    assert idle.reads == []


def test_the_more_are_told_the_longer_events_are_gathered() -> None:
    assert gather_seconds(1) == GATHER_SECONDS
    assert gather_seconds(1_000) == pytest.approx(1.0)


async def test_who_waits_is_woken_a_few_at_a_time_and_takes_the_same_page() -> None:
    store = Events()
    stored = feed_of(store)
    followers = [await stored.follow(None) for _ in range(3 * WOKEN_AT_ONCE)]
    tasks = [await none_comes(one) for one in followers]
    store.count = 2
    looks = list[int]()

    async def look_on() -> None:
        while not all(task.done() for task in tasks):
            looks.append(sum(task.done() for task in tasks))
            await asyncio.sleep(0)
        looks.append(len(tasks))

    await asyncio.gather(stored.look(), look_on())

    pages = [task.result() for task in tasks]
    assert all(page is pages[0] for page in pages)
    steps = [b - a for a, b in pairwise(looks)]
    assert max(steps) <= WOKEN_AT_ONCE
    # Who stands elsewhere takes another page.
    assert [one.number for one in stored._from_memory(1) or ()] == [2]
    assert stored._from_memory(0) == pages[0]
    store.count = 3
    await stored.look()
    assert [one.number for one in stored._from_memory(0) or ()] == [1, 2, 3]


async def test_who_was_not_woken_when_looking_was_cut_short_is_woken_next() -> None:
    store = Events()
    stored = feed_of(store)
    followers = [await stored.follow(None) for _ in range(10 * WOKEN_AT_ONCE)]
    tasks = [waiting(one) for one in followers]
    (await none_comes(await stored.follow(None))).cancel()
    store.count = 1
    looking = asyncio.create_task(stored.look())
    tasks[0].add_done_callback(lambda _: looking.cancel())
    await asyncio.gather(looking, return_exceptions=True)
    assert not all(task.done() for task in tasks)

    await stored.look()

    assert [(await task)[0].number for task in tasks] == [1] * len(tasks)
