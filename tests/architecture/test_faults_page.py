"""docs/operating.md has a row for each fault that is tried, and for no other."""

import pytest

from tests.faults.chinese import HEAD, WORDS, in_chinese
from tests.faults.table import (
    CHINESE_PAGE,
    PAGE,
    in_order,
    rows_of_the_page,
    table_of,
)


def test_the_table_has_the_faults_of_the_suite() -> None:
    tried = [(fault.where, fault.name) for fault in in_order()]

    assert rows_of_the_page() == tried, "run: make faults OPTIONS=--publish"


def test_no_two_faults_are_called_alike() -> None:
    tried = [(fault.where, fault.name) for fault in in_order()]

    assert len(set(tried)) == len(tried)


def test_the_chinese_page_has_the_same_figures() -> None:
    run = "run: make faults OPTIONS=--publish"

    assert table_of(CHINESE_PAGE) == in_chinese(table_of(PAGE)), run


def test_every_fault_has_chinese_words() -> None:
    said = {words for fault in in_order() for words in (fault.where, fault.name)}

    assert said - WORDS.keys() == set()


def test_a_row_is_put_into_chinese_with_its_codes_and_figures() -> None:
    row = "| the database | reset | 25 OVERLOADED, 1 answered | | 0.2 s | 2 | 1.0 s |"

    assert in_chinese(f"\n|\n|\n{row}\n").removeprefix(HEAD) == (
        "| 数据库 | 连接被重置 | 25 OVERLOADED，1 已答复 |  | 0.2 秒 | 2 | 1.0 秒 |\n\n"
    )


def test_a_fault_without_chinese_words_is_refused() -> None:
    with pytest.raises(KeyError, match="an earthquake"):
        in_chinese("|\n|\n| the database | an earthquake | | | 1 s | nothing | 1 s |")
