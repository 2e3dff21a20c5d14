"""One websocket that speaks graphql-transport-ws, from its opening to its end.

One task reads, one watches the time, and each subscription is one. Whichever finds
that the socket must end says why; then all of them are cancelled, which reaches down
to what they wait for, and the socket is closed. A client that does not read makes
``send`` wait: nothing is queued for it, and after a while it is cut off.

Queries and mutations are refused. Over HTTP they have a status, a turn, a time limit
and a client whose leaving cancels them; a second way would need all of that again.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, contextmanager
from functools import partial

import structlog
from starlette.types import Receive, Scope, Send

from bureau.caller import Caller
from gateway.callers.refusal import AuthenticationError, Reason
from gateway.graphql_http.refusals import ClientGoneError, RefusedRequestError
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections
from gateway.subscriptions.followed import Follower
from gateway.subscriptions.messages import (
    PROTOCOL,
    CloseCode,
    EndedError,
    Received,
    Type,
    read_message,
    written,
)
from resolvers.documents.documents import Documents, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.errors import RequestError
from resolvers.execution.execute import Shown, shown

TRANSPORT = "websocket"
CLOSE_SECONDS = 1.0
"""How long a client may take to take the close frame."""
MINUTE = 60.0

_logger = structlog.get_logger("gateway.events")


class Socket:
    """A websocket."""

    def __init__(  # noqa: PLR0913 - three of them are ASGI's
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        documents: Documents,
        options: Subscriptions,
        connections: Connections,
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._documents = documents
        self._options = options
        self._connections = connections
        self._follower: Follower | None = None
        """Who follows, once connection_init said so."""
        self._caller: Caller | None = scope["state"].get("caller")
        self._running: dict[str, asyncio.Task[None]] = {}
        self._ended: asyncio.Future[EndedError] = asyncio.Future()
        self._turn = asyncio.Lock()
        self._held = ExitStack()
        now = time.monotonic()
        self._opened_at = self._idle_since = self._heard_at = now
        self._minute_began, self._messages = now, 0
        self._sent = 0

    def leave(self) -> None:
        """Ask the socket to end, because the gateway does."""
        self._end(EndedError(CloseCode.GOING_AWAY, "the gateway ends; connect again"))

    async def serve(self) -> None:
        """Serve it until it ends.

        Raises:
            ClientGoneError: there is no handshake any more.
        """
        if (await self._receive())["type"] != "websocket.connect":
            raise ClientGoneError
        speaks = PROTOCOL in self._scope["subprotocols"]
        await self._send(
            {"type": "websocket.accept", "subprotocol": PROTOCOL if speaks else None}
        )
        if not speaks:
            words = f"speak {PROTOCOL} (Sec-WebSocket-Protocol)"
            await self._close(EndedError(CloseCode.SUBPROTOCOL, words))
            return
        metrics = self._scope["app"].state.metrics.subscriptions
        gauge = metrics.connections.labels(TRANSPORT)
        gauge.inc()
        with self._held:
            try:
                ended = await self._until_it_ends()
            finally:
                gauge.dec()
        if ended is not None:
            metrics.ended.labels(TRANSPORT, ended.code.name.lower()).inc()
            await self._close(ended)
        _logger.info(
            "disconnected",
            transport=TRANSPORT,
            caller=None if self._caller is None else self._caller.id,
            code=None if ended is None else int(ended.code),
            events=self._sent,
            seconds=round(time.monotonic() - self._opened_at, 1),
        )

    async def _until_it_ends(self) -> EndedError | None:
        """Return why the gateway ends it; ``None`` if the client has."""
        reading = asyncio.create_task(self._read())
        watching = asyncio.create_task(self._watch())
        mine: set[asyncio.Future[None] | asyncio.Future[EndedError]]
        mine = {reading, watching, self._ended}
        try:
            await asyncio.wait(mine, return_when=asyncio.FIRST_COMPLETED)
            if self._ended.done():
                return self._ended.result()
            # A bug in one of the two is raised here.
            for task in (reading, watching):
                if task.done():
                    task.result()
        except EndedError as ended:
            return ended
        else:
            return None
        finally:
            tasks = (reading, watching, *self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, ended: EndedError) -> None:
        if not self._ended.done():
            self._ended.set_result(ended)

    async def _close(self, ended: EndedError) -> None:
        message = {
            "type": "websocket.close",
            "code": int(ended.code),
            "reason": ended.reason,
        }
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send(message)
        except TimeoutError:
            return

    async def _read(self) -> None:
        """Read messages until the client leaves.

        Raises:
            EndedError: one of them is not allowed.
        """
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            self._count()
            text = event.get("text")
            if text is None:
                raise EndedError(CloseCode.BAD_MESSAGE, "messages are text")
            most = self._options.message_bytes
            if len(text) > most or len(text.encode("utf-8", "surrogatepass")) > most:
                words = f"a message may have {most} bytes"
                raise EndedError(CloseCode.TOO_BIG, words)
            await self._take(read_message(text))

    def _count(self) -> None:
        now = self._heard_at = time.monotonic()
        if now - self._minute_began >= MINUTE:
            self._minute_began, self._messages = now, 0
        self._messages += 1
        most = self._options.messages_a_minute
        if self._messages > most:
            words = f"over {most} messages within a minute"
            raise EndedError(CloseCode.POLICY, words)

    async def _take(self, message: Received) -> None:
        match message.type:
            case Type.CONNECTION_INIT:
                await self._init(message)
            case Type.PING:
                await self._tell(Type.PONG)
            case Type.SUBSCRIBE:
                if self._follower is None:
                    words = "send connection_init, and wait for connection_ack"
                    raise EndedError(CloseCode.NOT_INITIALISED, words)
                await self._begin(message, self._follower)
            case Type.COMPLETE:
                # One that ended by itself may have crossed this on its way.
                task = self._running.pop(message.id, None)
                if task is not None:
                    task.cancel()
            case _:  # a pong
                return

    async def _init(self, message: Received) -> None:
        if self._follower is not None:
            raise EndedError(CloseCode.SECOND_INIT, "connection_init is sent once")
        scope = self._scope
        stated = message.authorization
        if stated is not None:
            if self._caller is not None:
                # The handshake had a token; which of the two is it to be?
                raise self._forbidden(AuthenticationError(Reason.SEVERAL_CREDENTIALS))
            credentials = (b"authorization", stated.encode("utf-8", "surrogatepass"))
            scope = {**scope, "headers": [*scope["headers"], credentials]}
        follower = Follower(scope, TRANSPORT)
        if self._caller is None:
            try:
                self._caller = await follower.first_caller()
            except AuthenticationError as error:
                raise self._forbidden(error) from None
        try:
            self._held.enter_context(self._connections.owned(self._caller.id))
        except RefusedRequestError as refusal:
            raise EndedError(CloseCode.TRY_LATER, str(refusal)) from None
        self._follower = follower
        self._idle_since = time.monotonic()
        _logger.info("connected", transport=TRANSPORT, caller=self._caller.id)
        await self._tell(Type.CONNECTION_ACK)

    async def _begin(self, message: Received, follower: Follower) -> None:
        id_ = message.id
        if id_ in self._running:
            words = "a subscription of this id is under way"
            raise EndedError(CloseCode.DUPLICATE_ID, words)
        question = message.question
        most = self._options.subscriptions_a_connection
        if len(self._running) >= most:
            error = RequestError(
                f"{most} subscriptions are under way, the most a connection may have",
                "TOO_MANY_SUBSCRIPTIONS",
            )
            await self._tell(Type.ERROR, id_, [shown(error)])
            return

        task = asyncio.create_task(self._run(id_, question, follower))
        self._running[id_] = task
        task.add_done_callback(partial(self._done, id_))

    async def _run(self, id_: str, question: Question, follower: Follower) -> None:
        """Run one subscription until the client, or the gateway, has enough."""
        gauge = follower.metrics.subscriptions.subscriptions.labels(TRANSPORT)
        gauge.inc()
        try:
            await self._follow(id_, question, follower)
        except RefusedDocumentError as refused:
            with self._ending():
                errors = [shown(error) for error in refused.errors]
                await self._tell(Type.ERROR, id_, errors)
        finally:
            gauge.dec()

    async def _follow(self, id_: str, question: Question, follower: Follower) -> None:
        """Send events.

        Raises:
            RefusedDocumentError: the caller may not see them, or not any more.
        """
        sent = follower.metrics.subscriptions.sent.labels(TRANSPORT)
        with self._ending():
            # Who may ask is asked at the beginning as well.
            caller = await follower.caller()
            prepared = self._documents.prepare(question, caller)
            told = await follower.follow(prepared, question, caller)
            async with aclosing(told):
                async for one in told:
                    payload: Shown = {"data": one.result.data}
                    if one.result.errors:
                        payload["errors"] = [shown(e) for e in one.result.errors]
                    await self._tell(Type.NEXT, id_, payload)
                    self._sent += 1
                    sent.inc()

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the socket for what a subscription found out."""
        try:
            yield
        except AuthenticationError as error:
            self._end(self._forbidden(error))
        except EndedError as ended:
            self._end(ended)

    def _done(self, id_: str, task: asyncio.Task[None]) -> None:
        if self._running.get(id_) is task:
            del self._running[id_]
        if not self._running:
            self._idle_since = time.monotonic()
        if not task.cancelled() and (error := task.exception()) is not None:
            _logger.error("a bug in a subscription", exc_info=error)
            self._end(EndedError(CloseCode.BUG, "unexpected error"))

    async def _tell(
        self, type_: Type, id_: str | None = None, payload: object = None
    ) -> None:
        """Send a message, as soon as the client takes it.

        Raises:
            EndedError: it takes none.
        """
        text = written(type_, id_, payload)
        try:
            async with asyncio.timeout(self._options.send_seconds), self._turn:
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            words = "what is sent is not read"
            raise EndedError(CloseCode.POLICY, words) from None

    async def _watch(self) -> None:
        """Look at the time: who says nothing, does nothing, or is nobody any more.

        Raises:
            EndedError: what was waited for did not come.
        """
        options = self._options
        tick = min(options.renew_seconds, options.ping_seconds, options.init_seconds)
        renewed = pinged = self._opened_at
        while True:
            await asyncio.sleep(min(tick, options.idle_seconds) / 2)
            now = time.monotonic()
            if self._follower is None:
                if now - self._opened_at >= options.init_seconds:
                    raise EndedError(CloseCode.INIT_TIMEOUT, "no connection_init came")
                continue
            if not self._running and now - self._idle_since >= options.idle_seconds:
                raise EndedError(CloseCode.IDLE, "no subscription is under way")
            if now - self._heard_at >= 3 * options.ping_seconds:
                raise EndedError(CloseCode.POLICY, "pings are not answered")
            if now - renewed >= options.renew_seconds:
                renewed = now
                await self._renew(self._follower)
            if now - max(pinged, self._heard_at) >= options.ping_seconds:
                pinged = now
                await self._tell(Type.PING)

    async def _renew(self, follower: Follower) -> None:
        try:
            self._caller = await follower.caller()
        except AuthenticationError as error:
            raise self._forbidden(error) from None

    def _forbidden(self, error: AuthenticationError) -> EndedError:
        self._scope["app"].state.metrics.unauthenticated(error.reason)
        return EndedError(CloseCode.FORBIDDEN, str(error))
