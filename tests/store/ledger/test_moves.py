"""A claim's moves are added, never changed, and say whose it is."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DBAPIError

from bureau.ledger.moves import ClaimMove, ClaimPlace, MoveError, MoveRefusal
from store.ledger.ledger import StoredLedger
from store.ledger.tables import decisions
from store.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PUDONG, XUHUI, HUANGPU = "310115", "310104", "310101"
AUTHORITY = "transport-commission"


async def decided(store: Store, district: str = PUDONG, key: str = "1") -> None:
    """Put a decision into the ledger."""
    row = {
        "claim": "c",
        "outcome": "APPROVED",
        "district": district,
        "person": "a" * 64,
        "certificate": "sealed",
        "connector": "transport",
        "authority": AUTHORITY,
        "evidence": "e" * 64,
        "decided_on": date(2026, 11, 25),
        "recorded_at": NOON,
        "recorded_by": "hr",
        "request_key": key,
        "request_digest": key,
    }

    def work(connection: Connection) -> None:
        connection.execute(insert(decisions).values(row))

    await store.writer.write(work)


def stated(from_: str = PUDONG, to: str = XUHUI) -> ClaimMove:
    return ClaimMove(
        claim="c",
        from_district=from_,
        to_district=to,
        reason="迁居",
        moved_at=NOON,
        moved_by="hr",
        officer="0f" * 32,
    )


@pytest.fixture(name="ledger")
async def _ledger(store: Store) -> StoredLedger:
    await decided(store)
    return StoredLedger(store)


async def test_a_claim_is_the_district_s_that_decided_until_it_is_moved(
    ledger: StoredLedger,
) -> None:
    assert await ledger.place_of("c", None, None) == ClaimPlace("c", PUDONG, [])

    moved = await ledger.move(stated(), None, None)

    assert moved == ClaimPlace("c", XUHUI, [stated()])
    assert await ledger.place_of("c", None, None) == moved


async def test_a_claim_goes_on_and_comes_back(ledger: StoredLedger) -> None:
    for from_, to in ((PUDONG, XUHUI), (XUHUI, HUANGPU), (HUANGPU, PUDONG)):
        await ledger.move(stated(from_, to), None, frozenset({from_}))

    place = await ledger.place_of("c", None, None)

    assert place is not None
    assert place.district == PUDONG
    assert [one.to_district for one in place.moves] == [XUHUI, HUANGPU, PUDONG]


@pytest.mark.parametrize(
    ("move", "authorities", "districts", "refusal"),
    [
        (stated(), None, frozenset({XUHUI}), MoveRefusal.UNKNOWN_CLAIM),
        (stated(), None, frozenset(), MoveRefusal.UNKNOWN_CLAIM),
        (stated(), frozenset({"fire-rescue"}), None, MoveRefusal.UNKNOWN_CLAIM),
        (stated(XUHUI), None, frozenset({PUDONG}), MoveRefusal.BAD_DISTRICT),
        (stated(XUHUI, PUDONG), None, None, MoveRefusal.MOVED_MEANWHILE),
    ],
)
async def test_who_may_not_moves_nothing(
    ledger: StoredLedger,
    move: ClaimMove,
    authorities: frozenset[str] | None,
    districts: frozenset[str] | None,
    refusal: MoveRefusal,
) -> None:
    with pytest.raises(MoveError) as refused:
        await ledger.move(move, authorities, districts)

    assert refused.value.refusal is refusal
    assert await ledger.place_of("c", None, None) == ClaimPlace("c", PUDONG, [])


async def test_where_decisions_differ_from_before_the_last_one_says_whose(
    ledger: StoredLedger, store: Store
) -> None:
    await decided(store, HUANGPU, "2")

    place = await ledger.place_of("c", None, frozenset({PUDONG}))

    assert place == ClaimPlace("c", HUANGPU, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claim_moves SET reason = 'another'",
        "UPDATE claim_moves SET to_district = '310101'",
        "DELETE FROM claim_moves",
        "TRUNCATE claim_moves",
        "INSERT OR REPLACE INTO claim_moves SELECT * FROM claim_moves",
    ],
)
async def test_a_move_is_never_changed_and_never_removed(
    ledger: StoredLedger, store: Store, statement: str
) -> None:
    await ledger.move(stated(), None, None)
    is_sqlite = store.engine.dialect.name == "sqlite"
    if ("TRUNCATE" in statement) is is_sqlite or (
        "REPLACE" in statement and not is_sqlite
    ):
        statement = "DELETE FROM claim_moves WHERE id = 1"

    with pytest.raises(DBAPIError, match="append-only"):
        async with store.engine.begin() as connection:
            await connection.execute(text(statement))

    place = await ledger.place_of("c", None, None)
    assert place is not None
    assert place.moves == [stated()]
