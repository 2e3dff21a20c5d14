"""Server-sent events: what is told, where it goes on, and how it ends."""

from store.store import Store
from tests.gateway.subscriptions.conftest import CALLERS
from tests.gateway.subscriptions.following import (
    CHANGES,
    CURSORS,
    change,
    posted,
    streaming,
    write,
)
from tests.running import Gateway


def cursor(gateway: Gateway) -> str:
    """Return where things stand now."""
    return str(gateway.ask(CURSORS)["eventCursors"]["certificateStates"])


async def test_a_client_that_was_cut_off_goes_on_after_its_last_event(
    gateway: Gateway, store: Store
) -> None:
    async with streaming(gateway, CHANGES, Last_Event_ID=cursor(gateway)) as events:
        await write(store, change(501), change(502))
        first = await anext(events)
    async with streaming(gateway, CHANGES, Last_Event_ID=first[1]) as events:
        second = await anext(events)
        await write(store, change(503))
        third = await anext(events)

    told = [event[2]["data"]["certificateStateChanged"] for event in (first, second)]
    assert [one["certificateId"] for one in told] == ["sealed-501", "sealed-502"]
    assert third[0] == "next"
    shown = third[2]["data"]["certificateStateChanged"]
    assert (shown["certificateId"], shown["cursor"]) == ("sealed-503", third[1])


async def test_a_cursor_that_is_no_place_is_told_as_an_event(gateway: Gateway) -> None:
    async with streaming(gateway, CHANGES, Last_Event_ID="invented") as events:
        (told, complete) = [event async for event in events]

    assert told[2]["errors"][0]["extensions"]["code"] == "UNKNOWN_CURSOR"
    assert complete == ("complete", "", None)


async def test_a_question_is_answered_as_events_to_who_reads_nothing_else(
    gateway: Gateway,
) -> None:
    async with streaming(gateway, "{ __typename }") as events:
        (told, complete) = [event async for event in events]

    assert told == ("next", "", {"data": {"__typename": "Query"}})
    assert complete[0] == "complete"


def test_a_subscription_is_not_answered_as_json(gateway: Gateway) -> None:
    status, answer, _ = gateway.post({"query": CHANGES})

    assert (status, answer["errors"][0]["extensions"]["code"]) == (
        406,
        "NOT_ACCEPTABLE",
    )


def test_a_stranger_follows_nothing(gateway: Gateway) -> None:
    status, _, _ = gateway.post(
        {"query": CHANGES}, None, {"Accept": "text/event-stream"}
    )

    assert status == 401


async def test_streams_count_as_connections_and_are_kept_alive(strict: Gateway) -> None:
    token = CALLERS[10]
    async with (
        posted(strict, CHANGES, token) as one,
        posted(strict, CHANGES, token) as two,
        posted(strict, CHANGES, token) as three,
    ):
        alive = [await one.content.readline() for _ in range(4)]

        assert (one.status, two.status, three.status) == (200, 200, 429)
    assert alive == [b":\n", b"\n"] * 2
