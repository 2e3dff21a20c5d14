"""graphql-transport-ws as a state machine: it does no I/O and has no clock.

A connection passes what its client sent and what moment it is, and gets what is to be
done, in order. Whatever the protocol or a limit forbids ends the connection
with ``EndedError``; after an end, whoever caused it, nothing is to be done any more.

Time is looked at by ``tick``, every ``tick_seconds``: no timer is set and none is
cancelled, so a limit of time may be kept that much later.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.messages import (
    CloseCode,
    EndedError,
    Received,
    Type,
    read_message,
    written,
)
from resolvers.documents.documents import Question
from resolvers.errors import RequestError
from resolvers.execution.execute import Shown, shown

INIT_BYTES = 4_096
"""The most that is read of somebody who did not say yet who they are."""
MINUTE = 60.0
UNANSWERED_PINGS = 3
"""After so many intervals without a message nobody is taken to be there."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Send a message."""

    text: str


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Find out who the client is; ``accept`` it, or end the connection."""

    authorization: str | None
    """What connection_init states, if anything."""
    statements: tuple[tuple[str, str], ...] = ()
    """Why it says that people are looked up, as headers."""


@dataclass(frozen=True, slots=True)
class Start:
    """Run a subscription; ``finish`` it when it ends by itself."""

    id: str
    question: Question


@dataclass(frozen=True, slots=True)
class Stop:
    """Cancel a subscription; it is finished already."""

    id: str


@dataclass(frozen=True, slots=True)
class Renew:
    """Judge again whether the caller still is one."""


Action: TypeAlias = SendText | Authenticate | Start | Stop | Renew


class State(Enum):
    """States of a connection, in their order."""

    NEW = auto()
    """No connection_init came."""
    AUTHENTICATING = auto()
    """connection_init came, and is not acknowledged."""
    READY = auto()
    """Subscriptions may begin."""
    ENDED = auto()


class Protocol:
    """The server's side of one connection."""

    def __init__(self, options: Subscriptions, now: float) -> None:
        self._options = options
        self._state = State.NEW
        self._running: set[str] = set()
        """Ids of subscriptions under way."""
        self._opened_at = self._idle_since = self._heard_at = now
        self._renewed_at = self._pinged_at = now
        self._minute_began, self._messages = now, 0
        self._unknown_bytes = 0
        """Bytes that came before it was known who sends them."""

    @property
    def tick_seconds(self) -> float:
        """Return how often ``tick`` is to be called."""
        options = self._options
        return (
            min(
                options.renew_seconds,
                options.ping_seconds,
                options.init_seconds,
                options.idle_seconds,
            )
            / 2
        )

    def receive(self, text: str | None, now: float) -> Sequence[Action]:
        """Take a message; ``None`` is one that is no text.

        Raises:
            EndedError: it is not allowed.
        """
        if self._state is State.ENDED:
            return ()
        with self._ending():
            self._count(now)
            return self._take(self._read(text), now)

    def tick(self, now: float) -> Sequence[Action]:
        """Look at the time.

        Raises:
            EndedError: what was waited for did not come.
        """
        if self._state is State.ENDED:
            return ()
        with self._ending():
            if self._state is not State.READY:
                return self._wait_for_init(now)
            self._require_life(now)
        actions: list[Action] = []
        if now - self._renewed_at >= self._options.renew_seconds:
            self._renewed_at = now
            actions.append(Renew())
        last = max(self._pinged_at, self._heard_at)
        if now - last >= self._options.ping_seconds:
            self._pinged_at = now
            actions.append(SendText(written(Type.PING)))
        return tuple(actions)

    def accept(self, now: float) -> Sequence[Action]:
        """Acknowledge connection_init: it is known who the client is."""
        if self._state is not State.AUTHENTICATING:
            return ()
        self._state = State.READY
        self._idle_since = now
        return (SendText(written(Type.CONNECTION_ACK)),)

    def deliver(self, id_: str, result: object) -> Sequence[Action]:
        """Send a result of a subscription, if it is under way."""
        return self._send(Type.NEXT, id_, result)

    def refuse(self, id_: str, errors: Sequence[Shown]) -> Sequence[Action]:
        """Send why a subscription ends, if it is under way; ``finish`` it then."""
        return self._send(Type.ERROR, id_, errors)

    def finish(self, id_: str, now: float) -> None:
        """Free the id of a subscription that ended, if it is under way."""
        if id_ in self._running:
            self._running.remove(id_)
            if not self._running:
                self._idle_since = now

    def end(self) -> None:
        """End the connection: nothing is to be done any more."""
        self._state = State.ENDED
        self._running.clear()

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except EndedError:
            self.end()
            raise

    def _count(self, now: float) -> None:
        self._heard_at = now
        if now - self._minute_began >= MINUTE:
            self._minute_began, self._messages = now, 0
        self._messages += 1
        most = self._options.messages_a_minute
        if self._messages > most:
            words = f"over {most} messages within a minute"
            raise EndedError(CloseCode.POLICY, words)

    def _read(self, text: str | None) -> Received:
        if text is None:
            raise EndedError(CloseCode.BAD_MESSAGE, "messages are text")
        most = self._options.message_bytes
        if len(text) > most or len(text.encode("utf-8", "surrogatepass")) > most:
            raise EndedError(CloseCode.TOO_BIG, f"a message may have {most} bytes")
        if self._state is not State.READY:
            self._unknown_bytes += len(text.encode("utf-8", "surrogatepass"))
            if self._unknown_bytes > INIT_BYTES:
                words = f"{INIT_BYTES} bytes may come before connection_ack"
                raise EndedError(CloseCode.TOO_BIG, words)
        return read_message(text)

    def _take(self, message: Received, now: float) -> Sequence[Action]:
        match message.type:
            case Type.CONNECTION_INIT:
                return self._initialise(message)
            case Type.PING:
                return (SendText(written(Type.PONG)),)
            case Type.SUBSCRIBE:
                return self._subscribe(message)
            case Type.COMPLETE if message.id in self._running:
                self.finish(message.id, now)
                return (Stop(message.id),)
            case _:
                # A pong; or one that ended by itself crossed this on its way.
                return ()

    def _initialise(self, message: Received) -> Sequence[Action]:
        if self._state is not State.NEW:
            raise EndedError(CloseCode.SECOND_INIT, "connection_init is sent once")
        authorization, statements = message.authorization, message.statements
        self._state = State.AUTHENTICATING
        return (Authenticate(authorization, statements),)

    def _subscribe(self, message: Received) -> Sequence[Action]:
        if self._state is not State.READY:
            words = "send connection_init, and wait for connection_ack"
            raise EndedError(CloseCode.NOT_INITIALISED, words)
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
            return (SendText(written(Type.ERROR, id_, [shown(error)])),)
        self._running.add(id_)
        return (Start(id_, question),)

    def _send(self, type_: Type, id_: str, payload: object) -> Sequence[Action]:
        if id_ not in self._running:
            return ()
        return (SendText(written(type_, id_, payload)),)

    def _wait_for_init(self, now: float) -> Sequence[Action]:
        if now - self._opened_at >= self._options.init_seconds:
            raise EndedError(CloseCode.INIT_TIMEOUT, "no connection_init came")
        return ()

    def _require_life(self, now: float) -> None:
        options = self._options
        if not self._running and now - self._idle_since >= options.idle_seconds:
            raise EndedError(CloseCode.IDLE, "no subscription is under way")
        if now - self._heard_at >= UNANSWERED_PINGS * options.ping_seconds:
            raise EndedError(CloseCode.POLICY, "pings are not answered")
