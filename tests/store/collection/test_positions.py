"""What is kept is told by number, so much at a time, of one stream of one connector."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Connection, insert

from bureau.collection import KeptLines
from store.collection import positions
from store.collection.positions import StoredPositions
from store.status.tables import state_changes
from store.store import Store
from tests.store.status.sent import CHANGE

AT_ONCE = 100
COLUMNS = [column.name for column in state_changes.c if column.name != "id"]


async def add(store: Store, numbers: Iterable[int], connector: str) -> None:
    """Write changes of these numbers, whose digests are the numbers."""
    row = {
        name: getattr(CHANGE, name)
        for name in COLUMNS
        if not name.startswith("document_")
    }
    rows = [
        {**row, "connector": connector, "sequence": n, "digest": f"{n}"}
        for n in numbers
    ]

    def work(connection: Connection) -> None:
        connection.execute(insert(state_changes), rows)

    await store.writer.write(work)


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        pytest.param(0, [(2, "2"), (5, "5"), (9, "9")], id="all"),
        pytest.param(2, [(5, "5"), (9, "9")], id="after a number"),
        pytest.param(6, [(9, "9")], id="after a gap"),
        pytest.param(9, [], id="after the last"),
    ],
)
async def test_what_is_kept_is_told_in_the_order_of_its_numbers(
    store: Store, after: int, lines: list[tuple[int, str]]
) -> None:
    await add(store, [9, 2, 5], "transport")
    await add(store, [1, 3], "fire-rescue")
    told = StoredPositions(store)

    found = await told.kept_after("transport", "states", after)
    of_records = await told.kept_after("transport", "records", after)

    assert found == KeptLines(after, lines, is_to_end=True)
    assert of_records == KeptLines(after, [], is_to_end=True)


@pytest.mark.parametrize("over", [0, 1])
async def test_so_much_is_told_at_a_time(
    store: Store, over: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "DIGESTS_AT_ONCE", AT_ONCE)
    await add(store, range(1, AT_ONCE + over + 1), "transport")

    found = await StoredPositions(store).kept_after("transport", "states", 0)

    assert len(found.lines) == AT_ONCE
    assert found.lines[-1][0] == AT_ONCE
    assert found.is_to_end is (over == 0)
