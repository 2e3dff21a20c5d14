"""A ruling that was kept is the one that would be made anew, and names nobody."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from policy import clause_results
from policy.catalogue import Item, load_catalogue
from policy.certificate import CertificateRecord
from policy.evidence import Attestation
from policy.level import Level
from tests.policy.factories import (
    LOW_VOLTAGE,
    RAIL_DRIVER,
    evidence,
    finding,
    judge,
)
from tests.policy.test_any_evidence import ATTESTATIONS, DATED_RECORDS, RECORDS

KEEPING: list[Any] = [
    function
    for _, function in inspect.getmembers(
        clause_results, lambda it: hasattr(it, "cache_info")
    )
]
ITEMS = list(load_catalogue().items.values())


def forget() -> None:
    for function in KEEPING:
        function.cache_clear()


@given(
    st.lists(RECORDS | DATED_RECORDS, min_size=2, max_size=4),
    ATTESTATIONS,
)
def test_verdicts_from_kept_rulings_are_those_made_anew(
    records: list[CertificateRecord], attestation: Attestation
) -> None:
    asked = [evidence(record, attestation) for record in records]
    anew = []
    for each in asked:
        forget()
        anew.append(judge(each))
    forget()

    twice = [[judge(each) for each in asked] for _ in range(2)]

    assert twice == [anew, anew]


@given(
    st.sampled_from(ITEMS), st.sampled_from(ITEMS), st.none() | st.sampled_from(Level)
)
def test_a_ruling_of_one_row_is_not_anothers(
    one: Item, other: Item, level: Level | None
) -> None:
    def both(function: Callable[..., object], *more: object) -> list[object]:
        return [function(item, *more) for item in (one, other)]

    made: list[Any] = [clause_results.examined, clause_results.collected]
    for function in made:
        assert both(function) == both(function.__wrapped__)
    listed: Any = clause_results.level_listed
    assert both(listed, level) == both(listed.__wrapped__, level)


def test_rulings_are_kept_by_rows_levels_and_days_alone() -> None:
    kept_by = {
        hint
        for function in KEEPING
        for name, hint in get_type_hints(function.__wrapped__).items()
        if name != "return"
    }

    assert kept_by == {Item, Level | None, date}


def test_what_an_agency_spells_freely_is_not_kept() -> None:
    judge(evidence(LOW_VOLTAGE))
    before = [function.cache_info().currsize for function in KEEPING]

    for spelled in ("张三", "110101199003074514"):
        judge(evidence(replace(LOW_VOLTAGE, evaluation_body=spelled)))

    assert [function.cache_info().currsize for function in KEEPING] == before


def test_a_kept_ruling_names_the_bodies_of_its_own_row() -> None:
    named = [
        finding(clause, evidence(record)).reason.en
        for clause in ("219-2a", "219-2b")
        for record in (LOW_VOLTAGE, RAIL_DRIVER)
    ]

    assert named == [
        "examined by Shanghai Institute of Work Safety Science",
        "examined by Shanghai Metro Vocational Skills Training School",
        "collected from Shanghai Institute of Work Safety Science, signature verified",
        (
            "collected from Qualification Centre (Cadre School) of the "
            "Shanghai Municipal Transportation Commission, signature verified"
        ),
    ]
