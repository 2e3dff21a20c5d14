"""Changes of state are taken whole, with what follows from each, or not at all."""

import asyncio
import inspect
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bureau.collection import Outcome
from connectors.quality import Measure, Sight, Sighting
from policy.documents import Document
from store.documents import note_documents
from store.errors import RefusedRowsError
from store.ledger.ledger import StoredLedger
from store.quality.counts import StoredQuality
from store.registration.tables import change_sequence
from store.status.changes import StoredStates
from store.status.intake import (
    FOLLOWED_TOGETHER,
    TOGETHER,
    NewChange,
    StatesIntake,
    Taken,
)
from store.status.tables import state_changes
from store.store import Store
from tests.store.ledger.plans import statements_heard
from tests.store.ledger.test_ledger import decision, free
from tests.store.status.sent import (
    ALICE,
    BOBS,
    CHANGE,
    LIFTING,
    NOON,
    added,
    nothing_follows,
)


@pytest.fixture(name="intake")
def _intake(store: Store) -> StatesIntake:
    return StatesIntake(store, nothing_follows)


async def take(intake: StatesIntake, *changes: NewChange) -> Sequence[Taken]:
    return await intake.take("transport", changes, NOON)


async def value(store: Store) -> int:
    """Return how many changes all gateways were told of."""
    return await store.writer.read(_value)


def _value(connection: Connection) -> int:
    found: int = connection.execute(select(change_sequence.c.value)).scalar_one()
    return found


def test_nothing_takes_changes_in_that_does_not_say_what_follows() -> None:
    follow = inspect.signature(StatesIntake).parameters["follow"]

    assert follow.default is inspect.Parameter.empty


def test_who_reads_changes_cannot_write_them() -> None:
    assert not hasattr(StoredStates, "add")


async def test_the_same_bytes_are_taken_once(intake: StatesIntake) -> None:
    found = await take(intake, CHANGE, replace(CHANGE, sequence=9))

    assert [one.outcome for one in found] == [Outcome.ACCEPTED, Outcome.ALREADY_KNOWN]


async def test_bytes_are_known_by_connector(store: Store, intake: StatesIntake) -> None:
    await added(store, replace(CHANGE, connector="fire-rescue"))

    (found,) = await take(intake, CHANGE)

    assert found.outcome is Outcome.ACCEPTED


async def test_a_refused_change_spoils_no_other_and_uses_no_number_up(
    intake: StatesIntake,
) -> None:
    other = replace(LIFTING, sequence=CHANGE.sequence)
    found = await take(intake, CHANGE, other, LIFTING)

    assert [one.outcome for one in found] == [
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.ACCEPTED,
    ]


async def test_a_change_without_a_number_gets_the_next_one(
    intake: StatesIntake,
) -> None:
    bare = replace(LIFTING, sequence=None)
    found = await take(intake, replace(CHANGE, sequence=4), bare, bare)

    assert [(one.outcome, one.sequence) for one in found] == [
        (Outcome.ACCEPTED, 4),
        (Outcome.ACCEPTED, 5),
        (Outcome.ALREADY_KNOWN, None),
    ]


async def test_a_change_of_what_was_never_seen_is_taken_and_told_each_time(
    intake: StatesIntake, store: Store
) -> None:
    found = await take(intake, CHANGE, CHANGE)

    assert found == [
        Taken(Outcome.ACCEPTED, 1, is_of_unknown=True),
        Taken(Outcome.ALREADY_KNOWN, 1, is_of_unknown=True),
    ]
    assert len(await StoredStates(store.engine).of([ALICE])) == 1


