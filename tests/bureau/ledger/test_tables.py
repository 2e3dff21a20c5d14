"""Tables for a spreadsheet, and the comparison of a list with the ledger."""

import csv
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from bureau.ledger.decisions_csv import HEADER, header_row, rows_of
from bureau.ledger.reading import BookedDecision
from bureau.ledger.reconciliation import (
    ClaimState,
    Compared,
    Entry,
    Listed,
    differing,
)
from bureau.ledger.sums import MEASURES, Measures, Place, TotalsRow
from bureau.ledger.totals_csv import csv_of, safe
from policy.catalogue import load_catalogue
from policy.evidence import ClaimantCategory, Fund
from policy.level import Level
from policy.payment_states import PaymentState
from tests.store.ledger.test_ledger import NOON, decision

CATALOGUE = load_catalogue()
FULL = replace(
    decision(
        item="1.2",
        level=Level.UNGRADED,
        authority="emergency-management",
        category=ClaimantCategory.EMPLOYED,
        decided_on=date(2026, 11, 25),
        recorded_at=NOON,
        fund=Fund.SKILLS,
        evidence="e" * 64,
    ),
    id=7,
)
"""A decision of which everything is known."""


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def table(*booked: BookedDecision) -> list[dict[str, str]]:
    return cells(header_row() + rows_of(booked, CATALOGUE))


def test_a_decision_is_a_row_with_names_beside_codes() -> None:
    assert header_row().startswith("\ufeffdecision,claim,")
    assert table(BookedDecision(FULL, PaymentState.PAID, 800)) == [
        {
            "decision": "7",
            "claim": FULL.claim,
            "outcome": "PAID",
            "decided_on": "2026-11-25",
            "recorded_at": "2026-11-25T12:00:00+00:00",
            "recorded_by": FULL.recorded_by,
            "district": "310115",
            "district_name": "浦东新区",
            "authority": "emergency-management",
            "authority_name": "上海市应急管理局",
            "item": "1.2",
            "item_name": "低压电工作业",
            "level": "UNGRADED",
            "level_name": "不区分等级（初领证书）",
            "category": "EMPLOYED",
            "fund": "SKILLS",
            "amount_yuan": "2000",
            "payment_state": "PAID",
            "paid_yuan": "800",
            "certificate": FULL.certificate,
            "evidence": "e" * 64,
        }
    ]


def test_what_is_not_known_of_a_decision_is_an_empty_cell() -> None:
    bare = replace(
        FULL,
        item=None,
        level=None,
        authority="?",
        district="?",
        category=None,
        fund=None,
        amount_yuan=None,
    )

    (row,) = table(BookedDecision(bare, None, 0))

    empty = {name for name in HEADER if row[name] == ""}
    assert empty == {
        *("district_name", "authority_name", "item", "item_name", "level"),
        *("level_name", "category", "fund", "amount_yuan", "payment_state"),
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_computed_by_a_spreadsheet(start: str) -> None:
    assert safe(f"{start}1") == f"'{start}1"
    assert safe(f"1{start}") == f"1{start}"
    (row,) = table(BookedDecision(replace(FULL, claim=f"{start}1"), None, 0))
    assert row["claim"] == f"'{start}1"


def test_sums_are_rows_with_names_beside_codes() -> None:
    measures = Measures()
    for number, name in enumerate(MEASURES):
        measures.add(name, number)
        measures.add(name, 1)
    place = Place(
        month="2026-11",
        authority="transport",
        district="310104",
        item="4-02-01-01",
        level="LEVEL_3",
    )

    written = csv_of(
        [TotalsRow(place, measures), TotalsRow(Place(), Measures())], CATALOGUE
    )

    assert written.startswith("\ufeffmonth,authority,")
    full, bare = cells(written)
    assert full == {
        "month": "2026-11",
        "authority": "transport",
        "authority_name": "上海市交通委员会",
        "district": "310104",
        "district_name": "徐汇区",
        "item": "4-02-01-01",
        "item_name": "轨道交通司机（城市轨道交通列车司机）",
        "level": "LEVEL_3",
        "level_name": "高级工（三级）",
        **{name: str(number + 1) for number, name in enumerate(MEASURES)},
    }
    assert {bare[name] for name in MEASURES} == {"0"}
    assert {value for name, value in bare.items() if name not in MEASURES} == {""}


ENTRY = Entry(
    claim="c-1",
    amount_yuan=800,
    district="310115",
    person="p",
    certificate="one",
    day=date(2026, 11, 25),
    state=ClaimState.PAID,
)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ({}, []),
        ({"amount_yuan": Decimal("800.00")}, []),
        ({"amount_yuan": Decimal("800.01")}, [Compared.AMOUNT]),
        ({"district": "310115"}, []),
        ({"district": "310104"}, [Compared.DISTRICT]),
        ({"people": ["q", "p"]}, []),
        ({"people": ["q"]}, [Compared.PERSON]),
        ({"people": []}, [Compared.PERSON]),
        ({"certificate": "ONE"}, []),
        ({"certificate": "two"}, [Compared.CERTIFICATE]),
        ({"day": date(2026, 11, 25)}, []),
        ({"day": date(2026, 11, 24)}, [Compared.DAY]),
        ({"state": ClaimState.PAID}, []),
        ({"state": ClaimState.RETURNED}, [Compared.STATE]),
        (
            {
                "state": ClaimState.REFUSED,
                "day": date(2026, 11, 24),
                "certificate": "two",
                "people": ["q"],
                "district": "310104",
                "amount_yuan": Decimal(0),
            },
            list(Compared),
        ),
    ],
    ids=str,
)
def test_what_a_list_states_is_compared_and_nothing_else(
    listed: dict[str, object], expected: list[Compared]
) -> None:
    stated = Listed(claim="c-1", **listed)  # type: ignore[arg-type]  # by name

    assert differing(stated, ENTRY, lambda one, other: one.lower() == other) == expected


def test_whose_a_claim_is_is_not_shown() -> None:
    assert ENTRY.shown() == {
        Compared.AMOUNT: 800,
        Compared.DISTRICT: "310115",
        Compared.CERTIFICATE: "one",
        Compared.DAY: "2026-11-25",
        Compared.STATE: "PAID",
    }
