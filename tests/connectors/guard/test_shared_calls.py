"""Questions share a call where that costs nobody anything; each has its own answer."""

import asyncio
import time
from typing import Any

import pytest

from connectors.answer import SourceOutcome
from connectors.elements import Told
from connectors.errors import RefusedError, UnreachableError, UnreadableError
from connectors.guard.circuit import IN_A_ROW, Circuit, CircuitState
from connectors.guard.single_flight import AT_ONCE, MOST_WAITING, PATIENCE_SECONDS
from policy.identity import Identity, IdType
from tests.connectors.agency import NOW, manifest
from tests.connectors.collection.test_connector import ONLY_SENDS
from tests.connectors.guard.register import (
    CROWD,
    FEW,
    FIRST,
    REST,
    SHARED,
    Register,
    about,
    busy,
    guard_before,
    turns,
)
from tests.connectors.guard.slow_agency import ENOUGH, Notes
from tests.connectors.test_agency import RESPONSE_FORM

A, B, C, D, E, *OTHERS = REST
ONE_CALL = manifest(
    (
        "timeout_seconds = 0.5",
        f"timeout_seconds = 5\nbatch_limit = {FEW}\nconcurrency = 1",
    )
)


async def test_who_comes_while_calls_are_under_way_goes_together_as_one_ends() -> None:
    register = Register()
    guard = guard_before(register)
    first = await busy(register, guard)

    waiting = [guard.ask([one], ENOUGH) for one in (A, B, C)]
    await turns()
    assert len(register.calls) == len(FIRST)
    register.calls[1].answer()
    await turns()
    assert register.asked[AT_ONCE:] == [[A, B, C]]
    register.calls[AT_ONCE].answer()

    assert [await one for one in waiting] == [[about(one)] for one in (A, B, C)]
    assert [one.done() for one in first] == [False, True, False]


async def test_nobody_waits_while_nothing_is_under_way() -> None:
    """One question after the other costs a task each, and no turn, as if alone."""
    made: list[object] = []

    def make(loop: asyncio.AbstractEventLoop, work: Any) -> asyncio.Task[Any]:
        made.append(work)
        return asyncio.Task(work, loop=loop)

    counts = []
    for rules in (SHARED, manifest(("[response]", "shares_calls = false\n[response]"))):
        register = Register()
        guard = guard_before(register, rules)
        asyncio.get_running_loop().set_task_factory(make)
        made.clear()
        for one in CROWD[:5]:
            asked = guard.ask([one], ENOUGH)
            await asyncio.sleep(0)
            register.calls[-1].answer()
            passed = 0
            while not asked.done():
                await asyncio.sleep(0)
                passed += 1
            counts.append((len(made), passed))

    assert counts[:5] == counts[5:]
    assert [tasks for tasks, _ in counts[:5]] == [1, 2, 3, 4, 5]


async def test_nobody_waits_longer_than_a_moment_for_an_agency_that_is_slow() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)
    began = time.monotonic()

    waiting = [guard.ask([one], ENOUGH) for one in (A, B)]
    await register.is_asked(AT_ONCE + 1)

    assert register.asked[AT_ONCE:] == [[A, B]]
    # The first moment at which it may be; how busy the machine is decides the last.
    assert time.monotonic() - began >= PATIENCE_SECONDS
    register.calls[AT_ONCE].answer()
    assert [await one for one in waiting] == [[about(A)], [about(B)]]
    # Whoever comes later has a patience of their own.
    guard.ask([C], ENOUGH)
    await turns()
    assert len(register.calls) == AT_ONCE + 1
    await guard.close()


