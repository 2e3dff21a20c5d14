"""Requests share a call to an agency over a real socket; each keeps what is its own."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from connectors.agency import Agency
from connectors.answer import Answer, RecordFault, SourceOutcome
from policy.identity import parse_identity
from tests.attacks.upstream import (
    TIMEOUT_SECONDS,
    Behaviour,
    Upstream,
    asking,
    honest_answer,
    http,
    never_answers,
    sends,
    serving,
)
from tests.connectors.agency import OTHER, RECORD, ZHANG, absence, record
from tests.connectors.guard.slow_agency import PEOPLE

A, B = parse_identity(ZHANG), parse_identity(OTHER)
FIRST = PEOPLE[0]
BUDGET = 2.0
OTHERS_RECORD = record({**RECORD, "id": OTHER, "number": "OTHER"}).signature.decode()
BROKEN = {"idNumber": ZHANG, "records": [1], "absence": None}


def entry(number: str, *tokens: str, none: str | None = None) -> dict[str, object]:
    return {"idNumber": number, "records": list(tokens), "absence": none}


async def unplugs(_: asyncio.StreamWriter) -> None:
    """Be gone, in the middle of whatever it was."""
    raise ConnectionResetError


@asynccontextmanager
async def shared(
    *then: Behaviour,
) -> AsyncIterator[tuple[Agency, Upstream, list[asyncio.Future[list[Answer]]]]]:
    """Have two requests share the call that follows the one under way."""
    answers = iter(then)
    come, go = asyncio.Event(), asyncio.Event()

    async def first(writer: asyncio.StreamWriter) -> None:
        come.set()
        await go.wait()
        await sends(http(honest_answer()))(writer)

    async def later(writer: asyncio.StreamWriter) -> None:
        await next(answers, then[-1])(writer)

    async with serving(first, then=later) as upstream, asking(upstream.url) as agency:
        before = agency.ask([FIRST], BUDGET)
        await come.wait()
        asked = [agency.ask([one], BUDGET, caller=one.number) for one in (A, B)]
        go.set()
        await before
        yield agency, upstream, asked


def numbers(question: bytes) -> list[str]:
    return [holder["idNumber"] for holder in json.loads(question)["holders"]]


async def test_each_has_their_own_answer() -> None:
    both = entry(OTHER, OTHERS_RECORD), entry(ZHANG, record().signature.decode())

    async with shared(sends(http({"results": both}))) as (_, upstream, asked):
        answers = [(await one)[0] for one in asked]

    assert [numbers(one) for one in upstream.questions[1:]] == [[ZHANG, OTHER]]
    assert [[c.record.number for c in one.certificates] for one in answers] == [
        *(["0000123"], ["OTHER"]),
    ]
    assert [len(one.proofs) for one in answers] == [1, 1]


async def test_what_is_put_under_anothers_number_is_nobodys() -> None:
    swapped = (
        entry(ZHANG, OTHERS_RECORD),
        entry(OTHER, none=absence().signature.decode()),
    )

    async with shared(sends(http({"results": swapped}))) as (_, __, asked):
        answers = [(await one)[0] for one in asked]

    assert [one.certificates for one in answers] == [(), ()]
    assert {one.outcome for one in answers} == {SourceOutcome.UNVERIFIED}
    codes = {refusal.code for one in answers for refusal in one.refusals}
    assert RecordFault.WRONG_HOLDER in codes


async def test_whose_record_breaks_an_answer_breaks_nobody_elses() -> None:
    """One entry is no record: all of the answer is unreadable, theirs included."""
    good = entry(OTHER, OTHERS_RECORD)

    async with shared(
        sends(http({"results": [BROKEN, good]})),
        sends(http({"results": [BROKEN]})),
        sends(http({"results": [good]})),
    ) as (_, upstream, asked):
        broken, whole = [(await one)[0] for one in asked]

    assert [numbers(one) for one in upstream.questions[1:]] == [
        *([ZHANG, OTHER], [ZHANG], [OTHER]),
    ]
    assert [refusal.code for refusal in broken.refusals] == ["UNREADABLE_ANSWER"]
    assert [c.record.number for c in whole.certificates] == ["OTHER"]


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        pytest.param(unplugs, SourceOutcome.UNREACHABLE, id="its plug is pulled"),
        pytest.param(never_answers, SourceOutcome.TIMED_OUT, id="it falls silent"),
    ],
)
async def test_when_the_agency_dies_all_who_share_the_call_are_told_in_time(
    behave: Behaviour, outcome: SourceOutcome
) -> None:
    async with shared(behave) as (agency, _, asked):
        waits = [agency.ask([FIRST], BUDGET, caller="waits")]
        began = time.monotonic()
        answers = [(await one)[0] for one in [*asked, *waits]]
        took = time.monotonic() - began

    assert [one.outcome for one in answers] == [outcome] * 3
    # What the machine takes beside is ours to forgive.
    assert took < BUDGET + TIMEOUT_SECONDS
