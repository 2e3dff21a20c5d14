"""One websocket that speaks graphql-transport-ws, from its opening to its end.

What a message means and what time has come is ``Protocol``'s to say; here it is done.
One task reads, one watches the time, and each subscription is one. Whichever finds
that the socket must end says why; then all of them are cancelled, which reaches down
to what they wait for, and the socket is closed. A client that does not read makes
``send`` wait: nothing is queued for it, and after a while it is cut off.

Queries and mutations are refused. Over HTTP they have a status, a turn, a time limit
and a client whose disconnect cancels them; a second way would need all of that again.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack

import structlog
from starlette.types import Receive, Scope, Send

from gateway.callers.refusal import AuthenticationError, Reason
from gateway.graphql_http.refusals import ClientGoneError, RefusedRequestError
from gateway.request_state import request_of
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections, is_set_within
from gateway.subscriptions.followed import Follower
from gateway.subscriptions.messages import (
    PROTOCOL,
    CloseCode,
    EndedError,
)
from gateway.subscriptions.metrics import SubscriptionsMetrics
from gateway.subscriptions.protocol import (
    Action,
    Authenticate,
    Protocol,
    Renew,
    SendText,
    Start,
    Stop,
)
from gateway.subscriptions.running import Running
from resolvers.documents.documents import Documents

TRANSPORT = "websocket"
CLOSE_SECONDS = 1.0
"""How long a client may take to take the close frame."""

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
        metrics: SubscriptionsMetrics,
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._options = options
        self._connections = connections
        self._metrics = metrics
        self._follower = Follower(scope, TRANSPORT)
        """Who follows, by what was said so far."""
        self._caller = request_of(scope).caller
        self._ended: asyncio.Future[EndedError] = asyncio.Future()
        self._turn = asyncio.Lock()
        self._held = ExitStack()
        self._opened_at = time.monotonic()
        self._protocol = Protocol(options, self._opened_at)
        self._running = Running(documents, self._protocol, metrics)

    def go_away(self) -> None:
        """Ask the socket to end, because the gateway does."""
        self.end(EndedError(CloseCode.GOING_AWAY, "the gateway ends; connect again"))

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
        gauge = self._metrics.connections.labels(TRANSPORT)
        gauge.inc()
        with self._held:
            try:
                ended = await self._until_it_ends()
            finally:
                gauge.dec()
        if ended is not None:
            self._metrics.ended.labels(TRANSPORT, ended.code.name.lower()).inc()
            await self._close(ended)
        _logger.info(
            "disconnected",
            transport=TRANSPORT,
            caller=None if self._caller is None else self._caller.id,
            code=None if ended is None else int(ended.code),
            events=self._running.sent,
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
            tasks = (reading, watching, *self._running.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def end(self, error: EndedError | AuthenticationError) -> None:
        """End the socket, for the first reason that is given."""
        ended = error if isinstance(error, EndedError) else self._forbidden(error)
        self._protocol.end()
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
        while (event := await self._receive())["type"] != "websocket.disconnect":
            now = time.monotonic()
            await self.do(self._protocol.receive(event.get("text"), now))

    async def _watch(self) -> None:
        """Look at the time.

        Raises:
            EndedError: what was waited for did not come.
        """
        renewal = self._connections.next_renewal
        # Callers may have changed after who opened it was found out.
        is_due = True
        while True:
            if is_due and self._caller is not None:
                is_due = False
                await self._renew()
            if await is_set_within(renewal, self._protocol.tick_seconds):
                renewal = self._connections.next_renewal
                is_due = True
            await self.do(self._protocol.tick(time.monotonic()))

    async def do(self, actions: Sequence[Action]) -> None:
        """Do what the protocol asks for, in order.

        Raises:
            EndedError: it cannot be done.
        """
        for action in actions:
            match action:
                case SendText(text):
                    await self._put(text)
                case Authenticate(authorization, statements):
                    self._take_in(statements)
                    await self._authenticate(authorization)
                case Renew():
                    await self._renew()
                case Start(id_, question):
                    self._running.start(id_, question, self._follower, self)
                case Stop(id_):
                    self._running.stop(id_)

    async def _put(self, text: str) -> None:
        """Send a message, as soon as the client takes it.

        Raises:
            EndedError: it takes none.
        """
        try:
            async with asyncio.timeout(self._options.send_seconds), self._turn:
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            words = "what is sent is not read"
            raise EndedError(CloseCode.POLICY, words) from None

    def _take_in(self, statements: Sequence[tuple[str, str]]) -> None:
        """Put what connection_init states before the handshake's own headers."""
        stated = [
            (name.encode(), value.encode("utf-8", "surrogatepass"))
            for name, value in statements
        ]
        if stated:
            headers = [*stated, *self._scope["headers"]]
            self._scope = {**self._scope, "headers": headers}
            self._follower = Follower(self._scope, TRANSPORT)

    async def _authenticate(self, authorization: str | None) -> None:
        """Find out who the client is, and let it in.

        Raises:
            EndedError: nobody we know, or one connection too many.
        """
        if authorization is not None:
            if self._caller is not None:
                # The handshake had a token; which of the two is it to be?
                raise self._forbidden(AuthenticationError(Reason.SEVERAL_CREDENTIALS))
            stated = authorization.encode("utf-8", "surrogatepass")
            headers = [*self._scope["headers"], (b"authorization", stated)]
            self._follower = Follower({**self._scope, "headers": headers}, TRANSPORT)
        if self._caller is None:
            try:
                self._caller = await self._follower.first_caller()
            except AuthenticationError as error:
                raise self._forbidden(error) from None
        try:
            self._held.enter_context(self._connections.owned(self._caller.id))
        except RefusedRequestError as refusal:
            raise EndedError(CloseCode.TRY_LATER, str(refusal)) from None
        _logger.info("connected", transport=TRANSPORT, caller=self._caller.id)
        await self.do(self._protocol.accept(time.monotonic()))

    async def _renew(self) -> None:
        try:
            self._caller = await self._follower.caller()
        except AuthenticationError as error:
            raise self._forbidden(error) from None

    def _forbidden(self, error: AuthenticationError) -> EndedError:
        self._metrics.unauthenticated(error.reason)
        return EndedError(CloseCode.FORBIDDEN, str(error))
