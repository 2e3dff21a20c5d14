"""The edges of single fields: a count, an empty date, the longest text."""

import pytest

from connectors.decoding.readers import MAX_TEXT, RecordError
from connectors.decoding.record_fields import RecordFields
from tests.connectors.agency import RECORD, manifest

STATE = 'state = "state"'
LIST = '[status_list]\nurl = "https://lists.example.cn/1"\n[endpoint]'
FIELDS = RecordFields(
    manifest(
        (STATE, f'{STATE}\nstatus_index = "place"\nheld = "held"'),
        ("[endpoint]", LIST),
    ).record
)


@pytest.mark.parametrize("place", [None, 0, 1, 4_000_000])
def test_a_place_in_the_list_is_a_count_from_0(place: int | None) -> None:
    assert FIELDS.record({**RECORD, "place": place}).status_index == place


@pytest.mark.parametrize("place", [-1, True, False, "1", "", [0], {"1": 0}])
def test_a_place_that_is_no_count_is_refused(place: object) -> None:
    with pytest.raises(RecordError, match="status_index is no count from 0 on"):
        FIELDS.record({**RECORD, "place": place})


@pytest.mark.parametrize("held", [1, 2, 1000])
def test_so_many_are_held(held: int) -> None:
    assert FIELDS.held({"held": held}) == held


@pytest.mark.parametrize("held", [0, -1, True, "1", [1]])
def test_a_number_held_that_is_no_count_is_refused(held: object) -> None:
    with pytest.raises(RecordError, match="held is no count from 1 on"):
        FIELDS.held({"held": held})


@pytest.mark.parametrize("day", ["", None])
def test_an_empty_date_is_not_stated(day: str | None) -> None:
    record = FIELDS.record({**RECORD, "dates": {"issued": day}})

    assert record.issued_on is None


@pytest.mark.parametrize("day", [0, False, [], {}, "-"])
def test_a_date_that_is_nothing_else_is_refused(day: object) -> None:
    with pytest.raises(RecordError, match="issued_on is no date"):
        FIELDS.record({**RECORD, "dates": {"issued": day}})


def test_the_longest_text_is_kept_and_one_character_more_is_refused() -> None:
    longest = "字" * MAX_TEXT

    assert FIELDS.record({**RECORD, "title": longest}).title == longest
    with pytest.raises(RecordError, match="it has 501"):
        FIELDS.record({**RECORD, "title": f"{longest}字"})


def test_the_longest_form_of_a_text_is_kept_and_one_character_more_is_refused() -> None:
    """One character may be four in its normal form: ㍿ is 株式会社."""
    longest = "㍿" * (MAX_TEXT // 4)

    assert len(FIELDS.record({**RECORD, "number": longest}).number) == MAX_TEXT
    with pytest.raises(RecordError, match="number is no text of 500 characters"):
        FIELDS.record({**RECORD, "number": f"{longest}1"})
