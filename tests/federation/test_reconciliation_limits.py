"""Lists that are too much: refused by name, and nothing of them is held in memory."""

import json
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.attacks.raw import Raw
from tests.federation.offices import ANOTHER_PLATFORM, PAYS, PLATFORM
from tests.gateway.privacy.callers import entry
from tests.gateway.status.sending import today
from tests.running import Agencies, Gateway, running_gateway

MEGABYTE = 1_000_000
LINE_BYTES = 100 * MEGABYTE
ROOM_BYTES = 30 * MEGABYTE
"""How much a process may grow by what comes: some of it, and never a line."""
LARGEST = 105 * MEGABYTE
BODY_SECONDS, SEND_SECONDS = 8.0, 2.0
PIECE = b"x" * 100_000
TABLES = "\n".join(
    (
        entry(PLATFORM, *PAYS),
        entry(ANOTHER_PLATFORM, *PAYS),
        "[reconciliation]",
        f"max_body_bytes = {LARGEST}",
        f"max_inflated_bytes = {LARGEST}",
        f"body_seconds = {BODY_SECONDS}",
        f"send_seconds = {SEND_SECONDS}",
        "at_once = 1",
    )
)


@pytest.fixture(scope="module", name="gateway")
def _gateway(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("limits")
    with running_gateway(folder, running_agencies, tables=TABLES) as gateway:
        yield gateway


class Sender:
    """A caller who sends a list as it pleases."""

    def __init__(self, gateway: Gateway, token: str = PLATFORM) -> None:
        where = urlsplit(gateway.url)
        address = (where.hostname or "", where.port or 80)
        self._socket = socket.create_connection(address, 60)
        day = today().isoformat()
        self._send(
            f"POST /reconciliation?from={day}&to={day} HTTP/1.1\r\nHost: gateway\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )

    def piece(self, piece: bytes) -> None:
        """Send a piece of the list."""
        self._send(b"%x\r\n%s\r\n" % (len(piece), piece))

    def all_of(self, pieces: Iterable[bytes]) -> None:
        """Send all of a list, unless the gateway hangs up."""
        try:
            for piece in pieces:
                self.piece(piece)
            self._send(b"0\r\n\r\n")
        except ConnectionError:
            """It has answered before its end."""

    def _send(self, text: bytes) -> None:
        self._socket.sendall(text)

    def answer(self) -> Raw:
        """Return what comes until the end, or until all of it is here."""
        came = b""
        try:
            while piece := self._socket.recv(65_536):
                came += piece
                if came.endswith((b"0\r\n\r\n", b"}")):
                    break
        except ConnectionError:
            """What was said before is what is judged."""
        return Raw(came)

    def close(self) -> None:
        self._socket.close()


def lines(answer: Raw) -> list[dict[str, Any]]:
    """Return the results of an answer in chunks."""
    said = [line for line in answer.body.split(b"\n") if line.startswith(b"{")]
    return [json.loads(line) for line in said]


def refusal(answer: Raw) -> tuple[int | None, str, str]:
    """Return status, code and words of a refusal."""
    (error,) = json.loads(answer.body)["errors"]
    return answer.status, error["extensions"]["code"], error["message"]


def compared(gateway: Gateway, token: str = PLATFORM) -> int | None:
    """Send a short list; return the status of the answer."""
    with closing(Sender(gateway, token)) as sender:
        sender.all_of([b'{"claim": "a"}\n'])
        return sender.answer().status


def peak_bytes(gateway: Gateway) -> int:
    """Return the most that the process which listens ever had in memory."""
    port = f":{urlsplit(gateway.url).port:04X}"
    rows = Path("/proc/net/tcp").read_text("ascii").splitlines()
    sockets = {
        f"socket:[{row.split()[9]}]" for row in rows if row.split()[1].endswith(port)
    }
    return max(_peak(found.parts[2]) for found in _opened(sockets)) * 1024


def _opened(sockets: set[str]) -> Iterator[Path]:
    for found in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(found.readlink()) in sockets:
                yield found


def _peak(process: str) -> int:
    told = Path("/proc", process, "status").read_text("ascii", "replace")
    return next(int(row.split()[1]) for row in told.splitlines() if "VmHWM" in row)


def test_a_line_without_end_is_refused_by_itself_and_held_nowhere(
    gateway: Gateway,
) -> None:
    compared(gateway)
    before = peak_bytes(gateway)
    long = [PIECE] * (LINE_BYTES // len(PIECE))

    with closing(Sender(gateway)) as sender:
        sender.all_of([b'{"claim": "a"}\n', *long, b'\n{"claim": "b"}\n'])
        answer = sender.answer()

    first, second, third, summary = lines(answer)
    assert (first["claim"], third["claim"]) == ("a", "b")
    assert (second["line"], second["code"]) == (2, "LINE_TOO_LONG")
    assert second["reason"]["en"] == "the line is too long; skipped"
    assert summary["summary"]["isComplete"] is True
    assert peak_bytes(gateway) - before < ROOM_BYTES


def test_a_list_without_end_is_too_large(gateway: Gateway) -> None:
    before = peak_bytes(gateway)

    with closing(Sender(gateway)) as sender:
        sender.all_of(PIECE for _ in range(3 * LINE_BYTES // len(PIECE)))
        answer = sender.answer()

    assert refusal(answer)[:2] == (413, "TOO_LARGE")
    assert peak_bytes(gateway) - before < ROOM_BYTES
    assert compared(gateway) == 200


def begun(gateway: Gateway) -> Sender:
    """Begin a list that is taken; return who sends it, once others are refused."""
    until = time.monotonic() + 60
    while True:
        sender = Sender(gateway)
        sender.piece(b'{"claim": "a"}\n')
        time.sleep(0.2)
        with closing(Sender(gateway, ANOTHER_PLATFORM)) as other:
            other.all_of([b'{"claim": "b"}\n'])
            answer = other.answer()
        if answer.status != 200:
            assert refusal(answer)[:2] == (429, "TOO_MANY_LISTS")
            assert "try again later" in refusal(answer)[2]
            return sender
        # The other one came first.
        sender.close()
        assert time.monotonic() < until


def test_whoever_stops_sending_gives_the_place_back(gateway: Gateway) -> None:
    with closing(begun(gateway)) as sender:
        status, code, words = refusal(sender.answer())

    assert (status, code) == (408, "TOO_SLOW")
    assert "too slowly" in words
    assert compared(gateway) == 200


def test_whoever_reads_no_results_is_cut_off(gateway: Gateway) -> None:
    rows = [
        b"".join(b'{"claim": "c-%d-%d"}\n' % (some, n) for n in range(1_000))
        for some in range(200)
    ]

    with closing(Sender(gateway)) as sender:
        sender.all_of(rows)
        until = time.monotonic() + 60
        while compared(gateway, ANOTHER_PLATFORM) != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        answer = sender.answer()

    assert answer.status == 200
    assert b'"summary"' not in answer.text
