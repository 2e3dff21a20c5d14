"""docs/operating.md has a row for each fault that is tried, and for no other."""

from tests.faults.table import in_order, rows_of_the_page


def test_the_table_has_the_faults_of_the_suite() -> None:
    tried = [(fault.where, fault.name) for fault in in_order()]

    assert rows_of_the_page() == tried, "run: make faults OPTIONS=--publish"


def test_no_two_faults_are_called_alike() -> None:
    tried = [(fault.where, fault.name) for fault in in_order()]

    assert len(set(tried)) == len(tried)
