"""The guard: one call, one bound, no mixing, and every failure an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.errors import (
    ConnectorError,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.guard import Guard
from connectors.health import Health
from connectors.manifest import Manifest
from policy.identity import Identity, IdType
from tests.connectors.agency import NOW, manifest

PEOPLE = [Identity(IdType.PASSPORT, f"E{number:07}") for number in range(10)]
ONE, TWO, *_ = PEOPLE
ENOUGH = 5.0


@dataclass
class SlowAgency:
    """An agency that answers when it is let, and notes each batch it was asked."""

    outcome: SourceOutcome = SourceOutcome.NONE
    error: ConnectorError | None = None
    open: asyncio.Event = field(default_factory=asyncio.Event)
    batches: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def ask(self, holders: Sequence[Identity]) -> list[Answer]:
        self.batches.append(len(holders))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        if self.error is not None:
            raise self.error
        return [Answer(agency="transport", outcome=self.outcome) for _ in holders]


@dataclass
class Notes:
    """Notes what it is told."""

    calls: list[int] = field(default_factory=list)
    answers: list[tuple[SourceOutcome, bool]] = field(default_factory=list)

    def called(self, agency: str, holders: int, seconds: float) -> None:  # noqa: ARG002
        self.calls.append(holders)

    def answered(self, answer: Answer, *, cached: bool) -> None:
        self.answers.append((answer.outcome, cached))


def guard_of(
    agency: SlowAgency,
    notes: Notes | None = None,
    rules: Manifest | None = None,
    *,
    still_holds: bool = True,
) -> Guard:
    return Guard(
        rules or manifest(),
        agency.ask,
        lambda _: still_holds,
        notes or Notes(),
        Health(lambda: NOW),
    )


def answering(outcome: SourceOutcome = SourceOutcome.NONE) -> SlowAgency:
    agency = SlowAgency(outcome)
    agency.open.set()
    return agency


async def test_answers_come_in_the_order_asked() -> None:
    guard = guard_of(answering())

    answers = await guard.ask([TWO, ONE, TWO], ENOUGH)

    assert [answer.outcome for answer in answers] == [SourceOutcome.NONE] * 3


async def test_people_asked_about_together_cause_one_call() -> None:
    agency = answering()

    await guard_of(agency).ask(PEOPLE, ENOUGH)

    assert agency.batches == [10]


async def test_one_person_twice_in_a_question_is_asked_about_once() -> None:
    agency = answering()

    await guard_of(agency).ask([ONE, ONE], ENOUGH)

    assert agency.batches == [1]


async def test_a_batch_is_split_at_the_manifests_limit() -> None:
    agency = answering()
    rules = manifest(
        ("timeout_seconds = 0.5", "timeout_seconds = 0.5\nbatch_limit = 4")
    )

    await guard_of(agency, rules=rules).ask(PEOPLE, ENOUGH)

    assert sorted(agency.batches) == [2, 4, 4]


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


async def test_a_budget_that_runs_out_is_an_answer() -> None:
    (answer,) = await guard_of(SlowAgency()).ask([ONE], 0.01)

    assert answer.outcome is SourceOutcome.TIMED_OUT


async def test_the_agencys_own_time_limit_is_an_answer() -> None:
    rules = manifest(("timeout_seconds = 0.5", "timeout_seconds = 0.01"))

    (answer,) = await guard_of(SlowAgency(), rules=rules).ask([ONE], ENOUGH)

    assert answer.outcome is SourceOutcome.TIMED_OUT


async def test_no_more_calls_are_under_way_than_allowed() -> None:
    agency = SlowAgency()
    rules = manifest(
        (
            "timeout_seconds = 0.5",
            "timeout_seconds = 5\nbatch_limit = 1\nconcurrency = 3",
        )
    )

    asked = asyncio.create_task(guard_of(agency, rules=rules).ask(PEOPLE, ENOUGH))
    for _ in range(5):
        await asyncio.sleep(0)
    agency.open.set()
    await asked

    assert (agency.most_at_once, len(agency.batches)) == (3, 10)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(
            UnreachableError("HTTP 500"), SourceOutcome.UNREACHABLE, id="unreachable"
        ),
        pytest.param(RefusedError("HTTP 403"), SourceOutcome.REFUSED, id="refused"),
        pytest.param(
            UnreadableError("text/html"), SourceOutcome.UNVERIFIED, id="unreadable"
        ),
    ],
)
async def test_a_failure_is_an_answer_with_its_reason(
    error: ConnectorError, outcome: SourceOutcome
) -> None:
    agency = answering()
    agency.error = error

    (answer,) = await guard_of(agency).ask([ONE], ENOUGH)

    assert answer.outcome is outcome
    assert answer.reason is not None
    assert str(error) in answer.reason.en


@pytest.mark.parametrize(
    ("outcome", "calls"),
    [
        pytest.param(SourceOutcome.ANSWERED, 1, id="an answer is kept"),
        pytest.param(SourceOutcome.NONE, 1, id="a signed absence is kept"),
        pytest.param(SourceOutcome.UNVERIFIED, 2, id="what did not verify is not"),
    ],
)
async def test_only_what_is_known_is_kept(outcome: SourceOutcome, calls: int) -> None:
    agency = answering(outcome)
    guard = guard_of(agency)

    await guard.ask([ONE], ENOUGH)
    await guard.ask([ONE], ENOUGH)

    assert len(agency.batches) == calls


async def test_a_kept_answer_that_no_longer_holds_is_asked_for_again() -> None:
    agency = answering()
    guard = guard_of(agency, still_holds=False)

    await guard.ask([ONE], ENOUGH)
    await guard.ask([ONE], ENOUGH)

    assert agency.batches == [1, 1]


async def test_a_kept_answer_is_forgotten_after_its_time() -> None:
    agency = answering()
    rules = manifest(("[signature]", "[cache]\nttl_seconds = 0\n[signature]"))
    guard = guard_of(agency, rules=rules)

    await guard.ask([ONE], ENOUGH)
    await guard.ask([ONE], ENOUGH)

    assert agency.batches == [1, 1]


async def test_kept_answers_are_bounded_in_number() -> None:
    agency = answering()
    rules = manifest(("[signature]", "[cache]\nholders = 1\n[signature]"))
    guard = guard_of(agency, rules=rules)

    for person in (ONE, TWO, ONE):
        await guard.ask([person], ENOUGH)

    assert agency.batches == [1, 1, 1]


async def test_the_observer_hears_of_calls_and_of_cached_answers() -> None:
    notes = Notes()
    guard = guard_of(answering(), notes)

    await guard.ask([ONE], ENOUGH)
    await guard.ask([ONE], ENOUGH)

    assert (notes.calls, notes.answers) == (
        [1],
        [(SourceOutcome.NONE, False), (SourceOutcome.NONE, True)],
    )


async def test_closing_cancels_what_is_under_way() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)
    asked = asyncio.create_task(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)

    await guard.close()

    assert agency.at_once == 0
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_a_bug_of_ours_is_raised_and_not_an_answer() -> None:
    async def broken(_: Sequence[Identity]) -> list[Answer]:
        raise ZeroDivisionError

    guard = Guard(manifest(), broken, lambda _: True, Notes(), Health(lambda: NOW))

    with pytest.raises(ZeroDivisionError):
        await guard.ask([ONE], ENOUGH)
