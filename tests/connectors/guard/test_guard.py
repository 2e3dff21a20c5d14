"""The guard: one bound, no mixing, and every failure an answer."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from connectors.answer import Answer, SourceOutcome
from connectors.elements import Told
from connectors.errors import (
    ConnectorError,
    Later,
    RefusedError,
    UnreachableError,
    UnreadableError,
)
from connectors.guard.circuit import Circuit
from connectors.guard.guard import Guard
from connectors.guard.health import Health
from policy.identity import Identity, IdType
from tests.connectors.agency import NOW, manifest
from tests.connectors.collection.test_connector import ONLY_SENDS
from tests.connectors.guard.slow_agency import (
    ENOUGH,
    ONE,
    PEOPLE,
    TWO,
    Notes,
    SlowAgency,
    answering,
    guard_of,
)
from tests.policy.factories import is_said_twice


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


async def test_a_budget_that_runs_out_is_an_answer() -> None:
    (answer,) = await guard_of(SlowAgency()).ask([ONE], 0.01)

    assert answer.outcome is SourceOutcome.TIMED_OUT
    assert answer.reason is not None
    assert is_said_twice(answer.reason)


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

    asked = asyncio.ensure_future(guard_of(agency, rules=rules).ask(PEOPLE, ENOUGH))
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
    assert str(error) in answer.reason.zh
    assert is_said_twice(answer.reason)
    if outcome is SourceOutcome.UNVERIFIED:
        assert [one.reason for one in answer.refusals] == [str(error)]


@pytest.mark.parametrize(
    ("later", "at"),
    [
        pytest.param(timedelta(minutes=2), NOW + timedelta(minutes=2), id="so long"),
        pytest.param(NOW + timedelta(days=7), NOW + timedelta(days=7), id="a week"),
        pytest.param(NOW + timedelta(days=7, seconds=1), None, id="too late"),
        pytest.param(timedelta(0), None, id="now"),
        pytest.param(NOW - timedelta(days=1), None, id="it has passed"),
        pytest.param(None, None, id="it does not say"),
    ],
)
async def test_an_agency_that_says_when_to_ask_again_is_believed_for_a_week(
    later: Later | None, at: datetime | None
) -> None:
    agency = answering()
    agency.error = UnreachableError("HTTP 503")
    agency.error.later = later

    (answer,) = await guard_of(agency).ask([ONE], ENOUGH)

    assert (answer.outcome, answer.available_at) == (SourceOutcome.UNREACHABLE, at)


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
    assert [list(answers) for answers in notes.came] == [[ONE]]
    assert 0 <= notes.seconds[0] < ENOUGH


async def test_what_was_sent_before_anybody_asked_is_not_counted_again() -> None:
    notes = Notes()

    await guard_of(answering(), notes, rules=ONLY_SENDS).ask([ONE], ENOUGH)

    assert (notes.calls, notes.came) == ([1], [])


def test_who_answers_for_anybody_in_a_call_is_answering() -> None:
    health = Health(lambda: NOW)
    assert (health.is_answering, health.is_speaking) == (None, None)

    for outcomes, last, is_answering, is_speaking in (
        (["NONE"], "NONE", True, True),
        (["TIMED_OUT"], "TIMED_OUT", False, False),
        (["UNREACHABLE"], "UNREACHABLE", False, False),
        (["REFUSED"], "REFUSED", False, True),
        (["UNVERIFIED", "ANSWERED", "NONE"], "ANSWERED", True, True),
        (["NONE", "UNVERIFIED"], "NONE", True, True),
        (["TIMED_OUT", "UNVERIFIED"], "TIMED_OUT", False, False),
    ):
        health.note([Answer(agency="x", outcome=SourceOutcome(o)) for o in outcomes])

        assert health.last_outcome == last
        assert (health.is_answering, health.is_speaking) == (is_answering, is_speaking)
        assert health.asked_at == NOW


async def test_a_call_is_noted_in_the_agency_s_health() -> None:
    health = Health(lambda: NOW)
    agency = answering(SourceOutcome.ANSWERED)
    circuit = Circuit(lambda: NOW)
    guard = Guard(
        manifest(), agency.ask, lambda _: True, Notes(), health, circuit=circuit
    )

    await guard.ask([ONE], ENOUGH)

    assert health.last_outcome is SourceOutcome.ANSWERED


async def test_nobody_joins_a_call_that_began_before_all_was_forgotten() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)
    before = guard.ask([ONE], ENOUGH)
    await asyncio.sleep(0)

    guard.forget()
    since = guard.ask([ONE], ENOUGH)
    await asyncio.sleep(0)
    agency.open.set()

    assert (await before, await since) == (await since, await before)
    assert agency.batches == [1, 1]
    # Nor is an answer kept that is forgotten, of one person or of all.
    guard.forget_about(ONE)
    await guard.ask([ONE], ENOUGH)
    guard.forget()
    await guard.ask([ONE], ENOUGH)
    assert agency.batches == [1, 1, 1, 1]


async def test_what_is_under_way_is_waited_for() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)
    asked = [guard.ask([person], ENOUGH) for person in (ONE, TWO)]
    settled = asyncio.ensure_future(guard.settle())
    for _ in range(3):
        await asyncio.sleep(0)
    assert not settled.done()

    agency.open.set()
    await settled

    assert [one.done() for one in asked] == [True, True]
    assert agency.at_once == 0


async def test_closing_cancels_what_is_under_way() -> None:
    agency = SlowAgency()
    guard = guard_of(agency)
    asked = asyncio.ensure_future(guard.ask([ONE], ENOUGH))
    await asyncio.sleep(0)

    await guard.close()

    assert agency.at_once == 0
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_a_bug_of_ours_is_raised_and_not_an_answer() -> None:
    async def broken(_: Sequence[Identity], __: Told | None) -> list[Answer]:
        raise ZeroDivisionError

    guard = Guard(
        manifest(),
        broken,
        lambda _: True,
        Notes(),
        Health(lambda: NOW),
        circuit=Circuit(lambda: NOW),
    )

    with pytest.raises(ZeroDivisionError):
        await guard.ask([ONE], ENOUGH)


async def test_one_number_under_two_id_types_is_never_in_one_batch() -> None:
    agency = answering()
    twins = [
        Identity(IdType.PASSPORT, "H12345678"),
        Identity(IdType.HOME_RETURN_PERMIT, "H12345678"),
        ONE,
    ]

    await guard_of(agency).ask(twins, ENOUGH)

    assert sorted(agency.batches) == [1, 2]


async def test_a_budget_that_is_spent_asks_nobody() -> None:
    agency = answering()

    (answer,) = await guard_of(agency).ask([ONE], 0)

    assert (answer.outcome, agency.batches) == (SourceOutcome.TIMED_OUT, [])
