"""A witness's memory: a turn is whole or nothing, and evidence is bounded."""

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import StoreUnavailableError
from signing.transparency.checkpoints import Checkpoint
from signing.transparency.merkle import EMPTY_ROOT
from signing.transparency.witnessing import Verdict
from store.errors import UnusableDatabaseError
from store.witness import seen as module
from store.witness.seen import Conflict, Seen

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ONE, OTHER = "one.example/log", "other.example/log"
FILE = "witness.db"


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    opened = Seen(tmp_path / FILE)
    yield opened
    opened.close()


def checkpoint(size: int, root: int = 1, origin: str = ONE) -> Checkpoint:
    return Checkpoint(origin, size, bytes([root]) * 32)


def keep(seen: Seen, kept: Checkpoint, note: str = "cosigned") -> None:
    with seen.turn(kept.origin) as turn:
        turn.keep(kept, note, NOON)


def keep_conflict(seen: Seen, kind: Verdict, shown: Checkpoint, note: str) -> None:
    with seen.turn(shown.origin) as turn:
        turn.keep_conflict(kind, shown, note, LATER)


def last(seen: Seen, origin: str = ONE) -> Checkpoint:
    with seen.turn(origin) as turn:
        return turn.last()


def test_of_a_log_that_was_never_seen_no_entry_was_seen(seen: Seen) -> None:
    assert last(seen) == Checkpoint(ONE, 0, EMPTY_ROOT)


def test_the_last_checkpoint_of_each_log_is_kept_and_survives(
    seen: Seen, tmp_path: Path
) -> None:
    keep(seen, checkpoint(3))
    keep(seen, checkpoint(7, origin=OTHER))
    keep(seen, checkpoint(5, 2))
    seen.close()

    again = Seen(tmp_path / FILE)

    assert last(again) == checkpoint(5, 2)
    assert last(again, OTHER) == checkpoint(7, origin=OTHER)
    again.close()


def test_a_turn_that_fails_leaves_nothing(seen: Seen) -> None:
    keep(seen, checkpoint(3))

    def fail() -> None:
        with seen.turn(ONE) as turn:
            turn.keep(checkpoint(5), "note", NOON)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert last(seen) == checkpoint(3)


def test_turns_of_two_processes_follow_one_another(seen: Seen, tmp_path: Path) -> None:
    other = Seen(tmp_path / FILE)

    def grow(memory: Seen) -> None:
        with memory.turn(ONE) as turn:
            turn.keep(checkpoint(turn.last().size + 1), "note", NOON)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(grow, [seen, other] * 50))

    assert last(seen).size == 100
    other.close()


def test_conflicts_are_kept_once_beside_what_was_cosigned(seen: Seen) -> None:
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(9, 9), "before any")
    keep(seen, checkpoint(5))
    keep_conflict(seen, Verdict.FORK, checkpoint(5, 2), "a fork")
    keep_conflict(seen, Verdict.FORK, checkpoint(5, 2), "the same, sent again")
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(6, 2), "no proof")

    assert seen.conflicts() == [
        Conflict(ONE, Verdict.UNPROVEN, LATER, "", "before any"),
        Conflict(ONE, Verdict.FORK, LATER, "cosigned", "a fork"),
        Conflict(ONE, Verdict.UNPROVEN, LATER, "cosigned", "no proof"),
    ]


def test_what_is_proved_later_was_no_conflict(seen: Seen) -> None:
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(6), "no proof yet")
    keep_conflict(seen, Verdict.FORK, checkpoint(7), "a fork")
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(6, origin=OTHER), "of another")

    for size in (6, 7):
        keep(seen, checkpoint(size))

    shown = [conflict.shown for conflict in seen.conflicts()]
    assert shown == ["a fork", "of another"]


def test_what_was_unproven_and_is_a_fork_now_is_kept_as_one(seen: Seen) -> None:
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(6, 2), "no proof")
    keep(seen, checkpoint(6))
    keep_conflict(seen, Verdict.FORK, checkpoint(6, 2), "a fork")
    keep_conflict(seen, Verdict.UNPROVEN, checkpoint(6, 2), "no proof again")

    assert seen.conflicts() == [
        Conflict(ONE, Verdict.FORK, LATER, "cosigned", "a fork")
    ]


def test_what_is_unproven_crowds_out_no_fork(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONFLICTS_LIMIT", 3)
    for kind in (Verdict.UNPROVEN, Verdict.FORK):
        for size in range(1, 9):
            root = 1 + list(Verdict).index(kind)
            keep_conflict(seen, kind, checkpoint(size, root), f"{kind} {size}")

    assert [conflict.shown for conflict in seen.conflicts()] == [
        *(f"UNPROVEN {size}" for size in (1, 2, 3)),
        *(f"FORK {size}" for size in (1, 2, 3)),
    ]


def test_nobody_else_may_read_the_file(seen: Seen, tmp_path: Path) -> None:
    keep(seen, checkpoint(3))

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o600}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("no database, and long enough to be looked at as if it were one")

    with pytest.raises(UnusableDatabaseError, match="not a database"):
        Seen(path)


def test_a_database_that_is_gone_is_unavailable(seen: Seen, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("DROP TABLE seen")
    other.close()

    with pytest.raises(StoreUnavailableError, match="OperationalError"):
        last(seen)
