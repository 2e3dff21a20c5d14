"""The body as it came, on disk, until its digest is known to be the signed one.

A digest is only known at the end of a body, and nothing may be read of what is not
known to be signed; so the body waits in a file without a name, which is gone with the
process. Memory holds one piece of it at a time.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile, gettempdir
from typing import IO

import http_sf
import structlog
from starlette.types import Receive

from gateway.collection.refusal import IntakeError, Problem

_logger = structlog.get_logger("gateway")
KNOWN = ("sha-256", "sha-512")
"""RFC 9530's algorithms that stand for what they digest; others say nothing."""


def stated_digests(field: str) -> Mapping[str, bytes]:
    """Return the digests of a ``Content-Digest`` header, by algorithm.

    Raises:
        IntakeError: there is none that stands for the body.
    """
    try:
        members = http_sf.parse(field.encode("latin-1"), tltype="dictionary")
    except (ValueError, TypeError):
        raise IntakeError(Problem.NO_DIGEST) from None
    assert isinstance(members, dict)  # noqa: S101 - a dictionary was asked for
    found = {
        name: member[0]
        for name, member in members.items()
        if name in KNOWN and isinstance(member, tuple) and isinstance(member[0], bytes)
    }
    if not found:
        raise IntakeError(Problem.NO_DIGEST)
    return found


@contextmanager
def open_spool() -> Iterator[IO[bytes]]:
    """Open a file of no name in the system's folder for temporary ones.

    Raises:
        IntakeError: it cannot be made, or written: the folder is full, or is not there.
    """
    try:
        file = TemporaryFile(prefix="collect-")  # noqa: SIM115 - closed below
    except OSError as error:
        raise _no_room(error) from None
    try:
        yield file
    finally:
        # What is still buffered has no room either.
        with suppress(OSError):
            file.close()


async def spool(
    receive: Receive,
    file: IO[bytes],
    digests: Mapping[str, bytes],
    *,
    max_bytes: int,
    seconds: float,
) -> int:
    """Write the body into ``file``, which then stands at its start; return its length.

    Raises:
        IntakeError: it is too large, comes too slowly, is cut off, is not what
            ``digests`` says, or there is no room for it.
    """
    hashes = {name: hashlib.new(name.replace("-", "")) for name in digests}
    try:
        async with asyncio.timeout(seconds):
            length = await _write(receive, file, [*hashes.values()], max_bytes)
    except TimeoutError:
        raise IntakeError(Problem.TOO_SLOW) from None
    for name, digest in digests.items():
        if not hmac.compare_digest(hashes[name].digest(), digest):
            raise IntakeError(Problem.WRONG_DIGEST)
    try:
        # What is buffered is written now.
        file.seek(0)
    except OSError as error:
        raise _no_room(error) from None
    return length


async def _write(
    receive: Receive, file: IO[bytes], hashes: "list[hashlib._Hash]", max_bytes: int
) -> int:
    length = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise IntakeError(Problem.CUT_OFF)
        piece = message.get("body", b"")
        length += len(piece)
        if length > max_bytes:
            raise IntakeError(Problem.TOO_LARGE)
        for one in hashes:
            one.update(piece)
        try:
            file.write(piece)
        except OSError as error:
            raise _no_room(error) from None
        more = message.get("more_body", False)
    return length


def _no_room(error: OSError) -> IntakeError:
    _logger.error("no room for a body", folder=gettempdir(), reason=error.strerror)
    return IntakeError(Problem.NO_ROOM)
