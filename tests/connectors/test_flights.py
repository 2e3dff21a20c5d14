"""Single flight: one call for many who ask, ended when nobody waits for it."""

import asyncio

from connectors.answer import SourceOutcome
from tests.connectors.slow_agency import ENOUGH, ONE, TWO, SlowAgency, guard_of


async def test_two_requests_about_one_person_at_once_share_one_call() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    first = asyncio.create_task(guard.ask([ONE], ENOUGH))
    second = asyncio.create_task(guard.ask([ONE, TWO], ENOUGH))
    await asyncio.sleep(0)
    agency.open.set()
    await asyncio.gather(first, second)

    assert agency.batches == [1, 1]


async def test_a_caller_that_gives_up_leaves_the_answer_to_the_other() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.create_task(guard.ask([ONE], ENOUGH))
    patient = asyncio.create_task(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await patient

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1])


async def test_a_call_that_nobody_waits_for_any_more_is_called_off() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    asked = [asyncio.create_task(guard.ask([ONE], ENOUGH)) for _ in range(2)]
    await asyncio.sleep(0)
    for caller in asked:
        caller.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.sleep(0)

    assert (agency.batches, agency.at_once) == ([1], 0)


async def test_a_call_of_which_one_person_is_waited_for_goes_on() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.create_task(guard.ask([ONE, TWO], ENOUGH))
    await asyncio.sleep(0)
    patient = asyncio.create_task(guard.ask([TWO], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await patient

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [2])


async def test_nobody_joins_a_call_that_was_called_off() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.create_task(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    agency.open.set()
    await asyncio.gather(impatient, return_exceptions=True)
    (answer,) = await guard.ask([ONE], ENOUGH)

    assert (answer.outcome, agency.at_once) == (SourceOutcome.NONE, 0)


async def test_a_call_whose_waiter_ran_out_of_time_goes_on_for_the_next() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    await guard.ask([ONE], 0.01)
    agency.open.set()
    (answer,) = await guard.ask([ONE], ENOUGH)

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1])
