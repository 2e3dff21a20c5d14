"""A list whose results did not come to their end leaves nothing to be shown."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message

from gateway.console.asking import Problem
from gateway.console.reconciled import Sent, reconciled_by
from gateway.graphql_http.refusals import ClientGoneError
from gateway.reconciliation.asked import Form
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
