"""Headers that stand on every answer, whoever gave it and whatever it is."""

from collections.abc import Awaitable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

GUARDS: Mapping[bytes, bytes] = MappingProxyType(
    {
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
        b"cross-origin-resource-policy": b"same-origin",
        # The server would name itself; which one it is helps attackers only.
        b"server": b"gateway",
        # Answers are about people, or change by the second.
        b"cache-control": b"no-store",
    }
)

Headers = Sequence[tuple[bytes, bytes]]
_name_of = itemgetter(0)
MOST_SETS = 100
"""Of how many sets of names it is known what is missing beside them."""
STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
"""How answers begin; the second is that of a handshake which is refused."""


class SecurityHeaders:
    """Adds what an answer does not say itself; the page has a policy of its own."""

    def __init__(self, app: ASGIApp, hsts_seconds: int) -> None:
        self._app = app
        guards = dict(GUARDS)
        if hsts_seconds:
            guards[b"strict-transport-security"] = f"max-age={hsts_seconds}".encode()
        self._guards = guards
        self._missing: dict[tuple[bytes, ...], Headers] = {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass on, and add to the answer's headers."""
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)

        def guarded(message: Message) -> Awaitable[None]:
            if message["type"] in STARTS:
                headers = message["headers"]
                message["headers"] = [*headers, *self._beside(headers)]
            return send(message)

        return self._app(scope, receive, guarded)

    def _beside(self, headers: Headers) -> Headers:
        """Return what is missing beside ``headers``."""
        # ASGI has names in lower case. Answers have few sets of them, which are ours.
        names = tuple(map(_name_of, headers))
        missing = self._missing.get(names)
        if missing is None:
            missing = [one for one in self._guards.items() if one[0] not in names]
            if len(self._missing) < MOST_SETS:
                self._missing[names] = missing
        return missing
