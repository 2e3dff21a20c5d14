"""Lines of a body that comes in pieces, each within a limit or left out unread."""

from collections.abc import Iterable, Iterator

OVERLONG = None
"""Stands for a line that is longer than allowed; nothing of it is kept."""


def lines_of(pieces: Iterable[bytes], max_bytes: int) -> Iterator[bytes | None]:
    """Yield each line without its end, ``OVERLONG`` for one that is too long.

    A line ends with LF, or CR LF; the last may end with the body. What an error in
    ``pieces`` leaves unfinished is no line.
    """
    begun = bytearray()
    is_overlong = False
    for piece in pieces:
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            if is_overlong or len(begun) + end - start > max_bytes:
                yield OVERLONG
            else:
                begun += piece[start:end]
                yield bytes(begun).removesuffix(b"\r")
            begun.clear()
            is_overlong = False
            start = end + 1
        if is_overlong or len(begun) + len(piece) - start > max_bytes:
            is_overlong = True
            begun.clear()
        else:
            begun += piece[start:]
    if is_overlong:
        yield OVERLONG
    elif begun:
        yield bytes(begun).removesuffix(b"\r")
