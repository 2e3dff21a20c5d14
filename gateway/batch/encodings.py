"""Lines of a text file whose encoding nobody states: UTF-8 or GB18030, never both.

Chinese in UTF-8 is three bytes a character. Two characters of GB18030 may look like
two of UTF-8, but of Greek or Latin letters; hardly ever like one of three bytes. So a
line is UTF-8 if it decodes to something beyond those letters, and the first line that
can be in one encoding alone decides for the file. A line that is then of the other one
is refused by itself: decoded wrongly it would be another person's name.
"""

from collections.abc import Iterator
from enum import StrEnum

from gateway.errors import StartError

BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BEYOND_LETTERS = "\u0800"


class Encoding(StrEnum):
    """An encoding of a file's characters."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


def decoded_lines(
    content: bytes, stated: Encoding | None = None
) -> Iterator[tuple[int, str | None]]:
    """Yield every line with its number; ``None`` for one in another encoding.

    Raises:
        StartError: no line shows which encoding it is, or it is UTF-16.
    """
    if content.startswith(_UTF_16):
        raise StartError("the file is UTF-16; save it as CSV UTF-8")
    has_bom = content.startswith(BOM)
    if has_bom and stated is Encoding.GB18030:
        raise StartError("the file begins with the mark of UTF-8, not of GB18030")
    lines = content.removeprefix(BOM).splitlines()
    encoding = Encoding.UTF_8 if has_bom else stated or _encoding_of(lines)
    for number, line in enumerate(lines, start=1):
        yield number, _decoded(line, encoding)


def _encoding_of(lines: list[bytes]) -> Encoding:
    is_ascii = True
    for line in lines:
        if line.isascii():
            continue
        is_ascii = False
        certain = _certain(line)
        if certain is not None:
            return certain
    if is_ascii:
        return Encoding.UTF_8
    raise StartError(
        "no line tells whether the file is UTF-8 or GB18030; state --encoding"
    )


def _certain(line: bytes) -> Encoding | None:
    """Return the one encoding that ``line`` can be in; ``None`` if both are likely."""
    as_utf_8 = _as(line, Encoding.UTF_8)
    if as_utf_8 is None:
        return Encoding.GB18030
    return Encoding.UTF_8 if max(as_utf_8) >= _BEYOND_LETTERS else None


def _decoded(line: bytes, encoding: Encoding) -> str | None:
    if not line.isascii() and _certain(line) not in (encoding, None):
        return None
    return _as(line, encoding)


def _as(line: bytes, encoding: Encoding) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
