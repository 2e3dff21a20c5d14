"""A token for one use is used once, whichever gateway it is shown to, and when."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import func, select, text

from connectors.errors import StoreUnavailableError
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.callers.single_use import UsedTokens, use_once
from store.store import Store, open_store
from store.used_tokens import StoredUsedTokens, used_tokens
from tests.gateway.callers.issuing import RememberedTokens
from tests.gateway.callers.minting import NOW

UNTIL = NOW + 300
Make = Callable[[], UsedTokens]


@pytest.fixture(name="make", params=["memory", "store"])
def _make(request: pytest.FixtureRequest, store: Store) -> Make:
    """Return what makes used tokens; those of tests keep to what the store keeps."""
    if request.param == "memory":
        return RememberedTokens
    return lambda: StoredUsedTokens(store.writer)


async def test_a_token_is_used_once(make: Make) -> None:
    used = make()
    await used.use("transport", "1", UNTIL, NOW)

    assert not await used.use("transport", "1", UNTIL, NOW)


@pytest.mark.parametrize(
    ("issuer", "token_id"),
    [
        pytest.param("transport", "2", id="another id"),
        pytest.param("fire-rescue", "1", id="another issuer"),
        pytest.param("transport1", "", id="the same letters, parted elsewhere"),
        pytest.param("transport", "\ud800", id="no Unicode"),
        pytest.param("transport", "x" * 8000, id="a long one"),
    ],
)
async def test_another_token_is_not_used(
    make: Make, issuer: str, token_id: str
) -> None:
    used = make()
    await used.use("transport", "1", UNTIL, NOW)

    assert await used.use(issuer, token_id, UNTIL, NOW)
    assert not await used.use(issuer, token_id, UNTIL, NOW)


async def test_it_is_remembered_until_its_time_is_over(make: Make) -> None:
    used = make()
    await used.use("transport", "1", UNTIL, NOW)

    assert not await used.use("transport", "1", UNTIL, UNTIL)
    assert await used.use("transport", "1", UNTIL + 600, UNTIL + 1)


async def test_of_many_at_once_one_is_accepted(make: Make) -> None:
    used = make()

    ends = await asyncio.gather(
        *(used.use("transport", "1", UNTIL, NOW) for _ in range(20)),
    )

    assert ends.count(True) == 1


@pytest.fixture(name="another")
async def _another(database_url: str) -> AsyncIterator[StoredUsedTokens]:
    """Another gateway's, on the same database."""
    async with open_store(database_url) as other:
        yield StoredUsedTokens(other.writer)


async def test_another_gateway_knows(store: Store, another: StoredUsedTokens) -> None:
    await StoredUsedTokens(store.writer).use("transport", "1", UNTIL, NOW)

    assert not await another.use("transport", "1", UNTIL, NOW)


async def test_of_two_gateways_at_once_one_accepts(
    store: Store, another: StoredUsedTokens
) -> None:
    mine = StoredUsedTokens(store.writer)

    for number in range(20):
        ends = await asyncio.gather(
            *(used.use("a", str(number), UNTIL, NOW) for used in (mine, another)),
        )

        assert ends.count(True) == 1


async def test_a_far_end_is_kept(store: Store) -> None:
    used = StoredUsedTokens(store.writer)
    await used.use("transport", "1", 10.0**18, NOW)

    assert not await used.use("transport", "1", UNTIL, NOW)


async def test_what_is_over_is_removed(store: Store) -> None:
    used = StoredUsedTokens(store.writer)
    for number in range(5):
        await used.use("transport", str(number), NOW + number, NOW)

    await used.use("transport", "9", UNTIL, NOW + 100)

    async with store.engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(used_tokens))
    assert count == 1


async def test_nobody_is_believed_while_nothing_can_be_kept(
    store: Store,
) -> None:
    used = StoredUsedTokens(store.writer)
    async with store.engine.begin() as other:
        await other.execute(text("ALTER TABLE used_tokens RENAME TO elsewhere"))

    with pytest.raises(StoreUnavailableError):
        await used.use("transport", "1", UNTIL, NOW)
    with pytest.raises(AuthenticationError) as refused:
        await use_once(used, "transport", "1", NOW + 300, NOW)
    assert refused.value.reason is Reason.REPLAYS_UNKNOWN
