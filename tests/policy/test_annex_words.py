"""What is written twice about the clauses agrees: code, annex data and page."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from policy.catalogue import load_catalogue
from policy.claim_clauses import CLAIM_CLAUSES
from policy.clause_text import ClauseText, load_clause_texts, read_clause_texts
from policy.clauses import CLAUSES
from policy.contradictions import (
    FIRST_ISSUE_IN_DOUBT,
    HOLDER_IN_DOUBT,
    ISSUE_IN_DOUBT,
    LEVEL_IN_DOUBT,
    VALIDITY_IN_DOUBT,
    RecordWarning,
)
from policy.errors import AnnexError
from policy.evidence import ClaimantCategory
from policy.optional_clauses import OPTIONAL_CLAUSES
from policy.parameters import Figures, Source, load_parameters
from policy.table import Table, read_annex

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
IN_CODE = [*CLAUSES, *CLAIM_CLAUSES, *OPTIONAL_CLAUSES]


def rows_of(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading of the page."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_clauses_of_the_file_are_those_of_the_code_in_order() -> None:
    assert [clause.id for clause in load_clause_texts()] == IN_CODE


def test_the_clauses_of_the_page_are_those_of_the_code_in_order() -> None:
    assert [row[0].strip("`") for row in rows_of("Clauses")] == IN_CODE


@pytest.mark.parametrize("row", rows_of("Clauses"), ids=lambda row: row[0])
def test_the_page_names_the_function_of_each_clause(row: list[str]) -> None:
    function = {**CLAUSES, **CLAIM_CLAUSES, **OPTIONAL_CLAUSES}[
        row[0].strip("`")
    ].__name__

    assert row[2] == f"`{function}`"


@pytest.mark.parametrize("row", rows_of("Clauses"), ids=lambda row: row[0])
def test_the_page_names_tests_that_exist(row: list[str]) -> None:
    tests = ROOT / "tests" / "policy"
    source = "\n".join(file.read_text("utf-8") for file in tests.glob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", row[3])

    missing = [name for name in named if f"def {name}(" not in source]

    assert (bool(named), missing) == (True, [])


@pytest.mark.parametrize("clause", load_clause_texts(), ids=lambda clause: clause.id)
def test_only_the_clauses_of_219_are_taken_from_the_notice(clause: ClauseText) -> None:
    expected = Source.NOTICE if clause.id.startswith("219-") else Source.PUBLIC_COPY
    if clause.id in OPTIONAL_CLAUSES:
        expected = Source.OPEN

    assert clause.source is expected


def test_the_parameters_of_the_page_are_those_of_the_code() -> None:
    rows = {(row[0].strip("`"), row[1], row[2]) for row in rows_of("Figures")}

    assert rows == {
        (entry.name, entry.clause, entry.source.value)
        for entry in load_parameters().entries
    }


def test_every_figure_has_a_parameter_and_every_parameter_a_clause() -> None:
    entries = load_parameters().entries

    stated = {field.name for field in fields(Figures) if field.init}
    assert {entry.name for entry in entries} == stated
    assert {entry.clause for entry in entries} <= set(IN_CODE)


def test_the_items_of_the_page_are_those_of_the_annex() -> None:
    items = load_catalogue().items.values()

    assert [(row[0].strip("`"), row[1]) for row in rows_of("The annex")] == [
        (item.code, item.name.zh) for item in items
    ]


def test_the_look_alikes_of_the_page_are_those_of_the_catalogue() -> None:
    look_alikes = load_catalogue().look_alikes

    assert [row[0].strip("`") for row in rows_of("Look-alikes")] == [
        look_alike.id for look_alike in look_alikes
    ]


def test_the_warnings_of_the_page_are_those_of_the_code() -> None:
    rows = rows_of("What a record says against itself")

    assert [row[0].strip("`") for row in rows] == list(RecordWarning)


def test_the_clauses_in_doubt_of_the_page_are_those_of_the_code() -> None:
    doubts = {
        "219-1a": LEVEL_IN_DOUBT,
        "219-1b": ISSUE_IN_DOUBT,
        "219-n2": FIRST_ISSUE_IN_DOUBT,
        "219-2c": HOLDER_IN_DOUBT,
        "219-3b": VALIDITY_IN_DOUBT,
    }
    rows = rows_of("What a record says against itself")

    for clause, warnings in doubts.items():
        named = {row[0].strip("`") for row in rows if clause in row[2]}
        assert named == warnings


def test_the_categories_of_the_page_are_those_of_the_code() -> None:
    assert [row[0].strip("`") for row in rows_of("Categories of claimants")] == list(
        ClaimantCategory
    )


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param('source = "notice"', 'source = "hearsay"', "hearsay", id="source"),
        pytest.param("words_en =", "word_en =", "words_en is missing", id="words"),
        pytest.param(
            'id = "219-1a"', 'id = "219-1a"\nnote = ""', "unknown key note", id="key"
        ),
    ],
)
def test_a_broken_clause_is_refused_with_what_is_wrong(
    before: str, after: str, complaint: str
) -> None:
    broken = read_annex("clauses.toml").replace(before, after, 1)

    with pytest.raises(AnnexError) as refusal:
        read_clause_texts(broken)

    assert complaint in str(refusal.value)


def test_a_list_that_holds_more_than_strings_is_refused() -> None:
    with pytest.raises(AnnexError, match="more than strings"):
        Table({"words": ["a", 1]}, "here").texts("words")


def test_a_list_that_holds_more_than_tables_is_refused() -> None:
    with pytest.raises(AnnexError, match="here, item 2: is no table"):
        list(Table({"item": [{}, 1]}, "here").tables("item"))
