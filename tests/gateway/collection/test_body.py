"""Bodies: spooled by their digest, inflated within limits, taken apart into lines."""

import gzip
import hashlib
import io
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import pytest
import structlog
import zstandard
from starlette.types import Message, Receive

from gateway.collection import spool as spool_module
from gateway.collection.inflate import (
    GZIP,
    Encoding,
    InflationError,
    Limits,
    inflated,
)
from gateway.collection.lines import OVERLONG, lines_of
from gateway.collection.refusal import MEDIA_TYPE, IntakeError, Problem
from gateway.collection.results import End
from gateway.collection.spool import open_spool, spool, stated_digests

BODY = b'{"sequence":1}\n' * 1000
ROOMY = Limits(100_000_000, 1000)


def receiving(*pieces: bytes, is_cut: bool = False) -> Receive:
    """Return what hands on ``pieces``, and then hangs up or is done."""
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
    ]
    messages.append({"type": "http.disconnect"} if is_cut else {"type": "http.request"})
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return receive


def digest(name: str, body: bytes) -> str:
    made = hashlib.new(name.replace("-", ""), body).digest()
    return f"{name}=:{b64encode(made).decode()}:"


async def spooled(field: str, receive: Receive, max_bytes: int = 100_000) -> bytes:
    with open_spool() as file:
        length = await spool(
            receive, file, stated_digests(field), max_bytes=max_bytes, seconds=5
        )
        body = file.read()
    assert length == len(body)
    return body


async def problem_of(field: str, receive: Receive, max_bytes: int = 100_000) -> Problem:
    with pytest.raises(IntakeError) as refused:
        await spooled(field, receive, max_bytes)
    return refused.value.problem


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(digest("sha-256", BODY), id="sha-256"),
        pytest.param(digest("sha-512", BODY), id="sha-512"),
        pytest.param(
            f"{digest('sha-256', BODY)}, {digest('sha-512', BODY)}", id="both"
        ),
        pytest.param(f"md5=:AAAA:, {digest('sha-256', BODY)}", id="beside a weak one"),
    ],
)
async def test_a_body_comes_in_pieces_and_is_what_its_digest_says(field: str) -> None:
    assert await spooled(field, receiving(BODY[:7], b"", BODY[7:])) == BODY


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        pytest.param(digest("sha-256", b"other"), Problem.WRONG_DIGEST, id="wrong"),
        pytest.param(
            f"{digest('sha-256', BODY)}, {digest('sha-512', b'other')}",
            Problem.WRONG_DIGEST,
            id="one of two",
        ),
        pytest.param("sha-256=:AAAA:", Problem.WRONG_DIGEST, id="too short"),
        pytest.param(digest("md5", BODY), Problem.NO_DIGEST, id="a weak one alone"),
        pytest.param("sha-256=1", Problem.NO_DIGEST, id="no bytes"),
        pytest.param("", Problem.NO_DIGEST, id="none"),
        pytest.param("sha-256=:AA", Problem.NO_DIGEST, id="no structured field"),
    ],
)
async def test_a_body_without_its_digest_is_refused(
    field: str, problem: Problem
) -> None:
    assert await problem_of(field, receiving(BODY)) is problem


@pytest.mark.parametrize(
    ("allowed", "is_taken"),
    [
        pytest.param(len(BODY), True, id="the largest"),
        pytest.param(len(BODY) - 1, False, id="one byte more"),
    ],
)
async def test_a_body_is_only_so_large(allowed: int, is_taken: bool) -> None:
    field = digest("sha-256", BODY)
    sent = receiving(BODY[:9000], BODY[9000:])

    if is_taken:
        assert await spooled(field, sent, allowed) == BODY
    else:
        assert await problem_of(field, sent, allowed) is Problem.TOO_LARGE


async def test_a_body_that_is_cut_off_is_refused() -> None:
    sent = receiving(BODY[:9000], is_cut=True)

    assert await problem_of(digest("sha-256", BODY[:9000]), sent) is Problem.CUT_OFF


def encoded(encoding: Encoding, body: bytes) -> bytes:
    match encoding:
        case Encoding.GZIP:
            return gzip.compress(body)
        case Encoding.ZSTD:
            return zstandard.compress(body)
        case Encoding.IDENTITY:
            return body


def came(
    encoding: Encoding, body: bytes, limits: Limits = ROOMY
) -> tuple[bytes, End | None]:
    """Return what ``body`` gives, and how it ended if not as it should."""
    pieces: list[bytes] = []
    try:
        pieces.extend(inflated(io.BytesIO(body), encoding, limits))
    except InflationError as error:
        return b"".join(pieces), error.end
    return b"".join(pieces), None


@pytest.mark.parametrize("encoding", Encoding)
def test_every_encoding_gives_the_body(encoding: Encoding) -> None:
    assert came(encoding, encoded(encoding, BODY * 30)) == (BODY * 30, None)


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.ZSTD])
def test_a_body_may_be_made_of_several_parts(encoding: Encoding) -> None:
    parts = encoded(encoding, BODY) + encoded(encoding, b"more\n")

    assert came(encoding, parts) == (BODY + b"more\n", None)


