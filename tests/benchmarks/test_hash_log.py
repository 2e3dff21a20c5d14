"""A log that is built for a benchmark is a log like any other."""

import asyncio

import pytest

from benchmarks import hash_log, warm_log
from benchmarks.offices import COLUMNS, Work
from benchmarks.warm_log import LogState
from connectors.errors import StoreUnavailableError
from store.store import open_store
from store.transparency.appending import StoredLog
from tests.store.transparency.written import add_moves, require_whole


def test_it_has_the_length_that_is_asked_for_and_goes_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hash_log, "BUILT_AT_ONCE", 200)
    monkeypatch.setattr(hash_log, "MEASURED", 300)
    monkeypatch.setattr(hash_log, "PROOFS", 20)

    found = hash_log.logged(None, database_url, 700)  # type: ignore[arg-type]  # not looked at

    assert (found["leaves"], found["appended"]) == (700, 300)
    assert {name for name, _ in COLUMNS[Work.LOG].values()} <= found.keys()

    async def whole() -> int:
        async with open_store(database_url) as store:
            return await require_whole(store)

    assert asyncio.run(whole()) == 1000


def test_a_log_is_stuck_off_and_on_again(database_url: str) -> None:
    async def queued_after(state: LogState) -> tuple[int, int]:
        """Return how many rows wait before a round of appending, and after it."""
        back = await warm_log._prepare(database_url, state)
        async with open_store(database_url) as store:
            await add_moves(store, 3)
            log = StoredLog(store)
            before = await log.queued(9)
            if state is LogState.STUCK:
                with pytest.raises(StoreUnavailableError):
                    await log.append()
            else:
                await log.append()
            after = await log.queued(9)
        await warm_log._restore(database_url, back)
        return before, after

    found = {state: asyncio.run(queued_after(state)) for state in LogState}
    again = asyncio.run(queued_after(LogState.ON))

    assert found == {
        LogState.OFF: (0, 0),
        LogState.ON: (3, 0),
        LogState.STUCK: (3, 3),
    }
    assert again == (3, 0)
