"""What ``gateway transparency mirror`` and ``shown`` say, and how they end."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bureau.transparency.look_ups import kind_of
from gateway.cli import app
from gateway.errors import StartError
from gateway.ports import free_port
from gateway.transparency.mirror import Mirror
from signing.transparency.entries import commitment, entry
from tests.gateway.transparency.test_mirror_copy import (
    AGENCY,
    LOOK_UP,
    POLICY,
    SALT,
    Log,
    copy,
    other,
    own,
    told_of,
)
from tests.serving import serving

RAW = json.dumps([LOOK_UP]).encode()
MINE, ROW = own(RAW)


class Asked:
    """A gateway that shows a log, and keeps what it was asked with."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.heads: list[str] = []

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        body = self.log.fetch(head.split()[1])
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")
        writer.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()


@pytest.fixture(name="files")
def _files(tmp_path: Path) -> Path:
    (tmp_path / "policy").write_text(POLICY)
    (tmp_path / "token").write_text("secret\n")
    return tmp_path


def run(files: Path, command: str, *more: str) -> Result:
    """Run one of both commands on the copy of a folder."""
    stated = ["--agency", AGENCY, "--policy", str(files / "policy"), *more]
    words = ["transparency", command, str(files / "copy"), *stated]
    return CliRunner().invoke(app, words)


def refused(files: Path, command: str, *more: str) -> str:
    """Run one; return the sentence that it does not begin for."""
    done = run(files, command, *more)
    assert isinstance(done.exception, StartError), done.output
    return str(done.exception)


async def mirrored(files: Path, port: int, *more: str) -> Result:
    url = f"http://127.0.0.1:{port}"
    stated = ("--url", url, "--token-file", str(files / "token"), *more)
    return await asyncio.to_thread(run, files, "mirror", *stated)


async def test_what_the_copy_has_is_told(files: Path) -> None:
    log = Log([other(0), MINE, other(2)], [told_of(1, ROW, RAW)])
    gateway = Asked(log)
    async with serving(gateway.serve) as port:
        told = await mirrored(files, port)
        as_json = await mirrored(files, port, "--json")

    assert told.exit_code == as_json.exit_code == 0
    assert told.output == "entries    3\nown        1\nlook-ups   1\n"
    sums = {"entries": 3, "own": 1, "lookUps": 1, "notShown": []}
    assert json.loads(as_json.output) == sums
    assert "\r\nAuthorization: Bearer secret\r\n" in gateway.heads[0]


async def test_what_was_not_shown_is_named(files: Path) -> None:
    mine, row = own(json.dumps([[8, *LOOK_UP[1:]], [9, *LOOK_UP[1:]]]).encode())
    log = Log([other(0), MINE, mine], [told_of(2, row, None)])
    async with serving(Asked(log).serve) as port:
        told = await mirrored(files, port)

    assert told.exit_code == 1
    assert told.output.splitlines()[2:] == [
        "look-ups   0",
        "NOT SHOWN  entry 1: nothing was shown of it",
        (
            "NOT SHOWN  entry 2: 2 look-ups, of the audit log's records 6 to 9; "
            "the audit log has others now"
        ),
    ]


async def test_a_log_that_is_another_is_a_fork(files: Path) -> None:
    copy(files / "copy").take(Log([other(0), other(1)]).fetch)
    async with serving(Asked(Log([other(0), other(7)])).serve) as port:
        told = await mirrored(files, port)

    assert told.exit_code == 1
    assert told.output == (
        "FORKED: the log of 2 entries is another than the copy goes on to; both "
        f"checkpoints are in {files / 'copy'}\n"
    )


def answer(line: bytes, more: bytes = b"", body: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + line + b"\r\nConnection: close\r\n" + more + b"\r\n" + body


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (answer(b"403 Forbidden"), "{url}/transparency/checkpoint answers 403"),
        (
            b"no HTTP",
            "{url}/transparency/checkpoint does not answer: no HTTP",
        ),
        (
            answer(b"200 OK", b"Content-Length: 4\r\n", b"log\n"),
            "the checkpoint is not believed: ",
        ),
        (None, "{url} does not answer: connection refused: nobody listens there; "),
    ],
)
async def test_a_log_that_cannot_be_read_is_no_fork(
    files: Path, sent: bytes | None, sentence: str
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent or b"")
        await writer.drain()

    async with serving(serve) as port:
        asked = port if sent is not None else free_port("127.0.0.1")
        done = await mirrored(files, asked)

    assert done.exit_code == 2
    assert done.output.startswith(
        f"gateway: {sentence.format(url=f'http://127.0.0.1:{asked}')}"
    )


