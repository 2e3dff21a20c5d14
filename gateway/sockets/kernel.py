"""The connections of this process as the kernel knows them.

The server accepts connections and does not tell of them before they ask something. The
kernel knows all of them, who is at the other end and how much came, whatever layers lie
between (TLS, HTTP/2). Linux alone says so; elsewhere there are none.
"""

import os
import socket
import stat
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

Peer = tuple[str, int]
"""The address and port of a client."""

_BYTES_RECEIVED = struct.Struct("=128xQ")
"""``tcpi_bytes_received`` of Linux's ``struct tcp_info``."""
_FILES = "/proc/self/fd"
_MAPPED = "::ffff:"
"""How an IPv4 address stands in an IPv6 one."""


class Connection(NamedTuple):
    """A connection that a client has open."""

    file: int
    inode: int
    """Of its socket; no other has it as long as this one is open."""
    peer: Peer
    received: int
    """Bytes that had come, in whatever layer, when some had for the first time."""


def peer_of(host: str, port: int | str) -> Peer:
    """Return a client's address in one spelling; the server states ports as texts."""
    return host.removeprefix(_MAPPED), int(port)


class Kernel:
    """Looks at the sockets of this process, and ends connections of clients."""

    def __init__(self) -> None:
        self._others: dict[int, int] = {}
        """Files that are no connections of clients, by their inodes."""
        self._known: dict[int, Connection] = {}
        """Connections by their files. One by which something came is asked no more."""
        self._ports: frozenset[int] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether the kernel tells of connections."""
        return sys.platform == "linux"

    def connections(self) -> list[Connection]:
        """Return every connection that a client has open here."""
        if not self.is_known:
            return []
        if not self._ports:
            self._ports = frozenset(self._listening())
        found, others = [], {}
        for file, inode in _sockets():
            if self._others.get(file) == inode:
                others[file] = inode
                continue
            known = self._known.get(file)
            if known is not None and known.inode == inode and known.received:
                found.append(known)
                continue
            with suppress(OSError), _held(file) as held:
                connection = self._connection(file, inode, held)
                if connection is None:
                    others[file] = inode
                else:
                    found.append(connection)
        self._others = others
        self._known = {one.file: one for one in found}
        return found

    def shut(self, connection: Connection) -> None:
        """End a connection, both ways; the server reads its end, and lets it go."""
        with suppress(OSError), _held(connection.file) as held:
            # The number may be another socket's by now.
            if os.fstat(held.fileno()).st_ino == connection.inode:
                held.shutdown(socket.SHUT_RDWR)

    def _connection(
        self, file: int, inode: int, held: socket.socket
    ) -> Connection | None:
        if held.family not in (socket.AF_INET, socket.AF_INET6):
            return None
        if held.type != socket.SOCK_STREAM or _is_listening(held):
            return None
        if held.getsockname()[1] not in self._ports:
            return None
        host, port, *_ = held.getpeername()
        info = held.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        (received,) = _BYTES_RECEIVED.unpack_from(info)
        return Connection(file, inode, peer_of(host, port), received)

    def _listening(self) -> Iterator[int]:
        for file, _ in _sockets():
            with suppress(OSError), _held(file) as held:
                is_inet = held.family in (socket.AF_INET, socket.AF_INET6)
                if is_inet and _is_listening(held):
                    yield held.getsockname()[1]


def _sockets() -> Iterator[tuple[int, int]]:
    # Numbers as texts, not paths: there may be thousands, and it is done each second.
    for name in os.listdir(_FILES):  # noqa: PTH208
        with suppress(OSError):
            found = os.fstat(int(name))
            if stat.S_ISSOCK(found.st_mode):
                yield int(name), found.st_ino


def _held(file: int) -> socket.socket:
    """Return the socket of ``file`` by a number of our own, for a moment."""
    return socket.socket(fileno=os.dup(file))


def _is_listening(held: socket.socket) -> bool:
    return bool(held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
