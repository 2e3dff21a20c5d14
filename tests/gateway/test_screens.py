"""What the commands print is what came of it, line by line."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bureau.collection import Outcome
from bureau.ledger.recheck import Progress, Recheck
from bureau.ledger.reconciliation import Comparison
from gateway.batch import screen
from gateway.batch.results import REFUSED
from gateway.batch.run import Summary
from gateway.collection.screen import show_sum, showing_progress
from gateway.collection.sending import Sum
from gateway.demo.demo import Demo
from gateway.demo.screen import show_demo, show_stopped
from gateway.errors import StartError
from gateway.ledger.tally import Tally
from gateway.reconciliation import commands, sending
from policy.stated import ClaimOutcome


def cells(printed: str) -> dict[str, str]:
    """Return the table that was printed: the first column, and the second."""
    rows = [line.strip("│┃ ").split("│") for line in printed.splitlines()]
    return {
        row[0].split("┃")[0].strip(): row[-1].split("┃")[-1].strip()
        for row in rows
        if len(row) > 1 or "┃" in row[0]
    }


def zeros(words: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(words, "0")


def after_table(printed: str) -> list[str]:
    return printed.rpartition("┘\n")[2].splitlines()


def test_a_transfers_lines_are_counted_and_its_codes_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: Counter[str] = Counter(
        {Outcome.ACCEPTED: 3, Outcome.ALREADY_KNOWN: 2, Outcome.REFUSED: 1}
    )
    found = Sum(outcomes, Counter({"ROLLBACK": 1, "FLOAT": 4}), skipped=7, missing=9)

    show_sum(found, Path("refused[1].ndjson"))
    printed = capsys.readouterr().out

    assert cells(printed) == {
        "outcome": "lines",
        "ACCEPTED": "3",
        "ALREADY_KNOWN": "2",
        "SUPERSEDED": "0",
        "REFUSED": "1",
        "not sent, known": "7",
    }
    assert after_table(printed) == [
        "FLOAT: 4",
        "ROLLBACK: 1",
        "9 sequence numbers are missing",
        "refused lines in refused[1].ndjson",
    ]


def test_of_a_transfer_what_is_to_be_looked_at_is_seen_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    outcomes: Counter[str] = Counter({Outcome.ACCEPTED: 3, Outcome.REFUSED: 1})
    found = Sum(outcomes, Counter({"FLOAT": 4}), missing=9)

    with showing_progress(10) as sent:
        sent(5)
    bar = capsys.readouterr().err
    show_sum(found, Path("r" * 200))
    printed = capsys.readouterr().out

    assert "5/10 bytes" in bar
    assert bar.endswith("\x1b[2K")
    yellow = re.findall(r"\x1b\[33m *([^\x1b]*?) *\x1b", printed)
    assert [one for one in yellow if one] == [
        "REFUSED",
        "1",
        "FLOAT: 4",
        "9 sequence numbers are missing",
    ]
    assert f"refused lines in {'r' * 200}\n" in printed


def test_a_transfer_without_a_fault_says_no_more_than_its_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_sum(Sum(Counter({Outcome.ACCEPTED: 3})), Path("refused.ndjson"))
    show_sum(Sum(Counter({Outcome.REFUSED: 3})), None)
    printed = capsys.readouterr().out

    assert "not sent" not in printed
    assert after_table(printed) == []


@pytest.mark.parametrize(
    ("found", "is_settled"),
    [
        (Sum(Counter({Outcome.ACCEPTED: 1, Outcome.SUPERSEDED: 1}), skipped=1), True),
        (Sum(Counter({Outcome.REFUSED: 1})), False),
        (Sum(codes=Counter({"HOLDER_ALTERED": 1})), False),
        (Sum(missing=1), False),
    ],
)
def test_a_transfer_is_settled_if_nobody_has_to_look_at_it(
    found: Sum, is_settled: bool
) -> None:
    assert found.is_settled is is_settled


def test_where_nobody_looks_no_bar_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with showing_progress(10) as sent:
        sent(5)
    with screen.showing_progress() as checked:
        checked(1, 2)

    assert capsys.readouterr() == ("", "")


def test_where_somebody_looks_a_check_shows_how_far_it_is_and_what_to_look_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    outcomes: Counter[str] = Counter({ClaimOutcome.MATCH: 5, REFUSED: 2})

    with screen.showing_progress() as checked:
        checked(3, 7)
    bar = capsys.readouterr()
    screen.show_summary(Summary(outcomes, before=0), Path("a.csv"))
    table = capsys.readouterr().out

    assert bar.out == ""
    assert re.search(r"rows.*3/7", bar.err.rpartition("\x1b[?25l")[2], re.DOTALL)
    # Nothing of it stays.
    assert bar.err.endswith("\x1b[2K")
    assert re.findall(r"\x1b\[33m *(\w+)", table) == ["REFUSED", "2"]


def test_a_checks_rows_are_counted_with_those_of_an_earlier_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: Counter[str] = Counter({ClaimOutcome.MATCH: 5, REFUSED: 2})

    screen.show_summary(Summary(outcomes, before=0), Path("a[1].csv"))
    first = capsys.readouterr().out
    screen.show_summary(Summary(outcomes, before=4), Path("a.csv"))
    again = capsys.readouterr().out

    assert cells(first) == {
        "outcome": "rows",
        **zeros(ClaimOutcome),
        "MATCH": "5",
        "REFUSED": "2",
    }
    assert after_table(first) == ["7 rows in a[1].csv"]
    assert after_table(again) == ["7 rows in a.csv, 4 of them by an earlier run"]


@pytest.mark.parametrize(
    ("outcome", "is_settled"),
    [
        (ClaimOutcome.MATCH, True),
        (ClaimOutcome.MISMATCH, True),
        (ClaimOutcome.UNKNOWN, False),
        (REFUSED, False),
    ],
)
def test_a_check_is_settled_if_every_row_was_compared(
    outcome: str, is_settled: bool
) -> None:
    assert Summary(Counter({outcome: 1}), 0).is_settled is is_settled


def test_a_reconciliations_results_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = sending.Sum(Counter({Comparison.MATCH: 5, Comparison.DIFFERENT: 2}), 3)

    commands._show(found, Path("out[1].csv"))
    printed = capsys.readouterr().out

    assert cells(printed) == {
        "result": "rows",
        **zeros(Comparison),
        "MATCH": "5",
        "DIFFERENT": "2",
    }
    assert after_table(printed) == ["3 rows twice", "results in out[1].csv"]


def test_of_a_reconciliation_what_does_not_match_is_seen_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    found = sending.Sum(Counter({Comparison.MATCH: 5, Comparison.DIFFERENT: 2}))

    commands._show(found, Path("out.csv"))

    printed = capsys.readouterr().out
    assert re.findall(r"\x1b\[33m *(\w+)", printed) == ["DIFFERENT", "2"]
    # Longer than a screen is wide, and still one line to be copied.
    commands._show(found, Path("o" * 200))
    assert f"results in {'o' * 200}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("found", "is_settled"),
    [
        (sending.Sum(Counter({Comparison.MATCH: 1})), True),
        (sending.Sum(), True),
        (sending.Sum(Counter({Comparison.MISSING_HERE: 1})), False),
        (sending.Sum(Counter({Comparison.MATCH: 1}), end="TRUNCATED"), False),
    ],
)
def test_a_reconciliation_is_settled_if_all_matches_to_its_end(
    found: sending.Sum, is_settled: bool
) -> None:
    assert found.is_settled is is_settled


RESULTS: list[dict[str, Any]] = [
    {"line": 2, "claim": "c-1", "result": "MATCH"},
    {
        "line": 3,
        "claim": "=c-2",
        "result": "DIFFERENT",
        "differs": ["amountYuan", "day"],
        "here": {"amountYuan": 1600, "day": "2026-01-31"},
    },
    {
        "line": 4,
        "result": "REFUSED",
        "code": "NO_CLAIM",
        "reason": {"zh": "没有申领编号", "en": "no claim"},
    },
    {"claim": "c-5", "result": "MISSING_THERE", "here": {"state": "PAID"}},
]


@pytest.mark.parametrize("matches", [False, True])
def test_a_reconciliations_rows_say_what_differs_and_how_it_is_here(
    tmp_path: Path, matches: bool
) -> None:
    out = tmp_path / "out.csv"

    with commands._writing(out, matches=matches) as take:
        for result in RESULTS:
            take(result)

    written = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfline,claim,")
    assert written == [
        ["line", "claim", "result", "differs", "here", "code", "reason"],
        *([["2", "c-1", "MATCH", "", "", "", ""]] if matches else []),
        [
            *("3", "'=c-2", "DIFFERENT", "amountYuan day"),
            *("amountYuan=1600 day=2026-01-31", "", ""),
        ],
        ["4", "", "REFUSED", "", "", "NO_CLAIM", "没有申领编号"],
        ["", "c-5", "MISSING_THERE", "", "state=PAID", "", ""],
    ]


def test_results_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with (
        pytest.raises(StartError, match=r"--out: .*: Is a directory"),
        commands._writing(tmp_path, matches=False),
    ):
        pass


RECHECK = Recheck(4, date(2026, 1, 31), datetime(2026, 11, 25, tzinfo=UTC))
PARTS = [
    Progress(connector="fire", asked=5, opened=1, unanswered=2),
    Progress(connector="transport", asked=7, is_done=True),
]


def tallied(
    parts: Sequence[Progress], file: Path | None, *, is_ended: bool
) -> list[str]:
    said: list[str] = []
    tally = Tally(file, said.append)
    tally.begin(RECHECK, parts)
    for part in parts:
        tally.report(part)
    tally.end(is_ended=is_ended)
    return said


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_recheck_says_how_far_each_agencys_part_came(
    tmp_path: Path, is_ended: bool
) -> None:
    file = tmp_path / "recheck.prom"
    parts = [
        "  fire: 5 asked, 1 recoveries opened, 2 unanswered",
        "  transport: 7 asked, 0 recoveries opened, 0 unanswered, done",
    ]

    said = tallied(PARTS, file, is_ended=is_ended)

    # What is reported soon after is not said again before the end.
    assert said == [
        "recheck 4: what was paid from 2026-01-31 on",
        *parts,
        *parts,
        *(
            []
            if is_ended
            else ["something is left to be asked; run it again, it goes on"]
        ),
    ]
    measured = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in file.read_text("utf-8").splitlines()
        if not line.startswith("#")
    }
    assert measured == {
        'gateway_recheck_asked{connector="fire"}': 5,
        'gateway_recheck_asked{connector="transport"}': 7,
        'gateway_recheck_opened{connector="fire"}': 1,
        'gateway_recheck_opened{connector="transport"}': 0,
        'gateway_recheck_unanswered{connector="fire"}': 2,
        'gateway_recheck_unanswered{connector="transport"}': 0,
        "gateway_recheck_is_ended": float(is_ended),
    }


def test_a_recheck_says_how_far_it_is_every_five_seconds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    said: list[str] = []
    tally = Tally(tmp_path / "recheck.prom", said.append)
    tally.begin(RECHECK, PARTS[:1])
    begun = len(said)

    now = 104.9
    tally.report(PARTS[0])
    early = (len(said), (tmp_path / "recheck.prom").exists())
    now = 105.0
    tally.report(PARTS[0])

    assert early == (begun, False)
    assert len(said) == begun + 1
    assert "gateway_recheck_is_ended 0.0" in (tmp_path / "recheck.prom").read_text()


def test_a_demo_says_where_everything_is_and_who_is_worth_trying(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is coloured that is copied from here.
    monkeypatch.setenv("FORCE_COLOR", "1")
    person = {"idNumber": "310101199001010012", "zh": "三证[齐全]", "en": "all three"}
    agencies = {"fire-rescue": "http://127.0.0.1:9103"}
    tokens = {"audit": "demo-audit-1"}
    url = "http://127.0.0.1:8000"
    demo = Demo(url, agencies, "demo-1", tokens, [person], tmp_path)

    show_demo(demo)
    shown = capsys.readouterr().out
    show_stopped()

    assert shown.splitlines() == [
        "start page  http://127.0.0.1:8000/",
        "GraphiQL    http://127.0.0.1:8000/graphql",
        "console     http://127.0.0.1:8000/console",
        "schema      http://127.0.0.1:8000/schema.graphql",
        "health      http://127.0.0.1:8000/health/ready",
        "metrics     http://127.0.0.1:8000/metrics",
        "fire-rescue           http://127.0.0.1:9103",
        "token       demo-1",
        "audit       demo-audit-1",
        "",
        "310101199001010012  三证[齐全] | all three",
        "",
        f"logs in {tmp_path}",
        "ready; Ctrl-C stops all of it",
    ]
    assert capsys.readouterr().out == "\nstopped\n"
