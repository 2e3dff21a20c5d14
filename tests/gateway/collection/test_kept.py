"""What is kept in memory is never older than what was acknowledged, or than a bound.

Two gateways on one database collect, look and are asked in any order; every answer
is compared with what the database says.
"""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.collection.connector import CollectedRecord
from connectors.connector import Collected
from connectors.errors import StoreUnavailableError, UnreachableError
from gateway.collection.answers import CollectedAnswers
from gateway.collection.kept import KeptRecords
from policy.identity import Identity, IdType
from signing.envelope import Envelope
from signing.marks import KeptMark, SignatureMarks
from store.collection.following import PAGE, CollectedPeople
from store.collection.reading import CollectedReader, open_collected
from store.collection.records import StoredRecords
from store.store import Store, open_store
from tests.store.audit.records import NOON
from tests.store.collection.test_reading import stated
from tests.store.test_unavailable import without_tables

MARKS = SignatureMarks(b"\1" * 64)
PEOPLE = ("a", "b", "c")


def identity(person: str) -> Identity:
    return Identity(IdType.PASSPORT, person)


class Replica:
    """A gateway, as far as it collects and answers."""

    def __init__(
        self,
        store: Store,
        reader: CollectedReader,
        *,
        stale_after_seconds: float = 60,
    ) -> None:
        self.records = StoredRecords(store)
        self.kept = KeptRecords(
            CollectedPeople(store),
            stale_after_seconds=stale_after_seconds,
        )
        self.answers = CollectedAnswers(
            reader, lambda holder: [holder.number], MARKS, self.kept
        )
        self.reads_alone = CollectedAnswers(
            reader, lambda holder: [holder.number], MARKS
        )

    async def collect(self, sequence: int, person: str, document: str) -> None:
        """Take a record in, as far as its acknowledgement."""
        await self.records.keep("sends", [stated(sequence, person, document)], NOON)
        await self.kept.refresh()

    @property
    def sequence(self) -> int:
        """Return up to which number an answer that begins now has everything."""
        return self.answers.sequence("sends") or 0

    async def says(self, person: str, *, reads: bool = False) -> Sequence[int]:
        """Return the numbers of what is answered about a person."""
        answers = self.reads_alone if reads else self.answers
        (records,) = await answers.of("sends", [identity(person)])
        return [one.collected.sequence for one in records]

    async def reads_ahead(self, person: str) -> list[Sequence[int] | None]:
        """Return what is at hand of two agencies after a person was read ahead."""
        later = asyncio.get_running_loop().time() + 60
        await self.answers.read_ahead(identity(person), later)
        at_hand = [
            self.answers.at_hand(connector, [identity(person)])
            for connector in ("sends", "sends too")
        ]
        return [
            None if found is None else [one.collected.sequence for one in found[0]]
            for found in at_hand
        ]


steps = st.lists(
    st.tuples(
        st.sampled_from(["collect", "collect while asked", "ask", "look"]),
        st.integers(0, 1),
        st.sampled_from(PEOPLE),
        st.sampled_from(["d1", "d2"]),
    ),
    min_size=4,
    max_size=20,
)


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


@pytest.fixture(name="number", scope="module")
def _number() -> list[int]:
    """The last sequence number, of all examples."""
    return [0]


async def in_any_order(
    todo: Sequence[tuple[str, int, str, str]], url: str, number: list[int]
) -> None:
    async with (
        open_store(url) as one,
        open_store(url) as other,
        open_collected(one) as reader,
        open_collected(other) as second,
    ):
        replicas = [Replica(one, reader), Replica(other, second)]
        for replica in replicas:
            await replica.kept.begin_to_follow()
        unseen = [False, False]
        for what, which, person, document in todo:
            replica = replicas[which]
            if what == "look":
                await replica.kept.refresh()
                unseen[which] = False
            elif what == "ask":
                truth = await replica.says(person, reads=True)
                assert unseen[which] or await replica.says(person) == truth
                at_hand, _ = await replica.reads_ahead(person)
                assert unseen[which] or at_hand == truth
            else:
                number[0] += 1
                asking = [] if what == "collect" else list(map(replica.says, PEOPLE))
                # Questions are under way while something comes.
                await asyncio.gather(
                    *asking, replica.collect(number[0], person, document)
                )
                unseen[1 - which], unseen[which] = True, False
                for everybody in PEOPLE:
                    truth = await replica.says(everybody, reads=True)
                    assert await replica.says(everybody) == truth


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(todo=steps)
def test_in_any_order_no_answer_is_older_than_what_was_acknowledged(
    todo: list[tuple[str, int, str, str]], database_url: str, number: list[int]
) -> None:
    """By the gateway itself at once; by the other from its next look on."""
    asyncio.run(in_any_order(todo, database_url, number))


async def test_who_cannot_look_for_a_while_keeps_nothing(database_url: str) -> None:
    async with open_store(database_url) as store, open_collected(store) as reader:
        patient = Replica(store, reader)
        hasty = Replica(store, reader, stale_after_seconds=0.05)
        for replica in (patient, hasty):
            await replica.kept.begin_to_follow()
            await replica.says("a")
        await StoredRecords(store).keep("sends", [stated(1, "a")], NOON)

        # Neither has looked since: that is as old as anything shown may be.
        assert await patient.says("a") == []
        await asyncio.sleep(0.06)
        assert await hasty.says("a") == [1]


