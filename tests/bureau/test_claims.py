"""A match stands by itself; anything less only where the registry proved all it has."""

from dataclasses import replace
from datetime import date

import pytest

from bureau.claims import ClaimVerdict, weigh
from connectors.answer import Answer, AttestedCertificate, SourceOutcome
from policy.level import Level
from policy.stated import ClaimOutcome, StatedCertificate
from tests.bureau.test_person import (
    CATALOGUE,
    DRIVER,
    GOOD,
    LOOK_ALIKE,
    NO_LEVEL,
    OTHER_LEVEL,
    REVOKED,
    agency,
    answered,
)

MATCH, MISMATCH, NOT_FOUND, UNKNOWN = ClaimOutcome
STATED = StatedCertificate(
    items=frozenset({DRIVER.code}),
    level=Level.LEVEL_4,
    issued_on=GOOD.record.issued_on,
    number=GOOD.record.number,
)

OWN_CODE = replace(GOOD, record=replace(GOOD.record, item_code="1102"))
PADDED = replace(GOOD, record=replace(GOOD.record, item_code=f" {DRIVER.code}\u200b"))


def weighed(answer: Answer, stated: StatedCertificate = STATED) -> ClaimVerdict:
    return weigh(stated, [(agency(), answer)], CATALOGUE)


@pytest.mark.parametrize(
    ("answer", "outcome", "about"),
    [
        pytest.param(answered(GOOD), MATCH, GOOD, id="as stated"),
        pytest.param(answered(REVOKED), MATCH, REVOKED, id="revoked is not wrong"),
        pytest.param(answered(OTHER_LEVEL, GOOD), MATCH, GOOD, id="the best counts"),
        pytest.param(answered(PADDED), MATCH, PADDED, id="a code in another spelling"),
        pytest.param(answered(OWN_CODE), UNKNOWN, OWN_CODE, id="a strange code"),
        pytest.param(answered(OTHER_LEVEL), MISMATCH, OTHER_LEVEL, id="another level"),
        pytest.param(answered(NO_LEVEL), UNKNOWN, NO_LEVEL, id="no level there"),
        pytest.param(
            answered(LOOK_ALIKE),
            MISMATCH,
            LOOK_ALIKE,
            id="the number is of another item",
        ),
        pytest.param(
            answered(outcome=SourceOutcome.NONE), NOT_FOUND, None, id="a signed none"
        ),
    ],
)
def test_a_complete_answer_decides(
    answer: Answer, outcome: ClaimOutcome, about: AttestedCertificate | None
) -> None:
    verdict = weighed(answer)

    assert verdict.outcome is outcome
    assert verdict.certificate is about


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(answered(GOOD, is_complete=False), MATCH, id="as stated"),
        pytest.param(answered(OTHER_LEVEL, is_complete=False), UNKNOWN, id="wrong"),
        pytest.param(answered(is_complete=False), UNKNOWN, id="nothing shown"),
        pytest.param(
            answered(GOOD, outcome=SourceOutcome.UNVERIFIED, is_complete=False),
            MATCH,
            id="as stated, beside what was not believed",
        ),
        pytest.param(
            answered(OTHER_LEVEL, outcome=SourceOutcome.UNVERIFIED, is_complete=False),
            UNKNOWN,
            id="wrong, beside what was not believed",
        ),
        *(
            pytest.param(answered(outcome=outcome, is_complete=False), UNKNOWN)
            for outcome in SourceOutcome
            if outcome not in {SourceOutcome.ANSWERED, SourceOutcome.NONE}
        ),
    ],
)
def test_an_answer_that_proves_nothing_decides_nothing_but_a_match(
    answer: Answer, outcome: ClaimOutcome
) -> None:
    assert weighed(answer).outcome is outcome


def test_what_is_not_known_names_no_field() -> None:
    verdict = weighed(answered(OTHER_LEVEL, is_complete=False))

    assert (verdict.comparison, verdict.certificate) == (None, None)


def test_another_agencys_silence_is_no_proof() -> None:
    elsewhere = agency("shanghai-fire-training-detachment")
    none = answered(outcome=SourceOutcome.NONE)

    assert weigh(STATED, [(elsewhere, none)], CATALOGUE).outcome is UNKNOWN
    assert weigh(STATED, [], CATALOGUE).outcome is UNKNOWN


def test_a_mismatch_says_the_same_whatever_would_be_right() -> None:
    days = [date(2023, 6, 1), date(2024, 2, 29)]
    records = [replace(GOOD, record=replace(GOOD.record, issued_on=d)) for d in days]

    first, second = (weighed(answered(record)) for record in records)

    assert first.outcome is MISMATCH
    assert (first.reason, first.comparison) == (second.reason, second.comparison)
