"""The circuit breaker: who does not answer is spared, and tried again."""

import asyncio
from dataclasses import dataclass, field

import pytest

from connectors.answer import NotAsked, SourceOutcome
from connectors.guard.circuit import (
    CALLS,
    FIRST_PAUSE,
    IN_A_ROW,
    LONGEST_PAUSE,
    SLOW_SHARE,
    Circuit,
    CircuitState,
)
from tests.connectors.agency import NOW, manifest
from tests.connectors.guard.slow_agency import (
    ENOUGH,
    PEOPLE,
    SlowAgency,
    answering,
    guard_of,
)

GOOD = {SourceOutcome.ANSWERED}
SILENT = {SourceOutcome.TIMED_OUT}
DOUBTED = {SourceOutcome.UNVERIFIED}
AT_ONCE = 0.1


@dataclass
class Tried:
    """A circuit, its clock, and what it said of itself."""

    states: list[CircuitState] = field(default_factory=list)
    """What was told, the first state left out."""
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.circuit = Circuit(
            lambda: NOW, self.states.append, monotonic=lambda: self.seconds
        )
        assert self.states.pop() is CircuitState.CLOSED

    def call(
        self, outcomes: set[SourceOutcome], times: int = 1, share: float = AT_ONCE
    ) -> None:
        for _ in range(times):
            attempt = self.circuit.enter()
            assert attempt is not None
            with attempt:
                attempt.judge(outcomes, share)

    def state(self) -> CircuitState:
        return self.circuit.state

    def is_asked(self) -> bool:
        return self.state() is CircuitState.CLOSED


@pytest.fixture(name="tried")
def _tried() -> Tried:
    return Tried()


@pytest.mark.parametrize(
    "outcome", [SourceOutcome.TIMED_OUT, SourceOutcome.UNREACHABLE]
)
def test_who_is_silent_time_after_time_is_not_asked(
    tried: Tried, outcome: SourceOutcome
) -> None:
    tried.call({outcome}, IN_A_ROW - 1)
    assert tried.is_asked()
    tried.call({outcome})

    assert tried.circuit.enter() is None
    assert tried.states == [CircuitState.OPEN]
    opened = tried.circuit.opened
    assert opened is not None
    assert opened.since == NOW
    assert 0 < (opened.next_try_at - NOW).total_seconds() <= FIRST_PAUSE


def test_who_answers_now_and_then_is_asked_and_who_hardly_does_is_not(
    tried: Tried,
) -> None:
    for _ in range(CALLS):
        tried.call(GOOD)
        tried.call(SILENT, 2)
    assert tried.is_asked()

    tried.call(GOOD, CALLS)
    for _ in range(4):
        tried.call(GOOD)
        tried.call(SILENT, 3)
        assert tried.is_asked()
    tried.call(GOOD)
    tried.call(SILENT, 3)

    assert not tried.is_asked()


def test_who_answers_for_some_of_a_batch_is_there(tried: Tried) -> None:
    tried.call(SILENT | GOOD, CALLS)
    tried.call(DOUBTED | GOOD, CALLS)

    assert tried.is_asked()


@pytest.mark.parametrize(
    ("outcomes", "share"), [(DOUBTED, AT_ONCE), (GOOD, SLOW_SHARE)]
)
def test_what_is_doubted_or_slow_opens_it_only_if_nothing_else_comes(
    tried: Tried, outcomes: set[SourceOutcome], share: float
) -> None:
    tried.call(outcomes, CALLS - 1, share)
    tried.call(GOOD)
    tried.call(outcomes, CALLS - 1, share)
    assert tried.is_asked()

    tried.call(outcomes, share=share)

    assert not tried.is_asked()


def test_one_question_goes_through_as_a_trial_and_closes_it(tried: Tried) -> None:
    tried.call(SILENT, IN_A_ROW)
    tried.seconds += FIRST_PAUSE

    trial = tried.circuit.enter()
    assert trial is not None
    assert tried.circuit.enter() is None
    with trial:
        trial.judge(GOOD, SLOW_SHARE)

    assert tried.states == [
        CircuitState.OPEN,
        CircuitState.HALF_OPEN,
        CircuitState.CLOSED,
    ]
    assert tried.circuit.opened is None


def test_a_trial_that_fails_opens_it_for_twice_as_long_up_to_a_bound(
    tried: Tried,
) -> None:
    tried.call(SILENT, IN_A_ROW)
    pauses = []
    for _ in range(10):
        opened = tried.circuit.opened
        assert opened is not None
        assert opened.since == NOW
        pauses.append((opened.next_try_at - NOW).total_seconds())
        tried.seconds += LONGEST_PAUSE
        tried.call(SILENT)

    assert pauses[:5] == sorted(pauses[:5])
    assert pauses[1] > FIRST_PAUSE
    assert max(pauses) <= LONGEST_PAUSE

    tried.seconds += LONGEST_PAUSE
    tried.call(GOOD)
    tried.call(SILENT, IN_A_ROW)
    opened = tried.circuit.opened
    assert opened is not None
    assert (opened.next_try_at - NOW).total_seconds() <= FIRST_PAUSE


