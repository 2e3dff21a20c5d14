"""The live state of one agency: which fault is on, and what it was asked."""

import difflib
from collections import deque
from collections.abc import Mapping
from typing import Any

from sandbox.errors import BadQuestionError
from sandbox.faults import SLOW_SECONDS, Fault
from sandbox.question import BAD_REQUEST

MAX_CALLS = 10_000
"""Calls remembered one by one; older ones are only counted."""
MAX_SECONDS = 600


class Switch:
    """Turns faults on and off while the agency runs, and counts its calls."""

    def __init__(self, fault: Fault | None) -> None:
        self._first_fault = fault
        self.reset()

    def reset(self) -> None:
        """Return to the state of the start: its fault, and no call yet."""
        self.fault = self._first_fault
        self.seconds = SLOW_SECONDS
        self._count = 0
        self._holders: deque[int] = deque(maxlen=MAX_CALLS)

    def count(self, holders: int) -> None:
        """Remember one call that asked about so many people."""
        self._count += 1
        self._holders.append(holders)

    def calls(self) -> dict[str, object]:
        """Return how many calls there were, and how many people each asked about."""
        return {"calls": self._count, "holders": list(self._holders)}

    def set(self, wish: Mapping[str, Any]) -> dict[str, object]:
        """Set the fault that ``wish`` names, and return what is set now.

        Raises:
            BadQuestionError: an unknown fault or entry, or no number of seconds.
        """
        if unknown := wish.keys() - {"fault", "seconds"}:
            raise BadQuestionError(BAD_REQUEST, f"unknown entry {min(unknown)!r}")
        fault = None if wish.get("fault") is None else read_fault(str(wish["fault"]))
        seconds = wish.get("seconds", SLOW_SECONDS)
        if type(seconds) not in {int, float} or not 0 <= seconds <= MAX_SECONDS:
            raise BadQuestionError(
                BAD_REQUEST, f"seconds is no number from 0 to {MAX_SECONDS}"
            )
        self.fault, self.seconds = fault, seconds
        return {"fault": self.fault, "seconds": self.seconds}


def read_fault(name: str) -> Fault:
    """Return the fault called ``name``.

    Raises:
        BadQuestionError: there is none; the nearest one is named.
    """
    try:
        return Fault(name)
    except ValueError:
        near = difflib.get_close_matches(name, Fault, n=1, cutoff=0)[0]
        raise BadQuestionError(
            BAD_REQUEST, f"unknown fault {name[:40]!r}; the nearest one is {near!s}"
        ) from None
