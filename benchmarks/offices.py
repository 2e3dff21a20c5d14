"""What offices and agencies wait for: checks of a night, collecting, revocations.

No peer does any of it. Each is measured on both databases, our gateway alone; the
table of a kind of work has a row a database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from benchmarks.collecting import collected
from benchmarks.databases import Database, opened_databases
from benchmarks.night_check import checked_claims
from benchmarks.revoking import revoked
from benchmarks.stage import Stage


class Work(StrEnum):
    """What is waited for."""

    CHECK = "check"
    """A file of claims, compared by ``gateway check``."""
    COLLECTION = "collection"
    """An agency's records, sent by the thousand."""
    REVOCATION = "revocation"
    """From the acknowledgement to the answers of the last gateway."""


Figures = Mapping[str, float]
"""What was found on one database, by what it is."""

COLUMNS: Mapping[Work, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Work.CHECK: {
            "claims": ("claims", "{:,.0f}"),
            "claims/s": ("claims_a_second", "{:,.0f}"),
            "µs a claim": ("cpu_us_a_claim", "{:.0f}"),
            "memory MB": ("memory_mb", "{:.0f}"),
        },
        Work.COLLECTION: {
            "records": ("records", "{:,.0f}"),
            "records/s": ("records_a_second", "{:,.0f}"),
            "µs a record": ("cpu_us_a_record", "{:.0f}"),
            "largest before, MB": ("memory_before_mb", "{:.0f}"),
            "after a tenth": ("memory_early_mb", "{:.0f}"),
            "after all": ("memory_mb", "{:.0f}"),
        },
        Work.REVOCATION: {
            "gateways": ("gateways", "{:.0f}"),
            "revocations": ("revocations", "{:.0f}"),
            "median ms": ("p50_ms", "{:.0f}"),
            "slowest ms": ("slowest_ms", "{:.0f}"),
        },
    }
)
"""The columns of a kind of work: which figure stands there, and how."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one kind of work took on one database."""

    work: Work
    database: Database
    figures: Figures


def measured(work: Work, stage: Stage, records: int) -> Iterator[Found]:
    """Measure ``work`` on each database, a new one each time.

    ``records`` is how many are collected.
    """
    with opened_databases(stage.folder) as databases:
        for database in Database:
            address = databases.empty(database)
            yield Found(work, database, _figures(work, stage, address, records))


def _figures(work: Work, stage: Stage, address: str, records: int) -> Figures:
    match work:
        case Work.CHECK:
            return checked_claims(stage, address)
        case Work.COLLECTION:
            return collected(stage, address, records)
        case Work.REVOCATION:
            return revoked(stage, address)
