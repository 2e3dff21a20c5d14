"""Which connections are ended, and when: by what the kernel and the requests say."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
import structlog

from gateway.settings.http import Http
from gateway.sockets.kernel import Connection, Kernel, peer_of
from gateway.sockets.watch import Watch, Why, watching

OPTIONS = Http(
    silent_seconds=5.0,
    header_seconds=10.0,
    idle_seconds=75.0,
    connections_an_address=2,
)
BEGAN = 1_000.0
LAST = "10.0.0.9"
LOOPBACK = "127.0.0.1"


def connection(inode: int, *, received: int = 0, host: str = "10.0.0.1") -> Connection:
    return Connection(inode, inode, (host, 40_000 + inode), received)


def judged(watch: Watch, now: float, *found: Connection) -> dict[int, Why]:
    return {one.inode: why for one, why in watch.judge(found, now)}


@pytest.mark.parametrize(
    ("received", "seconds", "why"),
    [
        pytest.param(0, 5.0, None, id="silent, and in time"),
        pytest.param(0, 5.1, Why.SILENT, id="silent"),
        pytest.param(9, 15.0, None, id="half a preface, and in time"),
        pytest.param(9, 15.1, Why.NO_REQUEST, id="half a preface"),
    ],
)
def test_who_asks_nothing_has_so_long(
    received: int, seconds: float, why: Why | None
) -> None:
    watch = Watch(OPTIONS)
    one = connection(1, received=received)
    assert judged(watch, BEGAN, one) == {}

    assert judged(watch, BEGAN + seconds, one).get(1) is why


def test_who_has_a_request_under_way_is_not_ended() -> None:
    watch = Watch(OPTIONS)
    one = connection(1, received=9)
    watch.began(one.peer)
    watch.began(one.peer)
    judged(watch, BEGAN, one)
    assert judged(watch, BEGAN + 999, one) == {}

    watch.ended(one.peer, BEGAN + 999)
    assert judged(watch, BEGAN + 1_999, one) == {}
    watch.ended(one.peer, BEGAN + 1_999)

    assert judged(watch, BEGAN + 1_999 + 75, one) == {}
    assert judged(watch, BEGAN + 1_999 + 76, one) == {1: Why.IDLE}


def test_a_request_of_who_had_the_address_before_is_not_counted() -> None:
    watch = Watch(OPTIONS)
    one = connection(1, received=9)
    watch.began(one.peer)
    watch.ended(one.peer, BEGAN - 2)
    judged(watch, BEGAN, one)

    assert judged(watch, BEGAN + 16, one) == {1: Why.NO_REQUEST}


def test_an_address_has_so_many_and_the_youngest_without_a_request_go() -> None:
    watch = Watch(OPTIONS)
    first, busy, last = (connection(n, received=9) for n in (1, 2, 3))
    other = connection(4, received=9, host=LAST)
    watch.began(busy.peer)
    judged(watch, BEGAN, first)
    judged(watch, BEGAN + 1, first, busy)

    assert judged(watch, BEGAN + 2, first, busy, other) == {}
    assert judged(watch, BEGAN + 3, first, busy, last, other) == {3: Why.TOO_MANY}


def test_a_proxy_has_as_many_as_it_likes() -> None:
    watch = Watch(OPTIONS, [ip_network("10.0.0.0/30")])
    found = [connection(n, received=9) for n in range(9)]

    assert judged(watch, BEGAN, *found) == {}


def test_who_leaves_ends_all_that_ask_nothing() -> None:
    watch = Watch(OPTIONS)
    idle, busy = connection(1, received=9), connection(2, received=9)
    watch.began(busy.peer)
    watch.is_leaving = True

    assert judged(watch, BEGAN, idle, busy) == {1: Why.LEAVING}
    watch.ended(busy.peer, BEGAN)
    assert judged(watch, BEGAN, busy) == {2: Why.LEAVING}


def test_nothing_is_remembered_of_what_is_closed() -> None:
    watch = Watch(OPTIONS)
    for inode in range(100):
        one = connection(inode)
        watch.began(one.peer)
        watch.ended(one.peer, BEGAN)
        judged(watch, BEGAN, one)

    judged(watch, BEGAN)

    assert not watch._seen
    assert not watch._ended
    assert not watch._busy


@contextmanager
def connected(host: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as listening,
        socket.create_connection(listening.getsockname()[:2]) as client,
        listening.accept()[0] as server,
    ):
        yield client, server


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_kernel_tells_of_connections_and_ends_them(host: str) -> None:
    with connected(host) as (client, server):
        kernel = Kernel()
        peer = peer_of(*client.getsockname()[:2])
        (silent,) = (one for one in kernel.connections() if one.peer == peer)
        client.sendall(b"12345")
        server.recv(5)
        (one,) = (one for one in kernel.connections() if one.peer == peer)

        assert (silent.received, one.received) == (0, 5)
        # What we have open to others is no client of ours.
        peers = [one.peer for one in kernel.connections()]
        assert peer_of(*server.getsockname()[:2]) not in peers
        assert silent.inode == one.inode

        kernel.shut(one._replace(inode=one.inode + 1))
        client.sendall(b"6")
        assert server.recv(5) == b"6"
        kernel.shut(one)
        assert (server.recv(5), client.recv(5)) == (b"", b"")


def test_who_has_the_number_of_a_closed_connection_is_not_taken_for_it() -> None:
    with socket.create_server((LOOPBACK, 0)) as listening:
        kernel, address = Kernel(), listening.getsockname()
        port = address[1]

        def of_clients() -> list[Connection]:
            return [one for one in kernel.connections() if one.peer[0] == LOOPBACK]

        with socket.create_connection(address) as client:
            server = listening.accept()[0]
            number = server.fileno()
            client.sendall(b"12345")
            server.recv(5)
            assert [one.received for one in of_clients()] == [5]
            # It is not asked again what it said already.
            assert [one.received for one in of_clients()] == [5]
            server.close()
        with socket.create_connection(address):
            again = listening.accept()[0]
            moved = socket.socket(fileno=os.dup2(again.detach(), number))
            with moved:
                assert moved.getsockname()[1] == port
                assert {one.received for one in of_clients()} == {0}


def test_ports_and_addresses_have_one_spelling() -> None:
    assert peer_of("::ffff:10.0.0.1", "80") == ("10.0.0.1", 80)
    assert peer_of("::1", 80) == ("::1", 80)


async def look_once(watch: Watch, kernel: Kernel) -> tuple[list[str], list[Any]]:
    """Watch for a moment; return what was counted, and what was logged."""
    counted: list[str] = []
    with structlog.testing.capture_logs() as logs:
        async with watching(watch, counted.append, kernel):
            await asyncio.sleep(0.01)
    return counted, logs


async def test_what_is_ended_is_counted_and_told_but_for_those_we_leave() -> None:
    for is_leaving in (False, True):
        watch = Watch(msgspec.structs.replace(OPTIONS, connections_an_address=0))
        watch.is_leaving = is_leaving
        with connected(LOOPBACK) as (client, server):
            counted, logs = await look_once(watch, Kernel())

            assert (server.recv(5), client.recv(5)) == (b"", b"")
        assert set(counted) == ({"leaving", "too_many"} if is_leaving else {"too_many"})
        (told,) = logs or [None]
        assert (told is None) is is_leaving
        if told is not None:
            assert told == {
                "event": "connections ended",
                "log_level": "warning",
                "too_many": len(counted),
            }


async def test_where_the_kernel_does_not_tell_nothing_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    watch = Watch(msgspec.structs.replace(OPTIONS, connections_an_address=0))
    with connected(LOOPBACK) as (client, server):
        counted, logs = await look_once(watch, Kernel())

        client.sendall(b"6")
        assert server.recv(5) == b"6"
    assert (counted, [one["event"] for one in logs]) == (
        [],
        ["silent connections are not ended: the system is no Linux"],
    )
    assert Kernel().connections() == []