async def test_what_fills_a_call_waits_for_nothing() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)

    for one in REST[: FEW + 1]:
        guard.ask([one], ENOUGH)
    await turns()

    assert register.asked[AT_ONCE:] == [REST[:FEW]]
    assert len(register.under_way) == AT_ONCE + 1


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(
            manifest(("[response]", "batch_limit = 1\n[response]")),
            id="an agency without batches",
        ),
        pytest.param(
            manifest(("[response]", "shares_calls = false\n[response]")),
            id="an agency that would rather not",
        ),
        pytest.param(manifest(*RESPONSE_FORM), id="a signature over the whole body"),
        pytest.param(
            manifest(("[response]", '[request.elements]\nofficer = "o"\n[response]')),
            id="an agency that is told in the body",
        ),
        pytest.param(
            manifest(
                ("[response]", '[request.element_headers]\nofficer = "O"\n[response]')
            ),
            id="an agency that is told in headers",
        ),
        pytest.param(ONLY_SENDS, id="what was sent before"),
    ],
)
async def test_who_may_not_share_has_a_call_of_their_own(rules: Any) -> None:
    register = Register()
    guard = guard_before(register, rules)

    for one in CROWD[:10]:
        guard.ask([one], ENOUGH)
    await turns()

    assert not rules.shares_calls
    assert register.asked == [[one] for one in CROWD[:10]]
    await guard.close()


async def test_a_question_that_is_told_shares_no_call() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)
    told = Told({"officer": "o"}, {})

    asked = [guard.ask([one], ENOUGH, told) for one in (A, B, A)]
    await turns()

    assert [(c.holders, c.told) for c in register.calls[AT_ONCE:]] == [
        *(([A], told), ([B], told), ([A], told)),
    ]
    for call in register.under_way:
        call.answer()
    assert [await one for one in asked] == [[about(A)], [about(B)], [about(A)]]


async def test_one_question_is_not_kept_waiting_by_anothers_thousand() -> None:
    register = Register()
    guard = guard_before(register, ONE_CALL)
    guard.ask([CROWD[0]], ENOUGH)
    for one in CROWD[1:30]:
        guard.ask([one], ENOUGH, None, "flood")
    late = guard.ask([CROWD[30]], ENOUGH, None, "late")
    joins = guard.ask([CROWD[29]], ENOUGH, None, "joins")
    await asyncio.sleep(2 * PATIENCE_SECONDS)
    assert len(register.calls) == 1

    register.calls[0].answer()
    await turns()
    register.calls[1].answer()

    assert await late == [about(CROWD[30])]
    # Nor by having asked about somebody who is among them.
    assert await joins == [about(CROWD[29])]
    assert register.asked[1] == [CROWD[n] for n in (1, 30, 29, 2, 3, 4)]
    await guard.close()


async def test_who_goes_away_is_asked_about_no_more() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)

    gone = guard.ask([A, B], ENOUGH)
    stays = guard.ask([B, C], ENOUGH)
    too_late = guard.ask([D], 0.0001)
    alone = guard.ask([E], ENOUGH)
    gone.cancel()
    alone.cancel()
    assert (await too_late)[0].outcome is SourceOutcome.TIMED_OUT
    await turns()
    register.calls[0].answer()
    await turns()

    assert register.asked[AT_ONCE:] == [[B, C]]
    register.calls[AT_ONCE].answer()
    assert await stays == [about(B), about(C)]


async def test_when_all_who_waited_are_gone_nothing_is_asked() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)

    asked = [guard.ask([one], ENOUGH) for one in (A, B)]
    for one in asked:
        one.cancel()
    await turns()
    for call in register.calls:
        call.answer()
    await asyncio.sleep(2 * PATIENCE_SECONDS)

    assert len(register.calls) == AT_ONCE
    again = guard.ask([A], ENOUGH)
    await turns()
    register.calls[-1].answer()
    assert await again == [about(A)]


async def test_who_goes_away_does_not_end_the_call_of_the_others() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)
    gone, stays = guard.ask([A], ENOUGH), guard.ask([B], ENOUGH)
    register.calls[0].answer()
    await turns()

    gone.cancel()
    await turns()
    comes = guard.ask([A], ENOUGH)
    leaves = guard.ask([A], ENOUGH)
    leaves.cancel()
    await turns()
    register.calls[AT_ONCE].answer()

    assert [await stays, await comes] == [[about(B)], [about(A)]]
    assert register.asked[AT_ONCE:] == [[A, B]]


