"""An answer says how often its agency was asked for it, over real sockets."""

import asyncio

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, SourceOutcome
from connectors.guard.circuit import IN_A_ROW
from connectors.guard.hedged import LEAST_KNOWN
from policy.identity import parse_identity
from tests.attacks.upstream import (
    TIMEOUT_SECONDS,
    Behaviour,
    asked,
    asking,
    honest_answer,
    http,
    never_answers,
    sends,
    serving,
)
from tests.connectors.agency import OTHER, ZHANG
from tests.connectors.test_shared_calls import BROKEN, shared

A, B = parse_identity(ZHANG), parse_identity(OTHER)
REFUSES = sends(http({}, status="503 Service Unavailable"))


async def unplugs(_: asyncio.StreamWriter) -> None:
    """Close the connection instead of answering."""
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("behave", "outcome", "attempts"),
    [
        pytest.param(sends(http(honest_answer())), "ANSWERED", 1, id="the first try"),
        pytest.param(unplugs, "ANSWERED", 2, id="again after a closed connection"),
        pytest.param(REFUSES, "UNREACHABLE", 1, id="no second try after a 503"),
        pytest.param(never_answers, "TIMED_OUT", 1, id="nor after its time"),
    ],
)
async def test_each_time_that_it_was_asked_counts(
    behave: Behaviour, outcome: str, attempts: int
) -> None:
    async with serving(behave) as upstream, asking(upstream.url) as agency:
        answer = await asked(agency)

    assert (answer.outcome, answer.attempts) == (outcome, attempts)
    assert len(upstream.questions) == attempts


async def test_where_every_connection_is_closed_both_tries_count() -> None:
    async with (
        serving(unplugs, attacks=2) as upstream,
        asking(upstream.url) as agency,
    ):
        answer = await asked(agency)

    assert (answer.outcome, answer.attempts) == (SourceOutcome.UNREACHABLE, 2)


async def ask_of(agency: Agency, seconds: float) -> Answer:
    (answer,) = await agency.ask([A], seconds)
    return answer


async def test_who_has_no_time_is_told_how_often_it_was_asked_until_then() -> None:
    async with serving(never_answers) as upstream, asking(upstream.url) as agency:
        waited = await ask_of(agency, TIMEOUT_SECONDS / 4)
        spent = await ask_of(agency, 0)

    assert (waited.outcome, waited.attempts) == (SourceOutcome.TIMED_OUT, 1)
    # It joined the call that was under way.
    assert (spent.outcome, spent.attempts) == (SourceOutcome.TIMED_OUT, 1)


async def test_without_any_time_nobody_is_asked() -> None:
    async with serving(never_answers) as upstream, asking(upstream.url) as agency:
        answer = await ask_of(agency, 0)

    assert (answer.outcome, answer.attempts) == (SourceOutcome.TIMED_OUT, 0)
    assert upstream.questions == []


async def test_the_second_address_counts_where_the_first_is_late() -> None:
    usual = sends(http(honest_answer()))
    async with (
        serving(usual, attacks=LEAST_KNOWN, then=never_answers) as first,
        serving(usual) as second,
        asking(
            first.url,
            (
                f'url = "{first.url}"',
                f'url = "{first.url}"\nsecond_url = "{second.url}"',
            ),
        ) as agency,
    ):
        before = [await asked(agency) for _ in range(LEAST_KNOWN)]
        late = await asked(agency)

    assert {answer.attempts for answer in before} == {1}
    assert (late.outcome, late.attempts) == (SourceOutcome.ANSWERED, 2)
    assert len(second.questions) == 1


async def test_a_time_out_after_both_addresses_counts_both() -> None:
    usual = sends(http(honest_answer()))
    async with (
        serving(usual, attacks=LEAST_KNOWN, then=never_answers) as first,
        serving(never_answers) as second,
        asking(
            first.url,
            (
                f'url = "{first.url}"',
                f'url = "{first.url}"\nsecond_url = "{second.url}"',
            ),
        ) as agency,
    ):
        for _ in range(LEAST_KNOWN):
            await asked(agency)
        answer = await asked(agency)

    assert (answer.outcome, answer.attempts) == (SourceOutcome.TIMED_OUT, 2)


async def test_an_agency_that_is_spared_was_not_asked() -> None:
    async with (
        serving(REFUSES, attacks=IN_A_ROW) as upstream,
        asking(upstream.url) as agency,
    ):
        silent = [await asked(agency) for _ in range(IN_A_ROW)]
        spared = await asked(agency)

    assert [answer.attempts for answer in silent] == [1] * IN_A_ROW
    assert (spared.outcome, spared.attempts) == (SourceOutcome.CIRCUIT_OPEN, 0)


async def test_people_of_one_call_have_its_attempts_each() -> None:
    async with (
        serving(unplugs) as upstream,
        asking(
            upstream.url, ("timeout_seconds", "batch_limit = 2\ntimeout_seconds")
        ) as agency,
    ):
        answers = await agency.ask([A, B], 5.0)

    assert [answer.attempts for answer in answers] == [2, 2]
    assert len(upstream.questions) == 2


async def test_a_shared_call_that_failed_counts_beside_the_one_that_answered() -> None:
    none = sends(http({"results": [BROKEN]}))
    async with shared(none, sends(http(honest_answer()))) as (_, upstream, waiting):
        answers = [(await one)[0] for one in waiting]

    assert [answer.attempts for answer in answers] == [2, 2]
    assert len(upstream.questions) == 4
