"""A list whose results did not come to their end leaves nothing to be shown."""

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message

from bureau.caller import Caller, LookUp, Purpose, Scope
from bureau.ledger.reconciliation import Comparison
from gateway.clock import utc_now
from gateway.console.asking import Problem
from gateway.console.batches import A_CALLER
from gateway.console.language import Language
from gateway.console.pages.reconciliation import reconciliation
from gateway.console.reconciled import Compare, Reconciled, Sent, reconciled_by
from gateway.console.sections import Section
from gateway.console.sessions import Session, Sessions
from gateway.console.uploads import Upload
from gateway.console.visit import Visit
from gateway.graphql_http.refusals import ClientGoneError
from gateway.reconciliation.asked import Form
from gateway.request_state import begin_request
from gateway.settings.console import Console
from gateway.tables import refused
from resolvers.errors import RequestError

SENT = Sent(window={"from": "2026-11-01"}, form=Form.CSV, why={}, content=b"claim\n")
LINE = b'{"line": 2, "claim": "c", "result": "MATCH"}\n'


def request() -> Request:
    """One whose sender has gone."""

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": []}
    return Request(scope, receive)


async def never_ending() -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(0)
        yield LINE


async def test_who_goes_away_meanwhile_has_nothing_held() -> None:
    async def compare(_: Request) -> Response:
        return StreamingResponse(never_ending())

    with pytest.raises(ClientGoneError):
        await reconciled_by(compare, request(), SENT)


async def test_a_list_reaches_what_compares_it_with_its_window_and_its_reason() -> None:
    seen: list[object] = []

    async def compare(asked: Request) -> Response:
        seen.extend([asked.scope["query_string"], asked.headers["content-type"]])
        seen.extend([asked.headers["x-purpose"], await asked.body()])
        return refused(RequestError("不行 / no", "BAD_USER_INPUT"))

    sent = Sent(
        window=SENT.window,
        form=Form.NDJSON,
        why={"purpose": "RECOVERY"},
        content=b'{"claim": "c"}',
    )
    found = await reconciled_by(compare, request(), sent)

    assert found == Problem("BAD_USER_INPUT", "不行 / no")
    assert seen == [
        *(b"from=2026-11-01", "application/x-ndjson", "RECOVERY", b'{"claim": "c"}'),
    ]


def visit(
    caller: Caller, sessions: Sessions, compare: Compare, session: Session, **sent: Any
) -> Visit:
    """Return somebody's visit of the page."""
    services = SimpleNamespace(clock=utc_now)
    asked = request()
    asked.scope["app"] = SimpleNamespace(
        state=SimpleNamespace(gateway=SimpleNamespace(services=services))
    )
    begin_request(asked.scope, "1").caller = caller
    return Visit(
        request=asked,
        caller=caller,
        language=Language.EN,
        section=Section.RECONCILIATION,
        form_token="0" * 64,
        ask=never_asked,
        sample=lambda _name, _labels: None,
        reconcile=compare,
        session=session,
        sessions=sessions,
        **sent,
    )


async def never_asked(*_: object) -> ExecutionResult:
    """Answer nothing: the page asks no graph."""
    raise AssertionError


async def compares(_: Request) -> Response:
    """Find one row, which is not in the ledger."""
    counts = {**dict.fromkeys(map(str, Comparison), 0), "MISSING_HERE": 1}
    row = {"line": 2, "claim": "page-held", "result": "MISSING_HERE"}
    days = {"isComplete": True, "from": "2026-11-01", "to": "2026-11-30"}
    lines = [row, {"summary": {"results": counts, **days, "duplicates": 0}}]
    return Response(b"\n".join(map(orjson.dumps, lines)))


WHY = LookUp(Purpose.RECOVERY, "2026-1")
MAY = Caller("office", frozenset({Scope.AUDIT}), look_up=WHY)
MAY_NOT = Caller("office", frozenset({Scope.READ_CERTIFICATES}))
DROPPED = {
    "form": {"step": "begin", "from": "2026-11-01", "to": "2026-11-30"},
    "file": Upload("paid.csv", b"claim\npage-held\n"),
}


async def test_who_lost_the_right_meanwhile_is_shown_no_row() -> None:
    sessions = Sessions(Console(), time.time)
    session = Session("token", 0.0, 0.0, None)

    await reconciliation(visit(MAY, sessions, compares, session, **DROPPED))
    before = await reconciliation(visit(MAY, sessions, compares, session))
    after = await reconciliation(visit(MAY_NOT, sessions, compares, session))

    assert b"page-held" in before.body
    assert b'data-code="FORBIDDEN"' in after.body
    assert b"page-held" not in after.body
    assert session.held == []


async def test_a_place_that_is_taken_meanwhile_is_no_other_list_s() -> None:
    sessions = Sessions(Console(), time.time)
    session = Session("token", 0.0, 0.0, None)

    async def compare(asked: Request) -> Response:
        for _ in range(A_CALLER):
            of_theirs = sessions.of(sessions.begin("token"))
            assert of_theirs is not None
            of_theirs.reconciled = Reconciled(
                caller=MAY.id, began_at=time.time(), summary={}, rows=()
            )
        return await compares(asked)

    page = await reconciliation(visit(MAY, sessions, compare, session, **DROPPED))

    assert page.status_code == 422
    assert b"2 files of yours are held already" in page.body
    assert session.held == []
