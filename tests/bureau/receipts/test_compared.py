"""Whatever was changed beside a receipt is named, and what was not is not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.receipts.compared import Part, Shown, compared
from signing.report import CheckOutcome
from tests.bureau.receipts.made import (
    ANSWERED,
    ASKED,
    DATA,
    ERRORS,
    SALT,
    TEXT,
    UNTRUSTED,
    VARIABLES,
    WHOLE,
    claims,
)

CLAIMS = claims()
WITHOUT_ERRORS = claims(answered=ANSWERED._replace(errors=None))
PASSED, FAILED, NOT_RUN = CheckOutcome


def outcomes(said: Any, shown: Shown) -> Mapping[Part, CheckOutcome]:
    return {row.part: row.outcome for row in compared(said, shown)}


def failed(said: Any, shown: Shown) -> set[Part]:
    return {part for part, it in outcomes(said, shown).items() if it is FAILED}


@pytest.mark.parametrize(
    "said", [pytest.param(CLAIMS, id="trusted"), pytest.param(claims(UNTRUSTED))]
)
def test_what_was_asked_and_answered_passes_in_every_part(said: Any) -> None:
    assert outcomes(said, WHOLE) == dict.fromkeys(Part, PASSED)


def test_an_answer_without_errors_passes_too() -> None:
    shown = replace(WHOLE, errors=None)

    assert outcomes(WITHOUT_ERRORS, shown) == dict.fromkeys(Part, PASSED)


def test_what_is_not_shown_is_not_compared() -> None:
    assert outcomes(CLAIMS, Shown()) == {
        Part.RECEIPT: PASSED,
        **dict.fromkeys([*Part][1:], NOT_RUN),
    }


def test_without_the_salt_nothing_that_is_committed_to_is_compared() -> None:
    found = outcomes(CLAIMS, replace(WHOLE, salt=None))

    assert {part for part, it in found.items() if it is NOT_RUN} == {
        Part.DATA,
        Part.ERRORS,
        Part.VARIABLES,
    }


@pytest.mark.parametrize(
    ("shown", "parts"),
    [
        pytest.param(replace(WHOLE, data=DATA + b" "), {Part.DATA}, id="data"),
        pytest.param(replace(WHOLE, errors=b"[]"), {Part.ERRORS}, id="errors"),
        pytest.param(replace(WHOLE, errors=None), {Part.ERRORS}, id="errors left out"),
        pytest.param(replace(WHOLE, document=TEXT + " "), {Part.DOCUMENT}),
        pytest.param(
            replace(WHOLE, variables={**VARIABLES, "n": "1"}), {Part.VARIABLES}
        ),
        pytest.param(replace(WHOLE, variables={}), {Part.VARIABLES}, id="none of them"),
        pytest.param(replace(WHOLE, caller="hr-jingan"), {Part.CALLER}, id="caller"),
        pytest.param(
            replace(WHOLE, salt=SALT[::-1]),
            {Part.DATA, Part.ERRORS, Part.VARIABLES},
            id="salt",
        ),
        pytest.param(
            replace(WHOLE, salt=b"short"), {Part.DATA, Part.ERRORS, Part.VARIABLES}
        ),
        pytest.param(
            replace(WHOLE, caller="x", document="x"), {Part.CALLER, Part.DOCUMENT}
        ),
    ],
)
def test_every_part_that_differs_is_named_and_no_other(
    shown: Shown, parts: set[Part]
) -> None:
    assert failed(CLAIMS, shown) == parts


def test_errors_that_were_added_are_named() -> None:
    assert failed(WITHOUT_ERRORS, WHOLE) == {Part.ERRORS}


def test_a_document_that_is_not_trusted_is_compared_under_the_salt() -> None:
    shown = replace(WHOLE, document=TEXT.replace("standing", "verdict"))

    assert failed(claims(UNTRUSTED), shown) == {Part.DOCUMENT}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param([], "no object", id="a list"),
        pytest.param({}, "version is not", id="nothing"),
        pytest.param(CLAIMS | {"version": "v2"}, "version is not", id="another one"),
        pytest.param(CLAIMS | {"more": 1}, "too many: more", id="a member too many"),
        pytest.param(
            {k: v for k, v in CLAIMS.items() if k != "data"}, "data", id="one missing"
        ),
    ],
)
def test_what_is_no_receipt_is_compared_with_nothing(said: Any, reason: str) -> None:
    first, *others = compared(said, WHOLE)

    assert (first.part, first.outcome) == (Part.RECEIPT, FAILED)
    assert reason in first.reason
    assert {row.outcome for row in others} == {NOT_RUN}


@given(st.data())
def test_any_byte_that_is_changed_is_named(data: st.DataObject) -> None:
    part, whole = data.draw(st.sampled_from([(Part.DATA, DATA), (Part.ERRORS, ERRORS)]))
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(whole)
    changed[place] ^= other

    shown = (
        replace(WHOLE, data=bytes(changed))
        if part is Part.DATA
        else replace(WHOLE, errors=bytes(changed))
    )
    assert failed(CLAIMS, shown) == {part}


@given(st.dictionaries(st.text(max_size=3), st.integers(-9, 9) | st.text(max_size=3)))
def test_other_variables_are_named(variables: dict[str, object]) -> None:
    said = claims(ASKED._replace(variables={"n": variables}))
    shown = replace(WHOLE, variables={"n": variables})

    assert failed(said, shown) == set()
    assert failed(said, replace(shown, variables=variables)) == {Part.VARIABLES}
