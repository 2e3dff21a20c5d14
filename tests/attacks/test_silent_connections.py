"""Connections that say nothing take nobody's place, and keep nothing from ending."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gateway.sockets.kernel import Kernel
from tests.attacks.raw import send
from tests.running import Agencies, Gateway, eventually, running_gateway

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NO_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
REQUEST = b"GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n"
MANY = 1_100
"""More than the server had places for."""
END_SECONDS = 15.0
"""Less than what is killed takes."""
LIMITS = """
http.silent_seconds = 0.5
http.header_seconds = 1.0
http.idle_seconds = 2.0
http.connections_an_address = 1200
"""
pytestmark = pytest.mark.skipif(not Kernel().is_known, reason="Linux alone says so")


@pytest.fixture(scope="module", name="strict")
def _strict(
    running_agencies: Agencies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("silent")
    with running_gateway(folder, running_agencies, settings=LIMITS) as gateway:
        yield gateway


def connected(gateway: Gateway, said: bytes = b"") -> socket.socket:
    """Open a connection on which no more than ``said`` is said."""
    address = urlsplit(gateway.url)
    opened = socket.create_connection((address.hostname, address.port), timeout=10)
    opened.sendall(said)
    return opened


def is_closed(one: socket.socket) -> bool:
    """Say whether the gateway closed a connection, reading all it said before."""
    one.setblocking(False)
    try:
        while one.recv(1_000):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_more_silent_connections_than_places_stop_nobody(strict: Gateway) -> None:
    with ExitStack() as opened:
        silent = [opened.enter_context(connected(strict)) for _ in range(MANY)]

        assert send(strict.url, REQUEST).status == 200
        eventually(lambda: all(map(is_closed, silent)), seconds=20)
        assert send(strict.url, REQUEST).status == 200


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(PREFACE[:7], id="half a preface"),
        pytest.param(PREFACE + NO_SETTINGS, id="a preface and no request"),
        pytest.param(REQUEST[:20], id="half a request"),
        pytest.param(REQUEST, id="a request, and no second one"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01", id="TLS that goes no further"),
    ],
)
def test_who_asks_nothing_more_is_closed(strict: Gateway, said: bytes) -> None:
    with connected(strict, said) as one:
        eventually(lambda: is_closed(one), seconds=20)


def test_an_address_has_so_many_connections_and_none_keeps_it_from_ending(
    running_agencies: Agencies, tmp_path: Path
) -> None:
    settings = "http.connections_an_address = 20\n"
    with (
        running_gateway(tmp_path, running_agencies, settings=settings) as gateway,
        ExitStack() as stack,
    ):
        opened = [stack.enter_context(connected(gateway)) for _ in range(30)]

        eventually(lambda: sum(map(is_closed, opened)) >= 10, seconds=20)
        assert send(gateway.url, REQUEST).status == 200

        # The same gateway, with one that idles, ends.
        stack.enter_context(connected(gateway, PREFACE + NO_SETTINGS))
        began = time.monotonic()
        for process in gateway.processes:
            os.kill(int(process.name), signal.SIGTERM)
        eventually(lambda: not gateway.processes, seconds=20)
        assert time.monotonic() - began < END_SECONDS
