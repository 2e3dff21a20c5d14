"""``/graphql``: the page for a browser, an answer for a question.

A request passes, in this order: method, media types, the cross-site check, the
caller's turn, the body, its types, the document (limits, validation), what may not
be asked in an address, permissions, execution. Everything is refused as early as it
can be, in one shape, with a code.
"""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from graphql import ExecutionResult, OperationType
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.spans import Part, part
from gateway.application_state import state_of
from gateway.graphiql.page import page, wants_page
from gateway.graphql_http.answers import executed, not_executed, refused
from gateway.graphql_http.body import drain, read_body
from gateway.graphql_http.concurrency import Turn, Turns
from gateway.graphql_http.csrf import require_preflight
from gateway.graphql_http.media_types import (
    media_type_of,
    require_events,
    require_json,
)
from gateway.graphql_http.question import question_of_address, question_of_body
from gateway.graphql_http.refusals import ClientGoneError, Code, RefusedRequestError
from gateway.graphql_http.request_timeout import Limit, Supervision
from gateway.graphql_http.safe_methods import require_safe
from gateway.request_state import RequestState, request_of
from gateway.settings.http import Http
from gateway.slow.questions import SlowQuestions
from gateway.tracing.operations import described
from resolvers.context import RequestContext, Services
from resolvers.documents.documents import Documents, Prepared, Question
from resolvers.documents.validation import RefusedDocumentError
from resolvers.elements import stated_elements
from resolvers.execution.execute import execute
from resolvers.look_ups import look_up_of

ALLOW = {"Allow": "GET, POST, OPTIONS"}
CLIENT_GONE = 499
"""Seen in logs and metrics only; nobody is left to read it."""

Subscribe = Callable[[Scope, Receive, Prepared, Question], Awaitable[ASGIApp]]
"""Begins a subscription and returns what answers with its events; raises what a request
or a document is refused with."""


