"""A gateway that is frozen in the middle of look-ups stops no other of its database."""

import asyncio
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests.federation.queries import SOURCES
from tests.gateway.status.sending import gateways
from tests.postgresql import PostgreSQL
from tests.running import Agencies, Gateway, eventually

FREEZES = int(os.environ.get("FREEZES", "5"))
FROZEN_SECONDS = 1.5
"""Longer than the database leaves a frozen gateway what others wait for."""
ASKERS = 4
PAUSE_SECONDS = 0.1
"""How long each of them waits before the next question: there is always one open."""


@contextmanager
def frozen(gateway: Gateway) -> Iterator[None]:
    """Stop every process of a gateway for a while."""
    processes = [int(one.name) for one in gateway.processes]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


class Asking:
    """Asks a gateway from several threads, until told to stop."""

    def __init__(self, gateway: Gateway, numbers: list[str]) -> None:
        self._gateway = gateway
        self._numbers = numbers
        self._is_over = threading.Event()
        self.answers: list[tuple[int, Any]] = []

    def ask(self, place: int) -> None:
        while not self._is_over.is_set():
            number = self._numbers[(place + len(self.answers)) % len(self._numbers)]
            body = {"query": SOURCES, "variables": {"idNumber": number}}
            # Whoever asks one that is frozen waits, and is answered or not.
            status, answer, _ = self._gateway.post(body)
            self.answers.append((status, answer.get("errors")))
            self._is_over.wait(PAUSE_SECONDS)

    def stop(self) -> None:
        self._is_over.set()


def test_of_two_gateways_one_is_frozen_and_the_other_answers(
    postgresql: PostgreSQL, agencies: Agencies, tmp_path: Path
) -> None:
    moments = random.Random(11)  # noqa: S311 - no secret
    name = asyncio.run(postgresql.make_newest())
    numbers = [one["idNumber"] for one in agencies.people]
    with (
        gateways(tmp_path, agencies, postgresql.url(name), 2) as (one, two),
        ThreadPoolExecutor(2 * ASKERS) as threads,
    ):
        stopped, well = Asking(one, numbers), Asking(two, numbers)
        for place in range(ASKERS):
            threads.submit(stopped.ask, place)
            threads.submit(well.ask, place)
        for _ in range(FREEZES):
            time.sleep(moments.uniform(0.1, 0.3))
            before = len(well.answers)
            with frozen(one):
                time.sleep(FROZEN_SECONDS)
                # Whoever had to wait did so once, and for a moment.
                eventually(lambda: len(well.answers) >= before + 2 * ASKERS)  # noqa: B023
        well.stop()
        stopped.stop()
        threads.shutdown()

        assert [answer for answer in well.answers if answer[1]] == []
        assert {status for status, _ in well.answers} == {HTTPStatus.OK}
        # The one that was frozen answers again, once its log is open.
        question = {"query": SOURCES, "variables": {"idNumber": numbers[0]}}
        eventually(lambda: one.post(question)[1]["data"]["holder"] is not None)
