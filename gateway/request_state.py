"""A request's state, typed: what ASGI hands around untyped in its scope.

No other file spells a key of it; ``tests/architecture/test_state.py`` holds that.
Logs begin it, and the process that watches over a gateway has logs and no part of the
application: nothing of the application is imported here.
"""

from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from bureau.caller import Caller

KEY = "request"


class RequestHeaders(Headers):
    """A request's headers, looked through once however often they are asked for."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._items: list[tuple[str, str]] = []
        self._lines: dict[str, list[str]] = {}
        for name, value in self._list:
            # ASGI has names in lower case.
            stated, line = name.decode("latin-1"), value.decode("latin-1")
            self._items.append((stated, line))
            self._lines.setdefault(stated, []).append(line)

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]  # texts alone
        """Return the first value of a header."""
        lines = self._lines.get(name.lower())
        return default if lines is None else lines[0]

    def getlist(self, name: str) -> list[str]:
        """Return all values of a header."""
        return self._lines.get(name.lower(), [])

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]  # as Starlette's
        """Return all headers, in order."""
        return self._items


NO_HEADERS = Headers()


@dataclass(slots=True)
class RequestState:
    """Facts about one request, written by whoever finds them out."""

    id: str
    """It names the request in answers, log lines and audit records."""
    caller: Caller | None = None
    """Known by credentials that came with the request; ``None`` if none had to."""
    by_router: bool = False
    """A router of a supergraph wrote its document."""
    headers: Headers = field(default_factory=Headers)
    waited_seconds: float = 0.0
    """How long it waited to begin."""
    is_shed: bool = False
    """It was not begun, as there is more to do than can be done."""
    is_stream: bool = False
    """Its time is not that of an answer: events are followed."""

    @property
    def known_caller(self) -> Caller:
        """Return the caller of a request that was let in for being somebody's.

        Raises:
            LookupError: nobody was named; such a request must not come here.
        """
        if self.caller is None:
            raise LookupError("a request without a caller was let in")
        return self.caller


def begin_request(
    scope: Scope, id_: str, headers: Headers = NO_HEADERS
) -> RequestState:
    """Put a request's state in its scope, before anybody writes or reads there."""
    request = RequestState(id_, headers=headers)
    scope.setdefault("state", {})[KEY] = request
    return request


def request_of(scope: Scope) -> RequestState:
    """Return the state of the scope's request."""
    request: RequestState = scope["state"][KEY]
    return request


class KnownConnection(HTTPConnection):
    """A connection of whose request the headers were looked through."""

    @property
    def headers(self) -> Headers:
        """Return them."""
        return request_of(self.scope).headers


def request_id_of(scope: Scope) -> str | None:
    """Return the request's id; ``None`` if it failed before it had one."""
    request: RequestState | None = scope.get("state", {}).get(KEY)
    return None if request is None else request.id
