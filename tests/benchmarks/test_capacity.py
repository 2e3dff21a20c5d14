"""The arithmetic of many agencies can be done by hand, and assumes what a page says."""

from dataclasses import fields, replace

import pytest

from benchmarks.capacity import (
    ONE,
    Assumptions,
    Costs,
    Needs,
    costs_of,
    needs,
    rows_of,
)
from benchmarks.offices import Work
from benchmarks.scaling import row_of
from benchmarks.stage import Phase
from benchmarks.targets import Found
from tests.architecture.documents import names, table
from tests.benchmarks.test_targets import measured

PAGE = "docs/scaling.md"
# One agency of 1,000 records, of which ten change; 3,600 people in the week, all of
# them alone and in one hour of one day.
SMALL = Assumptions(
    agencies=1,
    records_an_agency=1_000,
    changed_a_day=0.01,
    looked_up=3_600,
    batch_share=0.0,
    busiest_day=1.0,
    busiest_hour=1.0,
    peak=1.0,
    core_use=1.0,
    usual_weeks=51,
    usual_share=0.0,
    kept_days=730,
)
COSTS = Costs(
    check_us=1_000_000,
    holder_us=100_000,
    record_us=2_880_000_000,
    database_us=3_000_000,
    record_bytes=1e6,
    audit_bytes=1e6,
    wal_bytes=1e6,
)


def test_a_person_a_second_takes_a_core_of_one_that_takes_a_second() -> None:
    found = needs(SMALL, COSTS)

    assert found == Needs(
        people_a_second=1.0,
        questions_a_second=1.0,
        # One for the load, and one more.
        gateways=2,
        database_cores=3,
        records_gb=1.0,
        # 3,600 a year for two years, a megabyte each.
        audit_gb=7.2,
        # 3,600 look-ups, and ten records a day for 365 days.
        growth_gb_a_year=7.25,
        wal_gb_a_day=3.6,
        # Ten records of 2,880 s in eight hours.
        taken_in_cores=1.0,
    )


def test_who_is_asked_about_by_twenty_costs_what_one_of_twenty_does() -> None:
    found = needs(replace(SMALL, batch_share=1.0, peak=40.0), COSTS)

    assert (found.people_a_second, found.questions_a_second) == (40.0, 2.0)
    assert found.gateways == 4 + 1


@pytest.mark.parametrize(
    ("changes", "figure", "expected"),
    [
        pytest.param({"core_use": 0.5}, "database_cores", 6, id="half a core"),
        pytest.param({"peak": 2.0}, "gateways", 3, id="a peak"),
        pytest.param({"busiest_day": 0.5}, "wal_gb_a_day", 1.8, id="half of a week"),
        pytest.param({"agencies": 50}, "records_gb", 50.0, id="agencies"),
        pytest.param(
            {"usual_weeks": 50, "usual_share": 0.02}, "audit_gb", 21.6, id="weeks"
        ),
    ],
)
def test_an_assumption_changes_what_it_is_about(
    changes: dict[str, float], figure: str, expected: float
) -> None:
    found = needs(replace(SMALL, **changes), COSTS)  # type: ignore[arg-type]

    assert getattr(found, figure) == pytest.approx(expected)


def test_the_page_has_every_assumption_and_its_value() -> None:
    rows = {
        row[0].strip("`"): float(row[1].replace(",", ""))
        for row in table(PAGE, "assumption")
    }

    assert rows == {
        one.name: getattr(Assumptions(), one.name) for one in fields(Assumptions)
    }
    assert f"{Assumptions().records:,} of all" in str(table(PAGE, "assumption"))


def found_with(*, growth: bool = True) -> Found:
    works = {
        Work.SCALING: {
            row_of(Phase.COLLECTED, ONE): {
                "database_us": 300.0,
                "audit_bytes": 900.0,
                "wal_kb": 2.0,
            }
        },
        Work.COLLECTION: {"PostgreSQL": {"cpu_us_a_record": 130.0}},
    }
    if growth:
        sizes = {"table_mb_large": 1.5, "indexes_mb_large": 0.5, "records": 1_000.0}
        works[Work.GROWTH] = {"PostgreSQL": sizes}
    return Found(
        {
            Phase.COLLECTED: [measured("gateway", Phase.COLLECTED, 0, 1_800)],
            Phase.COLLECTED_BATCH: [
                measured("gateway", Phase.COLLECTED_BATCH, 0, 8_000)
            ],
        },
        {},
        works,
    )


def test_costs_are_those_that_were_measured() -> None:
    assert costs_of(found_with()) == Costs(
        check_us=1_800,
        holder_us=400,
        record_us=130,
        database_us=300,
        record_bytes=2_000,
        audit_bytes=900,
        wal_bytes=2_000,
    )


def test_what_was_not_measured_is_named() -> None:
    assert costs_of(found_with(growth=False)) == ["growth"]
    assert costs_of(Found({}, {}, {})) == [
        *("collected", "collected-batch", "scaling", "collection", "growth")
    ]


def test_every_need_has_a_row() -> None:
    assert len(rows_of(needs(SMALL, COSTS))) == len(fields(Needs))
    assert names(PAGE, "assumption")
