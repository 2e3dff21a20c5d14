"""Send what an agency signs to the gateway, as RFC 9421 has it."""

import http.client
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import zstandard

from benchmarks.minting import signing_key
from benchmarks.processes import BenchmarkError
from benchmarks.stage import HOST, Server
from gateway.collection.sign import signed_headers

LINES_A_TRANSFER = 5_000
SECONDS = 600.0


def line(sequence: int, jws: str) -> bytes:
    """Return a line of a transfer."""
    return json.dumps({"sequence": sequence, "record": jws}).encode() + b"\n"


def send(
    server: Server, agency: str, lines: Sequence[bytes], stream: str = ""
) -> list[bytes]:
    """Send ``lines`` in one transfer; return the result of each.

    Raises:
        BenchmarkError: the transfer was refused, or a line was.
    """
    path = f"/collect/{agency}{stream}"
    body = zstandard.ZstdCompressor(level=1).compress(b"".join(lines))
    headers = signed_headers(
        "POST",
        f"http://{HOST}:{server.port}{path}",
        signing_key(agency),
        at=datetime.now(UTC),
        body=body,
        encoding="zstd",
    )
    connection = http.client.HTTPConnection(HOST, server.port, timeout=SECONDS)
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        told = answer.read().splitlines()
    finally:
        connection.close()
    results = told[:-1]
    if answer.status != http.client.OK or len(results) != len(lines):
        raise BenchmarkError(f"{path}: {answer.status} {told[-1:]}")
    if wrong := [one for one in results if b'"ACCEPTED"' not in one]:
        raise BenchmarkError(f"{path}: {wrong[0].decode()}")
    return results