async def test_whoever_comes_for_who_is_gone_keeps_the_call_going() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)
    gone, leaves = guard.ask([A], ENOUGH), guard.ask([B], ENOUGH)
    register.calls[0].answer()
    await turns()

    gone.cancel()
    await turns()
    comes = guard.ask([A], ENOUGH)
    leaves.cancel()
    await turns()
    register.calls[AT_ONCE].answer()

    assert await comes == [about(A)]


async def test_a_call_is_ended_once_all_who_shared_it_are_gone() -> None:
    register = Register()
    guard = guard_before(register)
    await busy(register, guard)
    shared = [guard.ask([one], ENOUGH) for one in (A, B)]
    register.calls[0].answer()
    await turns()

    for one in shared:
        assert not register.calls[AT_ONCE].is_cancelled
        one.cancel()
        await turns()

    assert register.calls[AT_ONCE].is_cancelled
    await guard.close()


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("HTTP 422"),
        UnreadableError("a record is no JWS string"),
        UnreachableError("HTTP 500"),
        ZeroDivisionError(),
    ],
)
async def test_a_call_that_failed_is_made_again_for_each_by_themselves(
    error: Exception,
) -> None:
    register, notes = Register(), Notes()
    guard = guard_before(register, notes=notes)
    await busy(register, guard)
    asked = [guard.ask(people, ENOUGH) for people in ([A, B], [C], [D])]
    register.calls[0].answer()
    await turns()
    assert register.asked[AT_ONCE:] == [[A, B, C, D]]
    asked[2].cancel()
    await turns()

    register.calls[AT_ONCE].fail(error)
    await turns()
    assert register.asked[AT_ONCE + 1 :] == [[A, B], [C]]
    register.calls[AT_ONCE + 1].fail(error)
    register.calls[AT_ONCE + 2].answer()

    assert await asked[1] == [about(C)]
    if isinstance(error, ZeroDivisionError):
        with pytest.raises(ZeroDivisionError):
            await asked[0]
    else:
        assert [str(error) in repr(one.reason) for one in await asked[0]] == [True] * 2
        # What was asked again is no finding about the agency's data, but the last is.
        assert [list(came) for came in notes.came[1:]] in ([[A, B], [C]], [[C], [A, B]])
        # Whatever was wrong may be wrong again, so for a while nothing is shared.
        more = [guard.ask([one], ENOUGH) for one in OTHERS[:8]]
        await turns()
        assert register.asked[-8:] == [[one] for one in OTHERS[:8]]
        assert not any(one.done() for one in more)
    await guard.close()


async def test_after_a_time_limit_nobody_is_asked_again_and_nothing_shared() -> None:
    rules = manifest(
        ("timeout_seconds = 0.5", f"timeout_seconds = 0.1\nbatch_limit = {FEW}")
    )
    register = Register()
    guard = guard_before(register, rules)
    first = await busy(register, guard)
    shared = [guard.ask([one], ENOUGH) for one in (A, B)]
    register.calls[0].answer()
    await turns()

    assert [(await one)[0].outcome for one in shared] == [SourceOutcome.TIMED_OUT] * 2
    assert len(register.calls) == AT_ONCE + 1
    await asyncio.gather(*first)
    for one in REST[2:8]:
        guard.ask([one], ENOUGH)
    await turns()
    assert register.asked[AT_ONCE + 1 :] == [[one] for one in REST[2:8]]
    await guard.close()


async def test_nobody_waits_longer_for_others_than_for_a_call_of_their_own() -> None:
    rules = manifest(
        (
            "timeout_seconds = 0.5",
            f"timeout_seconds = 1\nbatch_limit = {FEW}\nconcurrency = 1",
        )
    )
    register = Register()
    guard = guard_before(register, rules)
    asked = [guard.ask([one], ENOUGH) for one in CROWD]

    async def answer() -> None:
        """Answer one call after the other, all of them in 1.75 seconds."""
        while True:
            await asyncio.sleep(0.25)
            register.calls[-1].answer()
            await turns()

    answering = asyncio.ensure_future(answer())
    outcomes = [(await one)[0].outcome for one in asked]
    answering.cancel()

    assert outcomes[0] is SourceOutcome.ANSWERED
    assert outcomes[-1] is SourceOutcome.TIMED_OUT
    await guard.close()


