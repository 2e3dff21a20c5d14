"""The annex's files are read strictly: nothing left over, nothing missing, all read."""

import hashlib
import re

import pytest

from policy.catalogue import load_catalogue, read_catalogue
from policy.clause_text import read_clause_texts
from policy.errors import AnnexError
from policy.parameters import read_parameters
from policy.table import parse_table, read_annex

CATALOGUE, CLAUSES = read_annex("catalogue.toml"), read_annex("clauses.toml")
PARAMETERS = re.findall(r"(?m)^\[+(parameter\..+?)\]", CLAUSES)
READ = {
    **dict.fromkeys(
        ("body", "title", "category", "item", "look_alike"), (CATALOGUE, read_catalogue)
    ),
    "clause": (CLAUSES, read_clause_texts),
    **dict.fromkeys(PARAMETERS, (CLAUSES, read_parameters)),
}
"""Each table of the files, and who reads it."""


@pytest.mark.parametrize("kind", READ)
def test_a_key_that_nobody_asks_for_is_refused_in_every_table(kind: str) -> None:
    text, read = READ[kind]
    broken = re.sub(
        rf"(?m)^(\[+{re.escape(kind)}\]+)$", r"\1\nsauce = 1", text, count=1
    )

    with pytest.raises(AnnexError, match="unknown key sauce") as refusal:
        read(broken)

    file = "catalogue" if text is CATALOGUE else "clauses"
    where = [f"{file}.toml", *kind.split(".")]
    error = refusal.value
    assert all(word in error.where for word in where)
    assert str(error) == f"{error.where}: {error.found}"


def test_the_root_of_the_catalogue_holds_nothing_else() -> None:
    with pytest.raises(AnnexError, match=r"catalogue\.toml: unknown key items"):
        read_catalogue(f"items = []\n{CATALOGUE}")


def test_what_may_be_left_out_is_read_where_it_stands() -> None:
    code = "11310000MB2F3054X0"
    stated = CATALOGUE.replace(
        'id = "transport"', f'id = "transport"\nsocial_credit_code = "{code}"'
    )

    assert read_catalogue(stated).bodies["transport"].social_credit_code == code
    assert load_catalogue().bodies["transport"].social_credit_code is None


def test_a_body_collects_the_rows_that_name_it() -> None:
    rows = load_catalogue().rows_of("shanghai-fire-training-detachment")

    assert rows == {"4-07-05-04.1", "4-07-05-04.2"}


def test_the_parameters_tell_the_digest_of_their_file() -> None:
    parameters = read_parameters(CLAUSES)

    assert parameters.digest == hashlib.sha256(CLAUSES.encode()).hexdigest()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("a = 1", "a is a int, only a list is allowed", id="no list"),
        pytest.param("a = [1]", "a holds more than strings", id="a list of others"),
    ],
)
def test_a_list_of_texts_holds_texts(line: str, complaint: str) -> None:
    with pytest.raises(AnnexError, match=complaint):
        parse_table(line, "file").texts("a")


def test_an_array_of_tables_holds_tables_and_says_which_does_not() -> None:
    with pytest.raises(AnnexError, match="file, a 2: is no table"):
        list(parse_table("a = [{b = 1}, 2]", "file").tables("a"))


def test_a_table_tells_what_was_not_taken_yet_in_the_order_of_the_file() -> None:
    table = parse_table("b = 1\na = 2\nc = 3", "file")
    table.take("a", int)

    assert table.names() == ("b", "c")
