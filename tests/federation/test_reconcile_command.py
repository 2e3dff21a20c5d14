"""``gateway reconcile`` sends a file, and says what does not match."""

import csv
import os
import stat
import sys
from pathlib import Path

import pytest

from tests.federation.offices import PLATFORM, READER, Offices
from tests.federation.test_reconciliation import csv_of, paid, row
from tests.gateway.status.sending import today
from tests.nursery import run


def reconcile(
    offices: Offices, listed: Path, out: Path, *more: str, token: str = PLATFORM
) -> tuple[int, str]:
    """Run the command; return its code, and what it said."""
    day = today().isoformat()
    ended = run(
        [
            *(sys.executable, "-m", "gateway", "reconcile", str(listed)),
            *("--out", str(out), "--url", offices.gateways[1].url),
            *("--from", day, "--to", day, "--case", "2026-88"),
            *("--purpose", "SUPERVISION_AND_AUDIT", "--district", "310151", *more),
        ],
        env={**os.environ, "RECONCILE_TOKEN": token},
        timeout=120,
    )
    return ended.returncode, ended.stdout + ended.stderr


def written(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))


def test_what_does_not_match_is_written(offices: Offices, tmp_path: Path) -> None:
    good, bad = (row(name, *paid(offices, name)) for name in ("by-hand", "by-foot"))
    listed, out = tmp_path / "list.csv", tmp_path / "out.csv"
    listed.write_text(csv_of(good, {**bad, "amountYuan": 1}), "gb18030")

    code, said = reconcile(offices, listed, out)

    assert code == 1, said
    assert [(one["claim"], one["differs"], one["here"]) for one in written(out)] == [
        ("by-foot", "amountYuan", "amountYuan=1600"),
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_where_all_matches_it_exits_with_0(offices: Offices, tmp_path: Path) -> None:
    listed, out = tmp_path / "list.csv", tmp_path / "out.csv"
    listed.write_text(csv_of(row("by-ear", *paid(offices, "by-ear"))), "utf-8")

    code, said = reconcile(offices, listed, out, "--matches")

    assert code == 0, said
    assert [one["result"] for one in written(out)] == ["MATCH"]


@pytest.mark.parametrize(
    ("name", "content", "more", "token", "said"),
    [
        ("list.xlsx", "claim\n", [], PLATFORM, "save it as CSV"),
        ("list.csv", "name\n", [], PLATFORM, "names no columns"),
        ("list.csv", "claim\n", [], READER, "needs audit:read or payments:write"),
        ("list.csv", "claim\n", ["--state", "X"], PLATFORM, "state is any of"),
        ("list.csv", "claim\n", ["--url", "http://127.0.0.1:1"], PLATFORM, "127.0.0.1"),
    ],
)
def test_what_cannot_be_compared_is_said(  # noqa: PLR0913, PLR0917 - one argument a case
    offices: Offices,
    tmp_path: Path,
    name: str,
    content: str,
    more: list[str],
    token: str,
    said: str,
) -> None:
    listed = tmp_path / name
    listed.write_text(content, "utf-8")

    code, told = reconcile(offices, listed, tmp_path / "out.csv", *more, token=token)

    assert code == 2, told
    assert said in told
