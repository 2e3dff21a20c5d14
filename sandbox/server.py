"""Serve one agency over HTTP, with the faults of delivery and the live controls.

``/sandbox/...`` are the sandbox's own: a registry has none of them, and a fault
does not touch them.
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.binding import Binder
from sandbox.endpoint import Answer, Endpoint
from sandbox.errors import BadQuestionError
from sandbox.faults import Fault
from sandbox.question import TOO_LARGE, read_question
from sandbox.sealing import to_json
from sandbox.switch import Switch

JSON = "application/json"
MAX_QUESTION_BYTES = 256 * 1024
FORBIDDEN = 403
INTERNAL_ERROR = 500

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(
    endpoint: Endpoint, switch: Switch, binder: Binder | None = None
) -> web.Application:
    """Return the application of one agency, which binds its answers by ``binder``."""

    async def query(request: web.Request) -> web.StreamResponse:
        # The fault of the moment the question came, whatever is set while it waits.
        fault, seconds = switch.fault, switch.seconds
        body = await request.read()
        question = read_question(body)
        binding = None
        if binder is not None:
            binding = binder.of(body, question, request.headers, fault)
        answer = await endpoint.answer(question, fault, binding)
        if answer.holders is not None:
            switch.count(answer.holders)
        return await _deliver(request, answer, fault, seconds)

    async def options(request: web.Request) -> web.StreamResponse:
        answer = Answer(b"{}", None, {"Allow": "OPTIONS, POST"})
        return await _deliver(request, answer, switch.fault, switch.seconds)

    async def set_fault(request: web.Request) -> web.Response:
        return as_json(switch.set(read_question(await request.read())))

    async def calls(_request: web.Request) -> web.Response:
        return as_json(switch.calls())

    async def reset(_request: web.Request) -> web.Response:
        switch.reset()
        return as_json({})

    app = web.Application(
        middlewares=[answer_bad_questions], client_max_size=MAX_QUESTION_BYTES
    )
    app.router.add_post(endpoint.path, query)
    app.router.add_route("OPTIONS", endpoint.path, options)
    app.router.add_post("/sandbox/fault", set_fault)
    app.router.add_get("/sandbox/calls", calls)
    app.router.add_post("/sandbox/reset", reset)
    return app


@web.middleware
async def answer_bad_questions(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Turn a refused question into its HTTP status."""
    try:
        return await handler(request)
    except BadQuestionError as error:
        return as_json({"error": str(error)}, error.status)
    except web.HTTPRequestEntityTooLarge:
        message = f"the question has over {MAX_QUESTION_BYTES} bytes"
        return as_json({"error": message}, TOO_LARGE)


async def _deliver(
    request: web.Request, answer: Answer, fault: Fault | None, seconds: float
) -> web.StreamResponse:
    if fault is Fault.SILENT:
        # Ends when the client goes away or the server stops: both cancel it.
        await asyncio.Event().wait()
    if fault is Fault.SLOW:
        await asyncio.sleep(seconds)
    if fault is Fault.ERROR_500:
        return as_json({"error": "internal error"}, INTERNAL_ERROR)
    if fault is Fault.REFUSED_403:
        return as_json({"error": "forbidden"}, FORBIDDEN)
    if fault is Fault.CUT_BODY:
        return await _cut(request, answer)
    type_ = "text/html" if fault is Fault.WRONG_CONTENT_TYPE else JSON
    return web.Response(body=answer.body, headers=answer.headers, content_type=type_)


async def _cut(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Announce the whole body, send half of it and hang up."""
    response = web.StreamResponse(headers=answer.headers)
    response.content_type = JSON
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


def as_json(content: object, status: int = 200) -> web.Response:
    """Return an answer of the sandbox's own."""
    return web.Response(body=to_json(content), status=status, content_type=JSON)
