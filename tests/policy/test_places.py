"""Each clause says where it stands, and the file is read strictly."""

import pytest

from policy.clause_text import load_clause_texts
from policy.errors import AnnexError
from policy.parameters import Source
from policy.places import FILE, load_places, read_places
from policy.table import read_annex


def test_every_clause_has_its_place_in_order() -> None:
    assert [*load_places()] == [one.id for one in load_clause_texts()]


def test_what_is_in_no_document_is_open() -> None:
    placeless = {id_ for id_, place in load_places().items() if place.document is None}

    assert placeless == {
        one.id for one in load_clause_texts() if one.source is Source.OPEN
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("zh = ", "fr = ", "zh is missing"),
        ('clause = "219-1b"', 'clause = "219-1a"', "219-1a is there twice"),
        ('clause = "219-1a"', 'clause = "219-1a"\nmore = 1', "unknown key more"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(AnnexError, match=said):
        read_places(read_annex(FILE).replace(old, new, 1))
