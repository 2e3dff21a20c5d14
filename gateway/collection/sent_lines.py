"""Read the lines of a file to send: one a record, in two spellings.

A line is ``{"sequence": n, "record": "JWS"}`` or the JWS alone, which is numbered by
where it stands. Nothing is judged here: what is no line the gateway refuses by line.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from gateway.errors import StartError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SentLine:
    """One line of the file."""

    number: int
    """Where it stands in the file, from 1."""
    sequence: int | None
    """Under which number it goes; ``None`` if it states none that can be read."""
    text: bytes
    """What is sent, without its end."""
    ends_at: int
    """How many bytes of the file end with it."""


def read_lines(file: Path, first: int) -> Iterator[SentLine]:
    """Yield the lines of ``file``, one in memory at a time.

    ``first`` is the number of the first line, where lines are bare.

    Raises:
        StartError: it cannot be read.
    """
    try:
        with file.open("rb") as opened:
            ends_at = 0
            for number, line in enumerate(opened, start=1):
                ends_at += len(line)
                text = line.strip(b"\r\n")
                if text.startswith(b"{"):
                    yield SentLine(number, _sequence(text), text, ends_at)
                else:
                    sequence = first + number - 1
                    yield SentLine(number, sequence, _line(sequence, text), ends_at)
    except OSError as error:
        raise StartError(f"{file}: {error.strerror}") from None


def in_parts(lines: Iterator[T], size: int) -> Iterator[list[T]]:
    """Yield ``lines`` in lists of ``size``."""
    for one in lines:
        yield list(chain((one,), islice(lines, size - 1)))


def _line(sequence: int, record: bytes) -> bytes:
    said = {"sequence": sequence, "record": record.decode("utf-8", "replace")}
    return json.dumps(said).encode()


def _sequence(text: bytes) -> int | None:
    try:
        found = json.loads(text).get("sequence")
    except (ValueError, RecursionError):
        return None
    return found if type(found) is int else None
