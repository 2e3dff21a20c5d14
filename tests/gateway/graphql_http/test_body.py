"""A body is read to its end in whatever pieces it comes, up to what is allowed."""

import pytest
from starlette.datastructures import Headers
from starlette.types import Message

from gateway.graphql_http.body import read_body
from gateway.graphql_http.refusals import Code, RefusedRequestError
from gateway.graphql_http.request_timeout import Supervision


async def read(*pieces: bytes, max_bytes: int = 10) -> bytes:
    """Read a body that comes in pieces, and then nothing more."""
    messages = [
        {"type": "http.request", "body": piece, "more_body": place + 1 < len(pieces)}
        for place, piece in enumerate(pieces)
    ]

    async def receive() -> Message:
        return messages.pop(0)

    found = await read_body(
        *(Headers(), receive),
        max_bytes=max_bytes,
        seconds=5,
        supervision=Supervision(),
    )
    assert messages == []
    return found


async def test_a_body_is_all_of_its_pieces_up_to_what_is_allowed() -> None:
    assert await read(b"") == b""
    assert await read(b"12345", b"", b"67890") == b"1234567890"

    with pytest.raises(RefusedRequestError) as refused:
        await read(b"12345", b"678901", b"2")
    assert refused.value.code is Code.BODY_TOO_LARGE
