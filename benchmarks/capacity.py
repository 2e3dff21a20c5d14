"""What a whole country's agencies would need in a week of claims, by what was measured.

Arithmetic, and no measurement: what one question and one record take here is
multiplied by how many there may be. What is assumed stands in ``Assumptions`` and in
docs/scaling.md; a test compares the two. ``python -m benchmarks.capacity`` prints it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer

from benchmarks import results
from benchmarks.databases import Database
from benchmarks.gateway import GATEWAY
from benchmarks.offices import Work
from benchmarks.questions import PEOPLE_A_BATCH
from benchmarks.scaling import Setup, row_of
from benchmarks.stage import Phase
from benchmarks.targets import Found

HOUR_SECONDS = 3_600
GIGABYTE = 1e9
ONE = Setup(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """How much there is to do. Nobody measured it."""

    agencies: int = 50
    records_an_agency: int = 2_000_000
    changed_a_day: float = 0.001
    """The share of all records that come anew, or for the first time, in a day."""
    looked_up: int = 5_000_000
    """People in the week of claims."""
    batch_share: float = 0.8
    """The share of them that is asked about by twenty."""
    busiest_day: float = 0.3
    """Its share of the week's."""
    busiest_hour: float = 0.2
    """Its share of its day's."""
    peak: float = 2.0
    """The busiest minute over its hour's mean."""
    core_use: float = 0.5
    """The share of a core that may be at work: latency and failures need the rest."""
    usual_weeks: int = 48
    usual_share: float = 0.1
    """What a usual week has of a week of claims; all other weeks of a year are such."""
    kept_days: int = 1_095
    """For how long the audit log keeps a record."""

    @property
    def records(self) -> int:
        """How many records are collected."""
        return self.agencies * self.records_an_agency

    @property
    def looked_up_a_year(self) -> float:
        """How many people are looked up in a year of 52 weeks."""
        weeks = 52 - self.usual_weeks + self.usual_weeks * self.usual_share
        return self.looked_up * weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What was measured of one, in microseconds of processor and in bytes."""

    check_us: float
    """A gateway's, of a person asked about alone."""
    holder_us: float
    """A gateway's, of one among twenty."""
    record_us: float
    """A gateway's, of a record that is collected."""
    database_us: float
    """PostgreSQL's, of a person asked about alone; by twenty it is no more."""
    record_bytes: float
    """On PostgreSQL's disk, indexes and all."""
    audit_bytes: float
    """Likewise, of a look-up on the audit log."""
    wal_bytes: float
    """Of the same, on its way to the disk and to standbys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What that comes to."""

    people_a_second: float
    """In the busiest minute."""
    questions_a_second: float
    gateways: int
    """Of one core each, one more than the load needs."""
    database_cores: int
    records_gb: float
    audit_gb: float
    """Once the log is as old as it gets."""
    growth_gb_a_year: float
    """Of the log and of records in the first years: nothing is removed yet."""
    wal_gb_a_day: float
    """On the busiest day."""
    taken_in_cores: float
    """Of gateways, while a day's changes come within eight hours."""


def needs(assumed: Assumptions, costs: Costs) -> Needs:
    """Return what is needed."""
    busiest = assumed.looked_up * assumed.busiest_day
    people = busiest * assumed.busiest_hour * assumed.peak / HOUR_SECONDS
    alone, together = 1 - assumed.batch_share, assumed.batch_share
    questions_a_person = alone + together / PEOPLE_A_BATCH
    questions = people * questions_a_person
    asked_us = people * (alone * costs.check_us + together * costs.holder_us)
    changed = assumed.records * assumed.changed_a_day
    taken_in = changed * costs.record_us / 1e6 / (8 * HOUR_SECONDS)
    cores = asked_us / 1e6 / assumed.core_use
    return Needs(
        people_a_second=people,
        questions_a_second=questions,
        gateways=math.ceil(cores) + 1,
        database_cores=math.ceil(people * costs.database_us / 1e6 / assumed.core_use),
        records_gb=assumed.records * costs.record_bytes / GIGABYTE,
        audit_gb=assumed.looked_up_a_year
        * assumed.kept_days
        / 365
        * costs.audit_bytes
        / GIGABYTE,
        growth_gb_a_year=(
            assumed.looked_up_a_year * costs.audit_bytes
            + changed * 365 * costs.record_bytes
        )
        / GIGABYTE,
        wal_gb_a_day=busiest * costs.wal_bytes / GIGABYTE,
        taken_in_cores=taken_in,
    )


def costs_of(found: Found) -> Costs | list[str]:
    """Return what was measured, or the phases that have to be yet."""
    check = found.median(Phase.COLLECTED, GATEWAY.name)
    batch = found.median(Phase.COLLECTED_BATCH, GATEWAY.name)
    row = row_of(Phase.COLLECTED, ONE)
    one = found.works.get(Work.SCALING, {}).get(row, {})
    intake = found.works.get(Work.COLLECTION, {}).get(Database.POSTGRESQL, {})
    tables = found.works.get(Work.GROWTH, {}).get(Database.POSTGRESQL, {})
    measured = {
        Phase.COLLECTED: check,
        Phase.COLLECTED_BATCH: batch,
        Work.SCALING: one,
        Work.COLLECTION: intake,
        Work.GROWTH: tables,
    }
    if missing := [str(name) for name, value in measured.items() if not value]:
        return missing
    megabytes = tables["table_mb_large"] + tables["indexes_mb_large"]
    return Costs(
        check_us=check or 0.0,
        holder_us=(batch or 0.0) / PEOPLE_A_BATCH,
        record_us=intake["cpu_us_a_record"],
        database_us=one["database_us"],
        record_bytes=megabytes * 1e6 / tables["records"],
        audit_bytes=one["audit_bytes"],
        wal_bytes=one["wal_kb"] * 1000,
    )


def rows_of(found: Needs) -> Mapping[str, str]:
    """Return each figure in words and digits."""
    return {
        "people a second, in the busiest minute": f"{found.people_a_second:,.0f}",
        "questions a second": f"{found.questions_a_second:,.0f}",
        "gateways of a core each, one of them to spare": f"{found.gateways}",
        "cores of PostgreSQL": f"{found.database_cores}",
        "cores of gateways while a day's changes come in": (
            f"{found.taken_in_cores:.2f}"
        ),
        "records and their indexes, GB": f"{found.records_gb:,.0f}",
        "audit log after its time, GB": f"{found.audit_gb:,.0f}",
        "growth in the first years, GB a year": f"{found.growth_gb_a_year:,.0f}",
        "WAL of the busiest day's look-ups, GB": f"{found.wal_gb_a_day:,.1f}",
    }


def main() -> None:
    """Print what the published figures come to."""
    known: dict[str, Any] = results.read(results.PUBLISHED)
    costs = costs_of(results.found_in(known))
    if isinstance(costs, list):
        typer.echo(f"not measured: {', '.join(costs)}")
        raise typer.Exit(1)
    for name, value in rows_of(needs(Assumptions(), costs)).items():
        typer.echo(f"{name:<50} {value:>10}")


if __name__ == "__main__":
    typer.run(main)
