"""A list is compared in pages, and what they leave in memory is given back."""

import gc
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest

from bureau.ledger.reconciliation import Window
from gateway.collection.inflate import Encoding
from gateway.reconciliation import reading
from gateway.reconciliation.asked import Asked, Form
from gateway.reconciliation.comparing import PAGES_A_COLLECTION, Comparing
from gateway.reconciliation.reading import ListReader
from gateway.settings.reconciliation import Reconciliation
from store.ledger.listed_claims import open_seen
from store.ledger.reconciliation import StoredEntries
from store.store import open_store

DAY = date(2026, 11, 25)
ASKED = Asked(
    window=Window(first=DAY, last=DAY, authorities=None, districts=None),
    form=Form.NDJSON,
    characters=None,
    encoding=Encoding.IDENTITY,
)
ROWS = 10
PAGES = 2 * PAGES_A_COLLECTION + 1
OBJECTS_A_PAGE = 10
"""What a page may leave; without a collection it leaves some sixty."""


@pytest.fixture(name="_collecting_nothing")
def _collecting_nothing() -> Iterator[None]:
    """Collect nothing by itself, as a process that collects rarely."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_collecting_nothing")
async def test_twice_the_pages_leave_no_more_in_memory(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a short list has many pages.
    monkeypatch.setattr(reading, "ROWS", ROWS)
    body = b"".join(b'{"claim": "c-%d"}\n' % row for row in range(PAGES * ROWS))
    async with open_store(database_url) as store:
        entries = StoredEntries(store)
        with open_seen() as seen:
            comparing = Comparing(
                entries=entries,
                window=ASKED.window,
                reader=ListReader(BytesIO(body), ASKED, Reconciliation(), lambda _: ()),
                extent=await entries.extent(),
                seen=seen,
                is_same=str.__eq__,
            )
            alive = [len(gc.get_objects()) async for _ in comparing.lines()]

    # One for each page, and one for the sum.
    assert len(alive) == PAGES + 1
    # A page is given back once the next one is asked for.
    once, twice = alive[PAGES_A_COLLECTION], alive[2 * PAGES_A_COLLECTION]
    assert twice - once < PAGES_A_COLLECTION * OBJECTS_A_PAGE
