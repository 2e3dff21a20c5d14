"""A registry's file: made when missing, made again when the data is other."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policy.identity import Identity, IdType
from sandbox.agency import AgencyId
from sandbox.registry import Registry, open_registry
from sandbox.story_persons import persons
from tests.sandbox.people import HOLDS_ALL_THREE, HOLDS_NOTHING, SHARES_A_NUMBER

TODAY = date(2026, 11, 23)
FILE = "emergency-management.sqlite"


@contextmanager
def opened(directory: Path, today: date = TODAY) -> Iterator[Registry]:
    """Open a small registry of Emergency Management."""
    registry = open_registry(
        directory, AgencyId.EMERGENCY_MANAGEMENT, holders=50, today=today
    )
    with closing(registry):
        yield registry


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    (story,) = (s for s in persons(TODAY) if s.id == "partly-tampered")

    with opened(tmp_path) as registry:
        stored = registry.find([story.holder.identity])[story.holder.identity]

    assert [s.entry for s in stored] == [held.entry for held in story.certificates]


def test_a_batch_leaves_nobody_out(tmp_path: Path) -> None:
    asked = [HOLDS_NOTHING, SHARES_A_NUMBER, HOLDS_ALL_THREE]

    with opened(tmp_path) as registry:
        found = registry.find(asked)

    assert [len(found[holder]) for holder in asked] == [0, 2, 1]


def test_a_number_under_another_document_is_not_found(tmp_path: Path) -> None:
    stranger = Identity(IdType.PASSPORT, HOLDS_ALL_THREE.number)

    with opened(tmp_path) as registry:
        found = registry.find([stranger])

    assert found == {stranger: []}


def test_somebody_else_is_never_the_person_asked_about(tmp_path: Path) -> None:
    with opened(tmp_path) as registry:
        other = registry.find_other(HOLDS_ALL_THREE)

    assert other.entry.record.holder != HOLDS_ALL_THREE


def test_the_same_data_is_not_made_again(tmp_path: Path) -> None:
    with opened(tmp_path):
        made = (tmp_path / FILE).stat().st_ino

    with opened(tmp_path):
        assert (tmp_path / FILE).stat().st_ino == made


def test_another_day_makes_other_data(tmp_path: Path) -> None:
    with opened(tmp_path) as registry:
        (before,) = registry.find([HOLDS_ALL_THREE])[HOLDS_ALL_THREE]

    with opened(tmp_path, date(2026, 11, 24)) as registry:
        (after,) = registry.find([HOLDS_ALL_THREE])[HOLDS_ALL_THREE]

    assert before.entry.record.issued_on == date(2026, 5, 7)
    assert after.entry.record.issued_on == date(2026, 5, 8)


@pytest.mark.parametrize(
    "rest", [pytest.param(b"", id="empty"), pytest.param(b"half", id="no database")]
)
def test_a_file_that_is_no_registry_is_made_anew(tmp_path: Path, rest: bytes) -> None:
    (tmp_path / FILE).write_bytes(rest)

    with opened(tmp_path) as registry:
        assert len(registry.find([HOLDS_ALL_THREE])[HOLDS_ALL_THREE]) == 1


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    with opened(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_record_that_differs_is_not_taken_for_the_same(tmp_path: Path) -> None:
    with opened(tmp_path) as registry:
        (stored,) = registry.find([HOLDS_ALL_THREE])[HOLDS_ALL_THREE]

    record = stored.entry.record
    assert replace(stored.entry, record=replace(record, item="x")) != stored.entry
