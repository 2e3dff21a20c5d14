"""An agency's server is an attacker: whatever it sends is an answer, and no harm.

Every attack is over a real socket, and is followed by an honest answer to the next
question: the one slot that the agency has is free again, and nothing of the attack
is left on a connection.
"""

import asyncio
import gzip
import socket
import struct
import time
import tracemalloc

import pytest

from connectors.answer import SourceOutcome
from tests.attacks.upstream import (
    GRAPHQL,
    TIMEOUT_SECONDS,
    Behaviour,
    asked,
    asking,
    honest_answer,
    http,
    never_answers,
    sends,
    serving,
)
from tests.connectors.agency import OTHER, RECORD, ZHANG, record
from tests.connectors.guard.slow_agency import PEOPLE

TIMED_OUT, UNREACHABLE = SourceOutcome.TIMED_OUT, SourceOutcome.UNREACHABLE
UNVERIFIED, REFUSED = SourceOutcome.UNVERIFIED, SourceOutcome.REFUSED

HONEST = http(honest_answer())
JWS = record().signature.decode()
GIGABYTE = 1 << 30
BOMB = gzip.compress(bytes(20_000_000))
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
REDIRECT = http(b"", "Location: /records", status="302 Found")


async def resets_in_the_body(writer: asyncio.StreamWriter) -> None:
    """Send half an answer and a TCP reset."""
    writer.write(HONEST[: len(HONEST) // 2])
    await writer.drain()
    linger = struct.pack("ii", 1, 0)
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def closes_in_the_body(writer: asyncio.StreamWriter) -> None:
    """Send half an answer and close."""
    writer.write(HONEST[: len(HONEST) // 2])
    writer.close()


async def closes(writer: asyncio.StreamWriter) -> None:
    """Say nothing and close."""
    writer.close()


def endless(head: bytes, piece: bytes) -> Behaviour:
    """Return a behaviour that sends as much as the gateway takes."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return behave


def trickling(answer: bytes) -> Behaviour:
    """Return a behaviour that sends one byte and a pause, again and again."""
    pieces = (bytes([byte]) for byte in answer)
    return sends(*pieces, every_seconds=0.05)


@pytest.mark.parametrize(
    ("behave", "outcome"),
    [
        pytest.param(never_answers, TIMED_OUT, id="never answers"),
        pytest.param(trickling(HONEST), TIMED_OUT, id="a byte at a time, headers"),
        pytest.param(
            sends(HONEST[:-400], *(b" " * 1 for _ in range(400)), every_seconds=0.05),
            TIMED_OUT,
            id="a byte at a time, body",
        ),
        pytest.param(
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            TIMED_OUT,
            id="asks to go on for ever",
        ),
        pytest.param(closes_in_the_body, UNREACHABLE, id="closes in the body"),
        pytest.param(resets_in_the_body, UNREACHABLE, id="resets in the body"),
        pytest.param(sends(b"\x16\x03\x01\r\n\r\n"), UNREACHABLE, id="no HTTP"),
        pytest.param(sends(b"HTTP/1.1 2000 OK\r\n\r\n"), UNREACHABLE, id="no status"),
        pytest.param(
            sends(http(b"{}", length=-1)), UNREACHABLE, id="a negative length"
        ),
        pytest.param(
            sends(http(b"{}", "Content-Length: 3")), UNREACHABLE, id="two lengths"
        ),
        pytest.param(
            sends(http(b"{}", "X-A: a\x00b")), UNREACHABLE, id="NUL in a header"
        ),
        pytest.param(
            endless(
                b"HTTP/1.1 200 OK\r\n", b"".join(b"X-%d: a\r\n" % n for n in range(999))
            ),
            UNREACHABLE,
            id="a million headers",
        ),
        pytest.param(
            endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 10_000),
            UNREACHABLE,
            id="a header without an end",
        ),
        pytest.param(
            sends(CHUNKED + b"-5\r\nabc\r\n0\r\n\r\n"),
            UNREACHABLE,
            id="a negative chunk",
        ),
        pytest.param(
            endless(CHUNKED, b"1000\r\n" + b" " * 0x1000 + b"\r\n"),
            UNVERIFIED,
            id="a body without an end",
        ),
        pytest.param(
            endless(http(b"", length=2 * GIGABYTE), b" " * 0x1000),
            UNVERIFIED,
            id="two gigabytes",
        ),
        pytest.param(
            sends(http(BOMB, "Content-Encoding: gzip")), UNVERIFIED, id="a gzip bomb"
        ),
        pytest.param(
            sends(http(b"\x0b\x02\x80", "Content-Encoding: br")),
            UNVERIFIED,
            id="another encoding",
        ),
        pytest.param(sends(http(b"<html></html>")), UNVERIFIED, id="HTML called JSON"),
        pytest.param(
            sends(HONEST.replace(b"application/json", b"text/html")),
            UNVERIFIED,
            id="JSON called HTML",
        ),
        pytest.param(sends(http(b"")), UNVERIFIED, id="an empty body"),
        pytest.param(sends(http(b"[" * 900_000)), UNVERIFIED, id="nested JSON"),
        pytest.param(
            sends(http(b"9" * 900_000)), UNVERIFIED, id="an integer of many digits"
        ),
        pytest.param(sends(http(b'"\xff"')), UNVERIFIED, id="no UTF-8"),
        pytest.param(sends(http({"errors": []})), UNVERIFIED, id="200 with errors"),
        pytest.param(sends(http({"results": {}})), UNVERIFIED, id="no list"),
        pytest.param(sends(http({"results": [[[]]]})), UNVERIFIED, id="lists of lists"),
        pytest.param(
            sends(http({"results": [{"idNumber": {}, "records": []}]})),
            UNVERIFIED,
            id="an object for a number",
        ),
        pytest.param(
            sends(http({"results": [{"idNumber": ZHANG, "records": 7}]})),
            UNVERIFIED,
            id="a number for records",
        ),
        pytest.param(
            sends(http(honest_answer(JWS[: len(JWS) // 2]))),
            UNVERIFIED,
            id="half a record",
        ),
        pytest.param(
            sends(http(honest_answer(*["a.b.c"] * 1001))),
            UNVERIFIED,
            id="more records than anybody has",
        ),
        pytest.param(
            sends(http({"results": [{"idNumber": OTHER, "records": [JWS]}]})),
            UNVERIFIED,
            id="another person's number",
        ),
        pytest.param(
            sends(
                http(honest_answer(record({**RECORD, "id": OTHER}).signature.decode()))
            ),
            UNVERIFIED,
            id="another person's record",
        ),
        pytest.param(
            sends(
                http(
                    honest_answer(
                        record({**RECORD, "number": "1\x002"}).signature.decode()
                    )
                )
            ),
            UNVERIFIED,
            id="NUL in a certificate number",
        ),
        pytest.param(sends(http(b"{}", status="403 No")), REFUSED, id="403"),
        pytest.param(
            sends(http(b"{}", status="101 Switching Protocols")),
            UNREACHABLE,
            id="another protocol",
        ),
    ],
)
async def test_an_attack_is_an_answer_without_certificates_and_the_next_is_honest(
    behave: Behaviour, outcome: SourceOutcome
) -> None:
    async with serving(behave) as upstream, asking(upstream.url) as agency:
        started = time.monotonic()
        attacked = await asked(agency)
        took = time.monotonic() - started
        honest = await asked(agency)

    assert (attacked.outcome, attacked.certificates) == (outcome, ())
    assert (honest.outcome, len(honest.certificates)) == (SourceOutcome.ANSWERED, 1)
    # The limit is the agency's own; the rest is a busy machine.
    assert took < TIMEOUT_SECONDS + 4.0


async def test_a_connection_closed_without_a_word_is_asked_twice_and_no_more() -> None:
    async with serving(closes, attacks=9) as upstream, asking(upstream.url) as agency:
        answer = await asked(agency)

    assert (answer.outcome, len(upstream.questions)) == (UNREACHABLE, 2)


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(never_answers, id="never answers"),
        pytest.param(trickling(HONEST), id="headers"),
        pytest.param(
            sends(HONEST[:-400], *([b" "] * 400), every_seconds=0.05), id="body"
        ),
        pytest.param(
            endless(http(b"", length=2 * GIGABYTE), b" " * 0x1000), id="two gigabytes"
        ),
    ],
)
async def test_a_connection_that_serves_no_question_is_left(
    behave: Behaviour,
) -> None:
    async with serving(behave) as upstream, asking(upstream.url) as agency:
        await asked(agency)

        await asyncio.wait_for(upstream.left.wait(), 2.0)


@pytest.mark.parametrize(
    ("location", "status"),
    [
        pytest.param("/records", "302 Found", id="a loop"),
        pytest.param("http://169.254.169.254/latest", "307 See", id="inwards"),
        pytest.param("file:///etc/passwd", "308 See", id="a file"),
    ],
)
async def test_a_redirect_is_followed_nowhere(location: str, status: str) -> None:
    away = sends(http(b"", f"Location: {location}", status=status))

    async with serving(away, attacks=9) as upstream, asking(upstream.url) as agency:
        answer = await asked(agency)

    assert (answer.outcome, len(upstream.questions)) == (UNREACHABLE, 1)
    assert answer.reason is not None
    assert location not in answer.reason.en


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(sends(http(BOMB, "Content-Encoding: gzip")), id="a gzip bomb"),
        pytest.param(
            endless(http(b"", length=2 * GIGABYTE), b" " * 0x1000), id="two gigabytes"
        ),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 10_000), id="header"),
    ],
)
async def test_what_is_too_large_is_never_held(behave: Behaviour) -> None:
    async with serving(behave) as upstream, asking(upstream.url) as agency:
        tracemalloc.start()
        await asked(agency)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    # The limit is 1 MB; attacker and gateway share this process.
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("answer", "outcome", "codes"),
    [
        pytest.param(
            {"data": None, "errors": [{"message": "at /srv/app.py"}]},
            REFUSED,
            [],
            id="200 with errors",
        ),
        pytest.param({"data": {}}, UNVERIFIED, ["UNREADABLE_ANSWER"], id="no entities"),
        pytest.param(
            {"data": {"_entities": [{"__typename": "Vehicle"}]}},
            UNVERIFIED,
            ["UNSIGNED_ABSENCE"],
            id="another type",
        ),
        pytest.param(
            {"data": {"_entities": [None]}, "errors": [{"message": "x"}]},
            UNVERIFIED,
            ["UNSIGNED_ABSENCE"],
            id="null and an error",
        ),
        pytest.param([], UNVERIFIED, ["UNREADABLE_ANSWER"], id="a batch"),
        pytest.param(
            {"data": {"_entities": honest_answer()["results"]}},
            SourceOutcome.ANSWERED,
            [],
            id="an honest answer",
        ),
    ],
)
async def test_a_hostile_subgraph_is_an_answer(
    answer: object, outcome: SourceOutcome, codes: list[str]
) -> None:
    async with (
        serving(sends(http(answer))) as upstream,
        asking(upstream.url, *GRAPHQL) as agency,
    ):
        found = await asked(agency)

    assert (found.outcome, [r.code for r in found.refusals]) == (outcome, codes)
    assert found.reason is None or "/srv" not in found.reason.en


async def test_an_answer_sent_in_advance_is_nobodys() -> None:
    """One answer to a question, and one more for whoever asks next."""
    other = record({**RECORD, "id": OTHER, "number": "stolen"}).signature.decode()
    in_advance = sends(HONEST + http(honest_answer(other)))

    async with serving(in_advance) as upstream, asking(upstream.url) as agency:
        first = await asked(agency)
        second = await asked(agency)

    assert [first.outcome, second.outcome] == [SourceOutcome.ANSWERED] * 2
    assert [c.record.number for c in second.certificates] == ["0000123"]


async def test_a_slow_attack_keeps_nobody_else_waiting_beyond_its_time() -> None:
    """Ten people are asked about one by one, each by a question that never ends."""
    async with (
        serving(never_answers, attacks=10) as upstream,
        asking(upstream.url, ("[endpoint]", "[endpoint]\nbatch_limit = 1")) as agency,
    ):
        started = time.monotonic()
        answers = await agency.ask(PEOPLE, 10.0)
        took = time.monotonic() - started

    assert {answer.outcome for answer in answers} == {TIMED_OUT}
    assert took < TIMEOUT_SECONDS + 4.0


def test_the_bomb_is_one() -> None:
    assert len(gzip.decompress(BOMB)) > 900 * len(BOMB)
