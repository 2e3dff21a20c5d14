"""Identity numbers are found however they are written; other numbers are left alone."""

import re
from datetime import date, datetime
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from policy.gb11643 import check_character
from policy.identity_numbers import has_identity_number, without_identity_numbers

NUMBER = "310199196001157008"
OLD = "310199600115700"
MARKS = (*"-. _/,", "·", "，", "\u3000", "\u200b", "\u00a0", "—", " - ", "——")
DIGITS = (
    "0123456789X",
    "0123456789x",
    "０１２３４５６７８９Ｘ",
    "٠١٢٣٤٥٦٧٨٩X",
)
AROUND = ("", "T", "case", "认定理由：", "12 ", "claim-", "（", "\n")

born = st.dates(date(1900, 1, 1), date(2021, 12, 31))
serials = st.integers(0, 999).map("{:03}".format)
places = st.integers(100000, 999999).map(str)
marks = st.sampled_from(MARKS)
seen_marks = st.sampled_from([mark for mark in MARKS if mark != "\u200b"])


@st.composite
def residents(draw: st.DrawFn) -> str:
    """A number of eighteen characters that may be somebody's."""
    number = f"{draw(places)}{draw(born):%Y%m%d}{draw(serials)}"
    return number + check_character(number)


@st.composite
def of_before_1999(draw: st.DrawFn) -> str:
    """A number of fifteen digits that may be somebody's."""
    day = draw(st.dates(date(1940, 1, 1), date(1999, 12, 31)))
    place = draw(st.sampled_from(("310199", "110101", "650102", "440524", "820000")))
    return f"{place}{day:%y%m%d}{draw(serials)}"


