"""Subscriptions as server-sent events, one request each (graphql-sse, distinct mode).

What is refused is refused before the stream begins. Then each result is an event with
its cursor as the id; a client that was cut off sends the last of them as
``Last-Event-ID`` and goes on after it. Comments keep proxies from taking silence for an
end. A client that does not read makes ``send`` wait, and is cut off after a while.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack
from enum import StrEnum

import orjson
import structlog
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from gateway.callers.refusal import AuthenticationError
from gateway.graphql_http.answers import COMPLETE, next_event
from gateway.request_state import request_of
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections, is_set_within
from gateway.subscriptions.followed import Follower
from gateway.subscriptions.metrics import SubscriptionsMetrics
from resolvers.documents.documents import Prepared, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.execution.execute import Shown, shown
from resolvers.execution.subscribe import Delivery

TRANSPORT = "sse"
KEEP_ALIVE = b":\n\n"
END_SECONDS = 1.0
"""How long a client may take to take the end."""
HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    # nginx would collect events until there are enough of them.
    (b"x-accel-buffering", b"no"),
)

_logger = structlog.get_logger("gateway.events")


def joined(events: Sequence[tuple[str, bytes]]) -> bytes:
    """Return events, each a cursor and an execution's result, as one piece."""
    return b"".join(
        next_event(orjson.Fragment(result), cursor) for cursor, result in events
    )


class EventStreams:
    """Opens streams, within the limits of the connections."""

    def __init__(
        self,
        options: Subscriptions,
        connections: Connections,
        metrics: SubscriptionsMetrics,
    ) -> None:
        self._options = options
        self._connections = connections
        self._metrics = metrics

    async def open(
        self, scope: Scope, receive: Receive, prepared: Prepared, question: Question
    ) -> "EventStream":
        """Begin a subscription, and return what answers with it.

        Raises:
            RefusedRequestError: too many connections are open.
            RefusedDocumentError: see ``resolvers.execution.subscribe``.
        """
        request = request_of(scope)
        caller = request.known_caller
        follower = Follower(scope, TRANSPORT)
        last = Headers(scope=scope).get("last-event-id") or None
        going_away = asyncio.Event()
        with ExitStack() as held:
            held.enter_context(self._connections.opened(going_away.set, is_known=True))
            held.enter_context(self._connections.owned(caller.id))
            events = await follower.follow(prepared, question, caller, last, joined)
            request.is_stream = True
            return EventStream(
                events,
                held.pop_all(),
                options=self._options,
                metrics=self._metrics,
                connections=self._connections,
                follower=follower,
                receive=receive,
                caller=caller.id,
                going_away=going_away,
            )


class Ending(StrEnum):
    """Reasons for which a stream ends."""

    LEFT = "left"
    """The client left."""
    GOING_AWAY = "going_away"
    """The gateway ends."""
    FORBIDDEN = "forbidden"
    """The client is nobody we know any more."""
    REFUSED = "refused"
    """The client may not see events any more, or there are none to be had."""
    NOT_READ = "not_read"
    """The client does not read."""


class EventStream:
    """One stream, which is an answer."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        events: AsyncGenerator[Delivery, None],
        held: ExitStack,
        *,
        options: Subscriptions,
        metrics: SubscriptionsMetrics,
        connections: Connections,
        follower: Follower,
        receive: Receive,
        caller: str,
        going_away: asyncio.Event,
    ) -> None:
        self._events = events
        self._held = held
        """Its share of the connections there may be, until it ends."""
        self._options = options
        self._metrics = metrics
        self._connections = connections
        self._follower = follower
        self._receive = receive
        self._caller = caller
        self._going_away = going_away
        """Set when the gateway ends, which asks the stream to."""
        self._turn = asyncio.Lock()
        self._sent_at = time.monotonic()
        self._sent = 0

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send events until the client leaves, or may not see them any more."""
        metrics = self._metrics
        connections = metrics.connections.labels(TRANSPORT)
        subscriptions = metrics.subscriptions.labels(TRANSPORT)
        began = time.monotonic()
        _logger.info("connected", transport=TRANSPORT, caller=self._caller)
        connections.inc()
        subscriptions.inc()
        try:
            with self._held:
                ending = await self._run(send)
        finally:
            connections.dec()
            subscriptions.dec()
        if ending is not Ending.LEFT:
            metrics.ended.labels(TRANSPORT, ending).inc()
        _logger.info(
            "disconnected",
            transport=TRANSPORT,
            caller=self._caller,
            code=ending,
            events=self._sent,
            seconds=round(time.monotonic() - began, 1),
        )

    async def _run(self, send: Send) -> Ending:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [*HEADERS]}
        )
        parts = (
            self._deliver(send),
            self._watch(send),
            self._until_left(),
            self._until_going_away(),
        )
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # If several are done, the first says more; a bug is raised here.
            ending = next(task.result() for task in tasks if task.done())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._events.aclose()
        if ending not in (Ending.LEFT, Ending.NOT_READ):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_SECONDS):
                    await send({"type": "http.response.body", "body": b""})
        return ending

    async def _deliver(self, send: Send) -> Ending:
        sent = self._metrics.sent.labels(TRANSPORT)
        try:
            # The first bytes say to the client, and to proxies, that it has begun.
            await self._put(send, KEEP_ALIVE)
            async for one in self._events:
                await self._put(send, one.payload)
                self._sent += one.count
                sent.inc(one.count)
        except RefusedDocumentError as refused:
            errors = [shown(error) for error in refused.errors]
            return await self._finish(send, errors, Ending.REFUSED)
        except AuthenticationError as error:
            return await self._forbid(send, error)
        except TimeoutError:
            return Ending.NOT_READ
        raise AssertionError  # events do not end

    async def _watch(self, send: Send) -> Ending:
        """Keep the stream alive, and look whether its caller still is one."""
        options = self._options
        renewed, renewal = time.monotonic(), self._connections.next_renewal
        try:
            # Callers may have changed after who opened it was found out.
            await self._follower.caller()
            while True:
                due = min(
                    renewed + options.renew_seconds,
                    self._sent_at + options.ping_seconds,
                )
                is_due = await is_set_within(renewal, due - time.monotonic())
                now = time.monotonic()
                if is_due or now - renewed >= options.renew_seconds:
                    renewed, renewal = now, self._connections.next_renewal
                    await self._follower.caller()
                if now - self._sent_at >= options.ping_seconds:
                    await self._put(send, KEEP_ALIVE)
        except AuthenticationError as error:
            return await self._forbid(send, error)
        except TimeoutError:
            return Ending.NOT_READ

    async def _until_left(self) -> Ending:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        return Ending.LEFT

    async def _until_going_away(self) -> Ending:
        await self._going_away.wait()
        return Ending.GOING_AWAY

    async def _put(self, send: Send, piece: bytes) -> None:
        """Send a piece, as soon as the client takes it.

        Raises:
            TimeoutError: it takes none.
        """
        async with asyncio.timeout(self._options.send_seconds), self._turn:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            self._sent_at = time.monotonic()

    async def _forbid(self, send: Send, error: AuthenticationError) -> Ending:
        self._metrics.unauthenticated(error.reason)
        refusal = shown(RequestError(str(error), "UNAUTHENTICATED"))
        return await self._finish(send, [refusal], Ending.FORBIDDEN)

    async def _finish(self, send: Send, errors: list[Shown], ending: Ending) -> Ending:
        """Say why nothing more comes, and that it is complete."""
        try:
            await self._put(send, next_event({"errors": errors}) + COMPLETE)
        except TimeoutError:
            return Ending.NOT_READ
        return ending
