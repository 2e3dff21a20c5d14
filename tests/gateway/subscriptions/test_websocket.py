"""graphql-transport-ws: what is told, and that nothing is lost or told twice."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from store.store import Store
from tests.gateway.subscriptions.conftest import CALLERS, EXPIRING, STRANGER
from tests.gateway.subscriptions.following import (
    CHANGES,
    CHANGES_AFTER,
    CURSORS,
    Socket,
    change,
    connected,
    streaming,
    write,
)
from tests.running import TOKEN, Agencies, Gateway, eventually, running_gateway

FILTERED = (
    "subscription($after: String) { certificateStateChanged(after: $after, "
    'filter: {agencyIds: ["fire_rescue"], states: [REVOKED]}) '
    "{ certificateId state reason effectiveOn } }"
)


def cursor(gateway: Gateway) -> str:
    """Return where things stand now."""
    shown: dict[str, Any] = gateway.ask(CURSORS)
    return str(shown["eventCursors"]["certificateStates"])


async def ids(socket: Socket, count: int) -> list[str]:
    """Return the certificates of the next events."""
    return [(await socket.next())["certificateId"] for _ in range(count)]


async def test_a_change_is_told_to_who_says_in_the_payload_who_it_is(
    gateway: Gateway, store: Store
) -> None:
    start = cursor(gateway)
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(CHANGES_AFTER, after=start)
        await write(store, change(101))

        told = await socket.next()

    assert told["certificateId"] == "sealed-101"


async def test_a_change_is_told_to_who_says_in_a_header_who_it_is(
    gateway: Gateway, store: Store
) -> None:
    start = cursor(gateway)
    async with connected(gateway, Authorization=f"Bearer {TOKEN}") as socket:
        await socket.init(None)
        await socket.subscribe(CHANGES_AFTER, after=start)
        await write(store, change(102))

        told = await socket.next()

    assert told["certificateId"] == "sealed-102"


async def test_what_happened_while_a_client_was_cut_off_is_told_once_and_in_order(
    gateway: Gateway, store: Store
) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(CHANGES_AFTER, after=cursor(gateway))
        await write(store, *(change(number) for number in (201, 202)))
        before = [await socket.next() for _ in range(2)]
        # No farewell: the network is gone.
        transport = socket.ws.get_extra_info("socket")
        transport.shutdown(2)
    await write(store, *(change(number) for number in (203, 204)))
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(CHANGES_AFTER, after=before[-1]["cursor"])
        await write(store, change(205))

        after = await ids(socket, 3)

    told = [one["certificateId"] for one in before] + after
    assert told == [f"sealed-{number}" for number in range(201, 206)]


async def test_a_filter_leaves_out_others_and_a_reason_names_nobody(
    gateway: Gateway, store: Store
) -> None:
    start = cursor(gateway)
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(FILTERED, after=start)
        await write(store, change(301), change(302, "fire_rescue"))

        told = await socket.next()

    assert (told["certificateId"], told["state"]) == ("sealed-302", "REVOKED")
    assert told["effectiveOn"] == "2026-11-20"
    assert told["reason"].endswith("不符合条件")
    assert "310110199003074514" not in told["reason"]


@pytest.mark.parametrize("wrong", ["", "invented", "other-kind"])
async def test_a_cursor_that_is_no_place_is_refused(
    gateway: Gateway, wrong: str
) -> None:
    if wrong == "other-kind":
        wrong = cursor(gateway)[:-2] + "AA"
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(CHANGES_AFTER, after=wrong)

        message = await socket.message()

    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "UNKNOWN_CURSOR"


async def test_a_client_that_has_enough_is_told_no_more_and_may_begin_anew(
    gateway: Gateway, store: Store
) -> None:
    start = cursor(gateway)
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(CHANGES_AFTER, after=start)
        await socket.send("complete", id="1")
        await socket.send("ping")
        assert await socket.message() == {"type": "pong"}
        await write(store, change(401))
        await socket.subscribe(CHANGES_AFTER, after=start)

        assert await ids(socket, 1) == ["sealed-401"]


@pytest.mark.parametrize("query", ["{ __typename }", "mutation { __typename }"])
async def test_what_is_no_subscription_is_refused(gateway: Gateway, query: str) -> None:
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(query)

        message = await socket.message()

    assert message["payload"][0]["extensions"]["code"] == "NOT_A_SUBSCRIPTION"


async def test_who_may_not_read_certificates_follows_none(strict: Gateway) -> None:
    async with connected(strict) as socket:
        await socket.init(STRANGER)
        await socket.subscribe(CHANGES)

        message = await socket.message()

    assert message["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_limits_of_documents_hold(gateway: Gateway) -> None:
    deep = "{ ... on CertificateStateChanged " * 30 + "{ cursor }" + " }" * 30
    async with connected(gateway) as socket:
        await socket.init()
        await socket.subscribe(f"subscription {{ certificateStateChanged {deep} }}")

        message = await socket.message()

    assert message["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_a_token_that_ends_ends_what_it_follows(short_lived: Gateway) -> None:
    async with (
        connected(short_lived) as socket,
        streaming(short_lived, CHANGES, EXPIRING[1]) as events,
    ):
        await socket.init(EXPIRING[0])
        await socket.subscribe(CHANGES)

        closed = asyncio.create_task(socket.message())
        told, complete = [event async for event in events]
        assert await closed == 4403

    assert told[2]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert complete[0] == "complete"


async def test_who_follows_is_told_when_the_gateway_ends(
    agencies: Agencies, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        gateway = stack.enter_context(running_gateway(tmp_path, agencies))
        async with connected(gateway) as socket, streaming(gateway, CHANGES) as events:
            await socket.init()
            await socket.subscribe(CHANGES)
            ending = asyncio.create_task(asyncio.to_thread(stack.close))

            assert await socket.message() == 1001
            assert [event async for event in events] == []
            await ending


async def test_what_is_open_is_counted_and_logged(
    strict: Gateway, strict_store: Store
) -> None:
    async with connected(strict) as socket:
        await socket.init(CALLERS[0])
        await socket.subscribe(CHANGES)
        await asyncio.sleep(0.2)
        await write(strict_store, change(901))
        await socket.next()
        assert (
            'gateway_events_sent_total{transport="websocket"}'
            in strict.get("/metrics")[1]
        )
        open_now = strict.get("/metrics")[1]

    assert 'gateway_event_connections{transport="websocket"} 0.0' not in open_now
    eventually(lambda: '"disconnected"' in strict.log and CALLERS[0] in strict.log)


async def test_what_has_ended_is_counted_no_more(strict: Gateway) -> None:
    def under_way() -> float:
        name = 'gateway_subscriptions{transport="websocket"} '
        lines = strict.get("/metrics")[1].splitlines()
        return sum(float(line.removeprefix(name)) for line in lines if name in line)

    before = under_way()
    async with connected(strict) as socket:
        await socket.init(CALLERS[0])
        await socket.subscribe(CHANGES)
        await asyncio.sleep(0.2)
        during = under_way()
    eventually(lambda: under_way() == before)

    assert during == before + 1


async def test_a_wrong_token_opens_no_socket(gateway: Gateway) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with connected(gateway, Authorization="Bearer wrong"):
            pass

    assert refused.value.status == 401
