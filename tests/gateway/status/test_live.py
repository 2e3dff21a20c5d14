"""A process knows who has changes, and says nothing certain once it cannot look."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import insert

from bureau.privacy.pseudonyms import Pseudonyms
from connectors.errors import StoreUnavailableError
from gateway.status.events import AnsweredStates
from gateway.status.live import START_PAGES, LiveStatus, kept_status
from policy.identity import Identity, IdType
from store.background import Supervisor
from store.database import open_database
from store.status.changes import StoredStates
from store.status.events import StoredCertificateStates
from store.status.tables import state_changes
from store.store import Store, open_store
from tests.running import eventually
from tests.store.status.sent import CHANGE, added

PAGE = 20
"""Instead of some thousand."""
OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32
PSEUDONYMS = Pseudonyms([NEW_KEY, OLD_KEY])
ALICE = Identity(IdType.RESIDENT_ID, "110101199003074514")
BOB = Identity(IdType.RESIDENT_ID, "110101198001010010")
ALICES = replace(CHANGE, person=PSEUDONYMS.of(ALICE))


class Noted:
    """Implements ``StatusObserver``."""

    def __init__(self) -> None:
        self.last = -1
        self.failures: list[str] = []

    def changes_read(self, last: int) -> None:
        self.last = last

    def changes_failed(self, reason: str) -> None:
        self.failures.append(reason)


@pytest.fixture(name="store")
async def _store(database_url: str) -> AsyncIterator[Store]:
    async with open_store(database_url) as store:
        yield store


def live(store: Store, noted: Noted | None = None) -> LiveStatus:
    return LiveStatus(StoredStates(store.engine), PSEUDONYMS, noted or Noted())


async def test_whom_a_change_is_about_is_known_after_a_look(store: Store) -> None:
    states, noted = live(store, found := Noted()), found
    await states.refresh()
    before = states.may_concern(ALICE)
    await added(store, ALICES)
    await states.refresh()

    assert (before, states.may_concern(ALICE), states.may_concern(BOB)) == (
        False,
        True,
        False,
    )
    assert noted.last > 0


async def test_a_change_under_an_old_key_of_pseudonyms_is_found(store: Store) -> None:
    await added(store, replace(CHANGE, person=Pseudonyms([OLD_KEY]).of(ALICE)))
    states = live(store)
    await states.refresh()

    found = await states.read([ALICE, BOB])

    assert states.may_concern(ALICE)
    assert [kept.certificate for kept in found[ALICE]] == ["sealed-1"]
    assert BOB not in found


async def test_what_was_committed_here_is_known_before_it_is_acknowledged(
    store: Store,
) -> None:
    states = live(store)
    await states.refresh()

    states.note([ALICES.person])

    assert states.may_concern(ALICE)


async def test_before_the_first_look_everybody_may_have_changes(store: Store) -> None:
    assert live(store).may_concern(BOB)


async def test_one_that_is_told_looks_at_once(store: Store) -> None:
    states, changed = live(store), asyncio.Event()
    async with kept_status(states, changed, Supervisor()):
        await added(store, ALICES)
        changed.set()
        await asyncio.to_thread(eventually, lambda: states.may_concern(ALICE))

    assert not changed.is_set()


async def test_what_cannot_be_read_is_no_empty_list(database_url: str) -> None:
    async with open_database(database_url) as engine:
        noted = Noted()
        states = LiveStatus(StoredStates(engine), PSEUDONYMS, noted)
        async with engine.begin() as connection:
            await connection.exec_driver_sql("DROP TABLE state_changes")

        with pytest.raises(StoreUnavailableError):
            await states.read([ALICE])

    assert noted.failures in (["OperationalError"], ["ProgrammingError"])


async def fill(store: Store, changes: int) -> None:
    """Add changes of nobody whom anybody asks about."""
    async with store.engine.begin() as connection:
        await connection.execute(
            insert(state_changes),
            [
                {
                    "connector": "fire-rescue",
                    "sequence": number,
                    "digest": f"{number}",
                    "certificate": f"sealed-{number}",
                    "person": f"{number:064x}",
                    "state": "SUSPENDED",
                    "effective_on": CHANGE.effective_on,
                    "reason": "",
                    "envelope": "",
                    "key_id": "",
                    "received_at": CHANGE.received_at,
                }
                for number in range(changes)
            ],
        )


async def test_where_many_have_changes_the_store_is_asked_until_all_are_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("gateway.status.live", "store.status.changes"):
        monkeypatch.setattr(f"{module}.PAGE", PAGE)
    await fill(store, PAGE * START_PAGES + 1)
    await added(store, ALICES)
    states = live(store)
    async with kept_status(states, asyncio.Event(), Supervisor()):
        # Nobody waited, nobody is said to have none, and what there is shows.
        begun = states.last, states.may_concern(ALICE), states.may_concern(BOB)
        found = await states.read([ALICE])
        feed = StoredCertificateStates(store.engine)
        (told,) = await AnsweredStates(feed, states).after(begun[0] + 1, 9)
        await asyncio.to_thread(eventually, lambda: not states.may_concern(BOB))

    assert begun == (PAGE * START_PAGES, True, True)
    assert [kept.certificate for kept in found[ALICE]] == ["sealed-1"]
    assert states.last == told.number
    assert states.may_concern(ALICE)
