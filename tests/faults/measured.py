"""What came of a fault, written down for the table of docs/operating.md."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.faults import Fault
from tests.faults.load import PLACES, Load

FILE = os.environ.get("FAULTS_MEASURED")
"""Where it is written, a line a fault; nowhere unless it is set."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What callers saw of a fault, and how long it took."""

    where: str
    name: str
    first: Mapping[str, int]
    second: Mapping[str, int]
    """How often each kind of answer came from the two gateways."""
    lost: int
    longest_seconds: float
    recovered_seconds: float

    @classmethod
    def of(cls, fault: Fault, load: Load, recovered_seconds: float) -> "Measured":
        """Return what was measured under a load."""
        first, second = (dict(load.seen[place]) for place in PLACES)
        return cls(
            *(fault.where, fault.name, first, second, len(load.model.wrong)),
            *(load.longest, recovered_seconds),
        )


def write_down(measured: Measured) -> None:
    """Write a line, if somebody wants it."""
    if FILE is not None:
        with Path(FILE).open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(measured))}\n")