def apart(number: str, cuts: list[int], mark: str) -> str:
    """Return ``number`` with ``mark`` at each of ``cuts``."""
    ends = [0, *cuts, len(number)]
    return mark.join(number[a:b] for a, b in pairwise(ends))


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A number in some spelling, and the text that it stands in."""
    number = draw(residents())
    cuts = draw(st.sets(st.integers(1, 17)))
    if draw(st.booleans()):
        number = draw(of_before_1999())
        even = [list(range(size, 15, size)) for size in range(1, 6)]
        fields = draw(st.sets(st.sampled_from((6, 8, 10, 12))))
        cuts = set(draw(st.sampled_from((sorted(fields), *even))))
    spelt = apart(number, sorted(cuts), draw(marks))
    spelt = spelt.translate(str.maketrans("0123456789X", draw(st.sampled_from(DIGITS))))
    before, after = (
        draw(st.sampled_from(AROUND)),
        draw(st.sampled_from(("", "号", "."))),
    )
    return spelt, f"{before}{spelt}{after}"


@given(written())
def test_a_number_is_found_however_it_is_written(case: tuple[str, str]) -> None:
    spelt, text = case

    masked = without_identity_numbers(text)

    assert has_identity_number(text)
    assert spelt not in masked
    assert len(masked) == len(text)
    assert not has_identity_number(masked)


UNSEEN = ("\u200b", "\ufe0f", "\u3164", "\u115f", "\U000e0100", "\u200b" * 9, "\xad")


@given(written(), st.data())
def test_a_number_with_something_unseen_in_it_is_found(
    case: tuple[str, str], data: st.DataObject
) -> None:
    spelt, text = case
    for _ in range(data.draw(st.integers(1, 4))):
        cut = data.draw(st.integers(1, len(spelt) - 1))
        spelt = f"{spelt[:cut]}{data.draw(st.sampled_from(UNSEEN))}{spelt[cut:]}"
    text = text.replace(case[0], spelt)

    masked = without_identity_numbers(text)

    assert has_identity_number(text)
    assert spelt not in masked
    assert len(masked) == len(text)
    assert not has_identity_number(masked)


@pytest.mark.parametrize(
    "text",
    [
        "310199-19600115-7008",
        "310199.19600115.7008",
        "310199 19600115 7008",
        "310199 - 19600115. 7008",
        "310199:19600115:7008",
        "310199600115700",
        "310199-600115-700",
        # Evenly, and where fields meet, but not both.
        "3101 9919 6001 1570 08",
        "31019-96001-15700",
        "310199600-115700",
        "31019960-0115-700",
        f"{'ab' * 8}{OLD}",
        f"{OLD}{'cd' * 8}",
        f"{'ab' * 4}{OLD}{'cd' * 4}",
    ],
)
def test_the_forms_that_passed_are_found(text: str) -> None:
    assert has_identity_number(text)


# So taken apart that no fifteen of the digits stand between marks by themselves.
CUTS = st.sampled_from(([6, 14], [6, 10, 12, 14], [4, 8, 12, 16], [14], [6]))


@given(residents(), CUTS, seen_marks, st.data())
def test_between_marks_the_check_character_decides(
    number: str, cuts: list[int], mark: str, data: st.DataObject
) -> None:
    wrong = data.draw(st.sampled_from("0123456789X"))
    assume(wrong != number[-1])
    altered = number[:-1] + wrong

    assert has_identity_number(altered)
    assert not has_identity_number(apart(altered, cuts, mark))


@given(places, st.dates(date(2022, 1, 1), date(2099, 12, 31)), serials, seen_marks)
def test_a_district_a_day_of_the_notices_time_and_a_serial_number_are_a_files(
    place: str, day: date, serial: str, mark: str
) -> None:
    number = f"{place}{day:%Y%m%d}{serial}"
    number += check_character(number)

    assert not has_identity_number(apart(number, [6, 14], mark))
    if day.year < 2040:
        assert not has_identity_number(f"{place}{mark}{day:%y%m%d}{mark}{serial}")


@given(
    st.lists(st.dates(date(2022, 1, 1), date(2099, 12, 31)), max_size=4),
    st.sampled_from(("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日")),
    st.sampled_from((" ", "、", "至", " - ", "～", ", ")),
)
def test_days_are_left_alone(days: list[date], form: str, between: str) -> None:
    text = between.join(day.strftime(form) for day in days)

    assert without_identity_numbers(text) == text


MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - as text


@given(MOMENTS, MOMENTS)
def test_moments_are_left_alone(begun: object, ended: object) -> None:
    text = f"{begun} {ended}"

    assert without_identity_numbers(text) == text


@example([43, 22, 21, 60])
@given(st.lists(st.integers(0, 100), max_size=6))
def test_amounts_are_left_alone(hundreds: list[int]) -> None:
    text = " + ".join(f"{hundred * 100:,}.00" for hundred in hundreds)

    assert without_identity_numbers(text) == text


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_random_ids_are_left_alone(id_: object, digest: bytes) -> None:
    # A digest has eighteen digits like a number's once in a hundred thousand times.
    assume(re.search(r"\d{18}", digest.hex()) is None)

    assert not has_identity_number(f"{id_} {digest.hex()}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("沪人社补〔2026〕12号", id="a file number"),
        pytest.param("91310000132621041X", id="a social credit code"),
        pytest.param("6222021001116245702", id="a bank account"),
        pytest.param("1700000000000000000", id="nanoseconds"),
        pytest.param("202601151234567", id="a day and a serial number"),
        pytest.param("310115001234567", id="a business registration"),
        pytest.param("990199600115700", id="no province"),
        pytest.param("310199391231700", id="born before 1940"),
        pytest.param("310199600230700", id="no day of any calendar"),
        pytest.param("310-199600115700-", id="groups of nobody"),
        pytest.param("021-62345678, 13812345678", id="telephones"),
        pytest.param(f"5{OLD}", id="sixteen digits"),
        pytest.param(f"{'ab' * 10}{OLD}{'cd' * 10}", id="in a digest"),
        pytest.param(f"{'ab' * 8}a{OLD}", id="at the end of one of 32"),
        pytest.param(f"{OLD}{'cd' * 8}c", id="at the beginning of one"),
        pytest.param(f"a{'ab' * 4}{OLD}{'cd' * 4}", id="in the middle of one"),
        pytest.param("310-1996-00115700", id="neither evenly nor by fields"),
        pytest.param("310199     19600115     7008", id="far apart"),
        pytest.param("310199a19600115a7008", id="letters between"),
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert without_identity_numbers(text) == text
    assert not has_identity_number(text)


def test_of_two_that_share_digits_nothing_is_left() -> None:
    one, another = f"{NUMBER[:16]}31", NUMBER
    masked = without_identity_numbers(f"{one}{another[2:]}")

    assert masked == f"310{'*' * 13}310{'*' * 13}08"
