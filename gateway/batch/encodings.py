"""Lines of a text file whose encoding nobody states: UTF-8 or GB18030, never both.

Chinese in UTF-8 is three bytes a character. Two characters of GB18030 may look like
two of UTF-8, but of Greek or Latin letters; hardly ever like one of three bytes. So a
line is UTF-8 if it decodes to something beyond those letters, and GB18030 if it decodes
to that alone. Where most of such lines belong, the file does: a line that was damaged
does not decide. A line that is then of the other encoding is refused by itself: decoded
wrongly it would be another person's name.

A line of UTF-8 that lost some bytes is often GB18030, too, of characters nobody wrote.
It is told by what is left whole.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from gateway.batch.unusable import UnusableFileError

BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BEYOND_LETTERS = "\u0800"
_DAMAGED = "\ufffd"


class Encoding(StrEnum):
    """An encoding of a file's characters."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


def decoded_lines(
    content: bytes, stated: Encoding | None = None
) -> Iterator[tuple[int, str | None]]:
    """Yield every line with its number; ``None`` for one in another encoding.

    Raises:
        UnusableFileError: no line shows which encoding it is, or it is UTF-16.
    """
    if content.startswith(UTF_16):
        raise UnusableFileError(
            "文件为 UTF-16 编码；请另存为 CSV UTF-8",
            "the file is UTF-16; save it as CSV UTF-8",
        )
    has_bom = content.startswith(BOM)
    if has_bom and stated is Encoding.GB18030:
        raise UnusableFileError(
            "文件以 UTF-8 标记开头，不是 GB18030",
            "the file begins with the mark of UTF-8, not of GB18030",
        )
    lines = content.removeprefix(BOM).splitlines()
    encoding = Encoding.UTF_8 if has_bom else stated or encoding_of(lines)
    for number, line in enumerate(lines, start=1):
        yield number, decoded(line, encoding)


def encoding_of(lines: list[bytes]) -> Encoding:
    """Return where most lines belong; UTF-8 if as many belong to either.

    Raises:
        UnusableFileError: no line tells.
    """
    others = [line for line in lines if not line.isascii()]
    found = Counter(map(_certain, others))
    if found[Encoding.GB18030] > found[Encoding.UTF_8]:
        return Encoding.GB18030
    if found[Encoding.UTF_8] or not any(map(_may_be_gb18030, others)):
        return Encoding.UTF_8
    raise UnusableFileError(
        "无法判断文件为 UTF-8 还是 GB18030；请以 --encoding 注明，或另存为 CSV UTF-8",
        "no line tells whether the file is UTF-8 or GB18030; state --encoding, or save "
        "it as CSV UTF-8",
    )


def _certain(line: bytes) -> Encoding | None:
    """Return the one encoding that ``line`` can be in.

    ``None`` if both are likely, or if it is damaged.
    """
    as_utf_8 = _as(line, Encoding.UTF_8)
    if as_utf_8 is not None:
        return Encoding.UTF_8 if max(as_utf_8) >= _BEYOND_LETTERS else None
    damaged, whole = _left_of_utf_8(line)
    if damaged <= whole or _as(line, Encoding.GB18030) is None:
        return None
    return Encoding.GB18030


def _may_be_gb18030(line: bytes) -> bool:
    return decoded(line, Encoding.GB18030) is not None


def _left_of_utf_8(line: bytes) -> tuple[int, int]:
    """Return how many places are damaged, and how many characters are whole."""
    text = line.decode(errors="replace")
    whole = sum(_BEYOND_LETTERS <= character != _DAMAGED for character in text)
    return text.count(_DAMAGED), whole


def decoded(line: bytes, encoding: Encoding) -> str | None:
    """Return the text of a line; ``None`` if it is in another encoding."""
    if _is_other(line, encoding):
        return None
    return _as(line, encoding)


def _is_other(line: bytes, encoding: Encoding) -> bool:
    if line.isascii():
        return False
    if encoding is Encoding.GB18030:
        damaged, whole = _left_of_utf_8(line)
        # Two characters of GB18030 may by chance have one whole, and one damaged.
        return whole > damaged > 0 or _certain(line) is Encoding.UTF_8
    return _certain(line) is Encoding.GB18030


def _as(line: bytes, encoding: Encoding) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
