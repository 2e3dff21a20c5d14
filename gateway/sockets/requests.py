"""Tell the watch which connections have a request under way."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.sockets.kernel import peer_of
from gateway.sockets.watch import Watch


class Watched:
    """Passes every request and websocket on, and notes when it begins and ends."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""
        client = scope.get("client")
        if client is None:
            await self._app(scope, receive, send)
            return
        peer = peer_of(*client)
        self._watch.began(peer)
        try:
            await self._app(scope, receive, send)
        finally:
            self._watch.ended(peer, time.monotonic())
