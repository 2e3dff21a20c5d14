"""A link is as bad as its knobs say, for as long as they do, and not at all before."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.attacks.certificates import authority_in
from tests.sandbox.process import address_of, started
from tests.serving import serving

PATIENCE = 0.3
"""How long silence is listened to."""
ENOUGH = 10.0


@dataclass(frozen=True, slots=True)
class Linked:
    """An echo behind a link."""

    port: int
    knobs: str
    session: aiohttp.ClientSession
    tls: ssl.SSLContext | None = None

    async def turn(self, **knobs: object) -> tuple[int, dict[str, object]]:
        """Set the knobs; return status and answer."""
        async with self.session.post(self.knobs, json=knobs) as response:
            return response.status, await response.json()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect through the link."""
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)

    async def heard(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect through it, and wait until it has seen that."""
        reader, writer = await self.connect()
        writer.write(b"a")
        assert await reader.readexactly(1) == b"a"
        return reader, writer

    async def echo(self, said: bytes = b"hello") -> bytes:
        """Say something on a new connection; return what came back."""
        async with asyncio.timeout(ENOUGH):
            reader, writer = await self.connect()
            try:
                writer.write(said)
                return await reader.readexactly(len(said))
            finally:
                writer.close()


async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes."""
    while said := await reader.read(1000):
        writer.write(said)


@asynccontextmanager
async def linked(*more: str | Path, tls: ssl.SSLContext | None = None) -> AsyncIterator:  # type: ignore[type-arg] # of Linked
    """Run a link before an echo."""
    async with serving(repeat) as port, aiohttp.ClientSession() as session:
        target = f"127.0.0.1:{port}"
        with started("link", "--to", target, "--port=0", *more) as process:
            knobs = f"{await asyncio.to_thread(address_of, process)}/sandbox/link"
            async with session.get(knobs) as response:
                state = await response.json()
            yield Linked(state["port"], knobs, session, tls)


@pytest.fixture(name="link")
async def _link() -> AsyncIterator[Linked]:
    async with linked() as link:
        yield link


async def test_bytes_pass_as_they_are_and_connections_are_counted(link: Linked) -> None:
    said = bytes(range(256)) * 400

    assert await link.echo(said) == said
    assert (await link.turn())[1]["connections"] == 1


@pytest.mark.parametrize(
    "knobs",
    [
        pytest.param({"latency_seconds": 0.15}, id="latency"),
        pytest.param({"bytes_a_second": 40}, id="bandwidth"),
        pytest.param({"piece_bytes": 1, "latency_seconds": 0.03}, id="drip"),
    ],
)
async def test_what_is_slow_is_late_and_whole(
    link: Linked, knobs: dict[str, float]
) -> None:
    await link.turn(**knobs)

    began = time.monotonic()
    said = await link.echo(b"0123456789")

    assert said == b"0123456789"
    assert time.monotonic() - began >= 0.25


async def test_jitter_is_between_nothing_and_the_most(link: Linked) -> None:
    await link.turn(jitter_seconds=0.1)

    took = []
    for _ in range(6):
        began = time.monotonic()
        await link.echo()
        took.append(time.monotonic() - began)

    assert max(took) - min(took) > 0.01
    assert sum(took) > 0.1


async def test_a_reset_ends_what_is_open_and_what_is_opened(link: Linked) -> None:
    reader, writer = await link.heard()

    await link.turn(trouble="reset")

    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await link.echo()
    writer.close()
    await link.turn()
    assert await link.echo() == b"hello"


async def test_what_is_held_comes_once_it_is_over(link: Linked) -> None:
    reader, writer = await link.connect()
    await link.turn(trouble="held")
    writer.write(b"held")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), PATIENCE)
    await link.turn()

    assert await asyncio.wait_for(reader.readexactly(4), ENOUGH) == b"held"
    writer.close()


