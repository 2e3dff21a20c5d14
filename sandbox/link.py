"""A wire between two parties that is made as bad as wires are, while it runs.

Whoever connects here is connected to the target, over TCP or a socket in the file
system, and bytes pass both ways. ``turn`` sets the knobs (``sandbox.troubles``). What
is slow keeps its order, since TCP does, and what is lost is lost for good: a
connection that swallowed something never speaks again. To whom the other side is gone,
not even the system acknowledges anything: packets are dropped before TCP sees them.
"""

import asyncio
import ctypes
import socket
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sandbox.troubles import Knobs, Trouble

GARBAGE = bytes(range(256))
AT_ONCE = struct.pack("ii", 1, 0)
"""``SO_LINGER`` by which closing is a reset."""
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
"""Of Linux; the module ``socket`` does not name them."""
DROP_ALL = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))
"""A packet filter of one instruction: let none through."""
DROPS = struct.pack("HP", 1, ctypes.addressof(DROP_ALL))
"""It, as the system is told. Whoever may open a socket may filter what comes there."""
SILENT_FOR_GOOD = (Trouble.DEAD, Trouble.GONE)
ENDS_WHAT_IS_OPEN = (Trouble.RESET, Trouble.GARBAGE, Trouble.WRONG_CERTIFICATE)


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files, certificate and key in one, of a link that ends TLS."""

    right: Path
    wrong: Path


@dataclass(eq=False, slots=True)
class _Connection:
    """One of whoever connected; the far side is opened later."""

    writer: asyncio.StreamWriter
    is_dead: bool = False
    far: asyncio.StreamWriter | None = None

    def be_gone(self) -> None:
        """Let no packet of either side arrive any more, for good."""
        for writer in (self.writer, self.far):
            near = None if writer is None else writer.get_extra_info("socket")
            if near is not None and near.family != socket.AF_UNIX:
                near.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, DROPS)

    def reset(self) -> None:
        """End it as a machine does that knows nothing of it."""
        near = self.writer.get_extra_info("socket")
        # There is none any more where TLS has ended.
        if near is not None:
            with suppress(OSError):
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.writer.transport.abort()


class Link:
    """Passes bytes on to ``target``, a path or a host and a port."""

    def __init__(
        self,
        target: str,
        certificates: Certificates | None = None,
        listening: socket.socket | None = None,
    ) -> None:
        self.knobs = Knobs()
        self.connections = 0
        """How many there were."""
        self._target = target
        self._certificates = certificates
        self._listening = listening
        """Where one connects, if that can be gone as well."""
        self._tls: ssl.SSLContext | None = None
        if certificates is not None:
            self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._is_gone = False
        self._flows = asyncio.Event()
        self._open: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._chance = Random(1)  # noqa: S311 - which byte, not a secret
        self.turn(self.knobs)

    def turn(self, knobs: Knobs) -> None:
        """Be as bad as ``knobs`` say from now on."""
        self.knobs = knobs
        if knobs.trouble is Trouble.HELD:
            self._flows.clear()
        else:
            self._flows.set()
        if self._tls is not None and self._certificates is not None:
            is_wrong = knobs.trouble is Trouble.WRONG_CERTIFICATE
            shown = self._certificates.wrong if is_wrong else self._certificates.right
            self._tls.load_cert_chain(shown)
        is_gone = knobs.trouble is Trouble.GONE
        for connection in [*self._open]:
            if knobs.trouble in ENDS_WHAT_IS_OPEN:
                connection.reset()
            if is_gone:
                connection.be_gone()
            connection.is_dead |= knobs.trouble in SILENT_FOR_GOOD
        if self._listening is not None and is_gone is not self._is_gone:
            option = SO_ATTACH_FILTER if is_gone else SO_DETACH_FILTER
            self._listening.setsockopt(socket.SOL_SOCKET, option, DROPS)
            self._is_gone = is_gone

    def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve whoever connected, in a task that ``close`` ends."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End every connection."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        connection = _Connection(writer, self.knobs.trouble in SILENT_FOR_GOOD)
        self._open.add(connection)
        if self._is_gone:
            # It had come already, and nobody had looked.
            connection.be_gone()
        try:
            # One that ends in the middle of anything is no news here.
            with suppress(OSError, EOFError):
                await self._relay(connection, reader)
        finally:
            self._open.discard(connection)
            writer.close()

    async def _relay(
        self, connection: _Connection, reader: asyncio.StreamReader
    ) -> None:
        writer = connection.writer
        if self.knobs.trouble is Trouble.RESET:
            connection.reset()
            return
        if self.knobs.trouble is Trouble.GARBAGE:
            writer.write(GARBAGE)
            await writer.drain()
            return
        if connection.is_dead:
            await self._swallow(reader)
        await self._flows.wait()
        if self._tls is not None:
            await writer.start_tls(self._tls)
        far_reader, far_writer = await self._connect()
        connection.far = far_writer
        ways = [
            asyncio.create_task(self._pass_on(connection, *way))
            for way in (
                (reader, far_writer, Trouble.FLIPPED_QUESTION),
                (far_reader, writer, Trouble.FLIPPED_ANSWER),
            )
        ]
        try:
            # Whichever side hangs up, all that it said before was passed on.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.startswith("/"):
            return await asyncio.open_unix_connection(self._target)
        host, _, port = self._target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pass_on(
        self,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        flipped: Trouble,
    ) -> None:
        while piece := await reader.read(self.knobs.piece_bytes):
            await asyncio.sleep(self._seconds(len(piece)))
            await self._flows.wait()
            if connection.is_dead:
                await self._swallow(reader)
            is_flipped = self.knobs.trouble is flipped
            writer.write(self._flipped(piece) if is_flipped else piece)
            await writer.drain()
        if connection.is_dead:
            await self._swallow(reader)

    def _seconds(self, size: int) -> float:
        knobs = self.knobs
        seconds = knobs.latency_seconds + knobs.jitter_seconds * self._chance.random()
        return seconds + (size / knobs.bytes_a_second if knobs.bytes_a_second else 0)

    def _flipped(self, piece: bytes) -> bytes:
        changed = bytearray(piece)
        changed[self._chance.randrange(len(piece))] ^= 1
        return bytes(changed)

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        """Read on and say nothing, whoever hangs up, until the link is closed."""
        with suppress(OSError):
            while await reader.read(self.knobs.piece_bytes):
                pass
        await asyncio.Event().wait()
