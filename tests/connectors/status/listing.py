"""A status list on a loopback socket, with knobs for what may be wrong with it."""

import asyncio
import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from signing.envelope import Envelope, PayloadType
from signing.sign import SigningKey, sign
from tests.connectors.agency import KEY

URL = "https://lists.example.cn/1"


def packed(values: list[int], bits: int = 2) -> str:
    """Return values as ``lst``, the first in the lowest bits."""
    size = -(-len(values) * bits // 8)
    # A list that is too long has millions of nothing.
    given = enumerate(values) if any(values) else ()
    number = sum(value << place * bits for place, value in given)
    compressed = zlib.compress(number.to_bytes(size, "little"), 9)
    return base64.urlsafe_b64encode(compressed).rstrip(b"=").decode()


def status_list(  # noqa: PLR0913 - what a list is made of
    values: list[int],
    issued_at: datetime,
    *,
    key: SigningKey = KEY,
    url: str = URL,
    ttl: int | None = 600,
    bits: int = 2,
    type_: PayloadType = PayloadType.STATUS_LIST,
    stated: Mapping[str, object] | None = None,
    **changes: object,
) -> Envelope:
    """Sign a list, which says how long it is unless ``stated`` says otherwise."""
    more = {"length": len(values)} if stated is None else stated
    claims: dict[str, object] = {
        "sub": url,
        "iat": int(issued_at.timestamp()),
        "status_list": {"bits": bits, "lst": packed(values, bits), **more},
        **({} if ttl is None else {"ttl": ttl}),
        **changes,
    }
    return sign(json.dumps(claims).encode(), key, type=type_, signed_at=issued_at)


@dataclass
class Lists:
    """Serves what it is told to."""

    body: bytes = b""
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.decode().partition("\r\n")[0])
        writer.write(
            f"HTTP/1.1 {self.status}\r\nContent-Type: application/statuslist+jwt\r\n"
            f"Content-Length: {len(self.body)}\r\nConnection: close\r\n\r\n".encode()
            + self.body
        )
        await writer.drain()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
