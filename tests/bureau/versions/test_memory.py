"""The memory of versions has bounds, and says what is to be kept."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import pytest

from bureau.certificate_ids import CertificateIds
from bureau.versions.lists import Lists
from bureau.versions.marks import add_newer, marks_of, person_mark
from bureau.versions.memory import SeenVersion, VersionMemory, said_of
from policy.certificate import CertificateRecord
from policy.examination import Examination
from tests.bureau.versions.asking import CATALOGUE, asking, signed
from tests.connectors.agency import ZHANG

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(said: str = "x", signed_at: datetime = AT) -> SeenVersion:
    return SeenVersion(signed_at, said, f"{said}{signed_at:%H%M}", "key", AT)


def test_what_was_noted_first_is_forgotten_first() -> None:
    memory = VersionMemory(kept=2)
    for mark in ("a", "b", "a", "c"):
        memory.note(mark, seen())

    assert [memory.get(mark) is not None for mark in "abc"] == [True, False, True]
    assert len(memory) == 2


def test_a_new_signature_on_the_same_words_is_kept_once_an_hour() -> None:
    memory = VersionMemory()
    memory.note("a", seen())
    memory.learn(memory.take_unsaved(9))

    kept = []
    for minutes in (1, 59, 60, 61):
        memory.note("a", seen(signed_at=AT + timedelta(minutes=minutes)))
        kept.append(len(memory.take_unsaved(9)))

    assert kept == [0, 0, 1, 1]
    known = memory.get("a")
    assert known is not None
    assert known.signed_at == AT + timedelta(minutes=61)


def test_new_words_are_kept_at_once() -> None:
    memory = VersionMemory()
    memory.note("a", seen())
    memory.learn(memory.take_unsaved(9))

    memory.note("a", seen("y", AT + timedelta(seconds=1)))

    assert [one.said for one in memory.take_unsaved(9).values()] == ["y"]


def test_what_could_not_be_kept_waits_and_what_is_newer_stays() -> None:
    memory = VersionMemory()
    memory.note("a", seen())
    memory.note("b", seen())
    taken = memory.take_unsaved(2)
    assert memory.take_unsaved(9) == {}
    memory.note("a", seen("y", AT + HOUR))

    memory.give_back(taken)

    waiting = memory.take_unsaved(9)
    assert {mark: one.said for mark, one in waiting.items()} == {"a": "y", "b": "x"}


@pytest.mark.parametrize(
    ("signed_at", "said"),
    [
        pytest.param(AT - HOUR, "x", id="older"),
        pytest.param(AT, "y", id="of the same second"),
        pytest.param(AT + HOUR, "y", id="newer"),
    ],
)
def test_what_the_store_has_counts_unless_it_is_older(
    signed_at: datetime, said: str
) -> None:
    memory = VersionMemory()
    memory.note("a", seen())

    memory.learn({"a": seen("y", signed_at)})

    known = memory.get("a")
    assert known is not None
    assert known.said == said


def test_what_is_newer_is_put_in_the_place_of_what_is_older() -> None:
    known = {"a": seen("x"), "b": seen("x"), "c": seen("x")}
    older, alike, newer = (seen("y", AT + n * HOUR) for n in (-1, 0, 1))

    add_newer(known, {"a": older, "b": alike, "c": newer, "d": older})

    assert known == {"a": seen("x"), "b": alike, "c": newer, "d": older}


EXAMINATIONS = [
    Examination(**{one.name: "changed"})  # type: ignore[arg-type]  # any value
    for one in fields(Examination)
]
"""One for each of its facts."""
FOUND_BY = {"number", "holder", "own_item_code", "spelt", "changes"}
"""What a certificate is found by, and what is put beside what its registry says."""


async def test_two_records_say_the_same_only_if_all_facts_are_the_same() -> None:
    (answer,) = await asking().answers([signed(0)])
    record = answer.certificates[0].record
    said = said_of(record)

    for one in (one for one in fields(CertificateRecord) if one.init):
        value = Examination(site="a") if one.name == "examination" else "changed"
        changes: dict[str, Any] = {one.name: value}
        changed = replace(record, **changes)
        assert (said_of(changed) == said) == (one.name in FOUND_BY), one.name
    examined = {replace(record, examination=one) for one in EXAMINATIONS}
    assert len({said_of(one) for one in examined}) == len(EXAMINATIONS) == 6
    # Nor do words that are said of another fact.
    assert len(said) == 16
    assert said_of(replace(record, title="ab", category="c")) != said_of(
        replace(record, title="a", category="bc")
    )


async def test_what_an_earlier_version_kept_is_found_under_its_marks() -> None:
    gateway = asking()
    (answer,) = await gateway.answers([signed(0)])
    record, mark = answer.certificates[0].record, CertificateIds(b"i" * 64).mark

    person = person_mark(record.holder, mark)
    marks = list(marks_of(record, CATALOGUE, person))

    # As it was kept of these words: another digest would be taken for another version.
    assert said_of(record) == "f2ad6c3ef479eb49"
    assert said_of(replace(record, level=None)) != "f2ad6c3ef479eb49"
    assert person == mark(f"versions of\x1fRESIDENT_ID\x1f{ZHANG}")
    assert marks == [among(person, "version\x1f0000123\x1f4-02-01-01")]
    rows = frozenset({"1.2", "1.1"})
    lists = Lists(VersionMemory(), lambda holder: person_mark(holder, mark))
    assert lists.mark_of(record.holder, rows) == among(person, "last of\x1f1.1\x1f1.2")


def among(person: str, text: str) -> str:
    """Return the mark of a text: who it is of, and 16 characters that are keyed."""
    name = blake2b(text.encode(), digest_size=8, key=person.encode())
    return person[:24] + name.hexdigest()
