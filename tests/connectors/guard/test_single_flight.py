"""Single flight: one call for many who ask, ended when nobody waits for it."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.elements import Told
from connectors.guard.circuit import Circuit
from connectors.guard.guard import Guard
from connectors.guard.health import Health
from connectors.guard.lanes import Call, Question
from policy.identity import Identity
from tests.circles import circles
from tests.connectors.agency import NOW, manifest
from tests.connectors.guard.slow_agency import (
    ENOUGH,
    ONE,
    TWO,
    Notes,
    SlowAgency,
    answering,
    guard_of,
)

LIMIT_SECONDS = 0.2
ONE_BY_ONE = manifest(("timeout_seconds = 0.5", "timeout_seconds = 5\nbatch_limit = 1"))


async def test_two_requests_about_one_person_at_once_share_one_call() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    first = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    second = asyncio.ensure_future(guard.ask([ONE, TWO], ENOUGH))
    await asyncio.sleep(0)
    agency.open.set()
    await asyncio.gather(first, second)

    assert agency.batches == [1, 1]


async def test_a_caller_that_gives_up_leaves_the_answer_to_the_other() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    patient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await patient

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1])


async def test_a_call_that_nobody_waits_for_any_more_is_called_off() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    asked = [asyncio.ensure_future(guard.ask([ONE], ENOUGH)) for _ in range(2)]
    await asyncio.sleep(0)
    for caller in asked:
        caller.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    await asyncio.sleep(0)

    assert (agency.batches, agency.at_once) == ([1], 0)


async def test_a_call_of_which_one_person_is_waited_for_goes_on() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.ensure_future(guard.ask([ONE, TWO], ENOUGH))
    await asyncio.sleep(0)
    patient = asyncio.ensure_future(guard.ask([TWO], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await patient

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [2])


async def test_nobody_joins_a_call_that_was_called_off() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await guard.ask([ONE], ENOUGH)

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1, 1])


async def test_nobody_joins_a_call_whose_time_is_over() -> None:
    agency = SlowAgency()
    limit = ("timeout_seconds = 0.5", f"timeout_seconds = {LIMIT_SECONDS}")
    guard = guard_of(agency, rules=manifest(limit))
    late = guard.ask([ONE], ENOUGH)
    await asyncio.sleep(0)

    # The event loop is held up: that the time is over is yet to be seen.
    time.sleep(LIMIT_SECONDS)  # noqa: ASYNC251 - see above
    in_time = guard.ask([ONE], ENOUGH)
    answers = [await late]
    agency.open.set()
    answers.append(await in_time)

    outcomes = [answer.outcome for (answer,) in answers]
    assert outcomes == [SourceOutcome.TIMED_OUT, SourceOutcome.NONE]
    assert agency.batches == [1, 1]


async def test_whoever_joins_in_the_moment_the_last_one_leaves_has_the_answer() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    impatient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)
    impatient.cancel()
    patient = guard.ask([ONE], ENOUGH)
    await asyncio.sleep(0)
    agency.open.set()
    (answer,) = await patient

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1])


async def test_a_call_whose_waiter_ran_out_of_time_goes_on_for_the_next() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)

    await guard.ask([ONE], 0.01)
    agency.open.set()
    (answer,) = await guard.ask([ONE], ENOUGH)

    assert (answer.outcome, agency.batches) == (SourceOutcome.NONE, [1])


async def test_what_landed_in_time_is_handed_on_though_another_is_late() -> None:
    late = asyncio.Event()

    async def ask(holders: Sequence[Identity], _: Told | None) -> list[Answer]:
        if holders == [TWO]:
            await late.wait()
        return [Answer(agency="transport", outcome=SourceOutcome.NONE)]

    guard = Guard(
        ONE_BY_ONE,
        ask,
        lambda _: True,
        Notes(),
        Health(lambda: NOW),
        circuit=Circuit(lambda: NOW),
    )

    answers = await guard.ask([ONE, TWO], 0.05)

    assert [answer.outcome for answer in answers] == [
        SourceOutcome.NONE,
        SourceOutcome.TIMED_OUT,
    ]
    late.set()
    await guard.ask([TWO], ENOUGH)


async def test_whoever_waits_for_two_flights_has_both() -> None:
    guard = guard_of(answering(), rules=ONE_BY_ONE)

    answers = await guard.ask([ONE, TWO], ENOUGH)

    assert [answer.outcome for answer in answers] == [SourceOutcome.NONE] * 2


async def test_a_bug_in_one_flight_is_raised_after_the_other_has_landed() -> None:
    landed = []

    async def broken(holders: Sequence[Identity], _: Told | None) -> list[Answer]:
        if holders == [ONE]:
            raise ZeroDivisionError
        await asyncio.sleep(0.01)
        landed.append(holders)
        return [Answer(agency="transport", outcome=SourceOutcome.NONE)]

    guard = Guard(
        ONE_BY_ONE,
        broken,
        lambda _: True,
        Notes(),
        Health(lambda: NOW),
        circuit=Circuit(lambda: NOW),
    )

    with pytest.raises(ZeroDivisionError):
        await guard.ask([ONE, TWO], ENOUGH)
    assert landed == [[TWO]]


async def test_who_gave_up_is_not_reported_as_answered() -> None:
    agency = SlowAgency()
    notes = Notes()
    guard = guard_of(agency, notes)

    impatient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    patient = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    impatient.cancel()
    await asyncio.sleep(0)
    agency.open.set()
    await patient

    assert notes.answers == [(SourceOutcome.NONE, False)]


async def test_a_question_takes_one_task_and_an_answer_kept_takes_none() -> None:
    made: list[object] = []

    def make(loop: asyncio.AbstractEventLoop, work: Any) -> asyncio.Task[Any]:
        made.append(work)
        return asyncio.Task(work, loop=loop)

    guard = guard_of(answering())
    asyncio.get_running_loop().set_task_factory(make)

    counts = []
    for _ in range(2):
        await guard.ask([ONE, TWO], ENOUGH)
        counts.append(len(made))

    assert counts == [1, 1]


async def test_what_was_asked_and_answered_leaves_nothing_to_collect() -> None:
    guard = guard_of(answering())

    with circles() as left:
        await asyncio.gather(guard.ask([ONE], ENOUGH), guard.ask([ONE, TWO], ENOUGH))
        await asyncio.sleep(0)

    assert left.isdisjoint({Answer, Call, Question, asyncio.Task})
