"""The subscriptions of one websocket, each of them a task."""

import asyncio
import time
import typing
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial

import orjson
import structlog

from gateway.callers.refusal import AuthenticationError
from gateway.graphql_http.refusals import RefusedRequestError
from gateway.subscriptions.followed import Follower
from gateway.subscriptions.messages import CloseCode, EndedError
from gateway.subscriptions.metrics import SubscriptionsMetrics
from gateway.subscriptions.protocol import Action, Protocol
from resolvers.documents.documents import Documents, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.execution.execute import shown
from resolvers.execution.subscribe import NOTHING_MORE

_logger = structlog.get_logger("gateway.events")


class Driver(typing.Protocol):
    """Does for a subscription what concerns the whole socket."""

    async def do(self, actions: Sequence[Action]) -> None:
        """Do what the protocol asks for, in order.

        Raises:
            EndedError: it cannot be done.
        """

    def end(self, error: EndedError | AuthenticationError) -> None:
        """End the socket."""


class Running:
    """Runs what the protocol starts, until it stops it or it ends by itself.

    It is given its socket with each start and keeps it no longer: a socket that were
    kept by what it keeps would outlive its connection until a garbage collection.
    """

    def __init__(
        self, documents: Documents, protocol: Protocol, metrics: SubscriptionsMetrics
    ) -> None:
        self._documents = documents
        self._protocol = protocol
        self._metrics = metrics
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.sent = 0
        """How many events were sent."""

    @property
    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """Return the tasks of all that are under way."""
        return tuple(self._tasks.values())

    def start(
        self, id_: str, question: Question, follower: Follower, driver: Driver
    ) -> None:
        """Begin a subscription."""
        task = asyncio.create_task(self._run(id_, question, follower, driver))
        self._tasks[id_] = task
        task.add_done_callback(partial(self._done, id_, driver))

    def stop(self, id_: str) -> None:
        """Cancel a subscription."""
        self._tasks.pop(id_).cancel()

    async def _run(
        self, id_: str, question: Question, follower: Follower, driver: Driver
    ) -> None:
        gauge = self._metrics.subscriptions.labels(follower.transport)
        gauge.inc()
        try:
            try:
                await self._follow(id_, question, follower, driver)
            except RefusedDocumentError as refused:
                errors = [shown(error) for error in refused.errors]
                await driver.do(self._protocol.refuse(id_, errors))
            except RefusedRequestError as refusal:
                errors = [shown(RequestError(str(refusal), refusal.code))]
                await driver.do(self._protocol.refuse(id_, errors))
        except (AuthenticationError, EndedError) as error:
            driver.end(error)
        finally:
            gauge.dec()

    async def _follow(
        self, id_: str, question: Question, follower: Follower, driver: Driver
    ) -> None:
        """Send events.

        Raises:
            RefusedDocumentError: the caller may not see them, or not any more.
            AuthenticationError: the caller is nobody we know any more.
            RefusedRequestError: there is more to do than can be done.
            EndedError: the client does not read.
        """
        counter = self._metrics.sent.labels(follower.transport)
        await follower.begin()
        # Who may ask is asked at the beginning as well.
        caller = await follower.caller()
        prepared = self._documents.prepare(question, caller)
        events = await follower.follow(prepared, question, caller)
        async with aclosing(events):
            async for one in events:
                if one is NOTHING_MORE:
                    continue
                result = orjson.Fragment(one.payload)
                if actions := self._protocol.deliver(id_, result):
                    await driver.do(actions)
                    self.sent += 1
                    counter.inc()

    def _done(self, id_: str, driver: Driver, task: asyncio.Task[None]) -> None:
        # Its id may be another's by now, if the client completed it.
        if self._tasks.get(id_) is task:
            del self._tasks[id_]
            self._protocol.finish(id_, time.monotonic())
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("a bug in a subscription", exc_info=error)
            driver.end(EndedError(CloseCode.BUG, "unexpected error"))
