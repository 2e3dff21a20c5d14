"""Run a subscription, whichever transport it leaves by."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from bureau.caller import Caller
from gateway.application_state import state_of
from gateway.callers.authenticate import Callers
from gateway.request_state import request_of
from resolvers.context import RequestContext
from resolvers.documents.documents import Prepared, Question
from resolvers.elements import stated_elements
from resolvers.execution.subscribe import Delivery, Join, open_stream
from resolvers.look_ups import look_up_of


@dataclass(slots=True)
class Follower:
    """A client that follows, known by the credentials of its connection."""

    scope: Scope
    """Of the connection, with every credential among its headers."""
    transport: str
    request: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Read the headers once."""
        self.request = HTTPConnection(self.scope)

    async def begin(self) -> None:
        """Wait until a subscription may begin, as every question does.

        Raises:
            RefusedRequestError: it would have to wait too long.
        """
        await state_of(self.scope).admission.enter()

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
        return state_of(self.scope).callers

    async def follow(
        self,
        prepared: Prepared,
        question: Question,
        caller: Caller,
        last_event_id: str | None = None,
        join: Join | None = None,
    ) -> AsyncGenerator[Delivery, None]:
        """Begin a subscription; see ``open_stream``.

        Raises:
            RefusedDocumentError: see ``open_stream``.
        """
        name = prepared.operation.name
        headers: Headers = self.request.headers
        context = RequestContext(
            state_of(self.scope).services,
            caller,
            look_up_of(headers, question.extensions, caller.look_up),
            stated_elements(headers, question.extensions, caller),
            request_id=request_of(self.scope).id,
            operation=None if name is None else name.value,
            document=prepared.text,
            people=prepared.people,
            last_event_id=last_event_id,
        )
        return await open_stream(prepared, question, context, self.caller, join)