class Shortcut:
    """Answers questions before a router looks for who does.

    The router would find the same endpoint, some thirty microseconds later.
    """

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass on to the endpoint, or to the router."""
        is_question = scope["type"] == "http" and scope["path"] == self._path
        return (self._endpoint if is_question else self._app)(scope, receive, send)


class GraphQLEndpoint:
    """Answers every method on ``/graphql``."""

    def __init__(  # noqa: PLR0913 - composed in one place only
        self,
        documents: Documents,
        options: Http,
        subscribe: Subscribe,
        *,
        max_body_bytes: int,
        ide: bool,
        slow: SlowQuestions | None = None,
    ) -> None:
        self._documents = documents
        self._subscribe = subscribe
        self._options = options
        self._max_body_bytes = max_body_bytes
        self._ide = ide
        self._slow = slow
        self._supervision = Supervision()
        self._turns = Turns(options.concurrent_requests, options.wait_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        response: ASGIApp
        try:
            if scope["method"] == "POST":
                response = await self._answer(scope, receive)
            else:
                response = await self._respond(scope, receive)
        except RefusedRequestError as refusal:
            response = refused(refusal)
        except ClientGoneError:
            response = Response(status_code=CLIENT_GONE)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive) -> ASGIApp:
        """Answer what is sent by another method than POST."""
        method = scope["method"]
        request = Request(scope, receive)
        if self._ide and wants_page(request):
            return await page(request)
        if method == "GET":
            return await self._answer(scope, receive)
        if method == "OPTIONS":
            return Response(status_code=204, headers=ALLOW)
        raise RefusedRequestError(
            Code.METHOD_NOT_ALLOWED, "ask with POST and a JSON body", ALLOW
        )

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        request = request_of(scope)
        headers = request.headers
        accept = ",".join(headers.getlist("accept"))
        media_type = media_type_of(accept)
        by_get = scope["method"] == "GET"
        if not by_get:
            require_json(headers.getlist("content-type"))
        elif scope["query_string"]:
            require_preflight(headers)
        else:
            raise RefusedRequestError(Code.BAD_REQUEST, "state a query")
        caller = request.known_caller
        with await self._turns.take(caller.id) as turn:
            question = await self._question(scope, headers, receive)
            try:
                prepared = self._documents.prepare(
                    question, caller, by_router=request.by_router
                )
                if by_get:
                    require_safe(prepared)
                if prepared.kind is OperationType.SUBSCRIPTION:
                    require_events(accept)
                    return await self._subscribe(scope, receive, prepared, question)
                state = state_of(scope)
                context = _context(state.services, request, prepared, question, turn)
                attest = state.attesting.attest(
                    ",".join(headers.getlist("prefer")), context, prepared, question
                )
                result = await self._run(prepared, question, context, receive)
            except RefusedDocumentError as refusal:
                return not_executed(refusal, media_type)
        return await executed(result, media_type, context.operation, attest)

    async def ask(
        self, scope: Scope, receive: Receive, question: Question
    ) -> ExecutionResult:
        """Answer a question of a page of ours, in the name of the request's caller.

        What is asked so passes what is asked over HTTP does, from the caller's turn on.

        Raises:
            RefusedRequestError: the caller has too many under way, or it took too long.
            RefusedDocumentError: the caller may not ask this, or asks for too much.
            ClientGoneError: nobody is left to answer.
        """
        request = request_of(scope)
        caller = request.known_caller
        with await self._turns.take(caller.id) as turn:
            prepared = self._documents.prepare(question, caller)
            services = state_of(scope).services
            context = _context(services, request, prepared, question, turn)
            return await self._run(prepared, question, context, receive)

    async def body(self, scope: Scope, receive: Receive, max_bytes: int) -> bytes:
        """Return the body of a page's form.

        Raises:
            RefusedRequestError: it is too large, or comes too slowly.
        """
        return await read_body(
            request_of(scope).headers,
            receive,
            max_bytes=max_bytes,
            seconds=self._options.body_seconds,
            supervision=self._supervision,
        )

    async def drain(self, receive: Receive, max_bytes: int) -> None:
        """Let the rest of a form pass that was too large, so that its page is read.

        Raises:
            RefusedRequestError: it comes too slowly.
        """
        await drain(
            receive,
            max_bytes=max_bytes,
            seconds=self._options.body_seconds,
            supervision=self._supervision,
        )

    def _run(
        self,
        prepared: Prepared,
        question: Question,
        context: RequestContext,
        receive: Receive,
    ) -> Awaitable[ExecutionResult]:
        work = self._executed(prepared, question, context, receive)
        if self._slow is None:
            return work
        return self._slow.watch(work, prepared, context)

    async def _executed(
        self,
        prepared: Prepared,
        question: Question,
        context: RequestContext,
        receive: Receive,
    ) -> ExecutionResult:
        with part(Part.OPERATION, holds_others=True) as span:
            if span is not None:
                span.put(described(prepared))
            result = execute(prepared, question, context)
            if isawaitable(result):
                seconds = self._options.request_seconds
                with Limit(self._supervision, seconds, _too_long, receive):
                    return await result
            return result

    async def _question(
        self, scope: Scope, headers: Headers, receive: Receive
    ) -> Question:
        if scope["method"] == "GET":
            return question_of_address(scope["query_string"])
        body = await read_body(
            headers,
            receive,
            max_bytes=self._max_body_bytes,
            seconds=self._options.body_seconds,
            supervision=self._supervision,
        )
        return question_of_body(body)


def _context(
    services: Services,
    request: RequestState,
    prepared: Prepared,
    question: Question,
    turn: Turn,
) -> RequestContext:
    """Return what a question carries through the graph."""
    headers, caller = request.headers, request.known_caller
    name = prepared.operation.name
    return RequestContext(
        services,
        caller,
        look_up_of(headers, question.extensions, caller.look_up),
        stated_elements(headers, question.extensions, caller),
        request_id=request.id,
        operation=None if name is None else name.value,
        document=prepared.text,
        people=prepared.people,
        judges_claims=prepared.judges_claims,
        turn=turn,
        waited_seconds=request.waited_seconds + turn.waited_seconds,
    )


def _too_long(seconds: float) -> RefusedRequestError:
    return RefusedRequestError(
        Code.TIMED_OUT, f"the question took longer than {seconds:g} seconds"
    )
