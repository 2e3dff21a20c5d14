"""The edges of single fields: a count, an empty date, the longest text."""

from datetime import date

import pytest
from msgspec.structs import replace

from connectors.decoding.readers import KEPT, MAX_TEXT, RecordError
from connectors.decoding.record_fields import RecordFields
from policy.certificate import Spelling
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


TEXTS = (
    *("number", "holder_name", "title", "category", "item", "item_code", "authority"),
    *("evaluation_body", "collection_body", "licence_id"),
)
DATES = (
    *("first_issued_on", "issued_on", "valid_from", "valid_until", "review_due_on"),
    "state_since",
)
EVERY = RecordFields(
    replace(
        manifest().record,
        **{name: name for name in (*TEXTS, *DATES, "level", "state", "state_reason")},
        id_type="id_type",
    )
)
"""Fields that are read under their own names."""
FULL = dict.fromkeys(TEXTS, "x") | {"id": RECORD["id"]}


@pytest.mark.parametrize("name", TEXTS)
def test_a_field_that_is_no_text_is_named_with_its_form(name: str) -> None:
    with pytest.raises(RecordError) as refusal:
        EVERY.record({**FULL, name: ["x"]})

    assert str(refusal.value) == (
        f"{name} is no text of at most {MAX_TEXT} characters: it is a list"
    )


@pytest.mark.parametrize("name", DATES)
def test_a_field_that_is_no_date_is_named_with_its_form(name: str) -> None:
    with pytest.raises(RecordError) as refusal:
        EVERY.record({**FULL, name: "1 June"})

    assert str(refusal.value) == f"{name} is no date as YYYY-MM-DD: it is `0 Aaaa`"
    assert getattr(EVERY.record({**FULL, name: "2026-06-01"}), name) == date(2026, 6, 1)


@pytest.mark.parametrize("name", ["level", "state", "id_type", "held", "status_index"])
def test_an_expression_that_stumbles_is_named_with_its_field(name: str) -> None:
    stumbling = {name: "length(place)"}
    fields = RecordFields(replace(manifest().record, **stumbling))

    with pytest.raises(RecordError, match=f"^{name} does not fit the manifest: "):
        (fields.held if name == "held" else fields.record)({**RECORD, "place": 7})


def test_a_type_that_is_not_known_is_told_by_its_form() -> None:
    with pytest.raises(RecordError, match="id_type is not known: it is `Aaa 00`"):
        EVERY.record({**FULL, "id_type": "Abc 12"})


def test_what_came_in_its_form_is_spelt_in_no_other_way() -> None:
    plain = EVERY.record({**FULL, "number": "1", "item_code": "1.2"})
    spelt = EVERY.record({**FULL, "number": "1", "item_code": "1.2 "})
    bare = EVERY.record({**FULL, "number": "1 ", "item_code": None})

    assert (plain.spelt, plain.own_item_code, plain.item_code) == (None, None, "1.2")
    assert (spelt.spelt, spelt.item_code) == (Spelling("1", "1.2 "), "1.2")
    assert (bare.spelt, bare.item_code) == (Spelling("1 ", None), None)


def test_what_words_were_read_as_is_kept_of_few_and_of_no_person() -> None:
    named = (STATE, f'{STATE}\nholder_name = "holder"')
    fields = RecordFields(manifest(named).record)
    for place in range(KEPT + 10):
        read = fields.record(
            {
                **RECORD,
                "title": f"电工 {place}",
                "holder": f"张{place}",
                "item": "字" * 99,
            }
        )
        assert read.title == f"电工 {place}"
    known = {field.name: field.known for field in fields._fields}

    assert 0 < len(known["title"]) <= KEPT
    assert known["item"] == {}
    assert known["holder_name"] == {}


def test_a_word_that_is_refused_is_refused_again() -> None:
    fields = RecordFields(manifest().record)
    for _ in range(2):
        with pytest.raises(RecordError, match="title is no text"):
            fields.record({**RECORD, "title": "字" * (MAX_TEXT + 1)})
        with pytest.raises(RecordError, match="issued_on is no date"):
            fields.record({**RECORD, "dates": {"issued": "2026-02-30"}})
        # Neither is it what was read as something else.
        with pytest.raises(RecordError, match="title is no text"):
            fields.record({**RECORD, "title": 1})


@pytest.mark.parametrize(
    "member", ["get", "content", "found", "title", "read_1", "None", "__class__", "def"]
)
def test_a_member_may_be_called_as_anything_is_in_what_reads_it(member: str) -> None:
    fields = RecordFields(replace(manifest().record, title=member, category=member))

    record = fields.record({**RECORD, member: "电工"})

    assert (record.title, record.category) == ("电工", "电工")
    assert record.item == FIELDS.record(RECORD).item


def test_of_several_faults_the_first_field_is_told_and_the_examination_last() -> None:
    places = replace(manifest().record.examination, held_on="examined")
    fields = RecordFields(replace(manifest().record, examination=places))
    faults = {"title": 1, "dates": {"issued": 1}, "examined": 1}
    names = {
        "title": "title is no text",
        "dates": "issued_on is no date",
        "examined": "examination.held_on is no date",
    }

    for name, told in names.items():
        with pytest.raises(RecordError, match=told):
            fields.record({**RECORD, **faults})
        del faults[name]
    assert fields.record(RECORD).examination is None