def test_a_trial_that_is_given_up_lets_the_next_one_through(tried: Tried) -> None:
    tried.call(SILENT, IN_A_ROW)
    tried.seconds += FIRST_PAUSE

    trial = tried.circuit.enter()
    assert trial is not None
    with trial:
        assert tried.circuit.enter() is None

    assert tried.circuit.enter() is not None


def test_what_was_asked_before_it_opened_is_no_trial(tried: Tried) -> None:
    early = tried.circuit.enter()
    assert early is not None
    tried.call(SILENT, IN_A_ROW)
    tried.seconds += FIRST_PAUSE
    trial = tried.circuit.enter()
    assert trial is not None

    with early:
        early.judge(GOOD, AT_ONCE)
    assert tried.state() is CircuitState.HALF_OPEN

    with trial:
        trial.judge(SILENT, AT_ONCE)
    assert tried.state() is CircuitState.OPEN


def test_one_that_does_not_open_lets_everything_through() -> None:
    circuit = Circuit(lambda: NOW, opens=False)
    for _ in range(3 * CALLS):
        attempt = circuit.enter()
        assert attempt is not None
        with attempt:
            attempt.judge(SILENT, 1.0)


SHORT = manifest(("timeout_seconds = 0.5", "timeout_seconds = 0.02"))


async def test_a_guard_answers_at_once_for_who_is_spared() -> None:
    agency, circuit = SlowAgency(), Circuit(lambda: NOW)
    guard = guard_of(agency, rules=SHORT, circuit=circuit)
    for person in PEOPLE[:IN_A_ROW]:
        await guard.ask([person], ENOUGH)

    (answer,) = await guard.ask([PEOPLE[-1]], ENOUGH)

    assert answer.outcome is SourceOutcome.CIRCUIT_OPEN
    assert isinstance(answer.not_asked, NotAsked)
    assert answer.not_asked == circuit.opened
    assert len(agency.batches) == IN_A_ROW


async def test_who_finds_no_room_says_nothing_of_the_agency() -> None:
    rules = manifest(
        ("timeout_seconds = 0.5", "timeout_seconds = 0.1\nconcurrency = 1")
    )
    agency, circuit = SlowAgency(), Circuit(lambda: NOW)
    guard = guard_of(agency, rules=rules, circuit=circuit)

    answers = await asyncio.gather(*(guard.ask([one], ENOUGH) for one in PEOPLE))

    assert {answer.outcome for (answer,) in answers} == {SourceOutcome.TIMED_OUT}
    assert circuit.state is CircuitState.CLOSED


async def test_nor_does_who_finds_it_late() -> None:
    """What was begun with little time left ends for want of ours."""
    rules = manifest(
        (
            "timeout_seconds = 0.5",
            "timeout_seconds = 0.4\nconcurrency = 1\nshares_calls = false",
        )
    )
    judged: list[set[SourceOutcome]] = []

    class Noted(Circuit):
        def judge(self, outcomes: set[SourceOutcome], share: float) -> None:
            judged.append(outcomes)
            super().judge(outcomes, share)

    agency = SlowAgency()
    guard = guard_of(agency, rules=rules, circuit=Noted(lambda: NOW))
    first = asyncio.ensure_future(guard.ask([PEOPLE[0]], ENOUGH))
    second = asyncio.ensure_future(guard.ask([PEOPLE[1]], ENOUGH))
    await asyncio.sleep(0.2)
    agency.open.set()
    agency.open.clear()
    await first

    (answer,) = await second

    assert agency.batches == [1, 1]
    assert answer.outcome is SourceOutcome.TIMED_OUT
    assert judged == [{SourceOutcome.NONE}]


async def test_whoever_gives_up_the_trial_leaves_it_to_the_next() -> None:
    agency, circuit = answering(), Circuit(lambda: NOW)
    guard = guard_of(agency, rules=SHORT, circuit=circuit)
    agency.open.clear()
    for person in PEOPLE[:IN_A_ROW]:
        await guard.ask([person], ENOUGH)
    await asyncio.sleep(FIRST_PAUSE)

    given_up = guard.ask([PEOPLE[-1]], ENOUGH)
    await asyncio.sleep(0)
    given_up.cancel()
    await guard.settle()
    agency.open.set()
    (answer,) = await guard.ask([PEOPLE[-2]], ENOUGH)

    assert answer.outcome is SourceOutcome.NONE
    assert circuit.state is CircuitState.CLOSED
