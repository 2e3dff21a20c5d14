"""Events are read in the order of their commits, whoever writes, and however slowly."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from bureau.events.events import CertificateStateEvent, UnknownPlaceError
from gateway.subscriptions.feed import KEPT, PAGE, StoredFeed, kept_feeds
from store.background import Supervisor
from store.status.events import StoredCertificateStates
from store.store import Store, open_store
from tests.gateway.subscriptions.following import change, write

WRITERS, EACH = 8, 25


async def read(
    feed: StoredFeed[CertificateStateEvent], after: int | None, count: int
) -> list[str]:
    """Return the certificates of the next events."""
    found: list[str] = []
    async with asyncio.timeout(30), aclosing(await feed.follow(after)) as events:
        async for page in events:
            found += [event.certificate for event in page]
            if len(found) >= count:
                return found[:count]
    return found


async def test_none_of_many_concurrent_writers_events_is_skipped(
    database_url: str,
) -> None:
    async with open_store(database_url) as one, open_store(database_url) as two:
        feed = StoredFeed(StoredCertificateStates(one.engine))

        async def writes(writer: int) -> None:
            store = (one, two)[writer % 2]
            for number in range(EACH):
                sent = change(writer * EACH + number)
                await write(store, sent)

        async with kept_feeds([feed], asyncio.Event(), print, Supervisor()):
            reading = asyncio.create_task(read(feed, 0, WRITERS * EACH))
            await asyncio.gather(*map(writes, range(WRITERS)))
            found = await reading

    assert sorted(found) == sorted(f"sealed-{n}" for n in range(WRITERS * EACH))


async def test_who_is_slow_reads_from_the_store_and_misses_nothing(
    store: Store,
) -> None:
    feed = StoredFeed(StoredCertificateStates(store.engine))
    expected = [f"sealed-{number}" for number in range(KEPT + 300)]
    async with (
        kept_feeds([feed], asyncio.Event(), print, Supervisor()),
        aclosing(await feed.follow(None)) as slow,
    ):
        first = asyncio.create_task(anext(slow))
        await asyncio.sleep(0)
        await write(store, *map(change, range(KEPT + 300)))
        found = [event.certificate for event in await first]
        assert len(found) <= PAGE
        # Another one keeps up, so that what the slow one needs is kept no more.
        assert await read(feed, 0, KEPT + 300) == expected
        while len(found) < KEPT + 300:
            page = await anext(slow)
            assert len(page) <= PAGE
            found += [event.certificate for event in page]

    assert found == expected
    assert not feed.followers


async def test_a_place_that_is_none_is_refused(store: Store) -> None:
    feed = StoredFeed(StoredCertificateStates(store.engine))
    await write(store, change(1))
    newest = await feed.newest()

    assert await read(feed, newest - 1, 1) == ["sealed-1"] if newest > 1 else True
    with pytest.raises(UnknownPlaceError):
        await feed.follow(newest + 1)


async def test_now_is_after_everything_that_is_there(store: Store) -> None:
    feed = StoredFeed(StoredCertificateStates(store.engine))
    await write(store, change(1))
    async with kept_feeds([feed], asyncio.Event(), print, Supervisor()):
        reading = asyncio.create_task(read(feed, None, 1))
        await asyncio.sleep(0.1)
        await write(store, replace(change(2), sequence=2))

        assert await reading == ["sealed-2"]


async def test_what_comes_after_a_number_is_told_and_not_that_number(
    store: Store,
) -> None:
    events = StoredCertificateStates(store.engine)
    assert (await events.newest(), await events.after(0, 9)) == (0, [])

    await write(store, change(1), change(2), change(3))

    numbers = [event.number for event in await events.after(0, 9)]
    assert await events.newest() == numbers[-1]
    assert [event.number for event in await events.after(numbers[0], 9)] == numbers[1:]
    assert [event.number for event in await events.after(numbers[0], 1)] == numbers[1:2]
    assert [await events.has(number) for number in (numbers[0], 0)] == [True, False]
