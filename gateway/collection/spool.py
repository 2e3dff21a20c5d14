"""The body as it came, on disk, until its digest is known to be the signed one.

A digest is only known at the end of a body, and nothing may be read of what is not
known to be signed; so the body waits in a file without a name, which is gone with the
process. Memory holds one piece of it at a time.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

import http_sf
from starlette.types import Receive

from gateway.collection.refusal import IntakeError, Problem

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
    """Open a file of no name in the system's folder for temporary ones."""
    with TemporaryFile(prefix="collect-") as file:
        yield file


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
        IntakeError: it is too large, comes too slowly, is cut off, or is not what
            ``digests`` says.
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
    file.seek(0)
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
        file.write(piece)
        more = message.get("more_body", False)
    return length
