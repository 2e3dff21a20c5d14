"""An agency's side of a transfer, before a gateway that says what a test wants."""

import asyncio
import gzip
import json
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1
from cryptography.hazmat.primitives.asymmetric.ec import (
    generate_private_key as generate_ec_key,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from gateway.collection.commands import read_key
from gateway.collection.results import ENDS, End
from gateway.collection.sending import RETRY_SECONDS, Compression, Sending, Sum
from gateway.collection.sent_lines import SentLine, in_parts, read_lines
from gateway.errors import StartError
from signing.algorithms import Algorithm
from tests.gateway.batch.test_asking import Scripted, answer, scripted
from tests.gateway.collection.senders import PRIVATE, key

STREAMS = {
    name: {"lastSequence": last, "missing": missing, "gaps": []}
    for name, last, missing in (("records", 0, 4), ("states", 0, 0))
}
ASKED = answer(200, {"connector": "fire-rescue", "streams": STREAMS})
SUMMARY = {"summary": {"missing": 2}}


def result(line: int, outcome: str = "ACCEPTED", code: str | None = None) -> Any:
    told: dict[str, object] = {"line": line, "sequence": line, "outcome": outcome}
    return told if code is None else {**told, "code": code}


def told(*lines: object) -> bytes:
    return answer(200, b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def problem(status: int, code: str, **more: str) -> bytes:
    return answer(status, {"code": code, "reason": {"zh": "因", "en": "so"}, **more})


async def sent(
    tmp_path: Path,
    script: Sequence[bytes],
    lines: int = 2,
    compression: Compression = Compression.NONE,
    stream: str = "records",
) -> tuple[Sum | str, list[Any], list[float], Scripted]:
    """Send lines; return what became of them, what was refused, and the waits."""
    file = tmp_path / "lines"
    file.write_text("".join(f"a.b.{n}\n" for n in range(1, lines + 1)), "utf-8")
    waited: list[float] = []
    refused: list[Any] = []

    def note(line: SentLine, said: Any) -> None:
        refused.append((line.number, said["code"]))

    async with scripted(ASKED, *script) as server:
        sending = Sending(
            f"http://127.0.0.1:{server.port}/collect/fire-rescue",
            key(),
            compression,
            stream=stream,
            sleep=waited.append,
        )

        def send() -> Sum | str:
            parts = in_parts(read_lines(file, 1), 10)
            try:
                return sending.send(parts, note, lambda _done: None)
            except StartError as error:
                return str(error)

        found = await asyncio.to_thread(send)
    return found, refused, waited, server


async def test_what_became_of_each_line_is_counted_and_what_was_refused_handed_on(
    tmp_path: Path,
) -> None:
    results = (
        result(1),
        result(2, "SUPERSEDED", "SUPERSEDED"),
        result(3, "REFUSED", "ROLLBACK"),
        result(4, "ACCEPTED", "HOLDER_ALTERED"),
    )

    found, refused, waited, _ = await sent(tmp_path, [told(*results, SUMMARY)], 4)

    assert isinstance(found, Sum)
    assert found.outcomes == {"ACCEPTED": 2, "SUPERSEDED": 1, "REFUSED": 1}
    # That an older version is history is nothing to look at.
    assert found.codes == {"ROLLBACK": 1, "HOLDER_ALTERED": 1}
    assert (found.missing, found.skipped) == (2, 0)
    assert (refused, waited) == ([(3, "ROLLBACK")], [])


@pytest.mark.parametrize(
    ("compression", "encoding"),
    [(Compression.NONE, None), (Compression.GZIP, "gzip"), (Compression.ZSTD, "zstd")],
)
@pytest.mark.parametrize("stream", ["records", "states"])
async def test_lines_go_to_their_streams_address_as_they_are_to_be_compressed(
    tmp_path: Path, compression: Compression, encoding: str | None, stream: str
) -> None:
    script = [told(result(1), result(2), SUMMARY)]

    *_, server = await sent(tmp_path, script, compression=compression, stream=stream)

    question, transfer = server.asked
    assert question.startswith(b"GET /collect/fire-rescue HTTP")
    head, _, body = transfer.partition(b"\r\n\r\n")
    ending = b"/states" if stream == "states" else b""
    assert head.startswith(b"POST /collect/fire-rescue" + ending + b" HTTP")
    stated = [one for one in head.lower().split(b"\r\n") if b"content-encoding:" in one]
    assert stated == (
        [] if encoding is None else [f"content-encoding: {encoding}".encode()]
    )
    inflate: dict[str | None, Callable[[bytes], bytes]] = {
        None: bytes,
        "gzip": gzip.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
    }
    plain = inflate[encoding](body)
    assert [json.loads(line) for line in plain.splitlines()] == [
        {"sequence": 1, "record": "a.b.1"},
        {"sequence": 2, "record": "a.b.2"},
    ]


@pytest.mark.parametrize(
    "passing",
    [
        pytest.param(problem(503, "UNAVAILABLE"), id="the database is away"),
        pytest.param(problem(429, "TOO_MANY_TRANSFERS"), id="busy"),
        pytest.param(problem(503, "OVERLOADED"), id="overloaded"),
        pytest.param(problem(400, "CUT_OFF"), id="cut off"),
        pytest.param(problem(408, "TOO_SLOW"), id="too slow"),
        pytest.param(told(), id="nothing"),
        pytest.param(answer(200, b'{"line": 1'), id="half a line"),
        pytest.param(answer(200, b"x")[:-1], id="no body"),
    ],
)
async def test_what_passes_by_itself_is_tried_again(
    tmp_path: Path, passing: bytes
) -> None:
    script = [passing, passing, told(result(1), result(2), SUMMARY)]

    found, _, waited, server = await sent(tmp_path, script)

    assert isinstance(found, Sum)
    assert found.outcomes == {"ACCEPTED": 2}
    assert waited == list(RETRY_SECONDS[:2]) == [1.0, 2.0]
    assert len(server.asked) == 4


async def test_what_was_answered_before_a_cut_is_not_sent_again(tmp_path: Path) -> None:
    later = told(result(1, "REFUSED", "UNAVAILABLE"), SUMMARY)
    script = [told(result(1)), later, told(result(1), SUMMARY)]

    found, _, waited, server = await sent(tmp_path, script)

    assert isinstance(found, Sum)
    assert (found.outcomes, found.codes) == ({"ACCEPTED": 2}, {})
    assert [b"a.b.1" in one for one in server.asked[1:]] == [True, False, False]
    assert waited == [1.0, 2.0]


@pytest.mark.parametrize("end", [end for end in End if end is not End.UNAVAILABLE])
async def test_why_a_transfer_ended_early_is_said_at_once(
    tmp_path: Path, end: End
) -> None:
    ended = {**result(2, "REFUSED", end), "reason": {"en": ENDS[end].en}}

    found, _, waited, _ = await sent(tmp_path, [told(result(1), ended)])

    more = "; --lines sends fewer at once" if end is End.INFLATED_TOO_LARGE else ""
    assert (found, waited) == (f"{end}: {ENDS[end].en}{more}", [])


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        pytest.param(problem(403, "FOREIGN_KEY"), "FOREIGN_KEY: so", id="a problem"),
        pytest.param(
            problem(401, "NOT_COVERED", detail='"content-length"'),
            'NOT_COVERED: so ("content-length")',
            id="and what exactly",
        ),
        pytest.param(
            answer(404, b"<html>"),
            "the address answers 404, and is no gateway's",
            id="a page",
        ),
        pytest.param(
            answer(404, {"detail": "Not Found"}),
            "the address answers 404, and is no gateway's",
            id="another program's JSON",
        ),
        pytest.param(
            answer(404, []),
            "the address answers 404, and is no gateway's",
            id="a list",
        ),
    ],
)
async def test_what_does_not_pass_is_said_at_once(
    tmp_path: Path, refusal: bytes, said: str
) -> None:
    found, _, waited, _ = await sent(tmp_path, [refusal])

    assert (found, waited) == (said, [])