@pytest.mark.parametrize(
    ("place", "is_unknown"),
    [
        pytest.param(CHANGE.document.place, False, id="this one"),
        pytest.param("q" * 64, True, id="another"),
    ],
)
async def test_a_change_of_what_an_agency_answered_is_of_something_known(
    store: Store, intake: StatesIntake, place: str, is_unknown: bool
) -> None:
    seen = Sighting(
        (Sight("mark", "facts", "p", None, Document(place=place)),), frozenset()
    )
    await StoredQuality(store).add("fire-rescue", NOON.date(), Counter(), seen)

    (found,) = await take(intake, CHANGE)

    assert found.is_of_unknown is is_unknown


async def test_a_place_that_moved_is_noted_anew(
    store: Store, intake: StatesIntake
) -> None:
    quality = StoredQuality(store)
    for place in ("q" * 64, CHANGE.document.place):
        seen = Sighting(
            (Sight("mark", "facts", "p", None, Document(place=place)),), frozenset()
        )
        counted = await quality.add("transport", NOON.date(), Counter(), seen)
        assert counted[Measure.ALTERED] == 0

    (found,) = await take(intake, CHANGE)

    assert not found.is_of_unknown


async def test_the_same_bytes_are_never_written_twice(store: Store) -> None:
    await added(store, CHANGE)

    with pytest.raises(RefusedRowsError):
        await added(store, replace(CHANGE, sequence=9))


async def test_a_change_and_what_follows_are_committed_together(store: Store) -> None:
    followed: list[NewChange] = []

    def follow(connection: Connection, change: NewChange) -> None:
        assert connection.in_transaction()
        followed.append(change)
        raise LookupError

    await pay(store, "another id", CHANGE.document)
    before = await value(store)
    with pytest.raises(LookupError):
        await take(StatesIntake(store, follow), CHANGE)

    assert followed == [CHANGE]
    assert await StoredStates(store.engine).of([ALICE]) == []
    assert await value(store) == before


MARKED = Document(place="p", former="f", number="n", serial="s")
OTHERS = Document(place="q", former="g", number="m", serial="r")


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(replace(OTHERS, place="p"), id="place"),
        pytest.param(replace(OTHERS, former="f"), id="former"),
        pytest.param(replace(OTHERS, number="n"), id="number"),
        pytest.param(replace(OTHERS, serial="s"), id="serial"),
        pytest.param(replace(OTHERS, former="p"), id="as it was spelt"),
        pytest.param(replace(OTHERS, place="f"), id="spelt as it was"),
    ],
)
async def test_what_was_paid_for_by_any_mark_of_it_is_followed(
    store: Store, kept: Document
) -> None:
    await pay(store, "another id", kept)

    assert await follows(store, replace(CHANGE, document=MARKED))


async def test_what_was_paid_for_is_followed_whatever_is_known_of_it(
    store: Store,
) -> None:
    paid = replace(CHANGE, certificate="paid", document=MARKED)
    await StoredLedger(store).record(decision(7, certificate="paid"), [ALICE], free)

    assert await follows(store, paid)


async def test_what_was_paid_for_as_another_version_answered_is_followed(
    store: Store,
) -> None:
    answered = replace(OTHERS, number="n", place="other days")
    seen = Sighting((Sight("mark", "facts", "p", None, answered),), frozenset())
    await StoredQuality(store).add("fire-rescue", NOON.date(), Counter(), seen)
    await pay(store, "another id", Document(place="other days"))

    assert await follows(store, replace(CHANGE, document=MARKED))


@pytest.mark.parametrize(
    "known", [pytest.param(OTHERS, id="another"), pytest.param(MARKED, id="this one")]
)
async def test_nothing_follows_from_a_change_of_what_nobody_was_paid_for(
    store: Store, known: Document
) -> None:
    await know(store, "another id", known)
    await pay(store, "a third id", OTHERS)

    assert not await follows(store, replace(CHANGE, document=MARKED))


async def test_what_follows_from_a_change_sees_what_came_before_it_and_no_more(
    store: Store,
) -> None:
    await pay(store, "another id", CHANGE.document)
    seen: list[list[int]] = []

    def follow(connection: Connection, _: NewChange) -> None:
        numbers = select(state_changes.c.sequence).order_by(state_changes.c.id)
        seen.append([*connection.execute(numbers).scalars()])

    await take(StatesIntake(store, follow), BOBS, CHANGE, LIFTING)

    # Bob's is of something else, from which nothing follows.
    assert seen == [[3, 1], [3, 1, 2]]


