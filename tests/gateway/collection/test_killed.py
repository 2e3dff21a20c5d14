"""Killed with SIGKILL in the middle of a transfer: what was told is kept, and once."""

import json
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import IncompleteRead
from pathlib import Path
from subprocess import PIPE

from gateway.demo.demo import HOST, UNTIL_STDIN_CLOSES
from tests.contracts.people import nobodies
from tests.gateway.collection.sending import (
    Sender,
    body_of,
    key_of,
    line,
    payload,
    record,
    write_collecting,
)
from tests.nursery import Popen
from tests.personal_data import LISTENER
from tests.ports import free_port, is_free
from tests.running import HEARD, Agencies, Gateway, eventually

LINES = 1_600
TOLD_BEFORE = (1, 700)
"""How many results are read before each strike."""


@contextmanager
def mortal(config: Path, port: int) -> Iterator[Gateway]:
    """Run a gateway, and kill it with everything that belongs to it."""
    gateway = Gateway(f"http://{HOST}:{port}", config.parent)
    LISTENER.folders[gateway.url] = config.parent
    with (
        (config.parent / "gateway.log").open("ab") as log,
        Popen(
            [sys.executable, "-m", HEARD, str(config), UNTIL_STDIN_CLOSES],
            stdin=PIPE,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):

        def is_up() -> bool:
            with suppress(OSError):
                return gateway.get("/health/live")[0] == 200
            return False

        try:
            eventually(is_up, 30)
            yield gateway
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            # The process that answers dies a moment later than the one that watches.
            eventually(lambda: is_free(HOST, port))


def struck(sender: Sender, lines: list[str], told: int) -> list[int]:
    """Send ``lines``; return the numbers that were accepted before the strike."""
    body = body_of(lines)
    headers = dict(sender.signed(body))
    accepted = []
    request = urllib.request.Request(sender.url, body, headers)
    with (
        suppress(IncompleteRead),
        urllib.request.urlopen(request, timeout=60) as answer,
    ):
        for _ in range(told):
            result = json.loads(answer.readline())
            if result.get("outcome") == "ACCEPTED":
                accepted.append(result["sequence"])
    return accepted


def test_what_was_told_is_kept_and_told_once(
    running_agencies: Agencies, tmp_path: Path, database_url: str
) -> None:
    port = free_port(HOST)
    config = write_collecting(
        tmp_path / "gateway", running_agencies, database_url, port
    )
    key = key_of(running_agencies)
    lines = [
        line(n, record(key, payload(person, f"K{n}")))
        for n, person in enumerate(nobodies(LINES), start=1)
    ]
    sender = Sender(Gateway(f"http://{HOST}:{port}", config.parent), "sender-0", key)
    accepted: list[int] = []
    for told in TOLD_BEFORE:
        with mortal(config, port):
            accepted += struck(sender, lines[len(accepted) :], told)

    with mortal(config, port):
        kept = sender.status()["records"]
        again = sender.send(lines)

    assert len(accepted) == len(set(accepted)) >= TOLD_BEFORE[0]
    assert kept["lastSequence"] >= max(accepted)
    assert kept["missing"] == 0
    known = [
        one["sequence"] for one in again.results if one["outcome"] == "ALREADY_KNOWN"
    ]
    assert set(accepted) <= set(known)
    assert known == [*range(1, kept["lastSequence"] + 1)]
    assert again.summary["lastSequence"] == LINES
