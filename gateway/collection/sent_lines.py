"""Read the lines of a file to send: one a record, in two spellings.

A line is ``{"sequence": n, "record": "JWS"}`` or the JWS alone. One that is alone goes
without a number, and the gateway gives it the next one; unless the first number is
stated, from which such lines are counted. Nothing is judged here: what is no line the
gateway refuses by line. A byte order mark and the ends of lines are the file's, and
what is blank is no line.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from gateway.errors import StartError
from signing.envelope import Envelope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SentLine:
    """One line of the file."""

    number: int
    """Where it stands in the file, from 1."""
    sequence: int | None
    """Under which number it goes; ``None`` if it states none that can be read."""
    digest: str | None
    """Of the record's bytes, as the gateway tells it; ``None`` if there are none."""
    text: bytes
    """What is sent, without its end."""
    ends_at: int
    """How many bytes of the file end with it."""


def read_lines(file: Path, first: int | None) -> Iterator[SentLine]:
    """Yield the lines of ``file``, one in memory at a time.

    ``first`` is the number of the first line that is a record alone; without, such
    lines have none.

    Raises:
        StartError: it cannot be read.
    """
    ends_at = 0
    following = first
    try:
        with file.open("rb") as opened:
            for number, line in enumerate(opened, start=1):
                ends_at += len(line)
                text = (line.removeprefix(BOM_UTF8) if number == 1 else line).strip()
                if not text:
                    continue
                if text.startswith(b"{"):
                    sequence, digest = _stated(text)
                else:
                    sequence, digest = following, _digest(text)
                    text = _line(sequence, text)
                    following = None if following is None else following + 1
                yield SentLine(number, sequence, digest, text, ends_at)
    except OSError as error:
        raise StartError(f"{file}: {error.strerror}") from None


def in_parts(lines: Iterator[T], size: int) -> Iterator[list[T]]:
    """Yield ``lines`` in lists of ``size``."""
    for one in lines:
        yield list(chain((one,), islice(lines, size - 1)))


def _line(sequence: int | None, record: bytes) -> bytes:
    text = record.decode("utf-8", "replace")
    numbered = {} if sequence is None else {"sequence": sequence}
    return json.dumps({**numbered, "record": text}).encode()


def _stated(text: bytes) -> tuple[int | None, str | None]:
    """Return a line's number and its record's digest, where they can be read."""
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return None, None
    sequence, record = members.get("sequence"), members.get("record")
    return (
        sequence if type(sequence) is int else None,
        _digest(record.encode("utf-8", "replace")) if isinstance(record, str) else None,
    )


def _digest(record: bytes) -> str:
    return Envelope(record).digest.hex()