@pytest.mark.parametrize("encoding", Encoding)
def test_an_empty_body_has_nothing(encoding: Encoding) -> None:
    assert came(encoding, b"") == (b"", None)


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.ZSTD])
def test_what_came_before_the_cut_is_there(encoding: Encoding) -> None:
    # Random enough that half of the bytes are half of the lines.
    body = b"".join(
        b"%s\n" % hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(20_000)
    )
    whole = encoded(encoding, body)

    found, end = came(encoding, whole[: len(whole) // 2])

    assert end is End.TRUNCATED
    assert len(found) > 300_000
    assert body.startswith(found)


def test_whatever_zlib_gives_of_a_cut_body_is_there() -> None:
    # So much grows out of the last bytes that it waits inside for room.
    whole = gzip.compress(bytes(140_000) + BODY[:50])

    for length in range(20, len(whole)):
        cut = whole[:length]
        given = zlib.decompressobj(GZIP).decompress(cut)
        assert came(Encoding.GZIP, cut) == (given, End.TRUNCATED), length


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.ZSTD])
def test_what_is_no_such_encoding_is_corrupt(encoding: Encoding) -> None:
    assert came(encoding, BODY) == (b"", End.CORRUPT)


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.ZSTD])
def test_what_follows_the_end_is_corrupt(encoding: Encoding) -> None:
    assert came(encoding, encoded(encoding, BODY) + b"x" * 40) == (BODY, End.CORRUPT)


def full(prefix: str) -> IO[bytes]:
    """Open the device that has no room for anything."""
    assert prefix
    return Path("/dev/full").open("w+b")


@pytest.mark.parametrize("size", [10, 100_000], ids=["at its end", "on the way"])
async def test_a_body_for_which_there_is_no_room_is_refused(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    body = bytes(size)
    with monkeypatch.context() as patch:
        patch.setattr(spool_module, "TemporaryFile", full)
        problem = await problem_of(digest("sha-256", body), receiving(body))

    refusal = IntakeError(problem).response()
    assert problem is Problem.NO_ROOM
    assert (refusal.status_code, refusal.media_type) == (503, MEDIA_TYPE)
    assert refusal.headers["retry-after"] == "60"


async def test_a_folder_that_is_not_there_has_no_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    with structlog.testing.capture_logs() as logs:
        problem = await problem_of(digest("sha-256", BODY), receiving(BODY))

    assert problem is Problem.NO_ROOM
    assert logs == [
        {
            "event": "no room for a body",
            "log_level": "error",
            "folder": str(tmp_path / "gone"),
            "reason": "No such file or directory",
        }
    ]


@pytest.mark.parametrize("encoding", [Encoding.GZIP, Encoding.ZSTD])
def test_a_bomb_is_left_where_it_is_found(encoding: Encoding) -> None:
    bomb = encoded(encoding, bytes(200_000_000))

    found, end = came(encoding, bomb, Limits(100_000_000, 50))

    assert end is End.INFLATED_TOO_LARGE
    assert len(found) < 11_000_000


def test_no_body_grows_beyond_the_limit_in_bytes() -> None:
    found, end = came(Encoding.GZIP, encoded(Encoding.GZIP, BODY), Limits(9_000, 1000))

    assert (end, len(found)) == (End.INFLATED_TOO_LARGE, 0)


def test_a_window_larger_than_is_allowed_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=25)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    wide = compressor.compress(bytes(40_000_000)) + compressor.flush()

    assert came(Encoding.ZSTD, wide) == (b"", End.CORRUPT)


def lines(pieces: Iterable[bytes]) -> list[bytes | None]:
    return list(lines_of(pieces, 10))


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        pytest.param([b"a\nb\n"], [b"a", b"b"], id="two"),
        pytest.param([b"a\nb"], [b"a", b"b"], id="the last without an end"),
        pytest.param([b"a\r\nb\r\n"], [b"a", b"b"], id="CR LF"),
        pytest.param([b"a", b"b\n", b"", b"c", b"\n"], [b"ab", b"c"], id="in pieces"),
        pytest.param([b"0123456789\n"], [b"0123456789"], id="the longest"),
        pytest.param([b"0123456789a\nb\n"], [OVERLONG, b"b"], id="one byte more"),
        pytest.param(
            [b"0123456789", b"a", b"b", b"c\nd\n"],
            [OVERLONG, b"d"],
            id="too long in pieces",
        ),
        pytest.param([b"0123456789a"], [OVERLONG], id="too long and the last"),
        pytest.param([b"a\n\nb\n"], [b"a", b"", b"b"], id="an empty one"),
        pytest.param([], [], id="none"),
    ],
)
def test_a_body_is_taken_apart_into_lines(
    pieces: list[bytes], found: list[bytes | None]
) -> None:
    assert lines(pieces) == found


def test_a_line_of_a_gigabyte_takes_no_room() -> None:
    piece = bytes(1_000_000)

    assert lines([*[piece] * 1000, b"\n", b"b\n"]) == [OVERLONG, b"b"]
