"""``gateway audit export`` writes the log out, day by day."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.elements import Element
from gateway.cli import app
from gateway.errors import StartError
from gateway.privacy.export import export
from gateway.settings.settings import Settings, load_settings
from store.audit.log import open_audit_log
from store.migrate import upgrade_database
from store.store import open_store
from tests.store.audit.records import record

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIG = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
database_url = "sqlite:///gateway.db"
tokens = []
"""


@pytest.fixture(name="settings")
async def _settings(tmp_path: Path) -> Settings:
    """A gateway whose log has one look-up a Shanghai day, one second after midnight."""
    (tmp_path / "gateway.toml").write_text(CONFIG)
    settings = load_settings(tmp_path / "gateway.toml", {})
    await upgrade_database(settings.database_url)
    async with (
        open_store(settings.database_url) as store,
        open_audit_log(store) as log,
    ):
        for day in (21, 22, 23):
            at = datetime(2026, 11, day, 16, 0, 1, tzinfo=UTC)
            await log.write(record(at=at, request_id=f"{day + 1}"))
    return settings


async def exported(
    settings: Settings, first: date | None = None, last: date | None = None
) -> list[object]:
    lines: list[bytes] = []
    await export(
        settings.database_url, first=first, last=last, now=NOW, write=lines.append
    )
    return [json.loads(line)["request_id"] for line in lines]


async def test_everything_is_written_oldest_first(settings: Settings) -> None:
    assert await exported(settings) == ["22", "23", "24", None]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        pytest.param(22, 24, ["22", "23", "24"], id="all days"),
        pytest.param(23, 23, ["23"], id="one day"),
        pytest.param(24, 30, ["24"], id="the last day"),
        pytest.param(25, 30, [], id="no day"),
    ],
)
async def test_days_are_shanghais_and_both_included(
    settings: Settings, first: int, last: int, found: list[str]
) -> None:
    days = date(2026, 11, first), date(2026, 11, last)

    assert await exported(settings, *days) == found


async def test_a_line_has_every_field_of_the_record(settings: Settings) -> None:
    lines: list[bytes] = []
    await export(
        settings.database_url, first=None, last=None, now=NOW, write=lines.append
    )

    assert json.loads(lines[0]) == {
        "id": 1,
        "at": "2026-11-21T16:00:01+00:00",
        "event": "LOOKED_UP",
        "caller": "hr",
        "request_id": "22",
        "person": "a" * 64,
        "purpose": "SUBSIDY_CLAIM",
        "case_number": "17-2026-1",
        "operation": "HolderCheck",
        "document": "d" * 64,
        "sources": {"transport": "NONE"},
        "certificates": 0,
        "kept_from": None,
        "removed": None,
        **{one.value: None for one in Element},
        "districts": None,
    }


def test_the_command_writes_lines_and_counts_them(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(CONFIG)
    asyncio.run(upgrade_database(f"sqlite:///{tmp_path}/gateway.db"))

    done = CliRunner().invoke(
        app, ["audit", "export", "--config", str(tmp_path / "gateway.toml")]
    )

    (line,) = done.stdout.splitlines()
    assert (json.loads(line)["event"], json.loads(line)["caller"]) == (
        "READ",
        "gateway audit export",
    )
    assert done.stderr == "1 records\n"


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(CONFIG)

    done = CliRunner().invoke(
        app,
        ["audit", "export", "--config", f"{tmp_path}/gateway.toml", "--from", "2026"],
    )

    assert done.exit_code == 2


async def test_a_log_that_takes_no_record_is_not_read(
    settings: Settings, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_records "
            "BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    with pytest.raises(StartError, match="takes no record of being read, so it is not"):
        await exported(settings)
