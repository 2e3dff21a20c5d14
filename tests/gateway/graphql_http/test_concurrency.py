"""A caller has so many questions in work, and no more; those that wait lend theirs."""

import asyncio

import pytest

from gateway.graphql_http.concurrency import WAITING, Turns
from gateway.graphql_http.refusals import Code, RefusedRequestError

LONG, SHORT = 60.0, 0.01


async def refusal(turns: Turns, caller: str = "a") -> RefusedRequestError:
    with pytest.raises(RefusedRequestError) as refused:
        await turns.take(caller)
    return refused.value


async def test_the_last_turn_is_given_and_the_next_refused_after_a_while() -> None:
    turns = Turns(2, SHORT)

    with await turns.take("a"), await turns.take("a"):
        refused = await refusal(turns)

    assert refused.code is Code.TOO_MANY_REQUESTS
    assert refused.headers == {"Retry-After": "1"}
    assert turns._taken == {}


async def test_who_waits_gets_the_next_turn_that_is_given_back() -> None:
    turns = Turns(1, LONG)
    first, waiting = await turns.take("a"), asyncio.create_task(turns.take("a"))
    await asyncio.sleep(0)

    with first:
        assert not waiting.done()
    second = await waiting

    assert (first.waited_seconds, second.waited_seconds > 0) == (0, True)
    with second:
        pass
    assert turns._taken == {}


async def test_no_more_wait_than_may() -> None:
    turns = Turns(1, LONG)
    with await turns.take("a"):
        waiting = [asyncio.create_task(turns.take("a")) for _ in range(WAITING)]
        await asyncio.sleep(0)
        refused = await refusal(turns)

    assert refused.code is Code.TOO_MANY_REQUESTS
    for one in waiting:
        with await one:
            pass


async def test_a_turn_that_came_to_one_who_gave_up_is_anothers() -> None:
    turns = Turns(1, LONG)
    first = await turns.take("a")
    gone, other = (asyncio.create_task(turns.take("a")) for _ in range(2))
    await asyncio.sleep(0)

    with first:
        pass
    gone.cancel()

    with await asyncio.wait_for(other, 10):
        pass
    assert turns._taken == {}


async def test_one_caller_does_not_take_anothers_turn() -> None:
    turns = Turns(1, SHORT)

    with await turns.take("a"), await turns.take("b"):
        pass


async def test_a_turn_is_given_back_also_after_a_failure() -> None:
    turns = Turns(1, SHORT)

    with pytest.raises(ZeroDivisionError), await turns.take("a"):
        raise ZeroDivisionError

    with await turns.take("a"):
        pass


async def test_a_turn_that_is_lent_is_anothers_until_it_is_taken_back() -> None:
    turns = Turns(1, SHORT)

    with await turns.take("a") as lent:
        lent.lend()
        lent.lend()
        with await turns.take("a"):
            await refusal(turns)
            lent.take_back()
        with await turns.take("a"):
            pass
        lent.take_back()
        await refusal(turns)

    assert turns._taken == {}


async def test_what_is_over_while_its_turn_is_lent_takes_none_back() -> None:
    turns = Turns(1, SHORT)

    with await turns.take("a") as lent:
        lent.lend()
    assert turns._taken == {}
    lent.take_back()

    assert turns._taken == {}
    with await turns.take("a"):
        await refusal(turns)
