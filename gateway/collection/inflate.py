"""A spooled body, inflated piece by piece: never more of it than a piece in memory.

What grows beyond the limits is a bomb, and is left where it is found to be one. A body
that ends before its encoding does was cut by whoever made it; what came before the end
is taken, and how it ended is the last result.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Protocol

import zstandard

from gateway.collection.results import End

PIECE_BYTES = 65_536
FREE_BYTES = 1_000_000
"""So much may come of any body: a short one may well be the same line many times."""
MAX_WINDOW_BYTES = 8 * 1024 * 1024
"""RFC 9659: the largest window that ``zstd`` may ask for as a content encoding."""
GZIP = 16 + zlib.MAX_WBITS


class Encoding(StrEnum):
    """A content encoding of a body."""

    IDENTITY = "identity"
    GZIP = "gzip"
    ZSTD = "zstd"


class InflationError(Exception):
    """A body cannot be inflated further."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an inflated body."""

    max_bytes: int
    max_factor: int


class _Inflater(Protocol):
    """Inflates what it is given, a bounded piece at a time."""

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        """Yield what ``piece`` gives, none longer than a few ``PIECE_BYTES``."""

    @property
    def is_whole(self) -> bool:
        """Whether the encoding ended where the body did."""


class _Identity:
    """Inflates nothing."""

    is_whole = True

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        """See ``_Inflater``."""
        yield piece


class _Gzip:
    """RFC 1952, several members one after the other included."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(GZIP)
        self._is_fresh = True

    @property
    def is_whole(self) -> bool:
        """See ``_Inflater``; nothing at all is no gzip file."""
        return self._inflater.eof

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        """See ``_Inflater``."""
        while piece:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(GZIP)
            yield self._inflater.decompress(piece, PIECE_BYTES)
            piece = self._inflater.unconsumed_tail or self._inflater.unused_data
        # What is left inside comes without further input.
        while not self._inflater.eof:
            more = self._inflater.decompress(b"", PIECE_BYTES)
            if not more:
                return
            yield more


class _Zstd:
    """RFC 8878, several frames one after the other included."""

    def __init__(self) -> None:
        self._decompressor = zstandard.ZstdDecompressor(
            max_window_size=MAX_WINDOW_BYTES
        )
        self._inflater = self._decompressor.decompressobj(write_size=PIECE_BYTES)

    @property
    def is_whole(self) -> bool:
        """See ``_Inflater``."""
        return self._inflater.eof

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        """See ``_Inflater``."""
        # One call gives all that its input holds, so it is given little at a time.
        for start in range(0, len(piece), ZSTD_INPUT_BYTES):
            yield from self._few(piece[start : start + ZSTD_INPUT_BYTES])

    def _few(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._inflater.eof:
                self._inflater = self._decompressor.decompressobj(
                    write_size=PIECE_BYTES
                )
            yield self._inflater.decompress(piece)
            piece = self._inflater.unused_data


ZSTD_INPUT_BYTES = 256
"""A zstd block of 128 KiB may be four bytes long: so few give 8 MiB at the most."""

_INFLATERS: "dict[Encoding, type[_Identity | _Gzip | _Zstd]]" = {
    Encoding.IDENTITY: _Identity,
    Encoding.GZIP: _Gzip,
    Encoding.ZSTD: _Zstd,
}


def inflated(file: IO[bytes], encoding: Encoding, limits: Limits) -> Iterator[bytes]:
    """Yield the content of ``file``.

    Raises:
        InflationError: it ends too early, is no such encoding, or is too large; what
            came before has been yielded.
    """
    inflater: _Inflater = _INFLATERS[encoding]()
    read = 0
    grown = 0
    while piece := file.read(PIECE_BYTES):
        read += len(piece)
        allowed = min(limits.max_bytes, max(FREE_BYTES, read * limits.max_factor))
        try:
            for one in inflater.pieces(piece):
                grown += len(one)
                if grown > allowed:
                    raise InflationError(End.INFLATED_TOO_LARGE)
                yield one
        except (zlib.error, zstandard.ZstdError):
            raise InflationError(End.CORRUPT) from None
    if not inflater.is_whole and read:
        raise InflationError(End.TRUNCATED)
