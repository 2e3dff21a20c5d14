"""What the commands of the database say, to people and to programs."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.database.commands import _tell
from store.backup.note import Note, Rows
from store.database import NEWEST
from tests.running import DATABASE


@pytest.fixture(name="config")
def _config(tmp_path: Path, newest_file: Path) -> Path:
    """The settings of a gateway whose database is at the newest step."""
    shutil.copy(newest_file, tmp_path / DATABASE)
    for name, size in (("id.key", 64), ("pseudonym.key", 32)):
        (tmp_path / name).write_text("ab" * size)
    config = tmp_path / "gateway.toml"
    config.write_text(
        'manifests = "manifests"\ntrust_bundle = "trust.toml"\ntokens = []\n'
        'certificate_id_key_file = "id.key"\npseudonym_key_file = "pseudonym.key"\n'
        f'database_url = "sqlite:///{tmp_path / DATABASE}"\n',
        "utf-8",
    )
    return config


def run(config: Path, *words: str) -> Any:
    """Run a command of the database."""
    return CliRunner().invoke(app, ["database", *words, "--config", str(config)])


def test_the_step_is_told(config: Path) -> None:
    said, told = run(config, "status"), run(config, "status", "--json")

    assert (said.exit_code, told.exit_code) == (0, 0)
    assert said.output == f"at step {NEWEST}, the newest is step {NEWEST}\n"
    assert json.loads(told.output) == {"step": NEWEST, "newest": NEWEST}


def test_an_upgrade_of_what_is_there_already_says_so(config: Path) -> None:
    said, told = run(config, "upgrade"), run(config, "upgrade", "--json")

    assert (said.exit_code, told.exit_code) == (0, 0)
    assert said.output == f"at step {NEWEST} already\n"
    assert json.loads(told.output) == {"from": NEWEST, "step": NEWEST}


def test_sums_that_are_right_are_told(config: Path) -> None:
    said, told = run(config, "sums"), run(config, "sums", "--json")

    assert (said.exit_code, told.exit_code) == (0, 0)
    assert said.output == "the sums are what the rows come to\n"
    assert json.loads(told.output) == {"differ": []}


def test_a_backup_is_told_with_its_rows_and_its_moment(
    config: Path, tmp_path: Path
) -> None:
    said = run(config, "backup", "--out", str(tmp_path / "a"))
    told = run(config, "backup", "--out", str(tmp_path / "b"), "--json")

    assert (said.exit_code, told.exit_code) == (0, 0)
    known = json.loads(told.output)
    assert sorted(known) == ["at", "rows", "step", "tables"]
    assert known["step"] == NEWEST
    begun = f"backed up {known['rows']} rows of {known['tables']} tables at step "
    assert said.output.startswith(f"{begun}{NEWEST}, as of 20")
    assert said.output.endswith("Z\n")


def test_a_restoration_is_told_as_of_the_moment_of_the_backup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note = Note(
        database="sqlite",
        step="0009",
        made_at=datetime(2026, 11, 1, 3, 4, 5, tzinfo=UTC),
        bytes=1,
        sha256="a" * 64,
        tables={"a": Rows(3, "b" * 64), "b": Rows(4, "c" * 64)},
    )

    _tell("restored", note, as_json=False)
    _tell("restored", note, as_json=True)

    said, told = capsys.readouterr().out.split("\n", 1)
    assert said == (
        "restored 7 rows of 2 tables at step 0009, as of 2026-11-01T03:04:05Z"
    )
    at = "2026-11-01T03:04:05+00:00"
    assert json.loads(told) == {"rows": 7, "tables": 2, "step": "0009", "at": at}


def test_an_upgrade_says_from_where(config: Path, tmp_path: Path) -> None:
    (tmp_path / DATABASE).unlink()

    assert run(config, "upgrade").output == f"from no step to step {NEWEST}\n"
