"""One line and one measurement a request, and traces that name nobody."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import pytest
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from bureau.caller import Caller
from gateway.graphql_http.security_headers import GUARDS, SecurityHeaders
from gateway.logs import RequestLog
from gateway.request_state import request_of
from gateway.traces import SERVERS_TRACE, ServersTraces, trace_of

Logged = list[MutableMapping[str, Any]]
App = Callable[[Scope, Any, Any], Awaitable[None]]
STREAM = "stream"


@pytest.fixture(name="logged")
def _logged() -> Iterator[Logged]:
    with capture_logs() as logged:
        yield logged


def starting(*messages: Message, caller: str | None = None) -> App:
    """Return an application that sends these messages."""

    async def app(scope: Scope, _receive: Any, send: Any) -> None:
        if caller is not None:
            request_of(scope).caller = Caller(caller, frozenset())
        request_of(scope).is_stream = scope["path"] == f"/{STREAM}"
        for message in messages:
            await send(message)

    return app


def start(status: int, kind: str = "http.response.start") -> Message:
    return {"type": kind, "status": status, "headers": [(b"x-own", b"1")]}


def passed(
    app: App, logged: Logged, path: str = "/graphql", **scope: Any
) -> tuple[list[Message], list[tuple[str, int]], MutableMapping[str, Any]]:
    """Return what was sent, what was measured, and the request's line."""
    measured: list[tuple[str, int]] = []
    sent: list[Message] = []

    def requested(path: str, status: int, seconds: float) -> None:
        assert 0 <= seconds < 5
        measured.append((path, status))

    async def send(message: Message) -> None:
        sent.append(message)

    log = RequestLog(app, requested, frozenset({"/graphql", "/metrics"}))
    given = {"type": "http", "method": "POST", "path": path, "headers": [], **scope}
    asyncio.run(log(given, None, send))  # type: ignore[arg-type]  # nothing is received
    (line,) = [one for one in logged if one["event"] == "request"]
    return sent, measured, line


def test_a_request_is_measured_logged_and_given_its_id(logged: Logged) -> None:
    headers = [(b"x-request-id", b"night-7.a_B")]
    end = {"type": "http.response.body"}

    app = starting(start(418), end, caller="hr")
    sent, measured, line = passed(app, logged, headers=headers)

    assert measured == [("/graphql", 418)]
    assert sent[0]["headers"] == [(b"x-own", b"1"), (b"x-request-id", b"night-7.a_B")]
    assert sent[1] == end
    milliseconds = line.pop("milliseconds")
    assert milliseconds == round(milliseconds, 1) >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "path": "/graphql",
        "status": 418,
        "caller": "hr",
    }


@pytest.mark.parametrize(
    "stated",
    [b"", b"a b", b"x" * 65, "\u7f16".encode(), b"310110199003074514", b"a/b"],
)
def test_an_id_that_is_no_plain_word_is_made_anew(
    logged: Logged, stated: bytes
) -> None:
    sent, _, _ = passed(
        starting(start(200)), logged, headers=[(b"x-request-id", stated)]
    )

    given = dict(sent[0]["headers"])[b"x-request-id"]
    assert re.fullmatch(rb"[0-9a-f]{32}", given)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/metrics", "/metrics"),
        ("/collect/fire", "/collect"),
        ("/collect", "other"),
        ("/collected", "other"),
        ("/310110199003074514", "other"),
    ],
)
def test_of_a_path_no_more_is_said_than_is_ours(
    logged: Logged, path: str, label: str
) -> None:
    _, measured, line = passed(starting(start(404)), logged, path)

    assert (measured, line["path"]) == ([(label, 404)], label)
    assert line["caller"] is None


def test_a_request_without_an_answer_was_a_failure(logged: Logged) -> None:
    async def failing(_scope: Scope, _receive: Any, _send: Any) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        passed(failing, logged)

    assert [line["status"] for line in logged] == [500]


def test_how_long_somebody_followed_is_not_measured(logged: Logged) -> None:
    _, measured, line = passed(starting(start(200)), logged, f"/{STREAM}")
    logged.clear()
    accepted = {"type": "websocket.accept"}
    _, socket, switched = passed(
        starting(accepted), logged, type="websocket", method=None
    )
    logged.clear()
    refused = start(403, "websocket.http.response.start")
    sent, handshake, _ = passed(starting(refused), logged, type="websocket")

    assert (measured, line["status"]) == ([], 200)
    assert (socket, switched["status"]) == ([], 101)
    assert handshake == [("/graphql", 403)]
    assert dict(sent[0]["headers"]).keys() == {b"x-own", b"x-request-id"}


