"""Sequence numbers: rising, with gaps on record until they are filled."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bureau.collection import Gap, Position
from store.collection.sequences import Place, Sequences, position_of
from store.store import Store

NOW = datetime(2026, 11, 25, tzinfo=UTC)
USED, MISSING, NEXT = Place.USED, Place.MISSING, Place.NEXT


async def taken(
    store: Store, *transactions: Sequence[int], stream: str = "records"
) -> list[tuple[Place, Gap | None]]:
    """Take numbers, some a transaction; return where each stood and what it left."""
    found: list[tuple[Place, Gap | None]] = []
    for numbers in transactions:

        def work(connection: Connection, numbers: Sequence[int] = numbers) -> None:
            sequences = Sequences(connection, "fire-rescue", stream)
            for number in numbers:
                place = sequences.place(number)
                found.append((place, sequences.take(number)))
            sequences.write(NOW)

        await store.writer.write(work)
    return found


async def position(store: Store, stream: str = "records") -> Position:
    return await store.writer.read(
        lambda connection: position_of(connection, "fire-rescue", stream)
    )


async def test_numbers_rise_one_by_one(store: Store) -> None:
    assert await taken(store, [1, 2], [3]) == [(NEXT, None)] * 3
    assert await position(store) == Position(3, [], 0)


async def test_nothing_has_come_of_a_new_stream(store: Store) -> None:
    await taken(store, [1, 5])

    assert await position(store, "states") == Position(0, [], 0)


async def test_what_is_left_out_is_a_gap(store: Store) -> None:
    assert await taken(store, [1, 4], [9]) == [
        (NEXT, None),
        (NEXT, Gap(2, 3)),
        (NEXT, Gap(5, 8)),
    ]
    assert await position(store) == Position(9, [Gap(2, 3), Gap(5, 8)], 6)


async def test_a_stream_may_begin_with_a_gap(store: Store) -> None:
    assert await taken(store, [3]) == [(NEXT, Gap(1, 2))]
    assert await taken(store, [1]) == [(MISSING, None)]
    assert await position(store) == Position(3, [Gap(2, 2)], 1)


@pytest.mark.parametrize(
    ("number", "left"),
    [
        pytest.param(2, [Gap(3, 6)], id="the first"),
        pytest.param(4, [Gap(2, 3), Gap(5, 6)], id="in the middle"),
        pytest.param(6, [Gap(2, 5)], id="the last"),
    ],
)
async def test_a_gap_is_filled(store: Store, number: int, left: list[Gap]) -> None:
    await taken(store, [1, 7])

    assert await taken(store, [number, number]) == [(MISSING, None), (USED, None)]
    assert await position(store) == Position(7, left, 4)


async def test_a_gap_is_filled_in_the_transaction_that_finds_it(store: Store) -> None:
    assert await taken(store, [1, 4, 3, 2, 3]) == [
        (NEXT, None),
        (NEXT, Gap(2, 3)),
        (MISSING, None),
        (MISSING, None),
        (USED, None),
    ]
    assert await position(store) == Position(4, [], 0)


async def test_a_filled_gap_is_used_ever_after(store: Store) -> None:
    await taken(store, [1, 3], [2])

    assert await taken(store, [2]) == [(USED, None)]


async def test_what_came_before_is_used(store: Store) -> None:
    await taken(store, [1, 2, 5])

    assert await taken(store, [1], [5]) == [(USED, None), (USED, None)]
    assert await position(store) == Position(5, [Gap(3, 4)], 2)