def test_what_cannot_be_begun_is_refused_in_a_sentence(files: Path) -> None:
    url = ("--url", "https://gateway.example")
    token = ("--token-file", str(files / "token"))
    either = "state one of --token-file and --key"

    assert refused(files, "mirror", *url) == either
    assert refused(files, "mirror", *url, *token, "--key", "k") == either
    sought = "state one of --look-up and --bundle"
    assert refused(files, "shown") == sought
    assert refused(files, "shown", "--look-up", "1", "--bundle", "b") == sought
    (files / "policy").write_text("quorum\n")
    policy = files / "policy"
    said = refused(files, "shown", "--look-up", "1")
    assert said.startswith(f"--policy: {policy}: ")
    assert len(said) > len(f"--policy: {policy}: ")
    policy.unlink()
    missing = f"--policy: {policy}: [Errno 2] No such file or directory: '{policy}'"
    assert refused(files, "mirror", *url, *token) == missing


def with_lists(files: Path) -> Mirror:
    """Have a copy whose entries 0 and 2 are of lists, the second of which is hidden."""
    mirror = copy(files / "copy")
    row = ROW.replace('"after": 5', '"after": 9').replace('"to": 9', '"to": 12')
    row = row.replace('"id": 3', '"id": 4')
    later = entry_of(row)
    told = [told_of(0, ROW, RAW), told_of(2, row, None)]
    log = Log([MINE, other(1), later], told)
    mirror.take(log.fetch)
    mirror.take_shown(log.fetch)
    return mirror


def entry_of(row: str) -> bytes:
    return entry(kind_of(AGENCY), [commitment(SALT, row.encode())])


@pytest.mark.parametrize(
    ("number", "code", "place", "sentence"),
    [
        (7, 0, 0, "look-up 7: shown, by the list of entry 0"),
        (
            8,
            1,
            0,
            (
                "look-up 8: NOT SHOWN; entry 0 commits to a list of the records 6 to 9 "
                "without it"
            ),
        ),
        (
            12,
            1,
            2,
            "look-up 12: NOT SHOWN; entry 2 commits to a list of the records 10 to 12",
        ),
        (13, 1, None, "look-up 13: no list that was shown is of its time"),
        (0, 1, None, "look-up 0: no list that was shown is of its time"),
    ],
)
def test_a_look_up_is_found_in_the_copy_or_named(
    files: Path, number: int, code: int, place: int | None, sentence: str
) -> None:
    with_lists(files)

    told = run(files, "shown", "--look-up", str(number))
    as_json = run(files, "shown", "--look-up", str(number), "--json")

    assert (told.exit_code, told.output) == (code, f"{sentence}\n")
    is_there = code == 0
    found = [{"of": f"look-up {number}", "entry": place, "there": is_there}]
    assert as_json.exit_code == code
    assert json.loads(as_json.output) == {"there": is_there, "found": found}


def rows(*commitments: Sequence[bytes]) -> str:
    """Return a bundle's rows, all said to be of the log's entry 1."""
    return json.dumps(
        {
            "rows": [
                {
                    "kind": "decision",
                    "index": 1,
                    "commitments": [base64.b64encode(one).decode() for one in made],
                }
                for made in commitments
            ]
        }
    )


def test_each_row_of_a_bundle_is_told(files: Path) -> None:
    with_lists(files)
    bundle = files / "bundle.json"
    bundle.write_text(rows([hashlib.sha256(b"1").digest()], [bytes(32)]))

    told = run(files, "shown", "--bundle", str(bundle))
    bundle.write_text("{}")
    unread = run(files, "shown", "--bundle", str(bundle))

    assert told.exit_code == 1
    assert told.output.splitlines() == [
        "decision         entry 1: in the copy",
        "decision         entry 1: NOT IN THE COPY",
    ]
    assert (unread.exit_code, unread.output) == (2, "gateway: 'rows'\n")