async def test_a_transaction_ends_after_a_few_from_which_something_may_follow(
    store: Store,
) -> None:
    await pay(store, "another id", CHANGE.document)
    before = await value(store)
    followed: list[int | None] = []
    intake = StatesIntake(store, lambda _, one: followed.append(one.sequence))

    found = await take(intake, *numbered(2 * FOLLOWED_TOGETHER + 1))

    assert [one.outcome for one in found] == [Outcome.ACCEPTED] * len(found)
    assert followed == [one.sequence for one in found]
    assert followed == [*range(1, 2 * FOLLOWED_TOGETHER + 2)]
    assert await value(store) == before + 3


async def test_many_changes_take_as_many_statements_as_two(
    intake: StatesIntake,
) -> None:
    changes = numbered(2 * TOGETHER)
    await take(intake, *changes[:1])
    with statements_heard() as of_two:
        await take(intake, *changes[1:3])
    with statements_heard() as of_many:
        await take(intake, *changes[3 : 3 + TOGETHER])

    assert [words for words, _ in of_many] == [words for words, _ in of_two]


async def test_of_others_with_the_same_number_no_more_is_looked_up(
    intake: StatesIntake, store: Store
) -> None:
    first, then = [replace(one, document=MARKED) for one in numbered(2)]
    await take(intake, first)
    with statements_heard() as before:
        await take(intake, then)

    for n in range(3):
        await know(store, f"id-{n}", replace(OTHERS, place=f"q-{n}", serial="s"))
    third = replace(then, sequence=3, digest="third")
    with statements_heard() as beside_others:
        await take(intake, third)

    assert [words for words, _ in beside_others] == [words for words, _ in before]


def numbered(count: int) -> list[NewChange]:
    """Return so many changes of one certificate."""
    return [
        replace(CHANGE, sequence=number, digest=f"long-{number}")
        for number in range(1, count + 1)
    ]


async def know(store: Store, id_: str, document: Document) -> None:
    """Keep of which document an id is."""

    def work(connection: Connection) -> None:
        note_documents(connection, {id_: document})

    await store.writer.write(work)


async def pay(store: Store, id_: str, document: Document) -> None:
    """Keep that something was paid on an id, and of which document that is."""
    await know(store, id_, document)
    await StoredLedger(store).record(decision(7, certificate=id_), [ALICE], free)


async def follows(store: Store, change: NewChange) -> bool:
    """Take a change, and say whether somebody looks what follows from it."""
    followed: list[NewChange] = []
    await take(StatesIntake(store, lambda _, one: followed.append(one)), change)
    return followed == [change]


async def test_whoever_follows_what_changes_is_told_once_of_each_transaction(
    store: Store, intake: StatesIntake
) -> None:
    before = await value(store)
    await take(intake, CHANGE, LIFTING, BOBS)

    assert await value(store) == before + 1


async def test_nobody_is_told_of_what_was_known(
    store: Store, intake: StatesIntake
) -> None:
    await take(intake, CHANGE)
    before = await value(store)
    await take(intake, CHANGE)

    assert await value(store) == before


async def test_others_write_between_the_parts_of_a_long_transfer(
    intake: StatesIntake, store: Store
) -> None:
    changes = numbered(2 * TOGETHER + 1)
    before = await value(store)
    taking = asyncio.create_task(take(intake, *changes))

    seen = set()
    while not taking.done():
        seen.add(await store.writer.write(_value, is_urgent=True))

    assert [one.outcome for one in await taking] == [Outcome.ACCEPTED] * len(changes)
    assert seen & {before + 1, before + 2}
    assert await value(store) == before + 3
