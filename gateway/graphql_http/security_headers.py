"""Headers that stand on every answer, whoever gave it and whatever it is."""

from collections.abc import Awaitable, Mapping
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

STARTS = frozenset({"http.response.start", "websocket.http.response.start"})
"""How answers begin; the second is that of a handshake which is refused."""


class SecurityHeaders:
    """Adds what an answer does not say itself; the page has a policy of its own."""

    def __init__(self, app: ASGIApp, hsts_seconds: int) -> None:
        self._app = app
        guards = dict(GUARDS)
        if hsts_seconds:
            guards[b"strict-transport-security"] = f"max-age={hsts_seconds}".encode()
        self._guards = tuple(guards.items())

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass on, and add to the answer's headers."""
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] in STARTS:
                headers = message["headers"]
                # ASGI has names in lower case.
                stated = dict(headers)
                message["headers"] = [
                    *headers,
                    *[guard for guard in self._guards if guard[0] not in stated],
                ]
            await send(message)

        return self._app(scope, receive, guarded)