def test_a_handshake_has_no_method_and_is_a_get(logged: Logged) -> None:
    async def app(_scope: Scope, _receive: Any, _send: Any) -> None:
        return

    given = {"type": "websocket", "path": "/graphql", "headers": []}
    log = RequestLog(app, lambda *_: None, frozenset({"/graphql"}))
    asyncio.run(log(given, None, None))  # type: ignore[arg-type]  # nothing is sent

    assert logged[0]["method"] == "GET"


def test_what_begins_and_ends_the_process_is_no_request(logged: Logged) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Any, _send: Any) -> None:
        seen.append(scope)

    scope = {"type": "lifespan"}
    log = RequestLog(app, lambda *_: None, frozenset())
    guards = SecurityHeaders(app, 5)
    for one in (log, guards):
        asyncio.run(one(scope, None, None))  # type: ignore[arg-type]  # nothing is sent

    assert (seen, logged) == ([scope, scope], [])


@pytest.mark.parametrize(
    "kind", ["http.response.start", "websocket.http.response.start"]
)
@pytest.mark.parametrize("hsts", [0, 31_536_000])
def test_every_answer_has_guards_but_what_it_says_itself(kind: str, hsts: int) -> None:
    own = (b"content-security-policy", b"default-src 'self'")
    message = {"type": kind, "status": 200, "headers": [own]}
    sent: list[Message] = []

    async def send(one: Message) -> None:
        sent.append(one)

    body = {"type": "http.response.body", "body": b""}
    app = SecurityHeaders(starting_plainly(message, body), hsts)
    asyncio.run(app({"type": "http"}, None, send))  # type: ignore[arg-type]  # as above

    expected = dict(GUARDS) | dict([own])
    if hsts:
        expected[b"strict-transport-security"] = b"max-age=31536000"
    assert dict(sent[0]["headers"]) == expected
    assert len(sent[0]["headers"]) == len(expected)
    assert sent[1] == body


def starting_plainly(*messages: Message) -> App:
    async def app(_scope: Scope, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    return app


def raised(work: Callable[[], object]) -> str:
    """Return the trace of what is raised, without its lines of source."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever it is
        found = trace_of((type(error), error, error.__traceback__))
        return "\n".join(li for li in found.splitlines() if not li.startswith("  "))
    raise AssertionError


def lost() -> None:
    raise LookupError("310110199003074514")


def test_a_trace_has_kinds_and_places_and_no_words() -> None:
    def caused() -> None:
        try:
            lost()
        except LookupError as error:
            raise ValueError("secret") from error

    def handled() -> None:
        try:
            lost()
        except LookupError:
            raise ValueError("secret")  # noqa: B904 - what is tested

    def hidden() -> None:
        try:
            lost()
        except LookupError:
            raise ValueError("secret") from None

    def grouped() -> None:
        raise ExceptionGroup("secret", [KeyError("a"), TypeError("b")])

    def circular() -> None:
        first, second = LookupError(), ValueError()
        first.__cause__, second.__cause__ = second, first
        raise first

    lookup, value = "builtins.LookupError", "builtins.ValueError"
    assert raised(caused) == f"{lookup}\ncaused:\n{value}"
    assert raised(handled) == f"{lookup}\nwhile it was handled:\n{value}"
    assert raised(hidden) == value
    assert raised(grouped) == (
        "builtins.ExceptionGroup\nbuiltins.KeyError\nbuiltins.TypeError"
    )
    assert raised(circular) == f"{value}\ncaused:\n{lookup}"


def test_a_trace_says_where() -> None:
    def failing() -> None:
        raise LookupError

    with pytest.raises(LookupError) as error:
        failing()

    found = trace_of((error.type, error.value, error.tb)).splitlines()
    assert found[-1] == "builtins.LookupError"
    assert any(line.endswith("in failing") for line in found)
    assert not any(line.endswith("\n") for line in found)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"{SERVERS_TRACE}\nTraceback: 310110199003074514", SERVERS_TRACE),
        ("Started worker-1", "Started worker-1"),
        (f"no {SERVERS_TRACE}", f"no {SERVERS_TRACE}"),
    ],
)
def test_of_the_servers_report_the_first_line_is_left(said: str, written: str) -> None:
    record = logging.LogRecord("granian", 40, "", 0, "%s", (said,), None)

    assert ServersTraces().filter(record)
    assert record.getMessage() == written