async def test_what_is_dead_stays_silent_and_is_not_closed(link: Linked) -> None:
    before, first = await link.connect()
    first.write(b"a")
    assert await before.read(1) == b"a"
    await link.turn(trouble="dead")
    meanwhile, second = await link.connect()
    second.write(b"b")
    first.write(b"c")
    await asyncio.sleep(PATIENCE)

    await link.turn()

    for reader in (before, meanwhile):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), PATIENCE)
    assert await link.echo() == b"hello"
    first.close()
    second.close()


def unheard(writer: asyncio.StreamWriter, seconds: float) -> None:
    """Have the system give a connection up of which nothing is acknowledged."""
    ours = writer.get_extra_info("socket")
    ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(seconds * 1000))


async def test_what_is_gone_acknowledges_nothing_and_what_is_dead_does(
    link: Linked,
) -> None:
    before, writer = await link.heard()
    unheard(writer, PATIENCE)
    await link.turn(trouble="gone")
    writer.write(b"never acknowledged")

    with pytest.raises(OSError, match="timed out"):
        await asyncio.wait_for(before.read(1), ENOUGH)
    writer.close()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(link.connect(), PATIENCE)
    await link.turn()
    assert await link.echo() == b"hello"

    before, writer = await link.heard()
    unheard(writer, PATIENCE)
    await link.turn(trouble="dead")
    writer.write(b"acknowledged")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(before.read(1), 4 * PATIENCE)
    writer.close()


async def test_what_was_gone_stays_so_on_both_sides(link: Linked) -> None:
    reader, writer = await link.heard()
    await link.turn(trouble="gone")

    await link.turn()
    writer.write(b"b")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), PATIENCE)
    writer.close()


async def test_garbage_is_no_answer_and_the_end(link: Linked) -> None:
    await link.turn(trouble="garbage")

    reader, writer = await link.connect()

    assert await asyncio.wait_for(reader.read(), ENOUGH) == bytes(range(256))
    writer.close()


@pytest.mark.parametrize("trouble", ["flipped-question", "flipped-answer"])
async def test_one_bit_of_a_piece_is_another(link: Linked, trouble: str) -> None:
    await link.turn(trouble=trouble)

    said = await link.echo(b"\x00" * 50)

    assert sorted(said) == [0] * 49 + [1]


async def test_a_link_that_ends_tls_shows_the_right_or_the_wrong_certificate(
    tmp_path: Path,
) -> None:
    files = []
    for name in ("right", "wrong"):
        authority = authority_in(tmp_path / name)
        authority.server()
        files.append(authority.folder / "server.pem")
    believed = ssl.create_default_context(cafile=tmp_path / "right" / "ca.pem")

    async with linked("--certificates", *files, tls=believed) as link:
        right = await link.echo()
        await link.turn(trouble="wrong-certificate")
        with pytest.raises(ssl.SSLCertVerificationError):
            await link.echo()
        await link.turn()
        again = await link.echo()

    assert right == again == b"hello"


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        pytest.param(
            {"trouble": "resets"},
            "unknown trouble 'resets'; the nearest one is reset",
            id="unknown trouble",
        ),
        pytest.param(
            {"latency": 1},
            "unknown knob 'latency'; the nearest one is latency_seconds",
            id="unknown knob",
        ),
        pytest.param(
            {"latency_seconds": -1},
            "latency_seconds is no number from 0 to 600",
            id="negative",
        ),
        pytest.param(
            {"piece_bytes": 0},
            "piece_bytes is no number from 1 to 65536",
            id="pieces of nothing",
        ),
        pytest.param(
            {"bytes_a_second": 1.5},
            "bytes_a_second is no number from 0 to 1000000000",
            id="half a byte",
        ),
        pytest.param(
            {"jitter_seconds": True},
            "jitter_seconds is no number from 0 to 600",
            id="no number",
        ),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_and_changes_nothing(
    link: Linked, wish: dict[str, object], message: str
) -> None:
    status, answer = await link.turn(**wish)

    assert (status, answer) == (400, {"error": message})
    assert await link.echo() == b"hello"
