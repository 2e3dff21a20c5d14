"""17-once: which national occupations are others than a row's for certain."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.case import ClaimCase
from policy.catalogue import load_catalogue
from policy.claim_clauses import not_paid_before
from policy.errors import AnnexError
from policy.evidence import Claim, Payment
from policy.finding import FindingOutcome
from policy.level import Level
from policy.occupations import best, other_occupation
from policy.parameters import Grouping, load_parameters, read_parameters
from policy.row import row_of_item
from policy.table import read_annex

MET, UNMET = FindingOutcome.MET, FindingOutcome.UNMET
UNDETERMINED = FindingOutcome.UNDETERMINED
CATALOGUE = load_catalogue()
FIGURES = load_parameters().in_force(date(2026, 1, 1))
PAIRS = [
    (item.code, level) for item in CATALOGUE.items.values() for level in item.levels
]
RELATIONS = FIGURES.doubtful_occupations


def once(code: str, level: Level | None, paid: str | None) -> FindingOutcome:
    """Return 17-once for a row after a payment under ``paid`` at the highest level."""
    payment = Payment(item_code=paid, level=Level.LEVEL_1, category=None)
    case = ClaimCase(
        claim=Claim(payments=(payment,)),
        row=row_of_item(CATALOGUE.items[code]),
        level=level,
        first_issued_on=None,
        issued_on=None,
        figures=FIGURES,
        catalogue=CATALOGUE,
    )
    found = not_paid_before(case)[0]
    # Of the highest level it is barred by the occupation alone.
    assert other_occupation(case, paid) is found
    return found


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (MET, MET, MET),
        (MET, UNMET, MET),
        (MET, UNDETERMINED, MET),
        (UNMET, UNMET, UNMET),
        (UNMET, UNDETERMINED, UNDETERMINED),
        (UNDETERMINED, UNDETERMINED, UNDETERMINED),
    ],
)
def test_one_reason_is_enough_and_what_is_not_known_is_not_rounded(
    one: FindingOutcome, other: FindingOutcome, expected: FindingOutcome
) -> None:
    assert best(one, other) is best(other, one) is expected


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [("ONE", UNMET), ("SEPARATE", MET), ("UNDETERMINED", UNDETERMINED)],
)
def test_two_rows_of_a_group_are_one_occupation_as_the_figure_says(
    grouping: str, expected: FindingOutcome
) -> None:
    case = ClaimCase(
        claim=Claim(),
        row=row_of_item(CATALOGUE.items["1.2"]),
        level=None,
        first_issued_on=None,
        issued_on=None,
        figures=replace(FIGURES, occupation_grouping=Grouping(grouping)),
        catalogue=CATALOGUE,
    )

    assert other_occupation(case, "1.1") is expected
    assert other_occupation(case, "1.2") is UNMET
    assert other_occupation(case, "2.1") is MET
    unknown = replace(case, row=replace(case.row, item=None))
    assert other_occupation(unknown, "2.1") is UNDETERMINED


@pytest.mark.parametrize(
    ("code", "paid", "expected"),
    [
        pytest.param("1.2", "4-03-02-01", MET, id="a cook, low voltage"),
        pytest.param("1.2", "6-31-01-03", UNDETERMINED, id="electrician, low voltage"),
        pytest.param("SH-RELAY", "6-31-01-03", UNDETERMINED, id="electrician, relays"),
        pytest.param("2.1", "6-31-01-03", MET, id="an electrician, welding"),
        pytest.param("2.1", "6-18-02-04", UNDETERMINED, id="a welder, welding"),
        pytest.param("1.2", "6-18-02-04", MET, id="a welder, low voltage"),
        pytest.param("3.1", "6-29-01-04", UNDETERMINED, id="a scaffolder, scaffolds"),
        pytest.param("4.1", "6-11-01-04", UNDETERMINED, id="refrigeration"),
        pytest.param("4.2", "6-29-03-05", UNDETERMINED, id="its installation"),
        pytest.param("4.2", "4-07-05-01", MET, id="a guard, refrigeration"),
        pytest.param("9.1", "6-11-02-01", UNDETERMINED, id="chemical works"),
        pytest.param("9.16", "6-31-01-04", UNDETERMINED, id="instruments"),
        pytest.param("9.16", "6-11-02-01", UNDETERMINED, id="in two of its tables"),
        pytest.param("9.1", "6-31-01-04", MET, id="instruments, another process"),
        pytest.param("4-02-01-01", "4-02-01-01", UNMET, id="the row's own"),
        pytest.param("4-02-01-01", "4-02-01-02", MET, id="a neighbour's"),
        pytest.param("4-07-05-04.1", "4-07-05-04", UNDETERMINED, id="either direction"),
        pytest.param("4-07-05-04.1", "4-07-05-01", MET, id="a guard, fire"),
        pytest.param("1.2", "4-07-05-04", MET, id="fire, low voltage"),
        # Not in the form of the classification: it may be mistyped.
        pytest.param("1.2", "4-03-02-1", UNDETERMINED, id="a digit lost"),
        pytest.param("1.2", "4-03-02", UNDETERMINED, id="a group"),
        pytest.param("1.2", "4030201", UNDETERMINED, id="no hyphens"),
        pytest.param("1.2", "9-03-02-01", UNDETERMINED, id="no such great group"),
        pytest.param("1.2", "0-03-02-01", UNDETERMINED, id="nor this one"),
        pytest.param("1.2", "4-03-02-01 ", UNDETERMINED, id="a blank after it"),
        pytest.param("1.2", "4-03-02-01\n", UNDETERMINED, id="a line end after it"),
        pytest.param("1.2", "4-03-02-0\u0661", UNDETERMINED, id="another's digits"),
        pytest.param("1.2", "2.9", UNDETERMINED, id="a code of special operations"),
        pytest.param("1.2", None, UNDETERMINED, id="no code"),
    ],
)
def test_a_national_code_without_relation_is_another_occupation(
    code: str, paid: str | None, expected: FindingOutcome
) -> None:
    assert once(code, CATALOGUE.items[code].levels[0], paid) is expected


NATIONAL = st.from_regex(re.compile(r"[1-8](-[0-9]{2}){3}", re.ASCII), fullmatch=True)


@given(pair=st.sampled_from(PAIRS), paid=NATIONAL)
def test_a_national_code_bars_nothing_but_its_own_row(
    pair: tuple[str, Level], paid: str
) -> None:
    code, level = pair

    found = once(code, level, paid)

    if paid == code:
        assert found is UNMET
    elif paid == CATALOGUE.items[code].shared_code:
        assert found is UNDETERMINED
    else:
        related = any(f"{paid}-".startswith(f"{one}-") for one in RELATIONS[code])
        assert found is (UNDETERMINED if related else MET)


@given(pair=st.sampled_from(PAIRS), data=st.data())
def test_a_related_occupation_is_never_decided_but_by_a_lower_level(
    pair: tuple[str, Level], data: st.DataObject
) -> None:
    code, level = pair
    group = data.draw(st.sampled_from(RELATIONS[code]))
    missing = 3 - group.count("-")
    tail = data.draw(st.lists(st.integers(0, 99), min_size=missing, max_size=missing))
    paid = "-".join([group, *(f"{part:02}" for part in tail)])

    assert once(code, level, paid) is UNDETERMINED


def test_every_row_has_its_relations_and_none_is_of_the_row_itself() -> None:
    assert RELATIONS.keys() == CATALOGUE.items.keys()
    assert not set(CATALOGUE.items) & {
        one for all_ in RELATIONS.values() for one in all_
    }


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param('"6-18-02",', '"618-02",', "no national code", id="form"),
        pytest.param('"6-18-02",', '"6",', "no national code", id="a great group"),
        pytest.param(
            'doubtful = ["6-29"]', 'doubt = ["6-29"]', "unknown key", id="key"
        ),
    ],
)
def test_a_relation_that_cannot_be_is_refused(
    before: str, after: str, complaint: str
) -> None:
    text = read_annex("clauses.toml")
    assert text.count(before) == 1

    with pytest.raises(AnnexError, match=complaint):
        read_parameters(text.replace(before, after))


def test_a_level_below_is_allowed_beside_a_related_occupation() -> None:
    payment = Payment(item_code="3-02-03-01", level=Level.LEVEL_5, category=None)
    case = ClaimCase(
        claim=Claim(payments=(payment,)),
        row=row_of_item(CATALOGUE.items["4-07-05-04.1"]),
        level=Level.LEVEL_4,
        first_issued_on=None,
        issued_on=None,
        figures=FIGURES,
        catalogue=CATALOGUE,
    )

    assert not_paid_before(case)[0] is MET
    assert not_paid_before(replace(case, level=Level.LEVEL_5))[0] is UNDETERMINED