async def test_a_call_counts_once_whoever_shares_it() -> None:
    register, notes = Register(), Notes()
    judged: list[set[SourceOutcome]] = []

    class Noted(Circuit):
        def judge(self, outcomes: set[SourceOutcome], share: float) -> None:
            judged.append(outcomes)
            super().judge(outcomes, share)

    guard = guard_before(register, circuit=Noted(lambda: NOW), notes=notes)
    await busy(register, guard)
    asked = [guard.ask([one], ENOUGH) for one in (A, B, C)]
    register.calls[0].answer()
    await turns()
    register.calls[AT_ONCE].answer()
    await asyncio.gather(*asked)

    assert notes.calls == [1, 3]
    assert judged == [{SourceOutcome.ANSWERED}] * 2
    assert [outcome for outcome, _ in notes.answers] == [SourceOutcome.ANSWERED] * 4
    await guard.close()


async def test_who_waits_is_told_as_soon_as_the_agency_is_given_up() -> None:
    register, circuit = Register(), Circuit(lambda: NOW)
    guard = guard_before(register, ONE_CALL, circuit)
    first = guard.ask([CROWD[0]], ENOUGH)
    for one in CROWD[1:IN_A_ROW]:
        await turns()
        register.calls[-1].fail(UnreachableError("HTTP 500"))
        await first
        first = guard.ask([one], ENOUGH)
    await turns()
    waiting = [guard.ask([one], ENOUGH, None, one.number) for one in REST[5:25]]
    await asyncio.sleep(2 * PATIENCE_SECONDS)
    asked = len(register.calls)

    register.calls[-1].fail(UnreachableError("HTTP 500"))

    answers = [(await one)[0] for one in waiting]
    assert {one.outcome for one in answers} == {SourceOutcome.CIRCUIT_OPEN}
    assert len(register.calls) == asked
    assert circuit.state is CircuitState.OPEN


async def test_so_many_wait_and_no_more() -> None:
    rules = manifest(
        (
            "timeout_seconds = 0.5",
            "timeout_seconds = 5\nbatch_limit = 1000\nconcurrency = 1",
        )
    )
    register = Register()
    guard = guard_before(register, rules)
    people = [
        Identity(IdType.PASSPORT, f"F{number:07}") for number in range(MOST_WAITING)
    ]
    first = guard.ask([A], ENOUGH)
    many = guard.ask(people, ENOUGH)
    # It has a call of its own, which waits for its turn as all did before.
    more = guard.ask([B], ENOUGH)
    await turns()
    assert register.asked == [[A]]
    register.calls[0].answer()
    await turns()
    assert register.asked == [[A], [B]]
    register.calls[1].answer()
    await turns()
    register.calls[2].answer()

    assert [await first, await more] == [[about(A)], [about(B)]]
    assert len(await many) == MOST_WAITING


async def test_what_waits_is_waited_for_and_ends_with_the_rest() -> None:
    register = Register()
    guard = guard_before(register, ONE_CALL)
    asked = [guard.ask([one], ENOUGH) for one in (A, B)]
    settled = asyncio.ensure_future(guard.settle())
    await turns()
    for place in range(2):
        assert not settled.done()
        register.calls[place].answer()
        await turns()
    await settled
    assert [await one for one in asked] == [[about(A)], [about(B)]]

    broken: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: broken.append(context))
    asked = [guard.ask([one], ENOUGH) for one in (C, D)]
    await turns()
    await guard.close()
    await turns()
    assert broken == []
    assert [one.cancelled() for one in asked] == [True, True]
    assert register.asked == [[A], [B], [C]]
