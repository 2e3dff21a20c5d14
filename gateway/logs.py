"""Structured logs, which have no personal data; one event a request."""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bureau.privacy.masks import has_identity_number, without_identity_numbers
from connectors.spans import recorded_by
from gateway.graphql_http.security_headers import STARTS
from gateway.request_state import RequestHeaders, begin_request
from gateway.traces import ServersTraces, trace_of
from gateway.tracing.context import HEADER, read_traceparent
from gateway.tracing.tracing import UNTRACED, RequestSpan, Tracing

COLLECT = "/collect"
"""Agencies send to addresses below it, which have their ids in them."""
SWITCHED = 101
"""The status of a handshake that became a websocket."""
SERVER_ERROR = 500
ID = "gateway.request.id"
"""The attribute of a span by which the request's lines are found."""
ID_BYTES = 16
IDS_AT_ONCE = 64
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Requested = Callable[[str, int, float], None]
"""Measures a request: its path, its status, and how many seconds it took."""


class RequestLog:
    """Gives each request an id, and one log event and measurement at its end."""

    def __init__(
        self,
        app: ASGIApp,
        requested: Requested,
        paths: frozenset[str],
        tracing: Tracing | None = None,
    ) -> None:
        self._app = app
        self._tracing = tracing
        self._requested = requested
        self._paths = paths
        self._logger = structlog.get_logger("gateway.request")
        self._ids = _random_ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; note path, status and time, never a query or its variables."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = RequestHeaders(scope)
        request = begin_request(scope, self._id_of(headers), headers)
        written = request.id.encode()
        status = 500
        path = self._label(scope["path"])
        span, traced = self._begin_span(scope, path, headers)
        ids = {"request_id": request.id, **traced}
        bound = structlog.contextvars.bind_contextvars(**ids)

        def noted(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] in STARTS:
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", written)]
            elif message["type"] == "websocket.accept":
                status = SWITCHED
            return send(message)

        try:
            with recorded_by(span):
                await self._app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            _end_span(span, status, request.id)
            # How long somebody followed events says nothing of how quick we are.
            if status != SWITCHED and not request.is_stream:
                self._requested(path, status, seconds)
            # Those that are shed are counted: a line for each would cost what shedding
            # spares.
            if not request.is_shed:
                self._logger.info(
                    "request",
                    method=scope.get("method", "GET"),
                    path=path,
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                    caller=None if request.caller is None else request.caller.id,
                )
            structlog.contextvars.reset_contextvars(**bound)

    def _begin_span(
        self, scope: Scope, path: str, headers: RequestHeaders
    ) -> tuple[RequestSpan | None, dict[str, str]]:
        """Begin the request's span, if it has one; return what lines say of its trace.

        A websocket has none: it is open for hours, and what is asked by it is no
        request.
        """
        context = read_traceparent(headers.get(HEADER))
        if self._tracing is None or scope["type"] != "http" or path in UNTRACED:
            return None, {} if context is None else {"trace_id": context.trace_id}
        span = self._tracing.begin(context, scope["method"], path)
        return span, {"trace_id": span.trace_id}

    def _id_of(self, headers: RequestHeaders) -> str:
        """Return the caller's request id if it is a plain word, else a new one."""
        stated = headers.get("x-request-id")
        if stated is None or not REQUEST_ID.fullmatch(stated):
            return next(self._ids)
        return next(self._ids) if has_identity_number(stated) else stated

    def _label(self, path: str) -> str:
        """Return what is said of a path: an unknown one is anybody's invention."""
        if path in self._paths:
            return path
        return COLLECT if path.startswith(f"{COLLECT}/") else "other"


def _end_span(span: RequestSpan | None, status: int, request_id: str) -> None:
    if span is not None:
        span.put({"http.response.status_code": status, ID: request_id})
        span.end(str(status) if status >= SERVER_ERROR else None)


def _random_ids() -> Iterator[str]:
    """Yield 128 random bits each time; the system is asked for many at once."""
    while True:
        digits = secrets.token_hex(IDS_AT_ONCE * ID_BYTES)
        for start in range(0, len(digits), 2 * ID_BYTES):
            yield digits[start : start + 2 * ID_BYTES]


def _hide_identity_numbers(
    _logger: object, _name: str, line: structlog.typing.EventDict | str
) -> str:
    """Mask what looks like an identity number in a line that is ready.

    Nothing of ours logs one, and traces have no messages (``gateway.traces``); a
    library may say more.
    """
    return without_identity_numbers(str(line))


def _written(event: object, default: Callable[[object], Any]) -> str:
    """Return ``event`` as JSON."""
    try:
        return orjson.dumps(event, default=default).decode()
    except TypeError:
        # Half a character has no UTF-8; the standard library writes its escape.
        return json.dumps(event, default=default)


def configure_logs(log_format: str) -> None:
    """Send structlog and the standard library's logs to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_written)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.ExceptionRenderer(trace_of),
            renderer,
            _hide_identity_numbers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(trace_of),
                renderer,
                _hide_identity_numbers,
            ],
            foreign_pre_chain=shared,
        )
    )
    # Here, since the server's loggers have children of their own.
    handler.addFilter(ServersTraces())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
