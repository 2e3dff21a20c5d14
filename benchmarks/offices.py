"""What offices and agencies wait for: checks of a night, collecting, revocations.

No peer does any of it. Each is measured on both databases, our gateway alone; the
table of a kind of work has a row a database.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from benchmarks.databases import Database, Databases, opened_databases
from benchmarks.night_check import checked_claims
from benchmarks.stage import Stage


class Work(StrEnum):
    """What is waited for."""

    CHECK = "check"
    """A file of claims, compared by ``gateway check``."""


Figures = Mapping[str, float]
"""What was found on one database, by what it is."""
MEASURES: Mapping[Work, Callable[[Stage, str], Figures]] = MappingProxyType(
    {Work.CHECK: checked_claims}
)

COLUMNS: Mapping[Work, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Work.CHECK: {
            "claims": ("claims", "{:,.0f}"),
            "claims/s": ("claims_a_second", "{:,.0f}"),
            "µs a claim": ("cpu_us_a_claim", "{:.0f}"),
            "memory MB": ("memory_mb", "{:.0f}"),
        }
    }
)
"""The columns of a kind of work: which figure stands there, and how."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one kind of work took on one database."""

    work: Work
    database: Database
    figures: Figures


def measured(work: Work, stage: Stage) -> Iterator[Found]:
    """Measure ``work`` on each database, a new one each time."""
    with opened_databases(stage.folder) as databases:
        for database in Database:
            yield Found(work, database, _on(work, stage, databases, database))


def _on(work: Work, stage: Stage, databases: Databases, database: Database) -> Figures:
    return MEASURES[work](stage, databases.empty(database))
