"""Of a certificate the newest version that any gateway saw is kept, in an order."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from bureau.versions.memory import Seen, SeenVersion, VersionMemory
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from gateway.registry.versions import LiveVersions, kept_versions
from store.audit.retention import forget_marks
from store.background import Supervisor
from store.quality.versions import PAGE, StoredVersions
from store.store import Store
from tests.store.quality.noting import Notes
from tests.store.quality.test_turns import renamed

AT = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def seen(said: str = "x", signed_at: datetime = AT) -> SeenVersion:
    return SeenVersion(signed_at, said, f"d-{said}", "key-1", AT)


@pytest.fixture(name="versions")
def _versions(store: Store) -> StoredVersions:
    return StoredVersions(store)


async def said(versions: StoredVersions, *marks: str) -> dict[str, str]:
    return {mark: one.said for mark, one in (await versions.of(marks)).items()}


async def test_the_newest_is_kept_in_whatever_order_they_come(
    versions: StoredVersions,
) -> None:
    older, newer = seen("x"), seen("y", AT + SECOND)

    assert await versions.last() == 0
    assert await versions.keep({"a": older, "b": newer}) == ({}, range(2))
    assert await versions.keep({"a": newer}) == ({}, range(2, 3))
    beaten, numbers = await versions.keep({"b": older})

    assert not numbers

    assert {mark: one.said for mark, one in beaten.items()} == {"b": "y"}
    assert await said(versions, "a", "b", "c") == {"a": "y", "b": "y"}


async def test_a_version_is_read_as_it_was_kept(versions: StoredVersions) -> None:
    await versions.keep({"a": seen()})

    found = await versions.of(["a"])

    assert found["a"] == seen()._replace(saved=AT, row=1)
    assert found["a"].signed_at.tzinfo is not None


async def test_many_gateways_at_once_keep_the_newest(versions: StoredVersions) -> None:
    turns = [seen(str(n), AT + n * SECOND) for n in range(20)]

    await asyncio.gather(*(versions.keep({"a": one}) for one in turns[::-1]))

    assert await said(versions, "a") == {"a": "19"}


async def test_who_follows_passes_over_nothing(versions: StoredVersions) -> None:
    many = {f"m{n}": seen() for n in range(PAGE + 10)}
    await versions.keep(many)
    memory = VersionMemory()
    live = LiveVersions(versions, memory, Notes())

    await live.begin()
    assert len(memory) == len(many)
    # The last one gets a new number, and no other has its old one.
    await versions.keep({"m0": seen("y", AT + SECOND)})
    last = f"m{PAGE + 9}"
    await versions.keep({last: seen("z", AT + SECOND)})
    await live.refresh()

    found = [memory.get(mark) for mark in ("m0", last, "m1")]
    assert [one.said for one in found if one is not None] == ["y", "z", "x"]


async def test_what_one_process_sees_another_knows_once_it_is_flushed(
    versions: StoredVersions,
) -> None:
    here, there = VersionMemory(), VersionMemory()
    one, other = (LiveVersions(versions, memory, Notes()) for memory in (here, there))
    await one.begin()
    await other.begin()
    here.note("a", seen("y", AT + SECOND))
    there.note("a", seen("x"))

    await one.flush()
    # What was seen here is older than what is there.
    await other.flush()

    known = there.get("a")
    assert known is not None
    assert (known.said, known.saved) == ("y", AT + SECOND)


class Counting(StoredVersions):
    """Counts what is read on."""

    read = 0

    async def after(self, id_: int) -> tuple[int, Seen]:
        last, found = await super().after(id_)
        self.read += len(found)
        return last, found


async def test_what_a_process_wrote_itself_it_does_not_read_again(
    store: Store,
) -> None:
    counting, memory = Counting(store), VersionMemory()
    live = LiveVersions(counting, memory, Notes())
    await live.begin()

    memory.note("a", seen())
    await live.flush()
    await live.refresh()
    assert counting.read == 0

    # With what another wrote meanwhile its own is read as well.
    await StoredVersions(store).keep({"b": seen()})
    memory.note("c", seen())
    await live.flush()
    await live.refresh()
    assert counting.read == 2
    assert memory.get("b") is not None


async def test_marks_are_forgotten_with_their_time(
    versions: StoredVersions, store: Store
) -> None:
    await versions.keep({"a": seen(), "b": seen(signed_at=AT + timedelta(days=2))})

    assert await forget_marks(store, date(2026, 3, 1)) == 0
    assert await forget_marks(store, date(2026, 3, 2)) == 1

    assert await said(versions, "a", "b") == {"b": "x"}


async def test_what_could_not_be_kept_is_kept_when_the_database_is_back(
    versions: StoredVersions, store: Store
) -> None:
    memory, notes = VersionMemory(), Notes()
    live = LiveVersions(versions, memory, notes)
    memory.note("a", seen())
    await renamed(store, "seen_versions", "elsewhere")
    with pytest.raises(StoreUnavailableError):
        await live.flush()
    known = memory.get("a")
    await renamed(store, "elsewhere", "seen_versions")

    async with (
        Supervisor().running(partial(live.keep, asyncio.Event()), "versions"),
        asyncio.timeout(30),
    ):
        await notes.kept.wait()

    assert known == seen()
    assert await said(versions, "a") == {"a": "x"}
    assert notes.told == []


async def test_that_versions_are_not_kept_is_told_and_tried_again(
    versions: StoredVersions, store: Store
) -> None:
    notes, changed = Notes(), asyncio.Event()
    live = LiveVersions(versions, VersionMemory(), notes)
    await renamed(store, "seen_versions", "elsewhere")
    changed.set()

    async with (
        Supervisor().running(partial(live.keep, changed), "versions"),
        asyncio.timeout(30),
    ):
        for _ in range(2):
            await notes.failed.wait()
            notes.failed.clear()

    assert len(notes.told) == 2


async def test_a_gateway_does_not_start_without_what_was_seen(
    versions: StoredVersions, store: Store
) -> None:
    await renamed(store, "seen_versions", "elsewhere")
    live = LiveVersions(versions, VersionMemory(), Notes())

    with pytest.raises(StartError, match="versions cannot be read"):
        async with kept_versions(live, asyncio.Event(), Supervisor()):
            pass


async def test_at_the_end_what_waits_is_kept(versions: StoredVersions) -> None:
    memory = VersionMemory()
    async with kept_versions(
        LiveVersions(versions, memory, Notes()), asyncio.Event(), Supervisor()
    ):
        memory.note("a", seen())

    assert await said(versions, "a") == {"a": "x"}
