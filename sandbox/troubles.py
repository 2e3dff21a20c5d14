"""The ways a wire between two parties can be bad, and how much of each.

Each is a knob of a running link, see ``sandbox.link``. Troubles exclude each other;
what is only slow goes with any of them.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sandbox.errors import BadQuestionError
from sandbox.question import BAD_REQUEST


class Trouble(StrEnum):
    """One way for a wire to be bad."""

    RESET = "reset"
    HELD = "held"
    DEAD = "dead"
    GONE = "gone"
    GARBAGE = "garbage"
    WRONG_CERTIFICATE = "wrong-certificate"
    FLIPPED_QUESTION = "flipped-question"
    FLIPPED_ANSWER = "flipped-answer"


TROUBLES: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.RESET: "ends every connection, open or new, with a TCP reset",
        Trouble.HELD: "lets nothing through, and everything once it is over, as a "
        "network does that was cut in two",
        Trouble.DEAD: "what is open or opened meanwhile is silent for good and never "
        "closed, as with a program that hangs: its system acknowledges what comes",
        Trouble.GONE: "drops each packet of what is open, for good, and of who "
        "connects meanwhile, as with a machine that lost its power",
        Trouble.GARBAGE: "accepts, sends bytes of no protocol and hangs up",
        Trouble.WRONG_CERTIFICATE: "shows the certificate of another authority",
        Trouble.FLIPPED_QUESTION: "changes a bit of each piece on its way there",
        Trouble.FLIPPED_ANSWER: "changes a bit of each piece on its way back",
    }
)
PIECE_BYTES = 65_536
MOST: Mapping[str, float] = MappingProxyType(
    {
        "latency_seconds": 600,
        "jitter_seconds": 600,
        "bytes_a_second": 1_000_000_000,
        "piece_bytes": PIECE_BYTES,
    }
)
"""What the numbers may be at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """How bad a wire is; as it stands, not at all."""

    trouble: Trouble | None = None
    latency_seconds: float = 0.0
    """How much later each piece arrives, either way."""
    jitter_seconds: float = 0.0
    """How much later still, at random and at most."""
    bytes_a_second: int = 0
    """How much passes, each way of each connection; 0 is no bound."""
    piece_bytes: int = PIECE_BYTES
    """How much is passed on at once: with few, and a latency, it drips."""


def read_knobs(wish: Mapping[str, Any]) -> Knobs:
    """Return the knobs that ``wish`` names; all others are as they are at first.

    Raises:
        BadQuestionError: an unknown trouble or knob, or no such number.
    """
    names = [field.name for field in fields(Knobs)]
    for name in wish.keys() - set(names):
        raise _unknown("knob", name, names)
    for name, most in MOST.items():
        value, least = wish.get(name, 1), 1 if name == "piece_bytes" else 0
        is_number = type(value) is int or (
            type(value) is float and name.endswith("_seconds")
        )
        if not is_number or not least <= value <= most:
            raise BadQuestionError(
                BAD_REQUEST, f"{name} is no number from {least} to {most}"
            )
    trouble = wish.get("trouble")
    if trouble is not None and trouble not in list(Trouble):
        raise _unknown("trouble", str(trouble), list(Trouble))
    named = None if trouble is None else Trouble(trouble)
    return Knobs(**{**wish, "trouble": named})


def _unknown(what: str, name: str, names: list[str]) -> BadQuestionError:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0)[0]
    return BadQuestionError(
        BAD_REQUEST, f"unknown {what} {name[:40]!r}; the nearest one is {near!s}"
    )
