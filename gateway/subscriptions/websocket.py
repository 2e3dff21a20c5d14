"""Subscriptions over a websocket: the handshake, and who is let in.

The credentials come with the handshake, as with any request, or with connection_init,
since a browser's page can set no header here. A page of another site can open a socket
without being asked first (there is no preflight), and a browser adds what it adds by
itself; so an ``Origin`` has to be this gateway's own, or one that CORS lets in.
"""

from urllib.parse import urlsplit

import orjson
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from gateway.graphql_http.refusals import (
    STATUSES,
    ClientGoneError,
    Code,
    RefusedRequestError,
)
from gateway.request_state import request_of
from gateway.settings.subscriptions import Subscriptions
from gateway.subscriptions.connections import Connections
from gateway.subscriptions.metrics import SubscriptionsMetrics
from gateway.subscriptions.socket import Socket
from resolvers.documents.documents import Documents


class SocketEndpoint:
    """Answers every websocket on ``/graphql``."""

    def __init__(
        self,
        documents: Documents,
        options: Subscriptions,
        connections: Connections,
        allowed_origins: tuple[str, ...],
        metrics: SubscriptionsMetrics,
    ) -> None:
        self._documents = documents
        self._options = options
        self._connections = connections
        self._allowed_origins = frozenset(allowed_origins)
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a socket and serve it, or say why not."""
        try:
            self._require_known_site(Headers(scope=scope))
            socket = Socket(
                scope,
                receive,
                send,
                documents=self._documents,
                options=self._options,
                connections=self._connections,
                metrics=self._metrics,
            )
            is_known = request_of(scope).caller is not None
            with self._connections.opened(socket.go_away, is_known=is_known):
                await socket.serve()
        except RefusedRequestError as refusal:
            for message in refusal_of(refusal):
                await send(message)
        except ClientGoneError:
            return

    def _require_known_site(self, headers: Headers) -> None:
        origins = headers.getlist("origin")
        if not origins:
            return
        (origin, *more) = origins
        try:
            own = urlsplit(origin).netloc == headers.get("host")
        except ValueError:
            own = False
        if more or not (own or origin in self._allowed_origins):
            raise RefusedRequestError(
                Code.CROSS_SITE_REQUEST, "pages of this site may not ask here"
            )


def refusal_of(refusal: RefusedRequestError) -> tuple[Message, Message]:
    """Return what answers a handshake that is refused."""
    error = {"message": str(refusal), "extensions": {"code": refusal.code}}
    headers = {"Content-Type": "application/json", **refusal.headers}
    return (
        {
            "type": "websocket.http.response.start",
            "status": STATUSES[refusal.code],
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        },
        {
            "type": "websocket.http.response.body",
            "body": orjson.dumps({"errors": [error]}),
        },
    )
