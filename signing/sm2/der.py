"""Read DER, and nothing but DER (ITU-T X.690 section 10).

One value has one spelling: no indefinite length, no length longer than it must be, no
integer with a zero too many, nothing after the end.
"""

from typing import Self

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
SET = 0x31
CONTEXT = 0xA0
"""Constructed and context-specific: ``CONTEXT | 1`` is ``[1]``."""

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_LONG_LENGTH = 0x80
_MAX_LENGTH_BYTES = 3
_MAX_DEPTH = 16


class DerError(ValueError):
    """Bytes that are no DER, or another value than was expected."""


class Reader:
    """Takes one value after the other from ``content``."""

    def __init__(self, content: bytes, what: str) -> None:
        self._content = content
        self._at = 0
        self._what = what

    def next_tag(self) -> int | None:
        """Return the tag of what comes; ``None`` at the end."""
        return self._content[self._at] if self._at < len(self._content) else None

    def take(self, tag: int) -> bytes:
        """Return the content of the next value, which has ``tag``.

        Raises:
            DerError: it has another tag, is cut, or its length is not DER.
        """
        if (found := self.next_tag()) != tag:
            there = "nothing" if found is None else f"{found:#04x}"
            raise DerError(f"{self._what}: tag {there} found, {tag:#04x} expected")
        _, begin, end = _bounds(self._content, self._at, self._what)
        self._at = end
        return self._content[begin:end]

    def within(self, tag: int) -> Self:
        """Return a reader of what the next value holds."""
        return type(self)(self.take(tag), self._what)

    def integer(self) -> int:
        """Return the next value, an integer that is not negative.

        Raises:
            DerError: it is none, is negative, or has a zero too many.
        """
        content = self.take(INTEGER)
        if not content or content[0] & 0x80:
            raise DerError(f"{self._what}: a negative or empty integer")
        if len(content) > 1 and not content[0] and not content[1] & 0x80:
            raise DerError(f"{self._what}: an integer with a zero too many")
        return int.from_bytes(content)

    def end(self) -> None:
        """Require that nothing follows.

        Raises:
            DerError: something does.
        """
        if left := len(self._content) - self._at:
            raise DerError(f"{self._what}: {left} bytes too many")


def require_der(content: bytes, what: str, depth: int = _MAX_DEPTH) -> None:
    """Require that ``content`` is DER to its last depth, whatever it means.

    Raises:
        DerError: a length is not DER, a value is cut, or all is nested too deeply.
    """
    if not depth:
        raise DerError(f"{what}: nested too deeply")
    at = 0
    while at < len(content):
        tag, begin, end = _bounds(content, at, what)
        if tag & _CONSTRUCTED:
            require_der(content[begin:end], what, depth - 1)
        at = end


def value(tag: int, *contents: bytes) -> bytes:
    """Return a value in DER."""
    content = b"".join(contents)
    size = len(content)
    if size < _LONG_LENGTH:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, _LONG_LENGTH | len(length))) + length + content


def _bounds(content: bytes, at: int, what: str) -> tuple[int, int, int]:
    """Return the tag of the value at ``at``, and where its content begins and ends."""
    if len(content) < at + 2:
        raise DerError(f"{what}: cut")
    tag, size, begin = content[at], content[at + 1], at + 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise DerError(f"{what}: a tag of several bytes")
    if size == _LONG_LENGTH:
        raise DerError(f"{what}: BER, a length that is not definite; DER expected")
    if size > _LONG_LENGTH:
        count = size - _LONG_LENGTH
        length = content[begin : begin + count]
        size = int.from_bytes(length)
        if count > _MAX_LENGTH_BYTES or len(length) < count:
            raise DerError(f"{what}: cut, or longer than anything here")
        if size < _LONG_LENGTH or not length[0]:
            raise DerError(f"{what}: BER, a length longer than it must be")
        begin += count
    if begin + size > len(content):
        raise DerError(f"{what}: cut")
    return tag, begin, begin + size
