"""Bytes to a gateway's socket, and all that comes back."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.personal_data import hear_server

SECONDS = 15.0
MOST = 1_000_000
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

PLACES = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|/tmp/|/usr/|/root/|/srv/|/opt/|/home/"
    r"|127\.0\.0\.1|localhost|aiohttp|strawberry|graphql-core|granian|starlette|uvloop"
    r"|orjson|msgspec|object at 0x"
)
"""What an answer never says: where we are, what we are made of, how we failed."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What came back: one answer, or what there was until the end or a silence."""

    text: bytes

    @property
    def status(self) -> int | None:
        """The status; ``None`` if nothing came."""
        words = self.text.split(b" ", 2)
        return int(words[1]) if len(words) > 1 else None

    @property
    def body(self) -> bytes:
        """What follows the headers."""
        return self.text.partition(b"\r\n\r\n")[2]

    @property
    def header_names(self) -> frozenset[str]:
        """The names of the headers, in lower case."""
        _, *lines = self.head.split("\r\n")
        return frozenset(line.partition(":")[0] for line in lines)

    @property
    def head(self) -> str:
        """Status line and headers, in lower case."""
        return self.text.partition(b"\r\n\r\n")[0].decode("latin-1").lower()


def _is_whole(came: bytes) -> bool:
    """Say whether ``came`` is all of an answer that states its length."""
    head, end, body = came.partition(b"\r\n\r\n")
    stated = LENGTH.search(head)
    is_whole = bool(end and stated and len(body) >= int(stated[1]))
    return is_whole or len(came) > MOST


def send(url: str, request: bytes, *, seconds: float = SECONDS) -> Raw:
    """Send ``request`` as it is; read one answer."""
    where = urlsplit(url)
    assert where.hostname is not None
    came = b""
    with socket.create_connection((where.hostname, where.port or 80), seconds) as raw:
        try:
            raw.sendall(request)
            while not _is_whole(came) and (piece := raw.recv(65536)):
                came += piece
        except (ConnectionError, TimeoutError):
            # What was said before that is what is judged.
            pass
    hear_server(came.decode("utf-8", "replace"))
    return Raw(came)


def request(
    *headers: str,
    method: str = "POST",
    path: str = "/graphql",
    body: bytes = b"",
    token: str | None = None,
) -> bytes:
    """Return a request that asks for the connection to be closed after it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway.example", *headers]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if not any(header.lower().startswith("connection:") for header in headers):
        lines.append("Connection: close")
    if body and not any(h.lower().startswith("transfer-encoding") for h in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
