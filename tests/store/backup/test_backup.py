"""What was backed up is restored row by row, or nothing is."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from store.audit.log import open_audit_log
from store.backup.backup import back_up, restore
from store.backup.note import FILE
from store.database import NEWEST, engine_at, step_of
from store.errors import UnusableBackupError, UnusableDatabaseError
from store.ledger.counted import check_sums
from store.ledger.ledger import StoredLedger
from store.migrate import upgrade_database
from store.store import open_store
from tests import nursery
from tests.store.audit.records import NOON, record
from tests.store.backup.holding import held
from tests.store.earlier_rows import make_marked
from tests.store.ledger.test_ledger import ALICE, decision, free

PAID = 40
"""After so many payments of the writer it is backed up."""


async def fill(url: str, payments: int = 3) -> None:
    """Look people up, and pay."""
    async with open_store(url) as store, open_audit_log(store) as log:
        ledger = StoredLedger(store)
        for number in range(payments):
            await log.write(record(case_number=f"17-{number} 浦东\t\\."))
            await ledger.record(decision(number), [ALICE], free)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def descriptors() -> int:
    """Count what this process has open."""
    return len([*Path("/proc/self/fd").iterdir()])


def names(folder: Path, pattern: str = "*") -> set[str]:
    """Name what is in a folder."""
    return {path.name for path in folder.glob(pattern)}


async def run(url: str, statement: str) -> Any:
    """Run a statement as the database's owner; return the first value."""
    async with engine_at(make_url(url)) as engine, engine.begin() as connection:
        found = await connection.execute(text(statement))
        return found.scalar() if found.returns_rows else None


@pytest.fixture(name="filled")
async def _filled(database_url: str) -> str:
    await fill(database_url)
    return database_url


@pytest.fixture(name="backup")
async def _backup(filled: str, tmp_path: Path) -> Path:
    await back_up(filled, tmp_path / "backup", NOON)
    return tmp_path / "backup"


async def test_every_row_of_every_table_comes_back(
    filled: str, backup: Path, other_url: str
) -> None:
    note = await restore(other_url, backup)

    there = await held(filled)
    assert await held(other_url) == there
    assert {name: len(rows) for name, rows in there.items()} == {
        name: rows.count for name, rows in note.tables.items()
    }
    assert len(there["audit_records"]) == len(there["decisions"]) == 3
    assert names(backup) == {FILE, note.copy}
    assert note.step == NEWEST


async def test_nobody_else_may_read_a_backup_or_what_is_restored(
    backup: Path, other_url: str, tmp_path: Path
) -> None:
    await restore(other_url, backup)

    assert mode_of(backup) == 0o700
    if other_url.startswith("sqlite"):
        assert mode_of(tmp_path / "other" / "gateway.db") == 0o600


async def test_nothing_is_left_open(backup: Path, other_url: str) -> None:
    await restore(other_url, backup)
    before = descriptors()

    await restore(other_url, backup, replace=True)

    assert descriptors() == before


async def test_what_is_restored_goes_on_and_is_append_only(
    backup: Path, other_url: str
) -> None:
    await restore(other_url, backup)
    before = await run(other_url, "SELECT max(id) FROM audit_records")

    await fill(other_url, 4)

    assert await run(other_url, "SELECT max(id) FROM audit_records") > before
    assert await run(other_url, "SELECT count(*) FROM decisions") == 4
    for statement in ("DELETE FROM audit_records", "DELETE FROM decisions"):
        with pytest.raises(IntegrityError, match="append-only"):
            await run(other_url, statement)


