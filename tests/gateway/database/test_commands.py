"""``gateway database``, and what other commands do with one that is not ready."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from store.database import NEWEST, step_of
from store.ledger.ledger import StoredLedger
from store.ledger.sum_tables import kept_sums
from store.migrate import upgrade_database
from store.status.tables import state_changes
from store.store import open_store
from tests import nursery
from tests.store.earlier_rows import (
    FOLDER,
    ID_KEY,
    MANIFESTS,
    PSEUDONYM_KEY,
    THEN,
    make_earlier,
)
from tests.store.ledger.test_ledger import ALICE, decision, free
from tests.store.steps import BEFORE, make_at

CONFIG = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
database_url = "{}"
tokens = []
"""
OPENING = (("audit", "export"), ("database", "sums"))
"""The commands that open the database."""


class Desk:
    """A folder with a configuration."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.url = database_url
        self.config = folder / "gateway.toml"
        self.config.write_text(CONFIG.format(database_url), "utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        return nursery.Popen(
            [sys.executable, "-m", "gateway", *words, "--config", str(self.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return its exit code, and what it wrote where."""
        with self.start(*words) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    @property
    def step(self) -> str | None:
        """At which step the database is."""
        return asyncio.run(step_of(self.url))


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, empty_database_url: str) -> Desk:
    """The database has nothing in it, or is a file that is not there."""
    return Desk(tmp_path, empty_database_url)


@pytest.fixture(name="behind")
def _behind(desk: Desk) -> Desk:
    """The database is one step behind."""
    asyncio.run(make_at(desk.url, BEFORE))
    return desk


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Hold that no file of the database comes, goes or changes."""

    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.glob("gateway.db*")}

    before = files()
    yield
    assert files() == before


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_a_command_leaves_a_database_at_its_step_and_says_what_to_do(
    behind: Desk, command: tuple[str, ...], tmp_path: Path
) -> None:
    with unchanged(tmp_path):
        code, out, err = behind.run(*command)

    assert (code, out) == (2, "")
    assert err.startswith("gateway: database ")
    assert err.endswith(
        f"it is at step {BEFORE}, this gateway needs step {NEWEST}; "
        "run: gateway database upgrade\n"
    )
    assert behind.step == BEFORE


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_a_command_makes_no_database(
    desk: Desk, command: tuple[str, ...], tmp_path: Path
) -> None:
    with unchanged(tmp_path):
        code, out, err = desk.run(*command)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith(f"needs step {NEWEST}; run: gateway database upgrade\n")
    assert desk.step is None


def test_the_status_of_a_database_that_is_behind(behind: Desk, tmp_path: Path) -> None:
    with unchanged(tmp_path):
        found = behind.run("database", "status")
        told = behind.run("database", "status", "--json")

    assert found == (1, f"at step {BEFORE}, the newest is step {NEWEST}\n", "")
    assert (told[0], json.loads(told[1])) == (1, {"step": BEFORE, "newest": NEWEST})


def test_the_status_of_no_database(desk: Desk, tmp_path: Path) -> None:
    with unchanged(tmp_path):
        found = desk.run("database", "status", "--json")

    assert (found[0], json.loads(found[1])) == (1, {"step": None, "newest": NEWEST})


def test_an_upgrade_is_taken_once(behind: Desk, tmp_path: Path) -> None:
    first = behind.run("database", "upgrade")
    with unchanged(tmp_path):
        second = behind.run("database", "upgrade")
        status = behind.run("database", "status")

    assert first == (0, f"from step {BEFORE} to step {NEWEST}\n", "")
    assert second == (0, f"at step {NEWEST} already\n", "")
    assert status == (0, f"at step {NEWEST}, the newest is step {NEWEST}\n", "")


def test_an_upgrade_makes_a_database_that_commands_open(desk: Desk) -> None:
    made = desk.run("database", "upgrade")
    code, _, _ = desk.run("audit", "export")

    assert made == (0, f"from no step to step {NEWEST}\n", "")
    assert code == 0


def test_of_two_upgrades_at_once_one_takes_the_steps(behind: Desk) -> None:
    with (
        behind.start("database", "upgrade") as one,
        behind.start("database", "upgrade") as other,
    ):
        said = [process.communicate() for process in (one, other)]

    assert (one.returncode, other.returncode) == (0, 0)
    assert sorted(said) == [
        (f"at step {NEWEST} already\n", ""),
        (f"from step {BEFORE} to step {NEWEST}\n", ""),
    ]


def test_a_file_that_is_no_database_is_none_to_upgrade(tmp_path: Path) -> None:
    desk = Desk(tmp_path, f"sqlite:///{tmp_path}/gateway.db")
    (tmp_path / "gateway.db").write_bytes(b"no database, but long enough" * 99)

    for command in ("upgrade", "status"):
        with unchanged(tmp_path):
            code, out, err = desk.run("database", command)

        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.endswith("gateway.db: file is not a database\n")


@pytest.fixture(name="earlier")
def _earlier(desk: Desk, tmp_path: Path) -> Desk:
    """The database has rows from before there was a normal form."""
    asyncio.run(make_earlier(desk.url))
    (tmp_path / "id.key").write_text(ID_KEY.hex())
    (tmp_path / "pseudonym.key").write_text(PSEUDONYM_KEY.hex())
    (tmp_path / "trust.toml").write_bytes((FOLDER / "trust.toml").read_bytes())
    (tmp_path / "manifests").mkdir()
    for name, text in MANIFESTS.items():
        (tmp_path / "manifests" / f"{name}.toml").write_text(text, "utf-8")
    return desk


async def numbers(url: str) -> list[str | None]:
    """Return by which number changes of state are found."""
    async with open_store(url) as store:
        statement = select(state_changes.c.document_number)
        return await store.writer.read(lambda c: [*c.execute(statement).scalars()])


def test_rows_of_an_earlier_version_are_marked_anew_with_the_keys(
    earlier: Desk,
) -> None:
    code, out, _ = earlier.run("database", "upgrade")

    assert (code, out) == (0, f"from step {THEN} to step {NEWEST}\n")
    (number,) = asyncio.run(numbers(earlier.url))
    assert number is not None


@pytest.mark.parametrize("missing", ["id.key", "pseudonym.key", "trust.toml"])
def test_while_a_key_is_missing_no_step_is_taken(
    earlier: Desk, tmp_path: Path, missing: str
) -> None:
    (tmp_path / missing).unlink()

    code, _, err = earlier.run("database", "upgrade")

    assert code == 2
    assert missing in err
    assert earlier.step == THEN


async def test_sums_that_are_not_what_the_rows_come_to_are_told(desk: Desk) -> None:
    await upgrade_database(desk.url)
    async with open_store(desk.url) as store:
        await StoredLedger(store).record(decision(), [ALICE], free)
        alike = desk.run("database", "sums")
        async with store.engine.begin() as connection:
            await connection.execute(update(kept_sums).values(paid_yuan=1))
        code, out, _ = desk.run("database", "sums")

    assert alike == (0, "the sums are what the rows come to\n", "")
    assert (code, out.count("\n")) == (1, 1)
    assert "paid_yuan=2000" in out
    assert "month='2026-11'" in out
