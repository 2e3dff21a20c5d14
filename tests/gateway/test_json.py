"""What commands print for programs says what they print for people, in one object."""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bureau.collection import Outcome
from bureau.ledger.reconciliation import Comparison
from gateway.batch import screen as of_checks
from gateway.batch.results import REFUSED
from gateway.batch.run import Summary
from gateway.cli import app
from gateway.collection import screen as of_transfers
from gateway.collection.sending import Sum
from gateway.evidence.verify_bundle import Found
from gateway.reconciliation import commands as of_lists
from gateway.reconciliation import sending
from gateway.screen import folding
from gateway.verify.screen import tell_bundle, tell_examination
from gateway.verify.verify import Examination, Row
from policy.stated import ClaimOutcome
from signing.report import CheckOutcome
from store.database import NEWEST
from tests.running import newest_file

QUESTION = "query Ping { policy { notice } }"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(*words: str | Path, code: int = 0, given: str | None = None) -> Any:
    """Return the one object that a command prints, whose exit code must be this."""
    done = CliRunner().invoke(app, [*map(str, words), "--json"], input=given)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation, whose database is at the newest step."""
    folder = tmp_path_factory.mktemp("json") / "gateway"
    found = told("init", folder)
    assert found["configuration"] == str(folder / "gateway.toml")
    assert {len(token) > 20 for token in found["tokens"].values()} == {True}
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var" / "gateway.db").write_bytes(newest_file().read_bytes())
    return folder


@pytest.fixture(name="config")
def _config(folder: Path) -> tuple[str, Path]:
    return ("--config", folder / "gateway.toml")


def test_of_the_database(config: tuple[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"

    upgraded = told("database", "upgrade", *config)
    status = told("database", "status", *config)
    sums = told("database", "sums", *config)
    backed_up = told("database", "backup", *config, "--out", copy)
    restored = told("database", "restore", copy, *config, "--replace")

    assert upgraded == {"from": NEWEST, "step": NEWEST}
    assert status == {"step": NEWEST, "newest": NEWEST}
    assert sums == {"differ": []}
    assert backed_up["step"] == NEWEST
    assert backed_up["tables"] > 20
    assert restored == backed_up


def test_of_the_log_of_hashes(config: tuple[str, Path]) -> None:
    status = told("transparency", "status", *config)
    verified = told("audit", "verify", *config)
    erased = told(
        "evidence", "erase", *config, "--reason", "old", "--before", "2020-01-01"
    )

    assert (status["entries"], status["signed"], status["keys"]) == (0, None, [])
    assert len(status["root"]) == 64
    assert (verified["entries"], verified["findings"]) == (0, [])
    assert erased == {"erased": 0}


def test_of_tokens() -> None:
    issued = told("token", "issue", "--caller", "hr", "--scope", "schema:read")
    hashed = told("token", "hash", given=f"{issued['token']}\n")

    digest = hashlib.sha256(issued["token"].encode()).hexdigest()
    assert hashed == {"sha256": digest}
    assert digest in issued["table"]


def test_of_a_newcomer(tmp_path: Path) -> None:
    folder = tmp_path / "agency"

    found = told(
        *(
            "agency",
            "init",
            folder,
            "--id",
            "fire",
            "--body",
            "shanghai-fire-training-detachment",
        ),
        *("--credit-code", "11310000MB2F30414X"),
    )

    assert str(folder / "manifest.toml") in found["files"]
    assert found["check"].startswith(f"gateway connector check {folder}")


def test_of_documents(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.graphql", tmp_path / "bad.graphql"
    good.write_text(QUESTION, "utf-8")
    bad.write_text("query { nothing }", "utf-8")
    out = tmp_path / "manifest.json"

    found = told("documents", "extract", good, "--out", out)
    refused = told("documents", "extract", bad, "--out", out, code=1)

    [document] = found["documents"]
    assert (found["written"], document["operations"]) == (str(out), ["Ping"])
    assert [document["sha256"]] == [*json.loads(out.read_text("utf-8"))]
    assert refused["written"] is None
    assert "nothing" in refused["documents"][0]["refused"]


def test_of_a_witness(tmp_path: Path) -> None:
    found = told("witness", "keys", "witness.example", "--folder", tmp_path)

    assert [key.split("+")[0] for key in found["keys"]] == ["witness.example"] * 2


def test_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes: Counter[str] = Counter({ClaimOutcome.MATCH: 5, REFUSED: 2})

    of_checks.tell_summary(Summary(outcomes, before=4), Path("a[1].csv"))

    found = printed(capsys)
    assert (found["outcomes"]["MATCH"], found["outcomes"]["REFUSED"]) == (5, 2)
    assert {**found, "outcomes": None} == {
        "outcomes": None,
        "rows": 7,
        "before": 4,
        "settled": False,
        "out": "a[1].csv",
    }


def test_of_a_transfer(capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter({Outcome.ACCEPTED: 3})

    of_transfers.tell_sum(Sum(counted, Counter({"STALE": 1}), 2, 1), None)

    found = printed(capsys)
    assert (found["outcomes"]["ACCEPTED"], found["codes"]) == (3, {"STALE": 1})
    assert (found["skipped"], found["missing"], found["settled"]) == (2, 1, False)


def test_of_a_reconciliation(capsys: pytest.CaptureFixture[str]) -> None:
    of_lists._tell(sending.Sum(Counter({Comparison.MATCH: 5}), 3), Path("out.csv"))

    found = printed(capsys)
    assert (found["results"]["MATCH"], found["duplicates"]) == (5, 3)
    assert (found["settled"], found["out"]) == (True, "out.csv")


def test_of_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (Row("SIGNATURE", CheckOutcome.FAILED, "why", "--body"),)

    tell_examination(Examination(rows, None, None), NOON)

    assert printed(capsys) == {
        "believed": False,
        "at": "2026-03-01T12:00:00+00:00",
        "checks": [
            {
                "check": "SIGNATURE",
                "outcome": "FAILED",
                "reason": "why",
                "option": "--body",
            }
        ],
        "key": None,
        "doubt": None,
    }


@pytest.mark.parametrize(
    ("outcome", "believed"), [("VALID", True), ("INVALID", False), ("UNKNOWN", False)]
)
def test_of_a_bundle(
    outcome: str, believed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_bundle([Found("SIGNATURE", "record 1", outcome, "")])

    found = printed(capsys)
    assert found["believed"] is believed
    assert found["checks"][0]["outcome"] == outcome


def cells(narrow: str) -> str:
    """Return what stands in the first column, put together."""
    lines = [line.split("│")[1].strip() for line in narrow.splitlines() if "│" in line]
    return "".join(lines)


@pytest.mark.parametrize("width", [12, 20, 40, 200])
def test_a_table_goes_on_in_the_next_line_and_cuts_nothing(width: int) -> None:
    table = folding("id", "outcome")
    long = "certificate-" + "0123456789" * 6
    table.add_row(long, "WITHDRAWN")
    screen = StringIO()

    Console(file=screen, width=width).print(table)

    assert long in cells(screen.getvalue())
    assert "…" not in screen.getvalue()
