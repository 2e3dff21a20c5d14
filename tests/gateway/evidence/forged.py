"""Bundles with something changed: at random, and each in one known way."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.gateway.evidence.logs import rewritten

Path = tuple[str | int, ...]
UNSIGNED = (("asOf",), ("madeAt",), ("digest",), ("log", "policy"), ("format",))
"""What neither a signature nor the log covers; a forger may write anything there."""


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where texts, numbers and the rest stand."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from leaves(one, (*path, place))
    elif path not in UNSIGNED:
        yield path


def mutated(bundle: bytes, rng: random.Random) -> tuple[bytes, Path]:
    """Return a bundle with one value changed, as a forger writes it, and which."""
    whole = json.loads(bundle)
    path = rng.choice([*leaves(whole)])
    *way, last = path
    place = whole
    for step in way:
        place = place[step]
    if path == ("log", "checkpoint"):
        # Lines of witnesses are no part of what is signed.
        lines = place[last].split("\n")
        line = rng.choice([0, 1, 2, 4])
        lines[line] = another(lines[line], rng)
        place[last] = "\n".join(lines)
    else:
        place[last] = another(place[last], rng)
    return rewritten(whole), path


def another(value: Any, rng: random.Random) -> Any:
    """Return another value of the same kind, if there is one."""
    match value:
        case bool():
            return not value
        case int():
            return value + rng.choice([-1, 1, 256])
        case str() if value:
            return another_text(value, rng)
        case _:
            return rng.choice(["x", 0, False])


def another_text(text: str, rng: random.Random) -> str:
    """Return a text with a bit turned over, a character more or less, or of another."""
    place = rng.randrange(len(text))
    one = text[place]
    bit = chr(ord(one) ^ 1 << rng.randrange(4))
    change = rng.choice([bit, "", f"{one}{one}", rng.choice("0aZ是")])
    changed = f"{text[:place]}{change}{text[place + 1 :]}"
    return changed if changed != text else f"{text}0"


def flipped(bundle: bytes, rng: random.Random) -> bytes:
    """Return a bundle in which one bit turned over, anywhere."""
    place = rng.randrange(len(bundle) - 1)
    changed = bytearray(bundle)
    changed[place] ^= 1 << rng.randrange(8)
    return bytes(changed)


Change = Callable[[Any], None]


def row_of(whole: Any, source: str, format_: str | None = None) -> Any:
    """Return the shown row of a table, or the fact of a format."""
    for row in whole["rows"]:
        said = json.loads(row["row"])
        body = said["row"].get("body", {})
        if said["source"] == source and format_ in (None, body.get("format")):
            return row
    raise LookupError(source)


def with_row(row: Any, change: Callable[[Any], None]) -> None:
    """Change what a row says, as if it had been committed to so."""
    said = json.loads(row["row"])
    change(said["row"])
    row["row"] = json.dumps(said, ensure_ascii=False)


def other_bit(encoded: str) -> str:
    """Return bytes with one bit turned over, not in the last of them."""
    raw = bytearray(base64.b64decode(encoded))
    raw[-10] ^= 1
    return base64.b64encode(raw).decode()


def other_letter(encoded: str) -> str:
    """Return a JWS with another letter of base64url, not the last of its signature."""
    raw = bytearray(base64.b64decode(encoded))
    raw[-10] = ord("B" if raw[-10] == ord("A") else "A")
    return base64.b64encode(raw).decode()
