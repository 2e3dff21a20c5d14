"""Let what asks begin in its turn, before anything is done for it."""

from collections.abc import Awaitable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.admission.admission import Admission
from gateway.collection.refusal import IntakeError, Problem
from gateway.graphql_http.answers import refused
from gateway.graphql_http.refusals import STATUSES, RefusedRequestError
from gateway.logs import COLLECT
from gateway.request_state import request_of
from gateway.subscriptions.websocket import refusal_of

CONSOLE = "/console"
"""Its pages ask in the name of who reads them."""
GATED = (
    *("/graphql", "/totals.csv", "/decisions.csv", "/reconciliation"),
    *(COLLECT, CONSOLE),
)
"""What asks. Health, metrics and GraphiQL cost little, and are always answered."""


class Admitted:
    """Passes on what may begin, and answers for the rest."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass on, at once or after a while, or refuse with 503."""
        if (
            scope["type"] == "lifespan"
            or not scope["path"].startswith(GATED)
            or self._admission.has_room()
        ):
            return self._app(scope, receive, send)
        return self._wait(scope, receive, send)

    async def _wait(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request_of(scope).waited_seconds = await self._admission.wait()
        except RefusedRequestError as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        await self._app(scope, receive, send)


async def _refuse(
    refusal: RefusedRequestError, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer in the form that who asks reads."""
    request_of(scope).is_shed = True
    if scope["type"] == "websocket":
        for message in refusal_of(refusal):
            await send(message)
    elif scope["path"].startswith(COLLECT):
        await IntakeError(Problem.OVERLOADED).response()(scope, receive, send)
    elif scope["path"].startswith(CONSOLE):
        page = PlainTextResponse(
            "网关繁忙，请稍后再试。\nThe gateway is busy; try again in a moment.\n",
            STATUSES[refusal.code],
            refusal.headers,
        )
        await page(scope, receive, send)
    else:
        await refused(refusal)(scope, receive, send)
