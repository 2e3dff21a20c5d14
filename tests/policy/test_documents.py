"""A change is of the one certificate that agrees with it, and of no other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.certificate import CertificateState, StateChange
from policy.documents import Document, is_revoked_by, sent_of
from policy.level import Level

DAY, OTHER_DAY = date(2026, 3, 1), date(2020, 3, 1)
HELD = Document(
    place="here",
    number="n",
    code="c",
    name="electrician",
    level=Level.LEVEL_4,
    first_issued_on=DAY,
    issued_on=DAY,
)
LEFT_OUT = ("code", "level", "first_issued_on", "issued_on")
CONTRARY: dict[str, object] = {
    "number": "m",
    "code": "d",
    "level": Level.LEVEL_3,
    "first_issued_on": OTHER_DAY,
    "issued_on": OTHER_DAY,
}


def change(state: CertificateState = CertificateState.REVOKED) -> StateChange:
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    return StateChange(state=state, effective_on=moment.date(), received_at=moment)


def less(*names: str, **changes: object) -> Document:
    """Return the document with something left out, or otherwise."""
    nothing = dict.fromkeys(names)
    return replace(HELD, place="there", **{**nothing, **changes})  # type: ignore[arg-type]  # by name


@given(st.sets(st.sampled_from(LEFT_OUT)), st.sets(st.sampled_from(LEFT_OUT)))
def test_whatever_either_side_leaves_out_it_is_one(
    of_change: set[str], of_certificate: set[str]
) -> None:
    held = replace(less(*of_certificate), place="here")

    assert sent_of([(less(*of_change), change())], [[held]]) == [(change(),)]


@pytest.mark.parametrize("name", CONTRARY)
def test_what_contradicts_is_another(name: str) -> None:
    rest = [one for one in LEFT_OUT if one != name]
    other = less(*rest, **{name: CONTRARY[name]})

    assert sent_of([(other, change())], [[HELD]]) == [()]


def test_without_a_code_the_name_says_which() -> None:
    other = less("code", name="crane driver")

    assert sent_of([(other, change())], [[HELD]]) == [()]


def test_where_one_has_no_code_the_name_decides_and_the_place_where_one_is_bare() -> (
    None
):
    bare = Document(place="there")

    assert HELD.is_one_with(less("code"))
    assert less("code").is_one_with(HELD)
    assert not HELD.is_one_with(less("code", name="crane driver"))
    assert bare.is_one_with(less())
    assert not bare.is_one_with(HELD)
    assert less("number").is_one_with(less(issued_on=OTHER_DAY))


def test_what_was_issued_later_is_another_than_that_of_a_day() -> None:
    assert HELD.is_after(OTHER_DAY)
    assert not HELD.is_after(DAY)
    assert not less("issued_on").is_after(OTHER_DAY)


def test_a_code_of_its_own_is_the_annex_s_where_it_was_mapped() -> None:
    """A manifest maps it from some day on, or the one that follows does not."""
    before, after = less(code="own"), replace(HELD, code="c", own_code="own")

    for one, other in ((before, after), (after, before), (HELD, after)):
        assert sent_of([(one, change())], [[other]]) == [(change(),)]


def test_of_several_that_agree_none_is_known() -> None:
    others = [replace(HELD, place="a", issued_on=OTHER_DAY), replace(HELD, number="m")]
    held = [[HELD], *([one] for one in others)]

    assert sent_of([(less("issued_on"), change())], held) == [None, None, ()]


def test_the_one_that_is_stated_alike_comes_first() -> None:
    undated = replace(HELD, place="undated", issued_on=None)

    found = sent_of([(undated, change())], [[HELD], [undated]])

    assert found == [(), (change(),)]


def test_of_a_place_alone_no_more_is_guessed() -> None:
    unknown = Document(place="here")

    assert sent_of([(unknown, change())], [[HELD]]) == [(change(),)]
    assert sent_of([(replace(unknown, place="x"), change())], [[HELD]]) == [()]
    assert sent_of([(HELD, change())], [[replace(unknown, place="x")]]) == [()]


def test_what_is_of_an_older_version_holds_for_the_newest() -> None:
    newest = replace(HELD, place="newest", first_issued_on=OTHER_DAY)

    assert sent_of([(HELD, change())], [[newest, HELD]]) == [(change(),)]


def test_the_last_word_decides_whether_it_is_revoked() -> None:
    revoked, lifted = change(), change(CertificateState.VALID)
    suspended = change(CertificateState.SUSPENDED)

    assert is_revoked_by([revoked, suspended])
    assert is_revoked_by([revoked, lifted, revoked])
    assert not is_revoked_by([revoked, lifted])
    assert not is_revoked_by([suspended])
