"""Bytes to a gateway's socket, and all that comes back."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 15.0
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Raw:
    """What came back until the gateway closed, or fell silent."""

    text: bytes

    @property
    def status(self) -> int | None:
        """The status; ``None`` if nothing came."""
        words = self.text.split(b" ", 2)
        return int(words[1]) if len(words) > 1 else None

    @property
    def head(self) -> str:
        """Status line and headers, in lower case."""
        return self.text.partition(b"\r\n\r\n")[0].decode("latin-1").lower()


def send(url: str, request: bytes, *, seconds: float = SECONDS) -> Raw:
    """Send ``request`` as it is; read until the gateway closes."""
    where = urlsplit(url)
    assert where.hostname is not None
    came = b""
    with socket.create_connection((where.hostname, where.port or 80), seconds) as raw:
        try:
            raw.sendall(request)
            while len(came) < MOST and (piece := raw.recv(65536)):
                came += piece
        except (ConnectionError, TimeoutError):
            # What was said before that is what is judged.
            pass
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
