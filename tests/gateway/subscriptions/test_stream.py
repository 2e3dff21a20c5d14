"""A stream of events, piece by piece: what is told, counted and logged as it ends."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import structlog
from prometheus_client import CollectorRegistry
from starlette.types import Message

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.graphql_http.answers import COMPLETE, next_event
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections
from gateway.subscriptions.event_stream import (
    HEADERS,
    KEEP_ALIVE,
    EventStream,
    joined,
)
from gateway.subscriptions.followed import Follower
from gateway.subscriptions.metrics import SubscriptionsMetrics
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.execution.subscribe import Delivery

GONE = AuthenticationError(Reason.UNKNOWN_TOKEN)
NOT_ANY_MORE = RefusedDocumentError(RequestError("not for you", "FORBIDDEN"))
OPTIONS = Subscriptions(send_seconds=0.2, ping_seconds=600, renew_seconds=600)
Step = Callable[["Stream"], Awaitable[None]]


@dataclass
class Caller:
    """Somebody who follows, and is asked for again and again."""

    asked: int = 0
    is_known: bool = True

    async def caller(self) -> None:
        self.asked += 1
        if not self.is_known:
            raise GONE


@dataclass
class Stream:
    """A stream under way, and all that came of it."""

    options: Subscriptions = OPTIONS
    caller: Caller = field(default_factory=Caller)
    sent: list[Message] = field(default_factory=list)
    was_closed: bool = False
    is_followed: bool = True

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.reasons: list[str] = []
        self.metrics = SubscriptionsMetrics(self.registry, self.reasons.append)
        self.connections = Connections(self.options)
        self.going_away = asyncio.Event()
        self.left = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self.held = ExitStack()
        self.held.callback(setattr, self, "was_closed", True)

    async def run(self, events: Sequence[Delivery | Exception], then: Step) -> None:
        """Send events, one after the other; then wait for the end that follows."""

        async def given() -> AsyncGenerator[Delivery, None]:
            try:
                for one in events:
                    if isinstance(one, Exception):
                        raise one
                    yield one
                await then(self)
                await asyncio.Event().wait()
            finally:
                self.is_followed = False

        async def receive() -> Message:
            await self.left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            await self.reads.wait()
            self.sent.append(message)

        stream = EventStream(
            given(),
            self.held,
            options=self.options,
            metrics=self.metrics,
            connections=self.connections,
            follower=cast("Follower", self.caller),
            receive=receive,
            caller="hr",
            going_away=self.going_away,
        )
        async with asyncio.timeout(10):
            await stream({}, receive, send)

    def count(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, {"transport": "sse", **labels})

    def ended(self) -> dict[str, float]:
        """Return how many connections ended for which reason, by our doing."""
        return {
            sample.labels["reason"]: sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == "gateway_event_connections_ended_total"
        }

    @property
    def pieces(self) -> list[bytes]:
        return [one["body"] for one in self.sent[1:] if one.get("more_body")]


def delivered(*numbers: int) -> Delivery:
    together = [(f"c{number}", b'{"data":%d}' % number) for number in numbers]
    return Delivery(
        together[-1][0], joined(together), is_followed=False, count=len(together)
    )


def events(*numbers: int) -> bytes:
    return b"".join(next_event({"data": number}, f"c{number}") for number in numbers)


async def leave(stream: Stream) -> None:
    stream.left.set()


async def go_away(stream: Stream) -> None:
    assert stream.count("gateway_event_connections") == 1
    assert stream.count("gateway_subscriptions") == 1
    stream.going_away.set()


async def read_nothing(stream: Stream) -> None:
    stream.reads.clear()


async def be_forgotten(stream: Stream) -> None:
    stream.caller.is_known = False
    stream.connections.renew()


REFUSED = next_event(
    {"errors": [{"message": "not for you", "extensions": {"code": "FORBIDDEN"}}]}
)
FORGOTTEN = next_event(
    {
        "errors": [
            {"message": str(GONE), "extensions": {"code": "UNAUTHENTICATED"}},
        ]
    }
)


@pytest.mark.parametrize(
    ("last", "then", "ending", "told"),
    [
        pytest.param((), leave, "left", b"", id="who leaves"),
        pytest.param((), go_away, "going_away", b"", id="the gateway ends"),
        pytest.param((), be_forgotten, "forbidden", FORGOTTEN, id="is nobody now"),
        pytest.param((GONE,), leave, "forbidden", FORGOTTEN, id="is found to be"),
        pytest.param((NOT_ANY_MORE,), leave, "refused", REFUSED, id="may not see it"),
    ],
)
async def test_a_stream_says_why_it_ends_to_who_follows_and_to_who_looks_on(
    last: Sequence[Exception], then: Step, ending: str, told: bytes
) -> None:
    stream = Stream()

    with structlog.testing.capture_logs() as logs:
        await stream.run([delivered(1), delivered(2, 3), *last], then)

    start, *_, end = stream.sent
    assert start == {
        "type": "http.response.start",
        "status": 200,
        "headers": [*HEADERS],
    }
    finish = [told + COMPLETE] if told else []
    assert stream.pieces == [KEEP_ALIVE, events(1), events(2, 3), *finish]
    # Who left is told nothing more; to all others it is said that this is all.
    assert (end == {"type": "http.response.body", "body": b""}) is (ending != "left")
    assert (stream.was_closed, stream.is_followed) == (True, False)
    assert stream.ended() == ({} if ending == "left" else {ending: 1})
    assert stream.reasons == ([GONE.reason] if ending == "forbidden" else [])
    assert stream.count("gateway_events_sent_total") == 3
    assert stream.count("gateway_event_connections") == 0
    assert stream.count("gateway_subscriptions") == 0
    connected, gone = logs
    assert connected == {
        "event": "connected",
        "log_level": "info",
        "transport": "sse",
        "caller": "hr",
    }
    assert 0 <= gone.pop("seconds") < 10
    assert gone == {
        **connected,
        "event": "disconnected",
        "code": ending,
        "events": 3,
    }


@pytest.mark.parametrize(
    "last",
    [
        pytest.param([delivered(1)], id="an event"),
        pytest.param([NOT_ANY_MORE], id="why it ends"),
    ],
)
async def test_who_does_not_read_is_cut_off_without_a_word(
    last: Sequence[Delivery | Exception],
) -> None:
    stream = Stream()

    class Silent(list[Delivery | Exception]):
        """Events of which the last come when nobody reads any more."""

        def __iter__(self) -> Any:
            yield delivered(0)
            stream.reads.clear()
            yield from last

    await stream.run(Silent(), leave)

    assert stream.pieces == [KEEP_ALIVE, events(0)]
    assert len(stream.sent) == 1 + len(stream.pieces)
    assert stream.ended() == {"not_read": 1}


async def test_a_stream_is_kept_alive_and_its_caller_judged_again() -> None:
    often = Subscriptions(send_seconds=5, ping_seconds=0.1, renew_seconds=0.1)
    stream = Stream(often)

    async def wait(stream: Stream) -> None:
        await asyncio.sleep(0.45)
        stream.left.set()

    await stream.run([delivered(1)], wait)

    first, event, *others = stream.pieces
    assert (first, event) == (KEEP_ALIVE, events(1))
    # About four of each; the load of a machine takes some.
    assert others
    assert set(others) == {KEEP_ALIVE}
    assert stream.caller.asked > 1


async def test_a_stream_that_says_enough_is_not_kept_alive_nor_judged_too_often() -> (
    None
):
    stream = Stream()

    async def wait(stream: Stream) -> None:
        await asyncio.sleep(0.05)
        asked = stream.caller.asked
        stream.connections.renew()
        await asyncio.sleep(0.05)
        assert (asked, stream.caller.asked) == (1, 2)
        stream.left.set()

    await stream.run([delivered(1)], wait)

    assert stream.caller.asked == 2
    assert stream.pieces == [KEEP_ALIVE, events(1)]


async def test_who_reads_no_comment_is_cut_off() -> None:
    often = Subscriptions(send_seconds=0.1, ping_seconds=0.1, renew_seconds=600)
    stream = Stream(often)

    await stream.run([delivered(1)], read_nothing)

    assert stream.ended() == {"not_read": 1}