async def test_it_is_one_moment_whoever_writes_meanwhile(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    with nursery.Popen(
        [sys.executable, "-m", "tests.store.backup.writing", database_url],
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < PAID:
            pass
        note = await back_up(database_url, tmp_path / "backup", NOON)
        copied = note.tables["decisions"].count
        # It went on meanwhile, and does still.
        while int(writer.stdout.readline()) < copied + PAID:
            pass
        writer.kill()

    await restore(other_url, tmp_path / "backup")

    assert await check_sums(other_url) == []
    now, then = await held(database_url), await held(other_url)
    assert now.keys() == then.keys()
    # Sums go on as what they are of does.
    del then["kept_sums"]
    for name, rows in then.items():
        assert set(map(repr, rows)) <= set(map(repr, now[name])), name
    assert PAID <= len(then["decisions"]) == copied < len(now["decisions"])
    looked_up = len(then["audit_records"])
    assert looked_up in {copied, copied + 1}


async def test_a_backup_of_an_earlier_step_is_restored_at_it_and_upgraded(
    empty_database_url: str, other_url: str, tmp_path: Path
) -> None:
    await make_marked(empty_database_url)
    note = await back_up(empty_database_url, tmp_path / "backup", NOON)

    await restore(other_url, tmp_path / "backup")

    assert (note.step, await step_of(other_url)) == ("0014", "0014")
    assert await held(other_url) == await held(empty_database_url)
    assert note.tables["payment_steps"].count > 0


async def test_a_database_without_rows_is_one_to_restore_into(
    filled: str, backup: Path, other_url: str
) -> None:
    await upgrade_database(other_url)

    await restore(other_url, backup)

    assert await held(other_url) == await held(filled)


async def test_rows_are_replaced_by_who_says_so_alone(
    filled: str, backup: Path, other_url: str
) -> None:
    await upgrade_database(other_url)
    await fill(other_url, 7)
    before = await held(other_url)

    with pytest.raises(UnusableBackupError) as refused:
        await restore(other_url, backup)
    assert "has rows in audit_records, decisions" in str(refused.value)
    assert "--replace" in str(refused.value)
    assert await held(other_url) == before

    await restore(other_url, backup, replace=True)
    assert await held(other_url) == await held(filled)


async def test_a_database_of_an_earlier_step_is_replaced(
    filled: str, backup: Path, other_url: str
) -> None:
    await make_marked(other_url)

    await restore(other_url, backup, replace=True)

    assert await held(other_url) == await held(filled)


async def test_while_a_gateway_has_it_open_nothing_is_restored(
    backup: Path, other_url: str
) -> None:
    await upgrade_database(other_url)
    async with open_store(other_url) as store:
        await store.require_writable()

        with pytest.raises(UnusableBackupError, match="in use"):
            await restore(other_url, backup)
        await fill(other_url, 1)

    assert await run(other_url, "SELECT count(*) FROM decisions") == 1


def cut(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-1])


def turn(copy: Path) -> None:
    """Turn a bit in the middle."""
    found = bytearray(copy.read_bytes())
    found[len(found) // 2] ^= 1
    copy.write_bytes(found)


def lose(copy: Path) -> None:
    copy.unlink()


@pytest.mark.parametrize(
    ("damage", "found"),
    [(cut, "damaged: it has"), (turn, "SHA-256"), (lose, "No such file")],
)
async def test_a_damaged_copy_is_refused(
    backup: Path, other_url: str, damage: Callable[[Path], None], found: str
) -> None:
    (copy,) = names(backup) - {FILE}
    damage(backup / copy)

    await refused(other_url, backup, found)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"step": "9999"}, f"it is of step 9999, this gateway knows {NEWEST}"),
        ({"step": "later"}, f"{FILE} is damaged"),
        ({"format": 2}, f"{FILE} is damaged"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"tables": {}}, "other rows than were backed up in alembic_version, audit"),
        ({"step": "0014"}, "triggers of its step"),
    ],
    ids=lambda found: str(found)[:20],
)
async def test_a_note_that_does_not_fit_is_refused(
    backup: Path, other_url: str, changes: dict[str, object], found: str
) -> None:
    stated = json.loads((backup / FILE).read_text("utf-8"))
    (backup / FILE).write_text(json.dumps({**stated, **changes}), "utf-8")

    await refused(other_url, backup, found)


async def test_a_note_that_is_cut_is_refused(backup: Path, other_url: str) -> None:
    cut(backup / FILE)
    cut(backup / FILE)

    await refused(other_url, backup, f"{FILE} is damaged")


async def refused(url: str, backup: Path, found: str) -> None:
    """Hold that a restore is refused, and changes nothing."""
    with pytest.raises(UnusableBackupError) as refusal:
        await restore(url, backup)
    assert found in str(refusal.value)
    assert str(refusal.value).count("; ") >= 1, "it does not say what to do"
    assert await step_of(url) is None


async def test_a_backup_of_the_other_kind_is_refused(
    filled: str, backup: Path, tmp_path: Path
) -> None:
    other = f"sqlite:///{tmp_path}/o.db"
    if filled.startswith("sqlite"):
        other = "postgresql://nobody@127.0.0.1:9/nowhere"

    with pytest.raises(UnusableBackupError, match="set database_url to a database of"):
        await restore(other, backup)


async def test_a_backup_whose_triggers_were_taken_away_is_refused(
    filled: str, other_url: str, tmp_path: Path
) -> None:
    on = "" if filled.startswith("sqlite") else " ON decisions"
    await run(filled, f"DROP TRIGGER decisions_are_never_changed{on}")
    await back_up(filled, tmp_path / "backup", NOON)

    await refused(other_url, tmp_path / "backup", "decisions_are_never_changed")


async def test_no_folder_is_written_into_twice(filled: str, backup: Path) -> None:
    before = (backup / FILE).read_bytes()

    with pytest.raises(UnusableBackupError, match="name a new folder"):
        await back_up(filled, backup, NOON)
    assert (backup / FILE).read_bytes() == before


async def test_no_database_and_a_newer_one_are_not_backed_up(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    with pytest.raises(UnusableBackupError, match="none to back up"):
        await back_up(other_url, tmp_path / "backup", NOON)
    await run(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnusableDatabaseError, match="is at step 9999"):
        await back_up(database_url, tmp_path / "backup", NOON)

    assert names(tmp_path, "*backup*") == set()


async def test_a_file_with_a_damaged_page_is_not_backed_up(
    tmp_path: Path, newest_file: Path
) -> None:
    file = tmp_path / "gateway.db"
    shutil.copy(newest_file, file)
    await fill(f"sqlite:///{file}", 50)
    found = bytearray(file.read_bytes())
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'audit_records_by_time'"
        ).fetchone()
    found[4096 * (page - 1) + 100 : 4096 * page] = b"\xff" * 3996
    file.write_bytes(found)

    with pytest.raises(UnusableDatabaseError, match="damaged"):
        await back_up(f"sqlite:///{file}", tmp_path / "backup", NOON)
    assert names(tmp_path, "*backup*") == set()


async def test_another_files_log_is_not_read_into_what_is_restored(
    tmp_path: Path, newest_file: Path
) -> None:
    url = f"sqlite:///{tmp_path}/gateway.db"
    shutil.copy(newest_file, tmp_path / "gateway.db")
    await back_up(url, tmp_path / "backup", NOON)
    (tmp_path / "gateway.db").unlink()
    (tmp_path / "gateway.db-wal").write_bytes(b"of another file")

    with pytest.raises(UnusableBackupError, match="-wal is there without"):
        await restore(url, tmp_path / "backup")
    assert names(tmp_path, "gateway.db*") == {"gateway.db-wal"}
