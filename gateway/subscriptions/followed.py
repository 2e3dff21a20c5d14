"""A subscription under way, whichever transport it leaves by."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from bureau.caller import Caller
from gateway.callers.authenticate import Callers
from gateway.metrics import Metrics
from resolvers.context import RequestContext, Services
from resolvers.documents.documents import Prepared, Question
from resolvers.execution.subscribe import Told, open_stream
from resolvers.look_ups import look_up_of


@dataclass(slots=True)
class Follower:
    """Who follows, by the credentials that came with the connection."""

    scope: Scope
    """Of the connection, with every credential among its headers."""
    transport: str
    request: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Read the headers once."""
        self.request = HTTPConnection(self.scope)

    @property
    def metrics(self) -> Metrics:
        """Where it is counted."""
        metrics: Metrics = self.scope["app"].state.metrics
        return metrics

    async def first_caller(self) -> Caller:
        """Return who it is, and use up what may be used once.

        Raises:
            AuthenticationError: nobody we know.
        """
        return await self._callers.caller_of(self.request)

    async def caller(self) -> Caller:
        """Return who it is now.

        Raises:
            AuthenticationError: nobody we know any more.
        """
        return await self._callers.caller_of(self.request, again=True)

    @property
    def _callers(self) -> Callers:
        callers: Callers = self.scope["app"].state.callers
        return callers

    async def follow(
        self,
        prepared: Prepared,
        question: Question,
        caller: Caller,
        last_event_id: str | None = None,
    ) -> AsyncGenerator[Told, None]:
        """Begin a subscription.

        Raises:
            RefusedDocumentError: see ``open_stream``.
        """
        services: Services = self.scope["app"].state.services
        name = prepared.operation.name
        headers: Headers = self.request.headers
        context = RequestContext(
            services,
            caller,
            look_up_of(headers, question.extensions, caller.look_up),
            request_id=self.scope["state"]["request_id"],
            operation=None if name is None else name.value,
            document=prepared.text,
            last_event_id=last_event_id,
        )
        return await open_stream(prepared, question, context, self.caller)