async def test_an_answer_has_everything_up_to_the_number_that_is_told_before_it(
    database_url: str,
) -> None:
    async with (
        open_store(database_url) as one,
        open_store(database_url) as other,
        open_collected(one) as reader,
        open_collected(other) as second,
    ):
        taking, looking = Replica(one, reader), Replica(other, second)
        for replica in (taking, looking):
            await replica.kept.begin_to_follow()
        assert (taking.sequence, looking.sequence) == (0, 0)

        await taking.collect(4, "a", "d")

        # Known where it came at once, and elsewhere from the next look on.
        assert (taking.sequence, looking.sequence) == (4, 0)
        await looking.kept.refresh()
        assert (looking.sequence, await looking.says("a")) == (4, [4])
        await taking.records.keep("others", [stated(9, "b")], NOON)
        await looking.kept.refresh()
        assert (looking.sequence, looking.answers.sequence("others")) == (4, 9)


async def test_a_number_is_told_of_many_who_came_at_once(store: Store) -> None:
    async with open_collected(store) as reader:
        replica = Replica(store, reader)
        await replica.kept.begin_to_follow()
        many = [stated(n) for n in range(1, PAGE + 2)]
        await StoredRecords(store).keep("sends", many, NOON)

        await replica.kept.refresh()

        assert replica.sequence == PAGE + 1
        assert replica.reads_alone.sequence("sends") is None


class Readings:
    """Counts readings."""

    def __init__(self) -> None:
        self.people = 0

    def collected_read(self, people: int, _: float) -> None:
        self.people += people

    def collected_unread(self, reason: str) -> None:
        raise AssertionError(reason)


async def test_who_is_read_ahead_is_at_hand_for_every_agency(store: Store) -> None:
    seen = Readings()
    async with open_collected(store, seen) as reader:
        replica = Replica(store, reader)
        await replica.kept.begin_to_follow()
        await replica.collect(1, "a", "d")
        await replica.records.keep("sends too", [stated(2, "a", "e")], NOON)

        assert replica.answers.at_hand("sends", [identity("a")]) is None
        assert await replica.reads_ahead("a") == [[1], [2]]
        assert await replica.reads_ahead("a") == [[1], [2]]
        assert seen.people == 1
        # Of nobody else is anything at hand.
        both = [identity("a"), identity("b")]
        assert replica.answers.at_hand("sends", both) is None


async def test_what_came_since_is_not_at_hand_before_it_is_read(store: Store) -> None:
    async with open_collected(store) as reader:
        replica = Replica(store, reader)
        await replica.kept.begin_to_follow()
        await replica.reads_ahead("a")
        await replica.collect(1, "a", "d")

        assert replica.answers.at_hand("sends", [identity("a")]) is None
        assert await replica.reads_ahead("a") == [[1], []]
        # Nor what was read while it came.
        reading = asyncio.ensure_future(replica.reads_ahead("b"))
        await asyncio.sleep(0)
        await replica.collect(2, "b", "e")
        await reading
        assert await replica.reads_ahead("b") == [[2], []]


async def test_who_cannot_be_read_ahead_is_not_at_hand(store: Store) -> None:
    async with open_collected(store) as reader:
        replica = Replica(store, reader)
        # Nothing may be kept before anybody looked: all would be read twice.
        assert await replica.reads_ahead("a") == [None, None]
        await replica.kept.begin_to_follow()
        async with without_tables(store):
            assert await replica.reads_ahead("a") == [None, None]
            with pytest.raises(UnreachableError):
                await replica.says("a")
        late = asyncio.get_running_loop().time()
        await replica.answers.read_ahead(identity("a"), late)

        assert replica.answers.at_hand("sends", [identity("a")]) is None


async def test_what_cannot_be_followed_is_not_kept(store: Store) -> None:
    async with open_collected(store) as reader:
        replica = Replica(store, reader)
        await replica.kept.begin_to_follow()
        await replica.collect(1, "a", "d")
        await replica.says("a")
        async with without_tables(store):
            assert await replica.says("a") == [1]
            with pytest.raises(StoreUnavailableError):
                await replica.kept.refresh()
            # Nobody is answered from what may be outdated.
            with pytest.raises(UnreachableError):
                await replica.says("a")


async def test_of_more_than_are_told_at_once_all_are_read_anew(store: Store) -> None:
    async with open_collected(store) as reader:
        replica = Replica(store, reader)
        await replica.kept.begin_to_follow()
        await replica.says("a")
        many = [stated(n) for n in range(1, PAGE + 1)]
        await StoredRecords(store).keep("sends", many, NOON)
        await replica.collect(PAGE + 1, "a", "d")

        assert await replica.says("a") == [PAGE + 1]


def records_of(person: int) -> tuple[CollectedRecord, ...]:
    """Return two records of somebody, of which no two objects are one."""
    return tuple(
        CollectedRecord(
            Envelope(f"{person}.{number}.".encode() + bytes(900)),
            Collected(
                NOON + timedelta(seconds=number),
                10**6 * person + number,
                kept=KeptMark(MARKS, f"{person:060}.{number:03}".encode()),
            ),
        )
        for number in range(2)
    )


async def test_what_is_kept_has_its_room_and_takes_no_more(store: Store) -> None:
    room = 1_000_000
    kept = KeptRecords(CollectedPeople(store), room_bytes=room)
    await kept.begin_to_follow()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for person in range(1_000):
            sent = {"sends": records_of(person)}
            kept.keep(f"{person:064}", sent, kept.begin())
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert after - before <= kept.bytes_taken <= room
    assert kept.get(f"{0:064}") is None
    assert kept.get(f"{999:064}") is not None
