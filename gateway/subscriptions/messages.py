"""Messages of graphql-transport-ws, and the codes a socket is closed with.

The protocol is that of npm ``graphql-ws``
(https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). What it does not
allow closes the socket; there is no second reading of a message.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

import msgspec
import orjson

from gateway.graphql_http.question import question_of
from gateway.graphql_http.refusals import RefusedRequestError
from gateway.graphql_http.strict_json import Json, StrictJSONError, read_json
from resolvers.documents.documents import Question
from resolvers.elements import ELEMENT_HEADERS
from resolvers.look_ups import CASE_NUMBER_HEADER, PURPOSE_HEADER

PROTOCOL = "graphql-transport-ws"
STATEMENTS = (PURPOSE_HEADER, CASE_NUMBER_HEADER, *ELEMENT_HEADERS.values())
"""What connection_init may state as headers do, since a page can set none here."""
MAX_ID_CHARACTERS = 128
MAX_REASON_BYTES = 123
"""What a close frame has room for (RFC 6455, 5.5)."""


class CloseCode(IntEnum):
    """Codes of close frames: by RFC 6455, and from 4000 on by the protocol."""

    IDLE = 1000
    GOING_AWAY = 1001
    POLICY = 1008
    TOO_BIG = 1009
    BUG = 1011
    TRY_LATER = 1013
    BAD_MESSAGE = 4400
    NOT_INITIALISED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    SECOND_INIT = 4429


class EndedError(Exception):
    """The gateway closes the socket."""

    def __init__(self, code: CloseCode, words: str) -> None:
        super().__init__(words)
        self.code = code

    @property
    def reason(self) -> str:
        """Return what fits into the close frame."""
        return str(self).encode()[:MAX_REASON_BYTES].decode("utf-8", "ignore")


class Type(StrEnum):
    """The type of a message."""

    CONNECTION_INIT = "connection_init"
    CONNECTION_ACK = "connection_ack"
    PING = "ping"
    PONG = "pong"
    SUBSCRIBE = "subscribe"
    NEXT = "next"
    ERROR = "error"
    COMPLETE = "complete"


FROM_CLIENTS = frozenset(
    {Type.CONNECTION_INIT, Type.PING, Type.PONG, Type.SUBSCRIBE, Type.COMPLETE}
)


class Received(msgspec.Struct, frozen=True):
    """A message of a client, its types checked."""

    type: Type
    id: str = ""
    payload: Mapping[str, Json] = {}

    @property
    def question(self) -> Question:
        """Return the question of a subscribe message.

        Raises:
            EndedError: nothing that can be asked.
        """
        try:
            return question_of(self.payload)
        except RefusedRequestError as error:
            raise _bad(str(error)) from None

    @property
    def authorization(self) -> str | None:
        """Return the credentials of a connection_init, if it has any.

        Raises:
            EndedError: it says so twice, or in no text.
        """
        return self._stated("Authorization")

    @property
    def statements(self) -> tuple[tuple[str, str], ...]:
        """Return why a connection_init says that people are looked up, as headers do.

        Raises:
            EndedError: it says something twice, or in no text.
        """
        stated = [(name.lower(), self._stated(name)) for name in STATEMENTS]
        return tuple((name, value) for name, value in stated if value is not None)

    def _stated(self, name: str) -> str | None:
        stated = [v for k, v in self.payload.items() if k.lower() == name.lower()]
        if not stated:
            return None
        if len(stated) > 1 or not isinstance(stated[0], str):
            raise _bad(f"state {name} once, as a text")
        return stated[0]


def read_message(text: str) -> Received:
    """Read what a client sent.

    Raises:
        EndedError: it is no message of the protocol.
    """
    try:
        content = read_json(text.encode("utf-8", "surrogatepass"))
    except StrictJSONError as error:
        raise _bad(str(error)) from None
    if not isinstance(content, dict):
        raise _bad("a message is a JSON object")
    stated, id_, payload = (content.get(name) for name in ("type", "id", "payload"))
    if not isinstance(stated, str) or stated not in FROM_CLIENTS:
        raise _bad("type has to be one that clients send")
    if not isinstance(payload, dict | None):
        raise _bad("payload has to be an object")
    type_ = Type(stated)
    if type_ in (Type.SUBSCRIBE, Type.COMPLETE):
        if not isinstance(id_, str) or not 0 < len(id_) <= MAX_ID_CHARACTERS:
            raise _bad(f"id has to be a text of 1 to {MAX_ID_CHARACTERS} characters")
    else:
        id_ = ""
    if type_ is Type.SUBSCRIBE and payload is None:
        raise _bad("subscribe needs a payload")
    return Received(type_, str(id_), payload or {})


def written(type_: Type, id_: str | None = None, payload: object = None) -> str:
    """Return a message as it is sent."""
    message: dict[str, object] = {"type": type_}
    if id_ is not None:
        message["id"] = id_
    if payload is not None:
        message["payload"] = payload
    return orjson.dumps(message).decode()


def _bad(words: str) -> EndedError:
    return EndedError(CloseCode.BAD_MESSAGE, words)