def test_lines_are_sent_as_they_are_and_bare_ones_with_their_numbers(
    tmp_path: Path,
) -> None:
    file = tmp_path / "lines"
    file.write_bytes(
        b'a.b.1\n\n  {"sequence": 8, "record": "a.b.2"}\na.b.\xff\r\n'
        b'{"sequence": true, "record": "a.b.4"}\n{"sequence": 9, "record": 5}\n{"\n'
    )

    numbered = [*read_lines(file, 4)]
    bare = [*read_lines(file, None)]

    assert [(one.number, one.sequence) for one in numbered] == [
        *((1, 4), (3, 8), (4, 5), (5, None), (6, 9), (7, None)),
    ]
    assert [one.text for one in numbered] == [
        b'{"sequence": 4, "record": "a.b.1"}',
        b'{"sequence": 8, "record": "a.b.2"}',
        b'{"sequence": 5, "record": "a.b.\\ufffd"}',
        b'{"sequence": true, "record": "a.b.4"}',
        b'{"sequence": 9, "record": 5}',
        b'{"',
    ]
    assert (bare[0].text, bare[0].sequence) == (b'{"record": "a.b.1"}', None)
    assert [one.digest is None for one in numbered] == [False] * 4 + [True] * 2
    assert numbered[0].digest == bare[0].digest != numbered[1].digest


def test_lines_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="nowhere: No such file or directory"):
        next(read_lines(tmp_path / "nowhere", None))


def pem(private: Any, encryption: KeySerializationEncryption | None = None) -> bytes:
    made: bytes = private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )
    return made


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["as it is", "of Windows"])
def test_a_private_key_signs_by_its_own_algorithm(
    tmp_path: Path, algorithm: Algorithm, mark: bytes
) -> None:
    (tmp_path / "key.pem").write_bytes(mark + pem(PRIVATE[algorithm]))

    found = read_key(tmp_path / "key.pem", "key-1")

    assert (found.kid, found.algorithm) == ("key-1", algorithm)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            pem(X25519PrivateKey.generate()), "of no kind that is known", id="X25519"
        ),
        pytest.param(
            pem(generate_ec_key(SECP384R1())),
            "the public key is none for ES256",
            id="P-384",
        ),
        pytest.param(
            pem(PRIVATE[Algorithm.ED25519], BestAvailableEncryption(b"secret")),
            "is no private key without a password",
            id="with a password",
        ),
        pytest.param(b"text", "is no private key without a password", id="no key"),
    ],
)
def test_a_key_that_is_not_to_be_signed_with_is_told(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(StartError, match=said):
        read_key(tmp_path / "key.pem", "key-1")


def test_a_mark_of_byte_order_is_the_file_s_and_of_no_other_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "records.ndjson"
    file.write_bytes(BOM_UTF8 + b"a.b.c\r\n \r\n" + BOM_UTF8 + b"d.e.f")

    lines = [*read_lines(file, 5)]

    assert [(one.number, one.sequence) for one in lines] == [(1, 5), (3, 6)]
    assert [json.loads(one.text) for one in lines] == [
        {"sequence": 5, "record": "a.b.c"},
        {"sequence": 6, "record": "\ufeffd.e.f"},
    ]
    assert lines[-1].ends_at == file.stat().st_size
