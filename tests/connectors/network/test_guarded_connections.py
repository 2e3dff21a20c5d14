"""Connections go where was looked, and never inside, whatever a name is answered.

127.0.0.1 stands for the open internet here (an operator's network), 127.0.0.2 on the
same port for what must not be reached. Both are real servers and count connections.
"""

from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from connectors.network.addresses import AddressGuard, NoConnectionError
from connectors.network.networks import read_networks
from tests.connectors.network.names import Names, Server, listening

OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"
OPEN = read_networks([f"{OUTSIDE}/32"])


@pytest.fixture(name="servers")
async def _servers() -> AsyncIterator[tuple[Server, Server]]:
    async with (
        listening(OUTSIDE) as outside,
        listening(INSIDE, outside.port) as inside,
    ):
        yield outside, inside


async def fetch(session: aiohttp.ClientSession, host: str, port: int) -> int:
    """Ask once, over a new connection and with a name looked up anew."""
    assert isinstance(session.connector, aiohttp.TCPConnector)
    session.connector.clear_dns_cache()
    url = f"http://{host}:{port}/"
    async with session.post(url, data=b"{}", allow_redirects=False) as response:
        return response.status


async def test_a_name_is_asked_once_and_connected_to_as_answered(
    servers: tuple[Server, Server],
) -> None:
    outside, inside = servers
    names = Names([[OUTSIDE], [INSIDE]])

    async with AddressGuard(OPEN, names).session() as session:
        status = await fetch(session, "agency.example", outside.port)

    assert (status, names.asked) == (200, ["agency.example"])
    assert (outside.connections, inside.connections) == (1, 0)


async def test_a_name_that_leads_inside_the_second_time_is_refused_then(
    servers: tuple[Server, Server],
) -> None:
    outside, inside = servers
    names = Names([[OUTSIDE], [INSIDE]])

    async with AddressGuard(OPEN, names).session() as session:
        await fetch(session, "agency.example", outside.port)
        with pytest.raises(NoConnectionError):
            await fetch(session, "agency.example", outside.port)

    assert (outside.connections, inside.connections) == (1, 0)


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        pytest.param("agency.example", [INSIDE], id="a name that leads inside"),
        pytest.param("agency.example", [OUTSIDE, INSIDE], id="outside and inside"),
        pytest.param("agency.example", [INSIDE, OUTSIDE], id="inside and outside"),
        pytest.param("agency.example", ["::ffff:127.0.0.2"], id="mapped"),
        pytest.param("agency.example", ["fe80::1%eth0"], id="a zone"),
        pytest.param("agency.example", [], id="no such name"),
        pytest.param(INSIDE, [OUTSIDE], id="an address"),
    ],
)
async def test_nothing_inside_is_connected_to(
    servers: tuple[Server, Server], host: str, answer: Sequence[str]
) -> None:
    outside, inside = servers
    guard = AddressGuard(OPEN, Names([answer]))

    async with guard.session() as session:
        with pytest.raises(NoConnectionError):
            await fetch(session, host, outside.port)
    with pytest.raises(OSError, match=r"no (such name|address)"):
        await guard.open(host if answer else "agency.example", outside.port, None)

    assert (outside.connections, inside.connections) == (0, 0)


async def test_a_literal_address_is_connected_to_without_a_look_up(
    servers: tuple[Server, Server],
) -> None:
    outside, _ = servers
    names = Names([[INSIDE]])
    guard = AddressGuard(OPEN, names)

    async with guard.session() as session:
        status = await fetch(session, OUTSIDE, outside.port)
    _, writer = await guard.open(OUTSIDE, outside.port, None)
    writer.close()

    assert (status, names.asked) == (200, [])


async def test_a_bare_connection_goes_where_was_looked(
    servers: tuple[Server, Server],
) -> None:
    outside, inside = servers
    guard = AddressGuard(OPEN, Names([[OUTSIDE], [INSIDE]]))

    reader, writer = await guard.open("agency.example", outside.port, None)
    writer.write(b"POST / HTTP/1.1\r\n\r\n")
    answered = await reader.readline()
    writer.close()

    assert answered == b"HTTP/1.1 200 OK\r\n"
    assert (outside.connections, inside.connections) == (1, 0)


async def test_without_an_allowance_nothing_of_this_machine_is_reached(
    servers: tuple[Server, Server],
) -> None:
    outside, _ = servers

    async with AddressGuard(resolver=Names([[OUTSIDE]])).session() as session:
        with pytest.raises(NoConnectionError):
            await fetch(session, "agency.example", outside.port)

    assert outside.connections == 0


async def told(answer: Sequence[str], port: int, scheme: str = "http") -> str:
    """Return all that an attacker is told of a connection that was not made."""
    async with AddressGuard(OPEN, Names([answer])).session() as session:
        url = f"{scheme}://agency.example:{port}/"
        with pytest.raises(aiohttp.ClientError) as refused:
            await session.post(url, data=b"{}")
    return repr(refused.value)


async def test_no_error_tells_what_is_there(servers: tuple[Server, Server]) -> None:
    outside, _ = servers
    async with listening(OUTSIDE) as gone:
        closed = gone.port

    texts = {
        await told([INSIDE], outside.port),  # somebody listens there
        await told([INSIDE], closed),  # and here nobody
        await told([OUTSIDE], closed),
        await told([OUTSIDE], outside.port, "https"),  # it speaks no TLS
        await told([], outside.port),
    }

    assert texts == {"NoConnectionError()"}


async def test_no_proxy_of_the_environment_is_used(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, inside = servers
    monkeypatch.setenv("http_proxy", f"http://{INSIDE}:{outside.port}")
    monkeypatch.setenv("HTTP_PROXY", f"http://{INSIDE}:{outside.port}")

    async with AddressGuard(OPEN, Names([[OUTSIDE]])).session() as session:
        await fetch(session, "agency.example", outside.port)

    assert (outside.connections, inside.connections) == (1, 0)
