"""``gateway evidence`` reads and erases what decisions rest on."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from bureau.look_ups.audit import AuditEvent, AuditSelection
from gateway.cli import app
from gateway.errors import StartError
from gateway.privacy.evidence import READER, erase, show
from gateway.privacy.keys import read_pseudonyms, read_vault
from gateway.settings.settings import Settings, load_settings
from policy.identity import parse_identity
from signing.envelope import Envelope
from store.audit.log import open_audit_log
from store.ledger.ledger import StoredLedger
from store.migrate import upgrade_database
from store.store import open_store
from tests.store.ledger.test_ledger import decision, free

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NUMBER = "310199198602140067"
SIGNED = Envelope(b"signed.by.agency")
DIGEST = SIGNED.digest.hex()
CONFIG = """
manifests = "manifests"
trust_bundle = "trust.toml"
certificate_id_key_file = "id.key"
pseudonym_key_file = "pseudonym.key"
evidence_key_file = "evidence.key"
database_url = "sqlite:///gateway.db"
tokens = []
"""


@pytest.fixture(name="settings")
async def _settings(tmp_path: Path) -> Settings:
    """A gateway on whose ledger a decision stands, and what it rests on."""
    (tmp_path / "gateway.toml").write_text(CONFIG)
    (tmp_path / "pseudonym.key").write_text("11" * 32)
    (tmp_path / "evidence.key").write_text("22" * 32)
    settings = load_settings(tmp_path / "gateway.toml", {})
    await upgrade_database(settings.database_url)
    vault = read_vault(tmp_path / "evidence.key")
    person = read_pseudonyms(tmp_path / "pseudonym.key").of(parse_identity(NUMBER))
    async with open_store(settings.database_url) as store:
        stated = decision(evidence=DIGEST, person=person)
        await StoredLedger(store).record(stated, [person], free, [vault.seal(SIGNED)])
    return settings


async def test_bytes_are_shown_as_they_came_and_that_is_on_the_log(
    settings: Settings,
) -> None:
    shown: list[bytes] = []

    await show(settings, DIGEST, NOW, shown.append)

    assert shown == [SIGNED.came]
    async with (
        open_store(settings.database_url) as store,
        open_audit_log(store) as log,
    ):
        (record,) = await log.page(AuditSelection(), first=9, before=None)
    assert (record.event, record.caller) == (AuditEvent.READ, READER)


@pytest.mark.parametrize(
    ("digest", "key", "words"),
    [
        ("0" * 64, "22" * 32, "no bytes of digest"),
        (DIGEST, "33" * 32, "put the former key below"),
    ],
)
async def test_what_is_not_there_or_cannot_be_read_is_said(
    settings: Settings, tmp_path: Path, digest: str, key: str, words: str
) -> None:
    (tmp_path / "evidence.key").write_text(key)

    with pytest.raises(StartError, match=words):
        await show(settings, digest, NOW, lambda _: None)


def run(folder: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    config = ["--config", str(folder / "gateway.toml")]
    done = CliRunner().invoke(app, ["evidence", *arguments, *config], input=typed)
    return done.exit_code, f"{done.stderr}{done.exception or ''}"


def test_a_person_s_are_erased_by_the_number_that_is_typed(
    settings: Settings, tmp_path: Path
) -> None:
    erase = ("erase", "--reason", "依本人申请", "--person")

    nobody_s = run(tmp_path, *erase, typed="310199199001010018\n")
    no_number = run(tmp_path, *erase, typed="nobody\n")
    erased = run(tmp_path, *erase, typed=f"{NUMBER}\n")

    assert no_number[0] != 0
    assert "nobody" not in no_number[1]
    assert nobody_s[1].startswith("0 erased")
    assert erased[1].startswith("1 erased")
    with pytest.raises(StartError):
        asyncio.run(show(settings, DIGEST, NOW, lambda _: None))


@pytest.mark.usefixtures("settings")
def test_old_ones_are_erased_by_the_day(tmp_path: Path) -> None:
    day = (datetime(2026, 11, 25, tzinfo=UTC) + timedelta(days=1)).date().isoformat()

    kept = run(tmp_path, "erase", "--reason", "r", "--before", "2026-11-25")
    erased = run(tmp_path, "erase", "--reason", "r", "--before", day)

    assert (kept[1], erased[1]) == ("0 erased\n", "1 erased\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--reason", "r"),
        ("--reason", "r", "--person", "--before", "2026-11-25"),
        ("--reason", NUMBER, "--before", "2026-11-25"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_whose_and_why_has_to_be_said(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(tmp_path, "erase", *arguments)[0] != 0


async def test_without_a_key_or_a_database_nothing_is_read_and_nothing_erased(
    settings: Settings, tmp_path: Path
) -> None:
    keyless = msgspec.structs.replace(settings, evidence_key_file=None)
    told = []
    for reason in ("", NUMBER, "r" * 501, "r" * 500):
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as connection:
            # Before the last: who asks why is told first.
            if len(reason) == 500:
                connection.execute("DROP TABLE evidence")
                connection.execute("DROP TABLE audit_records")
        for before in (None, NOW.date()):
            with pytest.raises(StartError) as refused:
                await erase(
                    settings, id_number=NUMBER, before=before, reason=reason, now=NOW
                )
            told.append(str(refused.value).partition(":")[0])
    for one in (keyless, settings):
        with pytest.raises(StartError) as refused:
            await show(one, DIGEST, NOW, lambda _: None)
        told.append(str(refused.value).partition(":")[0])

    assert told == [
        *["state a reason of 1 to 500 characters, no identity number"] * 6,
        *["nothing is erased"] * 2,
        "evidence_key_file is not set; evidence cannot be read",
        "the database is away",
    ]
