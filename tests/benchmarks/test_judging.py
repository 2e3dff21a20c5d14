"""An answer that is not whole is right only if it says what it leaves out."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from benchmarks.judging import judged
from benchmarks.native import Other
from benchmarks.people import AGENCIES, certificates

TODAY = date(2026, 3, 2)
SICK = "transport"
"""The last of them."""


def node(number: str, item: str) -> dict[str, Any]:
    findings = [{"clause": "219-1", "outcome": "MET", "reason": "as it is"}]
    return {
        "number": number,
        "item": item,
        "state": "VALID",
        "eligibility": {"outcome": "ELIGIBLE", "findings": findings},
    }


WHOLE: dict[str, Any] = {
    "certificates": {
        "nodes": [
            node(one.number, one.item.name.zh)
            for agency in AGENCIES
            for one in certificates(0, agency, TODAY)
        ]
    },
    "sources": [{"outcome": "ANSWERED"}] * len(AGENCIES),
}
Change = Callable[[dict[str, Any]], None]


def honest(outcome: str = "TIMED_OUT") -> dict[str, Any]:
    """Return what is left where the last agency says nothing."""
    holder = deepcopy(WHOLE)
    del holder["certificates"]["nodes"][-2:]
    holder["sources"][-1] = {"outcome": outcome}
    return holder


def other(holder: object, status: int = 200, **more: object) -> Other:
    body = json.dumps({"data": {"holder": holder}, **more}).encode()
    return Other(0, status, 1_900_000, body)


def test_what_says_that_an_agency_did_not_answer_is_incomplete() -> None:
    found = judged([other(honest())], [WHOLE], TODAY, [SICK])

    assert (found.incomplete_us, found.beyond, found.wrong) == ([1_900_000], 0, [])


def test_what_leaves_out_an_agency_that_is_well_is_beyond_it() -> None:
    found = judged([other(honest())], [WHOLE], TODAY, ["fire-rescue"])

    assert (found.beyond, found.wrong) == (1, [])


def test_a_clause_may_be_undetermined_by_what_is_left_out() -> None:
    unsure = honest()
    first = unsure["certificates"]["nodes"][0]["eligibility"]
    first["outcome"] = first["findings"][0]["outcome"] = "UNDETERMINED"

    assert judged([other(unsure)], [WHOLE], TODAY).wrong == []


def says_no(holder: dict[str, Any]) -> None:
    holder["sources"][-1] = {"outcome": "NONE"}


def loses_one_of_an_agency_that_is_well(holder: dict[str, Any]) -> None:
    del holder["certificates"]["nodes"][0]


def shows_another_state(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["state"] = "REVOKED"


def decides_otherwise(holder: dict[str, Any]) -> None:
    holder["certificates"]["nodes"][0]["eligibility"]["outcome"] = "INELIGIBLE"


def finds_otherwise(holder: dict[str, Any]) -> None:
    eligibility = holder["certificates"]["nodes"][0]["eligibility"]
    eligibility["findings"][0]["outcome"] = "NOT_MET"


@pytest.mark.parametrize(
    "change",
    [
        says_no,
        loses_one_of_an_agency_that_is_well,
        shows_another_state,
        decides_otherwise,
        finds_otherwise,
    ],
)
def test_what_says_anything_else_is_wrong(change: Change) -> None:
    holder = honest()
    change(holder)

    found = judged([other(holder)], [WHOLE], TODAY)

    assert len(found.wrong) == 1
    assert found.incomplete_us == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(other(None), id="nobody"),
        pytest.param(other(honest(), errors=[{"message": "no"}]), id="errors"),
        pytest.param(other(honest(), status=500), id="500"),
        pytest.param(Other(0, 429, 1, b"{}"), id="another refusal"),
    ],
)
def test_what_is_no_answer_is_wrong(answer: Other) -> None:
    assert len(judged([answer], [WHOLE], TODAY).wrong) == 1
