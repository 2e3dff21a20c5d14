"""A second address answers where the first is late or away, and is asked seldom."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from connectors.connector import Reply
from connectors.elements import Told
from connectors.errors import RefusedError, UnreachableError
from connectors.guard.hedged import (
    LEAST_KNOWN,
    MOST,
    SHARE,
    Hedge,
    HedgedConnector,
)
from policy.identity import Identity, IdType
from tests.connectors.guard.slow_agency import ONE

TOLD = Told({"officer": "o"}, {})


@dataclass
class Address:
    """Answers at once, with an error, or when it is let."""

    name: str
    error: Exception | None = None
    open: asyncio.Event = field(default_factory=asyncio.Event)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    given_up: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    def can_ask(self, id_type: IdType) -> bool:
        return id_type is not IdType.PASSPORT

    async def fetch(
        self,
        holders: Sequence[Identity],  # noqa: ARG002 - the contract
        told: Told | None = None,  # noqa: ARG002
    ) -> Reply:
        self.asked += 1
        self.is_asked.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.error is not None:
            raise self.error
        return Reply([], self.name)

    async def probe(self) -> None:
        if self.error is not None:
            raise self.error


class Pair:
    def __init__(self) -> None:
        self.first, self.second = Address("first"), Address("second")
        self.hedges: list[Hedge] = []
        self.hedged = HedgedConnector(self.first, self.second, self.hedges.append)

    async def ask(self, told: Told | None = None) -> str | None:
        async with asyncio.timeout(5):
            return (await self.hedged.fetch([ONE], told)).nonce

    async def ask_both(self) -> "asyncio.Task[str | None]":
        """Ask, and wait until both are under way."""
        await self.learn()
        self.first.open.clear()
        self.second.open.clear()
        asking = asyncio.create_task(self.ask())
        await self.second.is_asked.wait()
        return asking

    async def learn(self, times: int = LEAST_KNOWN) -> None:
        """Know how long a call usually takes: no time at all."""
        for _ in range(times):
            assert await self.ask() == "first"


async def test_what_comes_as_usual_is_asked_once() -> None:
    pair = Pair()

    await pair.learn(100)

    assert pair.second.asked == 0
    assert pair.hedges == []


async def test_of_one_that_is_late_the_second_answers_and_the_first_is_given_up() -> (
    None
):
    pair = Pair()
    await pair.learn()
    pair.first.open.clear()

    assert await pair.ask() == "second"
    await asyncio.sleep(0)

    assert pair.hedges == [Hedge(was_late=True, has_won=True)]
    assert pair.first.given_up == 1


async def test_the_first_counts_if_it_is_sooner_after_all() -> None:
    pair = Pair()
    asking = await pair.ask_both()

    pair.first.open.set()

    assert await asking == "first"
    await asyncio.sleep(0)
    assert pair.hedges == [Hedge(was_late=True, has_won=False)]
    assert pair.second.given_up == 1


async def test_nothing_is_late_until_it_is_known_what_is_usual() -> None:
    pair = Pair()
    await pair.learn(LEAST_KNOWN - 1)
    pair.first.open.clear()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await pair.hedged.fetch([ONE])

    assert pair.second.asked == 0


async def test_one_call_in_twenty_is_made_twice_at_most() -> None:
    """However long the first is late: the rest wait for it, as without a second."""
    pair = Pair()
    await pair.learn(1_000)
    pair.first.open.clear()
    before = pair.first.asked

    async def ask() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await pair.hedged.fetch([ONE])

    for _ in range(40):
        await ask()

    asked = pair.first.asked - before
    assert pair.second.asked <= MOST + SHARE * asked
    # And whoever asks is not left without: what was not used is.
    assert pair.second.asked >= MOST


async def test_an_address_that_is_away_is_passed_by_and_goes_second_from_then_on() -> (
    None
):
    pair = Pair()
    pair.first.error = UnreachableError("down")

    answers = [await pair.ask() for _ in range(10)]

    assert answers == ["second"] * 10
    assert pair.first.asked == 1
    assert pair.hedges == [Hedge(was_late=False, has_won=True)]


async def test_where_both_are_away_that_is_said_and_few_are_asked_twice() -> None:
    pair = Pair()
    pair.first.error = pair.second.error = UnreachableError("down")

    for _ in range(100):
        with pytest.raises(UnreachableError):
            await pair.ask()

    assert pair.first.asked + pair.second.asked <= 100 + MOST + 100 * SHARE


async def test_a_late_first_that_is_away_in_the_end_leaves_it_to_the_second() -> None:
    pair = Pair()
    asking = await pair.ask_both()

    pair.first.error = UnreachableError("cut")
    pair.first.open.set()
    await asyncio.sleep(0.01)
    pair.second.open.set()

    assert await asking == "second"


async def test_a_refusal_is_an_answer() -> None:
    pair = Pair()
    pair.first.error = RefusedError("403")

    with pytest.raises(RefusedError):
        await pair.ask()

    assert pair.second.asked == 0


async def test_an_agency_that_is_told_of_questions_is_told_once() -> None:
    pair = Pair()
    await pair.learn()
    pair.first.open.clear()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await pair.hedged.fetch([ONE], TOLD)

    assert pair.second.asked == 0


async def test_whoever_gives_up_gives_up_both() -> None:
    pair = Pair()
    asking = await pair.ask_both()

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await asyncio.sleep(0)

    assert (pair.first.given_up, pair.second.given_up) == (1, 1)


async def test_either_address_is_enough_for_a_knock() -> None:
    pair = Pair()
    pair.first.error = UnreachableError("down")
    await pair.hedged.probe()

    pair.second.error = UnreachableError("down")
    with pytest.raises(UnreachableError):
        await pair.hedged.probe()
    assert not pair.hedged.can_ask(IdType.PASSPORT)
