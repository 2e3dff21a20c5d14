"""Decisions and recoveries are told of as they happen, to who may see them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest

from tests.federation.offices import (
    BUREAU,
    DISTRICT,
    PLATFORM,
    READER,
    Offices,
)
from tests.gateway.subscriptions.following import Socket, connected, streaming

T = TypeVar("T")
CURSORS = "{ eventCursors { decisions recoveries } }"
DECIDED = """subscription($after: String) { decisionRecorded(after: $after) {
  cursor at decision { claim outcome amountYuan district authority { id }
    payment { state } } } }"""
RECOVERED = """subscription($after: String) { recoveryChanged(after: $after) {
  cursor step after amountYuan recovery { claim cause district authority { id }
    history { step } } } }"""


def run(work: Callable[..., T], *arguments: object, **more: object) -> Awaitable[T]:
    return asyncio.to_thread(work, *arguments, **more)


async def cursors(offices: Offices) -> dict[str, str]:
    found = await run(offices.ask, 1, BUREAU, CURSORS)
    told: dict[str, str] = found["eventCursors"]
    return told


@asynccontextmanager
async def following(
    offices: Offices, token: str, query: str, after: str
) -> AsyncIterator[Socket]:
    async with connected(offices.gateways[1]) as socket:
        await socket.init(token)
        await socket.subscribe(query, after=after)
        yield socket


async def of_claim(socket: Socket, claim: str, place: str) -> Any:
    """Return the next event of a claim; other tests decide, too."""
    while True:
        event = await socket.next()
        if event[place]["claim"] == claim:
            return event


async def test_a_decision_is_told_at_another_gateway(offices: Offices) -> None:
    start = await cursors(offices)
    _, _, certificate = await run(offices.certified)

    async with following(offices, PLATFORM, DECIDED, start["decisions"]) as socket:
        await run(offices.decide, 0, certificate, "told", outcome="APPROVED")
        approved = await of_claim(socket, "told", "decision")
        await run(offices.pay_step, 0, claim="told", version=1, action="PAY")
        paid = await of_claim(socket, "told", "decision")

    assert approved["decision"] == {
        "claim": "told",
        "outcome": "APPROVED",
        "amountYuan": 1600,
        "district": DISTRICT,
        "authority": {"id": "transport"},
        "payment": {"state": "APPROVED"},
    }
    assert (paid["decision"]["outcome"], paid["decision"]["payment"]) == (
        *("PAID", {"state": "PAID"}),
    )


async def test_every_step_of_a_recovery_is_told(offices: Offices) -> None:
    start = await cursors(offices)
    _, said, certificate = await run(offices.certified)
    await run(offices.decide, 0, certificate, "claimed-back")

    async with following(offices, BUREAU, RECOVERED, start["recoveries"]) as socket:
        await run(offices.change, said, "撤销")
        opened = await of_claim(socket, "claimed-back", "recovery")
        recovery = await run(offices.recovery, "claimed-back")
        assert recovery is not None
        seen = {"id": recovery["id"], "version": recovery["version"]}
        await run(offices.step, **seen, action="REPAY", amountYuan=600)
        repaid = await of_claim(socket, "claimed-back", "recovery")

    assert (opened["step"], opened["after"], opened["recovery"]["cause"]) == (
        *("OPEN", "OPEN", "REVOKED"),
    )
    assert (repaid["step"], repaid["after"], repaid["amountYuan"]) == (
        *("REPAY", "PARTLY_RECOVERED", 600),
    )
    assert [one["step"] for one in repaid["recovery"]["history"]] == ["OPEN", "REPAY"]


@pytest.mark.parametrize("place", [0, 1])
async def test_who_was_cut_off_goes_on_by_the_cursor(
    offices: Offices, place: int
) -> None:
    start = await cursors(offices)
    names = [f"cut-off-{place}-{number}" for number in range(3)]
    for name in names:
        _, _, certificate = await run(offices.certified)
        await run(offices.decide, 0, certificate, name)
    gateway = offices.gateways[place]
    query = "subscription { decisionRecorded { cursor decision { claim } } }"

    told: list[str] = []
    after = start["decisions"]
    while len(told) < len(names):
        # Cut off after each.
        async with streaming(gateway, query, PLATFORM, last_event_id=after) as events:
            async for name, id_, data in events:
                if name == "next":
                    after = id_
                    told.append(data["data"]["decisionRecorded"]["decision"]["claim"])
                    break

    assert told == names


async def test_a_cursor_of_another_kind_is_none(offices: Offices) -> None:
    start = await cursors(offices)

    async with following(offices, BUREAU, DECIDED, start["recoveries"]) as socket:
        message = await socket.message()

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "UNKNOWN_CURSOR"


@pytest.mark.parametrize(
    ("token", "query"),
    [(READER, DECIDED), (READER, RECOVERED), (PLATFORM, RECOVERED)],
)
async def test_who_may_not_read_the_ledger_is_told_nothing(
    offices: Offices, token: str, query: str
) -> None:
    async with connected(offices.gateways[1]) as socket:
        await socket.init(token)
        await socket.subscribe(query)
        message = await socket.message()

    assert message["payload"][0]["extensions"]["code"] == "FORBIDDEN"
